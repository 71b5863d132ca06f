"""Named queries on Apache Spark that see rows of their own in the place of views."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl
    from pyspark.sql import DataFrame

    from irdb_sql.core.catalog import SqlFile
    from irdb_sql.spark.engine import Rows, SparkEngine


class SparkQuerySession:
    """Statements that see tables of their own before views of the same name.

    Args:
        engine: Where they run.
        views: The name that views have in the session of Spark, which is copied.
    """

    def __init__(self, engine: SparkEngine, views: Mapping[str, str]) -> None:
        self._engine = engine
        self._views = dict(views)
        self._own_tables: list[tuple[str, DataFrame]] = []

    def answer(self, query: SqlFile, params: Mapping[str, object] | None = None) -> pl.DataFrame:
        """Run a named query and return its rows."""
        return self._engine.statement_of_query(query, params, self._views).frame()

    def call(self, macro: str, arguments: Sequence[object]) -> pl.DataFrame:
        """Return the rows of a table macro, in no order."""
        return self._engine.statement_of_call(macro, arguments, self._views).frame()

    def rows(self, view: str) -> pl.DataFrame:
        """Return the rows of a view, in no order."""
        return self._engine.statement_of_view(view, self._views).frame()

    def shadow_view(self, view: str, rows: Rows) -> None:
        """Let this session see rows, also those of a frame of Spark, in the place of a view."""
        cached = self._engine.spark_frame(rows).cache()
        name = self._engine.create_view(cached)
        self._own_tables.append((name, cached))
        self._views[view] = name

    def materialize(self, view: str, source: str, arguments: Sequence[object] | None = None) -> None:
        """Compute rows once, on the executors, for a view of this session only.

        Args:
            view: The view whose rows are replaced.
            source: The view, which may be the same, or the macro whose rows these are.
            arguments: The arguments of the macro; None for a view.
        """
        engine = self._engine
        statement = (
            engine.statement_of_view(source, self._views)
            if arguments is None
            else engine.statement_of_call(source, arguments, self._views)
        )
        self.shadow_view(view, statement.spark_frame())

    def publish(self, view: str) -> None:
        """Let every statement from now on see what this session sees in a view."""
        self._engine.replace_view(view, self._engine.statement_of_view(view, self._views).spark_frame())

    def close(self) -> None:
        """Drop the tables of its own."""
        for name, cached in self._own_tables:
            cached.unpersist()
            self._engine.drop_view(name)
