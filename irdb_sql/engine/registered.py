"""Tables that users register, which SQL can read and join like views."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

from irdb_sql.core.late import late
from irdb_sql.engine.definitions import SYSTEM_PREFIXES
from irdb_sql.engine.errors import QueryError, TableNameError, TableTypeError
from irdb_sql.errors import find_twins, quoted
from irdb_sql.sources.kinds.registry import source_kinds

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from irdb_sql.core.catalog import SqlCatalog
    from irdb_sql.engine import foreign_tables
    from irdb_sql.engine.local import DuckDBEngine
else:
    foreign_tables = late("irdb_sql.engine.foreign_tables")


class RegisteredTables:
    """The registered tables and the replaced views of a database.

    Args:
        engine: The engine that stores them.
        catalog: The views, macros and queries, whose names are reserved.
    """

    def __init__(self, engine: DuckDBEngine, catalog: SqlCatalog) -> None:
        self._engine = engine
        self._reserved_names = {file.name for file in catalog.all()}
        self._names: dict[str, str] = {}
        self._heights: dict[str, int] = {}

    def register(self, name: str, table: object) -> None:
        """Register a table, or replace the one of this name.

        Raises:
            TableNameError: The name is reserved or not valid.
            TableTypeError: The value is no table, or has a column that the engine cannot store.
        """
        if type(name) is str and name.lower() in self._reserved_names:
            raise TableNameError(name, "is the name of a view, macro or query")
        if type(name) is not str or not is_free_name(self._engine, name):
            raise TableNameError(name, "is not a valid table name")
        if (first := self._names.get(name.lower(), name)) != name:
            raise TableNameError(name, f"is in SQL the name of the registered table {quoted(first)}")
        rows = _as_frame(name, table)
        self._engine.register(name, rows)
        self._names[name.lower()] = name
        self._heights[name.lower()] = rows.height

    def unregister(self, name: str) -> None:
        """Remove a registered table.

        Raises:
            TableNameError: No registered table has this name.
        """
        if str(name).lower() not in self._heights:
            raise TableNameError(name, "is not a registered table")
        self._engine.unregister(name)
        del self._heights[name.lower()], self._names[name.lower()]

    def heights(self) -> list[tuple[str, int]]:
        """List the registered tables and their numbers of rows, by name."""
        return sorted(self._heights.items())

    def view_rows(self) -> dict[str, pl.DataFrame]:
        """Return the rows of each replaced view."""
        return {view: self._engine.rows(view) for view in self._engine.replaced_views}

    def table_rows(self) -> dict[str, pl.DataFrame]:
        """Return the rows of each registered table."""
        return {name: self._engine.rows(name) for name in self._heights}

    def restore(self, views: Mapping[str, pl.DataFrame], tables: Mapping[str, pl.DataFrame]) -> None:
        """Replace views and register tables with rows of another database."""
        for name, rows in views.items():
            self._engine.replace_view(name, rows)
        for name, rows in tables.items():
            self._engine.register(name, rows)
            self._names[name] = name
            self._heights[name] = rows.height


def is_free_name(engine: DuckDBEngine, name: str) -> bool:
    """Whether a table, view or macro of the user may have a name, as far as the engine is concerned."""
    if _name_pattern().fullmatch(name) is None:
        return False
    try:
        return not any(engine.count("refused_names", [f"{verb} {name}"]) for verb in ("SHOW", "FROM"))
    except QueryError:
        return False


@functools.cache
def _name_pattern() -> re.Pattern[str]:
    in_memory = "|".join(kind.macro for kind in source_kinds() if kind.is_in_memory)  # prefixes of tables
    return re.compile(rf"(?!(?:{SYSTEM_PREFIXES}|kept|held|rows_to|{in_memory})_)[a-z_][a-z0-9_]*", re.IGNORECASE)


def _as_frame(name: str, table: Any) -> pl.DataFrame:  # noqa: ANN401 - a table of any library
    """Convert a table of any library to a frame."""
    try:
        frame = foreign_tables.make_frame(table)
    except foreign_tables.UnreadableTableError as error:
        raise TableTypeError(name, str(error)) from error.__cause__
    if (twins := find_twins(frame.columns)) is not None:
        reason = f"it has columns {quoted(twins[0])} and {quoted(twins[1])}, which SQL takes for one"
        raise TableTypeError(name, reason, "rename or drop one of them.")
    return frame
