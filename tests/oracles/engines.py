"""A dataset that DuckDB and Apache Spark have opened both, whose answers are compared."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import irdb_sql

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import polars as pl
    from pyspark.sql import SparkSession

    from irdb_sql.engine.local import Session
    from irdb_sql.spark.database import SparkDatabase
    from irdb_sql.spark.engine import SparkTables


class Both:
    """A dataset that both engines have opened, with the same rows lent to both."""

    def __init__(self, spark: SparkSession, folder: Path, lent: Mapping[str, pl.DataFrame] | None = None) -> None:
        self._stack = ExitStack()
        empty = folder / "no images"
        empty.mkdir(exist_ok=True)
        duck = self._stack.enter_context(irdb_sql.connect(folder, images_root=empty))
        self.database: SparkDatabase = self._stack.enter_context(irdb_sql.connect(folder, spark=spark))
        self.duck: Session = self._stack.enter_context(duck._engine.session())  # noqa: SLF001 - where rows can be lent
        self.spark: SparkTables = self._stack.enter_context(self.database._spark_engine.session())  # noqa: SLF001 - as above
        for name, rows in (lent or {}).items():
            self.duck.lend(name, rows)
            self.spark.lend(name, rows)

    def close(self) -> None:
        self._stack.close()

    def compare(self, text: str, params: dict[str, object], *, is_ordered: bool) -> None:
        expected, found = self.duck.frame(text, params), self.spark.frame(text, params)
        assert found.schema == expected.schema
        rows = [[tuple(map(rounded, row)) for row in frame.rows()] for frame in (found, expected)]
        if not is_ordered:
            rows = [sorted(some, key=repr) for some in rows]
        assert rows[0] == rows[1]


def rounded(value: object) -> object:
    if isinstance(value, list):
        return tuple(map(rounded, value))
    return f"{value:.11e}" if isinstance(value, float) else value
