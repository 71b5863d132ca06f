"""A statement on Apache Spark, whose rows come back as Polars frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irdb_sql.core.late import late
from irdb_sql.spark.failures import run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import polars as pl
    from pyspark.sql import DataFrame, SparkSession

    from irdb_sql.engine import frames
else:
    frames = late("irdb_sql.engine.frames")


class SparkStatement:
    """A statement with its parameters, ready to run; Spark understands it once, and runs it whenever it is asked.

    Args:
        session: Returns the session, or raises an error if it cannot be asked any more.
        define: Makes a frame of Spark of the session.
    """

    def __init__(self, session: Callable[[], SparkSession], define: Callable[[SparkSession], DataFrame]) -> None:
        self._session = session
        self._define = define
        self._rows: DataFrame | None = None

    def spark_frame(self) -> DataFrame:
        """Return its rows as a frame of Spark, which runs when Spark is asked for them."""
        session = self._session()
        if self._rows is None:
            self._rows = run(lambda: self._define(session))
        return self._rows

    def frame(self, limit: int | None = None) -> pl.DataFrame:
        """Run it and return its rows, at most `limit` of them."""
        return self._collect(None, limit)

    def schema(self) -> pl.Schema:
        """Return names and types of its columns without running it."""
        return self._collect(None, 0).schema

    def batches(self, columns: Sequence[str] | None = None, limit: int | None = None) -> Iterator[pl.DataFrame]:
        """Run it and yield its rows at once.

        Args:
            columns: The columns to return, in this order; None returns all.
            limit: How many rows to read at most; None reads all.
        """
        yield self._collect(columns, limit)

    def _collect(self, columns: Sequence[str] | None, limit: int | None) -> pl.DataFrame:
        rows = self.spark_frame()
        all_names = frames.unique_names(rows.columns)
        names = all_names if columns is None else list(columns)

        def frame() -> pl.DataFrame:
            # By place: names may be those of several columns, or differ in case alone.
            placed = rows.toDF(*(f"column_{place}" for place in range(len(all_names))))
            selected = placed.select(*(f"column_{all_names.index(name)}" for name in names))
            limited = selected if limit is None else selected.limit(limit)
            return frames.frame_from_arrow(limited.toArrow().rename_columns(names))

        return frames.check_dates(run(frame))
