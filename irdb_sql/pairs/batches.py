"""Reads rows of a file in batches, and counts the rows of each prompt."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from irdb_sql.core.thread_pool import CORES, in_order
from irdb_sql.engine.errors import OtherLayoutError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

BATCH_ROWS = 1 << 19
"""Rows that are read at once."""


def prompt_sizes(table: pl.DataFrame | pl.LazyFrame, scan: pl.LazyFrame) -> NDArray[np.int64]:
    """Count the consecutive rows of each prompt_id.

    Args:
        table: The selected columns of a file, in memory or as a lazy frame.
        scan: A scan of the same file with all columns.

    Raises:
        OtherLayoutError: A path or prompt_id is missing, or the rows of a prompt are not consecutive.
    """
    _check_paths(table, scan)
    rows = (table if isinstance(table, pl.DataFrame) else scan).select("prompt_id")
    sizes = [np.empty(0, np.int64)]
    hashes = [np.empty(0, np.uint64)]
    last = None
    for ids, counts, id_hashes in in_order((partial(_runs, part) for part in _slices(rows)), CORES):
        continues = last is not None and ids[0] == last
        if continues:
            sizes[-1][-1] += counts[0]
        if ids.len() > continues:
            sizes.append(counts[continues:])
            hashes.append(id_hashes[continues:])
            last = ids[-1]
    all_hashes = pl.Series(np.concatenate(hashes))
    if all_hashes.n_unique() < all_hashes.len():  # a collision of hashes only makes the engine answer instead
        raise OtherLayoutError
    return np.concatenate(sizes)


def read_in_batches(rows: pl.LazyFrame) -> Iterator[pl.DataFrame]:
    """Read rows in batches, because row groups can be too large."""
    return in_order((part.lazy().collect for part in _slices(rows)), 1)


def _slices(rows: pl.DataFrame | pl.LazyFrame) -> Iterator[pl.DataFrame | pl.LazyFrame]:
    height = rows.height if isinstance(rows, pl.DataFrame) else rows.select(pl.len()).collect().item()
    return (rows.slice(begin, BATCH_ROWS) for begin in range(0, height, BATCH_ROWS))


def _check_paths(table: pl.DataFrame | pl.LazyFrame, scan: pl.LazyFrame) -> None:
    if isinstance(table, pl.DataFrame) and "image_path" in table.columns:
        missing = table["image_path"].null_count()
    else:  # Polars reads only the statistics of a file that has the number of NULLs in them
        missing = scan.filter(pl.col("image_path").is_null()).select(pl.len()).collect().item()
    if missing:
        raise OtherLayoutError


def _runs(rows: pl.DataFrame | pl.LazyFrame) -> tuple[pl.Series, NDArray[np.int64], NDArray[np.uint64]]:
    """Return id, number of rows and hash of each run."""
    read = rows if isinstance(rows, pl.DataFrame) else rows.collect()
    runs = read["prompt_id"].rle().struct.unnest()
    ids = runs["value"]
    if ids.null_count():
        raise OtherLayoutError
    return ids, runs["len"].to_numpy().astype(np.int64), ids.hash().to_numpy()
