"""Lazy Polars frames over statements of the engine: read when collected, only the columns and rows that are needed.

DuckDB's own lazy frames translate filters to SQL, some of them wrongly, and share one connection between all scans of
a plan. These push down columns and a leading limit only; Polars applies every filter itself.
"""

from __future__ import annotations

import contextlib
import warnings
from typing import TYPE_CHECKING

import polars as pl
from polars.io.plugins import register_io_source

from irdb_sql.engine.errors import NotPublishedError, QueryError, RowsCutWarning
from irdb_sql.engine.frames import checked_frame, frame_of_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from irdb_sql.engine.local import Engine
    from irdb_sql.engine.statement import Asked


def scan(engine: Engine, asked: Asked) -> pl.LazyFrame:
    """Return a lazy frame of a statement's rows; each collect runs the statement anew."""
    most, sooner = asked.most, asked.sooner
    schema, taken = engine.schema(asked.text, asked.params) if sooner is None else (sooner[0], asked.params)

    def read(
        columns: list[str] | None, predicate: pl.Expr | None, rows: int | None, _batch_rows: int | None
    ) -> Iterator[pl.DataFrame]:
        nothing = pl.DataFrame(schema=schema if columns is None else {name: schema[name] for name in columns})
        yielded, left = False, most
        limit = rows if most is None else most + 1 if rows is None else min(rows, most + 1)
        for found in parts(columns, limit, nothing):
            part = found
            if left is not None:
                if part.height > left:  # the one row too many, which is the last
                    warnings.warn(RowsCutWarning(most or 0), stacklevel=2)
                    part = part.head(left)
                left -= part.height
            yield part if predicate is None else part.filter(predicate)
            yielded = True
        if not yielded:
            yield nothing

    def parts(columns: list[str] | None, limit: int | None, nothing: pl.DataFrame) -> Iterator[pl.DataFrame]:
        if sooner is not None:
            with contextlib.suppress(NotPublishedError):
                yield from _first(sooner[1](columns), limit)
                return
        for batch in _blaming(engine.batches(asked.text, taken, columns, limit), asked):
            # An empty frame hands control to Polars, which then sees whether the user has interrupted it.
            yield nothing if batch is None else checked_frame(frame_of_rows(batch))

    return register_io_source(read, schema=schema)


def _blaming(batches: Iterator[pa.RecordBatch | None], asked: Asked) -> Iterator[pa.RecordBatch | None]:
    try:
        yield from batches
    except QueryError as error:
        if asked.blame is None or (told := asked.blame(error)) is error:
            raise
        raise told from error


def _first(frames: Iterator[pl.DataFrame], limit: int | None) -> Iterator[pl.DataFrame]:
    """Yield the first so many rows of frames, or all."""
    left = limit
    for frame in frames:
        if left is None:
            yield frame
            continue
        yield frame.head(left)
        left -= frame.height
        if left <= 0:
            return
