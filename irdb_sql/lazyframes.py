"""Lazy Polars frames over statements of the engine: read when collected, only the columns and rows that are needed.

DuckDB's own lazy frames translate filters to SQL, some of them wrongly, and share one connection between all scans of
a plan. These push down columns and a leading limit only; Polars applies every filter itself.
"""

from __future__ import annotations

import contextlib
import warnings
from typing import TYPE_CHECKING, TypeAlias

import polars as pl
from polars.io.plugins import register_io_source

from irdb_sql.frames import checked_frame, frame_of_rows
from irdb_sql.published_rows import NotPublishedError
from irdb_sql.session_errors import RowsCutWarning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from irdb_sql.binding import Params
    from irdb_sql.engine import Engine


Expand: TypeAlias = "Callable[[Sequence[str] | None], Iterator[pl.DataFrame]]"


def scan(
    engine: Engine, text: str, params: Params, most: int | None = None, sooner: tuple[pl.Schema, Expand] | None = None
) -> pl.LazyFrame:
    """Return a lazy frame of a statement's rows; each collect runs the statement anew.

    Args:
        engine: What runs it.
        text: The statement, checked before.
        params: Its parameters; the frame keeps them.
        most: Rows to read at most, with a RowsCutWarning where there are more.
        sooner: The schema, and what makes the same rows sooner, given the columns to make, or raises a
            NotPublishedError.
    """
    schema, taken = engine.schema(text, params) if sooner is None else (sooner[0], params)

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
        for batch in engine.batches(text, taken, columns, limit):
            # An empty frame hands control to Polars, which then sees whether the user has interrupted it.
            yield nothing if batch is None else checked_frame(frame_of_rows(batch))

    return register_io_source(read, schema=schema)


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
