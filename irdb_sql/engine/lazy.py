"""Lazy Polars frames over statements, which read only the needed columns and rows when they are collected.

DuckDB's own lazy frames translate filters to SQL, some of them wrongly, and share one connection between all scans of
a plan. These push down the selection of columns and a leading limit; Polars applies every filter itself.
"""

from __future__ import annotations

import contextlib
import functools
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import polars as pl
from polars.io.plugins import register_io_source

from irdb_sql.engine.errors import ForkError, RowsCutWarning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from irdb_sql.engine.protocol import Statement


def scan(statement: Statement, max_rows: int | None = None) -> pl.LazyFrame:
    """Return a lazy frame that runs a statement at each collect.

    Args:
        statement: The statement.
        max_rows: How many rows to read at most; a RowsCutWarning reports further ones. None reads all.
    """
    schema = statement.schema()
    _tell_forked_processes()

    def read(
        columns: list[str] | None, predicate: pl.Expr | None, rows: int | None, _batch_rows: int | None
    ) -> Iterator[pl.DataFrame]:
        empty_frame = pl.DataFrame(schema=schema if columns is None else {name: schema[name] for name in columns})
        has_yielded, remaining = False, max_rows
        limit = rows if max_rows is None else max_rows + 1 if rows is None else min(rows, max_rows + 1)
        for batch in statement.batches(columns, limit):
            # Polars checks for Ctrl-C between batches, so an empty frame is yielded while the engine works.
            part = empty_frame if batch is None else batch
            if remaining is not None:
                if part.height > remaining:  # by one row: the limit is max_rows + 1
                    warnings.warn(RowsCutWarning(max_rows or 0), stacklevel=2)
                    part = part.head(remaining)
                remaining -= part.height
            yield part if predicate is None else part.filter(predicate)
            has_yielded = True
        if not has_yielded:
            yield empty_frame

    return register_io_source(read, schema=schema)


@functools.cache
def _tell_forked_processes() -> None:
    """Make frames refuse to be collected in processes forked from now on, where Polars waits for threads forever."""
    if _THREADS.is_dir():
        had_threads: list[bool] = []
        os.register_at_fork(
            before=lambda: had_threads.append(_has_threads()),
            after_in_parent=had_threads.clear,
            after_in_child=lambda: _refuse_to_collect() if had_threads.pop() else None,
        )


_THREADS = Path("/proc/self/task")  # systems without it do not fork unless they are asked to


def _has_threads() -> bool:
    """Whether Polars has started threads in this process; before, a forked process can start its own."""
    for name in _THREADS.glob("*/comm"):
        with contextlib.suppress(OSError):  # a thread may end meanwhile
            if name.read_text().startswith("polars-"):
                return True
    return False


def _refuse_to_collect() -> None:
    for name in dir(pl.LazyFrame):
        if name.startswith(("collect", "sink_")) and name != "collect_schema":
            setattr(pl.LazyFrame, name, _refuse)


def _refuse(*_: object, **__: object) -> NoReturn:
    raise ForkError
