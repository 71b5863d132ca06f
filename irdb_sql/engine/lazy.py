"""Lazy Polars frames over statements: read when collected, only the columns and rows that are needed.

DuckDB's own lazy frames translate filters to SQL, some of them wrongly, and share one connection between all scans of
a plan. These push down columns and a leading limit only; Polars applies every filter itself.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import polars as pl
from polars.io.plugins import register_io_source

from irdb_sql.engine.errors import RowsCutWarning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from irdb_sql.engine.protocol import Statement


def scan(statement: Statement, max_rows: int | None = None) -> pl.LazyFrame:
    """Return a lazy frame of a statement's rows; each collect runs it anew.

    Args:
        statement: The statement.
        max_rows: How many rows to read at most, with a RowsCutWarning where there are more; None reads all.
    """
    schema = statement.schema()

    def read(
        columns: list[str] | None, predicate: pl.Expr | None, rows: int | None, _batch_rows: int | None
    ) -> Iterator[pl.DataFrame]:
        nothing = pl.DataFrame(schema=schema if columns is None else {name: schema[name] for name in columns})
        yielded, left = False, max_rows
        limit = rows if max_rows is None else max_rows + 1 if rows is None else min(rows, max_rows + 1)
        for batch in statement.batches(columns, limit):
            # An empty frame hands control to Polars, which then sees whether the user has interrupted it.
            part = nothing if batch is None else batch
            if left is not None:
                if part.height > left:  # the one row too many, which is the last
                    warnings.warn(RowsCutWarning(max_rows or 0), stacklevel=2)
                    part = part.head(left)
                left -= part.height
            yield part if predicate is None else part.filter(predicate)
            yielded = True
        if not yielded:
            yield nothing

    return register_io_source(read, schema=schema)
