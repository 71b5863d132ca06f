"""Reads rows of a file in batches, and counts how many rows each prompt has."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from irdb_sql.core.thread_pool import CORES, in_order
from irdb_sql.engine.errors import NotPublishedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

_BATCH_ROWS = 1 << 19


def prompt_sizes(table: pl.DataFrame | pl.LazyFrame, scan: pl.LazyFrame) -> NDArray[np.int64]:
    """Count how many rows, one behind the other, have the same id.

    Args:
        table: The rows that were asked for.
        scan: Their file.

    Raises:
        NotPublishedError: A path or an id is missing, or an id comes back later.
    """
    _refuse_missing_paths(table, scan)
    rows = (table if isinstance(table, pl.DataFrame) else scan).select("prompt_id")
    sizes = [np.empty(0, np.int64)]
    hashes = [np.empty(0, np.uint64)]
    last = None
    for ids, counts, hashed in in_order((partial(_runs, part) for part in _slices(rows)), CORES):
        goes_on = last is not None and ids[0] == last
        if goes_on:
            sizes[-1][-1] += counts[0]
        if ids.len() > goes_on:
            sizes.append(counts[goes_on:])
            hashes.append(hashed[goes_on:])
            last = ids[-1]
    every = pl.Series(np.concatenate(hashes))
    if every.n_unique() < every.len():  # or two ids have one hash, and the engine is asked in vain
        raise NotPublishedError
    return np.concatenate(sizes)


def are_few(scans: Iterable[pl.LazyFrame]) -> bool:
    """Whether files have no more rows than one batch."""
    heights: list[int] = [table.item() for table in pl.collect_all([scan.select(pl.len()) for scan in scans])]
    return sum(heights) <= _BATCH_ROWS


def read_in_batches(rows: pl.LazyFrame) -> Iterator[pl.DataFrame]:
    """Read rows of a file in order, some at a time, as one of its row groups can be more than memory holds."""
    return in_order((part.lazy().collect for part in _slices(rows)), 1)


def _slices(rows: pl.DataFrame | pl.LazyFrame) -> Iterator[pl.DataFrame | pl.LazyFrame]:
    height = rows.height if isinstance(rows, pl.DataFrame) else rows.select(pl.len()).collect().item()
    return (rows.slice(begin, _BATCH_ROWS) for begin in range(0, height, _BATCH_ROWS))


def _refuse_missing_paths(table: pl.DataFrame | pl.LazyFrame, scan: pl.LazyFrame) -> None:
    if isinstance(table, pl.DataFrame) and "image_path" in table.columns:
        missing = table["image_path"].null_count()
    else:  # of a file that states how many it lacks, no more is read for this
        missing = scan.filter(pl.col("image_path").is_null()).select(pl.len()).collect().item()
    if missing:
        raise NotPublishedError


def _runs(rows: pl.DataFrame | pl.LazyFrame) -> tuple[pl.Series, NDArray[np.int64], NDArray[np.uint64]]:
    """Return ids that follow each other, how often each stands there, and their hashes."""
    read = rows if isinstance(rows, pl.DataFrame) else rows.collect()
    runs = read["prompt_id"].rle().struct.unnest()
    ids = runs["value"]
    if ids.null_count():
        raise NotPublishedError
    return ids, runs["len"].to_numpy().astype(np.int64), ids.hash().to_numpy()
