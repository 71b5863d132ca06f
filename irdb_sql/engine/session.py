"""Sessions: named queries on one DuckDB cursor, for which views can be replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irdb_sql.core.late import late

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import polars as pl
    from duckdb import DuckDBPyConnection

    from irdb_sql.core.catalog import SqlFile
    from irdb_sql.engine import frames
    from irdb_sql.engine.connection import Cursor
else:
    frames = late("irdb_sql.engine.frames")


class DuckDBSession:
    """A session of named queries on one cursor, with replaced views.

    Args:
        cursor: The cursor that runs them.
        define: Defines all that a text names, on a cursor that does not see the session's tables.
        replace_view: Replaces the rows of a view for every later statement of the engine.
        warn: Warns of what the values of parameters leave out.
    """

    def __init__(
        self,
        cursor: Cursor,
        define: Callable[[object], None],
        replace_view: Callable[[str, pl.DataFrame], None],
        warn: Callable[[Iterable[object]], None],
    ) -> None:
        self._cursor = cursor
        self._define = define
        self._replace_view = replace_view
        self._warn = warn

    def answer(self, query: SqlFile, params: Mapping[str, object] | None = None) -> pl.DataFrame:
        """Run a named query and return its rows; Ctrl-C stops it."""
        all_params = {name: (params or {}).get(name) for name in query.params} or None
        self._warn((params or {}).values())

        def rows(duck: DuckDBPyConnection) -> pl.DataFrame:
            self._define(query.text)
            return frames.fetch_frame(duck.sql(query.text, params=all_params))

        return self._cursor.run(rows)

    def call(self, macro: str, arguments: Sequence[object]) -> pl.DataFrame:
        """Return the rows of a table macro, in no order."""

        def rows(duck: DuckDBPyConnection) -> pl.DataFrame:
            self._define(macro)
            return frames.fetch_frame(duck.table_function(macro, list(arguments)))

        return self._cursor.run(rows)

    def rows(self, view: str) -> pl.DataFrame:
        """Return the rows of a view, in no order."""

        def rows(duck: DuckDBPyConnection) -> pl.DataFrame:
            self._define(view)
            return frames.fetch_frame(duck.table(view))

        return self._cursor.run(rows)

    def shadow_view(self, view: str, rows: pl.DataFrame) -> None:
        """Replace the rows of a view for this session only."""
        # An Arrow table, because DuckDB then reads only the columns that a statement needs.
        self._cursor.run(lambda duck: duck.register(view, rows.to_arrow()))

    def materialize(self, view: str, source: str, arguments: Sequence[object] | None = None) -> None:
        """Compute rows once, for a view of this session only.

        Args:
            view: The view whose rows are replaced.
            source: The view, which may be the same, or the macro whose rows these are.
            arguments: The arguments of the macro; None for a view.
        """

        def create(duck: DuckDBPyConnection) -> None:
            self._define(source)
            values = "" if arguments is None else f"({', '.join('?' * len(arguments))})"
            # Names are ours, and cannot be parameters of the statement.
            duck.execute(f"CREATE TEMP TABLE {view} AS FROM {source}{values}", list(arguments or ()))

        self._cursor.run(create)

    def publish(self, view: str) -> None:
        """Replace a view by this session's for every later statement."""
        self._replace_view(view, self.rows(view))
