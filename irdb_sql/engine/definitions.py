"""Defines views and macros when a statement first names them, because defining all is slower than most statements."""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING

from irdb_sql.core.steps import tell_step

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from duckdb import DuckDBPyConnection

    from irdb_sql.core.catalog import SqlCatalog, SqlFile

_WORD = re.compile(r"\w+")
SYSTEM_PREFIXES = "duckdb|pragma|pg|sqlite"
"""First words of the names of DuckDB's own tables and functions about the database."""

_LISTING = re.compile(rf"(?i)\b(query\s*\(|query_table\s*\(|information_schema\b|({SYSTEM_PREFIXES})_\w+)")
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
        finishers: Functions that change a view, by its name, once it and all that it reads are defined, in their order.
        empty: Names of views and macros without rows, which are defined by their columns alone.

    Attributes:
        files: Views and macros by name.
    """

    def __init__(
        self,
        catalog: SqlCatalog,
        predefined: Collection[str] = (),
        view_makers: Mapping[str, Callable[[DuckDBPyConnection], None]] | None = None,
        finishers: Mapping[str, Callable[[DuckDBPyConnection], None]] | None = None,
        empty: Collection[str] = (),
    ) -> None:
        self.files = catalog.views | catalog.macros
        self._view_makers = view_makers or {}
        self._finishers = finishers or {}
        self._empty = frozenset(empty)
        self._views = self._names_in(" ".join(catalog.views))
        self._undefined = {file.name: file for file in catalog.load_order() if file.name not in predefined}
        self._uncommented = list(self._undefined.values())
        self._lock = threading.Lock()

    def define(self, cursor: DuckDBPyConnection, texts: Iterable[object], *, everything: bool = False) -> None:
        """Define the undefined views and macros that texts need."""
        joined_texts = " ".join(map(str, texts))
        with self._lock:
            needed = self.files.keys() if everything else self._needed_names(joined_texts)
            listed = self._views if _LISTING_VIEWS.search(joined_texts) else frozenset()
            if not listed and len(needed) < len(self.files) and self._undefined.keys().isdisjoint(needed):
                return  # as for most statements, which wait for this
            undefined = [file for name, file in self._undefined.items() if name in needed or name in listed]
            without_rows = {file.name for file in undefined if file.name not in needed}
            for number, (file, text) in enumerate(_in_steps(undefined), 1):
                if len(undefined) > _MANY:
                    tell_step("view or macro", number, 2 * len(undefined), file.name)
                self._define_one(cursor, file, text, is_listed=file.name in without_rows)
            defined = {file.name for file in undefined} - without_rows - self._empty
            for name, finish in self._finishers.items():
                if name in defined:
                    finish(cursor)
            # A view whose rows come from Python is made anew when a statement reads them.
            unmade = without_rows & (self._view_makers.keys() | self._finishers.keys())
            done = {file.name for file in undefined} - unmade
            self._undefined = {name: file for name, file in self._undefined.items() if name not in done}
            if len(needed) == len(self.files) and self._uncommented:  # only who lists all can see them
                for file in self._uncommented:
                    add_comment(cursor, file)
                self._uncommented = []

    def _define_one(self, cursor: DuckDBPyConnection, file: SqlFile, text: str | None, *, is_listed: bool) -> None:
        """Define a view or macro.

        Args:
            cursor: The cursor.
            file: The view or macro.
            text: What defines it for now; None for its own definition.
            is_listed: Whether only its name and columns are needed, and no rows.
        """
        make = self._view_makers.get(file.name)
        if text is not None:
            cursor.execute(text)
        elif file.name in self._empty:
            cursor.execute(f"{_placeholder(file)} WHERE FALSE")
        elif make is None or is_listed:
            cursor.execute(file.text)
        else:
            make(cursor)

    def forget_readers(self, view: str) -> None:
        """Define views with a finisher anew when they are next needed, if they read a view that has other rows now."""
        self.forget(*(name for name in self._finishers if view in self._names_in(name)))

    def forget(self, *names: str) -> None:
        """Define views or macros anew when they are next needed."""
        with self._lock:
            forgotten = {name: self.files[name] for name in names if name not in self._undefined}
            self._undefined |= forgotten
            self._uncommented += [file for file in forgotten.values() if file not in self._uncommented]

    def add(self, cursor: DuckDBPyConnection, file: SqlFile) -> None:
        """Learn a view or macro that is defined already."""
        add_comment(cursor, file)
        self.files[file.name] = file

    def has_undefined(self, texts: Iterable[object]) -> bool:
        """Whether texts name a view or macro that is not defined yet."""
        return bool(self._undefined) and not self._undefined.keys().isdisjoint(
            self._needed_names(" ".join(map(str, texts)))
        )

    def _needed_names(self, text: str) -> Collection[str]:
        return self.files.keys() if _LISTING.search(text) else self._names_in(text)

    def _names_in(self, text: str) -> set[str]:
        """Return the views and macros that a text needs."""
        needed: set[str] = set()
        names = {word.lower() for word in _WORD.findall(text)} & self.files.keys()
        while names:
            needed |= names
            names = {read_name for name in names - self._empty for read_name in self.files[name].reads} - needed
        return needed


def _in_steps(files: Sequence[SqlFile]) -> Iterator[tuple[SqlFile, str | None]]:
    """Yield what to define, and a text to define in its place for now, or None.

    DuckDB binds what a view or macro reads, and what that reads, whenever one is defined, so that each would be bound
    for each that reads it. So those that others read first stand for themselves with their columns alone, and are
    defined when all that read them are.

    Args:
        files: Views and macros, each after those that it reads.
    """
    read = {name for file in files for name in file.reads}
    later = [file for file in files if file.name in read and file.types]
    for file in files:
        yield file, _placeholder(file) if file in later else None
    for file in reversed(later):
        yield file, None


def _placeholder(file: SqlFile) -> str:
    """Return the definition of a view or macro with the same columns and no more."""
    # Names and types of columns, which a header says and a test compares, cannot be parameters of a statement.
    columns = ", ".join(f'NULL::{kind} AS "{name}"' for name, kind in zip(file.returns, file.types, strict=True))
    head = f"VIEW {file.name} AS" if file.kind == "view" else f"MACRO {file.signature} AS TABLE"
    return f"CREATE OR REPLACE {head} SELECT {columns}"


def add_comment(cursor: DuckDBPyConnection, file: SqlFile) -> None:
    """Store the summary of a view or macro as its COMMENT."""
    # COMMENT accepts no parameters, so the quotes of the summary are escaped here.
    kind = "VIEW" if file.kind == "view" else "MACRO TABLE" if file.is_table else "MACRO"
    summary = file.summary.replace("'", "''")
    cursor.execute(f"COMMENT ON {kind} {file.name} IS '{summary}'")
