"""Makes datasets of any size quickly: copies of a generated 8k sample, each with ids, paths and texts of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pyarrow.parquet as pq

from irdb_sql.core.schema import SPLITS
from irdb_sql.sources.sample.dataset import SUBSETS, write_sample

if TYPE_CHECKING:
    from pathlib import Path

_AT_ONCE = 16  # copies in a row group of the file of train, which makes it some 800,000 rows


def write_copies(folder: Path, copies: int) -> Path:
    """Write metadata of so many times the prompts of 8k; the first copy is the sample itself.

    The files are written as pyarrow writes them by default: Snappy, and dictionaries while they are small.

    Args:
        folder: Where; one that is there is taken as it is.
        copies: How many.
    """
    if folder.exists():
        return folder
    sample = folder.parent / "sample-8k"
    if not sample.exists():
        write_sample(sample, SUBSETS["8k"])
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    unfinished.mkdir(parents=True)
    for split in SPLITS:
        name = f"metadata-{split}.parquet"
        one, schema = pl.read_parquet(sample / name), pq.read_schema(sample / name)
        with pq.ParquetWriter(unfinished / name, schema) as writer:
            for begin in range(0, copies, _AT_ONCE):
                numbers = range(begin, min(begin + _AT_ONCE, copies))
                writer.write_table(pl.concat(_copy(one, number) for number in numbers).to_arrow().cast(schema))
    unfinished.rename(folder)
    return folder


def _copy(rows: pl.DataFrame, number: int) -> pl.DataFrame:
    if number == 0:
        return rows
    return rows.with_columns(
        pl.format("{}{}", pl.lit(f"{number:04}"), "prompt_id").alias("prompt_id"),
        pl.format("{}, variation {}", "prompt", pl.lit(str(number))).alias("prompt"),
        pl.col("image_path").str.replace(r"[0-9a-f]{4}(\.webp)$", f"{number:04x}$1"),
    )
