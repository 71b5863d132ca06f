"""Tables of the user's own, which SQL can then ask and join like the views."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from irdb_sql.core.late import late
from irdb_sql.engine.errors import TableNameError, TableTypeError
from irdb_sql.sources.kinds.registry import source_kinds

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from irdb_sql.core.catalog import SqlFiles
    from irdb_sql.engine.local import DuckDBEngine
else:
    pl = late("polars")

_IN_MEMORY = "|".join(kind.macro for kind in source_kinds() if kind.is_in_memory)  # whose rows are tables
_NAME = re.compile(rf"(?!(?:duckdb|pragma|pg|sqlite|kept|rows_to|{_IN_MEMORY})_)[a-z_][a-z0-9_]*", re.IGNORECASE)
_IS_PATH = "it is a path or a text; read the file first, as with polars.read_parquet"


class RegisteredTables:
    """Tables that were registered in a database, and the views that rows were put in the place of.

    Args:
        engine: Where they are.
        catalog: The views, macros and queries, whose names no table can have.
    """

    def __init__(self, engine: DuckDBEngine, catalog: SqlFiles) -> None:
        self._engine = engine
        self._names = {file.name for file in catalog.all()}
        self._heights: dict[str, int] = {}

    def register(self, name: str, table: object) -> None:
        """Add a table, or replace the one of that name.

        Raises:
            TableNameError: The name is taken, or is none that a table can have here.
            TableTypeError: It is no table, or one that the engine cannot hold.
        """
        is_name = type(name) is str and _NAME.fullmatch(name) is not None
        if not is_name or name.lower() in self._names or not self._engine.is_table_name(name):
            raise TableNameError(name, taken=is_name and name.lower() in self._names)
        rows = _as_frame(name, table)
        self._engine.register(name, rows)
        self._heights[name.lower()] = rows.height

    def unregister(self, name: str) -> None:
        """Take away a table.

        Raises:
            TableNameError: None has this name.
        """
        if str(name).lower() not in self._heights:
            raise TableNameError(name, taken=False)
        self._engine.unregister(name)
        del self._heights[name.lower()]

    def heights(self) -> list[tuple[str, int]]:
        """List the tables by name, each with its number of rows."""
        return sorted(self._heights.items())

    def view_rows(self) -> dict[str, pl.DataFrame]:
        """Return the rows of each view that rows were put in the place of."""
        return {view: self._engine.rows(view) for view in self._engine.replaced_views}

    def table_rows(self) -> dict[str, pl.DataFrame]:
        """Return the rows of each table."""
        return {name: self._engine.rows(name) for name in self._heights}

    def restore(self, views: Mapping[str, pl.DataFrame], tables: Mapping[str, pl.DataFrame]) -> None:
        """Take over views and tables of another database."""
        for name, rows in views.items():
            self._engine.replace_view(name, rows)
        for name, rows in tables.items():
            self._engine.register(name, rows)
            self._heights[name] = rows.height


def _as_frame(name: str, table: Any) -> pl.DataFrame:  # noqa: ANN401 - of any library
    """Make a frame of a table of any library."""
    try:
        if isinstance(table, str | bytes | Path):
            raise TypeError(_IS_PATH)  # noqa: TRY301 - reported below like any other value that is no table
        frame = table.collect() if isinstance(table, pl.LazyFrame) else pl.DataFrame(table)
    except Exception as error:  # whatever the other library says
        raise TableTypeError(name, str(error)) from error
    if not frame.width or pl.Object in frame.dtypes:
        raise TableTypeError(name, "it has no columns, or one of Python objects")
    return frame
