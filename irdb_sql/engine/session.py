"""Named queries that see rows of their own in the place of views, on one cursor of DuckDB."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irdb_sql.core.late import late

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import polars as pl
    from duckdb import DuckDBPyConnection

    from irdb_sql.core.catalog import SqlFile
    from irdb_sql.engine import frames
    from irdb_sql.engine.connection import Cursor
else:
    frames = late("irdb_sql.engine.frames")


class DuckDBSession:
    """Statements on one cursor, which see tables of their own before views of the same name.

    Args:
        cursor: Where they run.
        define: Defines every view and macro that is named in texts, by a cursor that sees none of these tables.
        replace_view: Lets every statement of the engine see rows in the place of a view.
    """

    def __init__(
        self, cursor: Cursor, define: Callable[[object], None], replace_view: Callable[[str, pl.DataFrame], None]
    ) -> None:
        self._cursor = cursor
        self._define = define
        self._replace_view = replace_view

    def answer(self, query: SqlFile, params: Mapping[str, object] | None = None) -> pl.DataFrame:
        """Run a named query and return its rows; Ctrl-C stops it."""
        given = {name: (params or {}).get(name) for name in query.params} or None

        def rows(duck: DuckDBPyConnection) -> pl.DataFrame:
            self._define(query.text)
            return frames.frame_of(duck.sql(query.text, params=given))

        return self._cursor.run(rows)

    def call(self, macro: str, arguments: Sequence[object]) -> pl.DataFrame:
        """Return the rows of a table macro, in no order."""

        def rows(duck: DuckDBPyConnection) -> pl.DataFrame:
            self._define(macro)
            return frames.frame_of(duck.table_function(macro, list(arguments)))

        return self._cursor.run(rows)

    def rows(self, view: str) -> pl.DataFrame:
        """Return the rows of a view, in no order."""

        def rows(duck: DuckDBPyConnection) -> pl.DataFrame:
            self._define(view)
            return frames.frame_of(duck.view(view))

        return self._cursor.run(rows)

    def shadow_view(self, view: str, rows: pl.DataFrame) -> None:
        """Let this session see rows in the place of a view."""
        # As a table of Arrow, of which the engine reads only the columns that a statement needs.
        self._cursor.run(lambda duck: duck.register(view, rows.to_arrow()))

    def materialize(self, view: str) -> None:
        """Compute a view once, for all that this session asks afterwards."""
        self.shadow_view(view, self.rows(view))

    def publish(self, view: str) -> None:
        """Let every statement from now on see what this session sees in a view."""
        self._replace_view(view, self.rows(view))
