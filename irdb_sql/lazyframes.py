"""Lazy Polars frames over statements of the engine: read when collected, only the columns and rows that are needed.

DuckDB's own lazy frames translate filters to SQL, some of them wrongly, and share one connection between all scans of
a plan. These push down columns and a leading limit only; Polars applies every filter itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from polars.io.plugins import register_io_source

from irdb_sql.frames import frame_of_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from irdb_sql.binding import Params
    from irdb_sql.engine import Engine


def scan(engine: Engine, text: str, params: Params) -> pl.LazyFrame:
    """Return a lazy frame of a statement's rows; each collect runs the statement anew.

    Args:
        engine: What runs it.
        text: The statement, checked before.
        params: Its parameters; the frame keeps them.
    """
    schema, taken = engine.schema(text, params)

    def read(
        columns: list[str] | None, predicate: pl.Expr | None, rows: int | None, _batch_rows: int | None
    ) -> Iterator[pl.DataFrame]:
        nothing = pl.DataFrame(schema=schema if columns is None else {name: schema[name] for name in columns})
        yielded = False
        for batch in engine.batches(text, taken, columns, rows):
            # An empty frame hands control to Polars, which then sees whether the user has interrupted it.
            part = nothing if batch is None else frame_of_rows(batch)
            yield part if predicate is None else part.filter(predicate)
            yielded = True
        if not yielded:
            yield nothing

    return register_io_source(read, schema=schema)
