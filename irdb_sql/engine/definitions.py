"""Defines views and macros when a statement first names them: to define them all takes longer than most statements."""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from duckdb import DuckDBPyConnection

    from irdb_sql.core.catalog import SqlFile, SqlFiles

_WORD = re.compile(r"\w+")
_LISTING = re.compile(r"(?i)\b(show|describe|query|query_table|information_schema|(duckdb|pragma|pg|sqlite)_\w+)\b")
"""Words by which a text may mean views and macros that it does not name."""


class Definitions:
    """What is defined in a database of the views and macros, and what is not yet.

    Args:
        sqlfiles: The views and macros.
        given: Views that whoever opens the database has made.
        made: Functions that make a view, given a cursor, where its file makes it without rows.

    Attributes:
        files: Views and macros by name.
    """

    def __init__(
        self,
        sqlfiles: SqlFiles,
        given: Collection[str],
        made: Mapping[str, Callable[[DuckDBPyConnection], None]] | None = None,
    ) -> None:
        self.files = sqlfiles.views | sqlfiles.macros
        self._made = made or {}
        self._waiting = [file for file in sqlfiles.load_order() if file.name not in given]
        self._lock = threading.Lock()

    def define(self, cursor: DuckDBPyConnection, texts: Iterable[object], *, everything: bool = False) -> None:
        """Define whatever is named in some texts, or the values of parameters, and what that reads, unless it is."""
        with self._lock:
            needed = self.files.keys() if everything else self._needed(texts)
            for file in [file for file in self._waiting if file.name in needed]:
                if (make := self._made.get(file.name)) is None:
                    cursor.execute(file.text)
                else:
                    make(cursor)
                comment(cursor, file)
                self._waiting.remove(file)

    def lacks(self, texts: Iterable[object]) -> bool:
        """Whether some texts name what is not defined yet."""
        needed = self._needed(texts) if self._waiting else ()
        return any(file.name in needed for file in list(self._waiting))

    def _needed(self, texts: Iterable[object]) -> Collection[str]:
        joined = " ".join(map(str, texts))
        return self.files.keys() if _LISTING.search(joined) else self._named(joined)

    def _named(self, text: str) -> set[str]:
        """Name what stands in a text, and all that it reads in turn."""
        needed: set[str] = set()
        found = {word.lower() for word in _WORD.findall(text)} & self.files.keys()
        while found:
            needed |= found
            found = {name for file in found for name in self.files[file].reads} - needed
        return needed


def comment(cursor: DuckDBPyConnection, file: SqlFile) -> None:
    """Let the engine know what a view or macro is."""
    # COMMENT takes neither a parameter nor a name in quotes of a parameter, so its text is made here.
    kind = "VIEW" if file.kind == "view" else "MACRO TABLE" if file.is_table else "MACRO"
    summary = file.summary.replace("'", "''")
    cursor.execute(f"COMMENT ON {kind} {file.name} IS '{summary}'")
