"""A dataset that DuckDB and Apache Spark have opened both, whose answers are compared."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import polars as pl

import irdb_sql
from irdb_sql.core import catalog as catalogs
from irdb_sql.images.listing import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pyspark.sql import SparkSession

    from irdb_sql.core.catalog import SqlFile
    from irdb_sql.engine.protocol import Session
    from irdb_sql.spark.database import SparkDatabase


class Both:
    """A dataset that both engines have opened, with the same rows in the place of views."""

    def __init__(self, spark: SparkSession, folder: Path, shadows: Mapping[str, pl.DataFrame] | None = None) -> None:
        self._stack = ExitStack()
        empty = folder / "no images"
        empty.mkdir(exist_ok=True)
        self.duck_database = self._stack.enter_context(irdb_sql.connect(folder, images_root=empty))
        self.database: SparkDatabase = self._stack.enter_context(irdb_sql.connect(folder, spark=spark))
        self.duck: Session = self._stack.enter_context(self.duck_database._engine.session())  # noqa: SLF001 - where rows can shadow views
        self.spark: Session = self._stack.enter_context(self.database._engine.session())  # noqa: SLF001 - likewise
        # Spark lists no images; DuckDB refuses unsafe paths even where there are none.
        self.duck.shadow_view("image_listing", SCHEMA.to_frame())
        for view, rows in (shadows or {}).items():
            self.duck.shadow_view(view, rows)
            self.spark.shadow_view(view, rows)

    def close(self) -> None:
        self._stack.close()

    def compare_query(self, query: SqlFile, params: Mapping[str, object], *, is_ordered: bool = True) -> None:
        expected, found = self.duck.answer(query, params), self.spark.answer(query, params)
        compare_frames(found, expected, is_ordered=is_ordered)

    def compare_call(self, macro: str, arguments: Sequence[object]) -> None:
        compare_frames(self.spark.call(macro, arguments), self.duck.call(macro, arguments), is_ordered=False)

    def compare_view(self, view: str) -> None:
        compare_frames(self.spark.rows(view), self.duck.rows(view), is_ordered=False)


def query_of(text: str) -> SqlFile:
    """Make a query of a statement in the SQL of `queries/`."""
    return catalogs.parse(f"-- name: q\n-- Which?\n{text}")


def compare_frames(found: pl.DataFrame, expected: pl.DataFrame, *, is_ordered: bool) -> None:
    assert found.schema == expected.schema
    rows = [[tuple(map(rounded, row)) for row in frame.rows()] for frame in (found, expected)]
    if not is_ordered:
        rows = [sorted(one, key=repr) for one in rows]
    assert rows[0] == rows[1]


def rounded(value: object) -> object:
    if isinstance(value, list):
        return tuple(map(rounded, value))
    return f"{value:.11e}" if isinstance(value, float) else value
