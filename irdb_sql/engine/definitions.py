"""Defines views and macros when a statement first names them, because defining all is slower than most statements."""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING

from irdb_sql.core.steps import tell_step

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from duckdb import DuckDBPyConnection

    from irdb_sql.core.catalog import SqlCatalog, SqlFile

_WORD = re.compile(r"\w+")
SYSTEM_PREFIXES = "duckdb|pragma|pg|sqlite"
"""First words of the names of DuckDB's own tables and functions about the database."""

_LISTING = re.compile(rf"(?i)\b(query|query_table|information_schema|({SYSTEM_PREFIXES})_\w+)\b")
"""Words with which a statement may read views and macros that it does not name."""

_LISTING_VIEWS = re.compile(r"(?i)\bshow\s+(all\s+)?tables\b|\b(show|describe)\s*(;|\)|--|/\*|$)")
"""Words with which a statement lists the views, and reads none that it does not name."""


_MANY = 40
"""Views and macros whose definition takes so long that it is told."""


class Definitions:
    """The views and macros of a database, defined when first needed.

    Args:
        catalog: The views and macros.
        predefined: Names of views that the caller has already made.
        view_makers: Functions that make a view, by its name, where its rows come from Python and not from its file.

    Attributes:
        files: Views and macros by name.
    """

    def __init__(
        self,
        catalog: SqlCatalog,
        predefined: Collection[str] = (),
        view_makers: Mapping[str, Callable[[DuckDBPyConnection], None]] | None = None,
    ) -> None:
        self.files = catalog.views | catalog.macros
        self._view_makers = view_makers or {}
        self._views = self._names_in(" ".join(catalog.views))
        self._undefined = [file for file in catalog.load_order() if file.name not in predefined]
        self._lock = threading.Lock()

    def define(self, cursor: DuckDBPyConnection, texts: Iterable[object], *, everything: bool = False) -> None:
        """Define the undefined views and macros that texts need."""
        joined_texts = " ".join(map(str, texts))
        with self._lock:
            needed = self.files.keys() if everything else self._needed_names(joined_texts)
            listed = self._views if _LISTING_VIEWS.search(joined_texts) else frozenset()
            undefined = [file for file in self._undefined if file.name in needed or file.name in listed]
            for number, file in enumerate(undefined, 1):
                if len(undefined) > _MANY:
                    tell_step("view or macro", number, len(undefined), file.name)
                make = self._view_makers.get(file.name)
                if make is None or file.name not in needed:
                    cursor.execute(file.text)
                else:
                    make(cursor)
                add_comment(cursor, file)
                if make is None or file.name in needed:  # else it is without its rows, until a statement reads them
                    self._undefined.remove(file)

    def add(self, cursor: DuckDBPyConnection, file: SqlFile) -> None:
        """Learn a view or macro that is defined already."""
        add_comment(cursor, file)
        self.files[file.name] = file

    def has_undefined(self, texts: Iterable[object]) -> bool:
        """Whether texts name a view or macro that is not defined yet."""
        needed = self._needed_names(" ".join(map(str, texts))) if self._undefined else ()
        return any(file.name in needed for file in list(self._undefined))

    def _needed_names(self, text: str) -> Collection[str]:
        return self.files.keys() if _LISTING.search(text) else self._names_in(text)

    def _names_in(self, text: str) -> set[str]:
        """Return the views and macros that a text needs."""
        needed: set[str] = set()
        names = {word.lower() for word in _WORD.findall(text)} & self.files.keys()
        while names:
            needed |= names
            names = {read_name for name in names for read_name in self.files[name].reads} - needed
        return needed


def add_comment(cursor: DuckDBPyConnection, file: SqlFile) -> None:
    """Store the summary of a view or macro as its COMMENT."""
    # COMMENT accepts no parameters, so the quotes of the summary are escaped here.
    kind = "VIEW" if file.kind == "view" else "MACRO TABLE" if file.is_table else "MACRO"
    summary = file.summary.replace("'", "''")
    cursor.execute(f"COMMENT ON {kind} {file.name} IS '{summary}'")
