"""Reads rows of metadata with Polars, some whole prompts at a time, from files that are as published.

That is: every file is parquet, of a split that no other file has, with columns of texts and integers; the rows of a
prompt stand side by side; none lacks its path or prompt_id. Whatever else there is the engine reads.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from polars.exceptions import PolarsError

from irdb_sql.errors import BrokenFileError
from irdb_sql.workers import in_order

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from irdb_sql.sources import MetadataFile

_TEXTS = ("image_path", "prompt_id", "prompt", "classification")
_NUMBERS = ("rank", "overall_rating", "image_text_alignment_rating", "fidelity_rating")
_FOLDER = r"^((?:[^/]*/){3})"
_PART = r"^[^/]*/[^/]*/[^/_]*_([0-9]{1,4})(?:_[^/]*)?/"
_BATCH_ROWS = 1 << 19
_NAME_LENGTH = len("00000000-0000-0000-0000-000000000000.webp")


class NotPublishedError(Exception):
    """A file is not as published: the engine is to be asked, which reads any, or says what is wrong with it."""


@dataclass(frozen=True)
class PromptRows:
    """Rows of some whole prompts.

    Attributes:
        rows: The columns that were asked for, and `split`.
        sizes: The number of rows of each prompt, in their order.
        first_row: The row_index of the first row.
    """

    rows: pl.DataFrame
    sizes: NDArray[np.int64]
    first_row: int


@dataclass(frozen=True)
class PublishedRows:
    """Rows of files that are as published, one file behind the other.

    Attributes:
        paths: The files.
        tables: Their rows, all in memory, or all still to be read.
        sizes: The number of rows of each prompt, in their order.
        first_row: The row_index of the first row.
    """

    paths: Sequence[Path]
    tables: Sequence[pl.DataFrame | pl.LazyFrame]
    sizes: NDArray[np.int64]
    first_row: int

    def prompts(self, most_rows: int) -> Iterator[PromptRows]:
        """Return the rows in order, prompt by prompt, up to so many at a time, or one prompt that has more.

        Raises:
            BrokenFileError: A file cannot be read to its end.
        """
        ends = np.cumsum(self.sizes)
        done, begin = 0, 0  # prompts, and the rows they have
        rest: pl.DataFrame | None = None
        for batch in self._batches():
            rows = batch if rest is None else pl.concat([rest, batch])
            complete = int(np.searchsorted(ends, begin + rows.height, "right"))
            while done < complete:
                until = min(complete, max(done + 1, int(np.searchsorted(ends, begin + most_rows, "right"))))
                height = int(ends[until - 1]) - begin
                yield PromptRows(rows.head(height), self.sizes[done:until], self.first_row + begin)
                rows, begin, done = rows.slice(height), begin + height, until
            rest = rows
        if done < self.sizes.size or (rest is not None and rest.height):
            raise BrokenFileError(self.paths[-1], "parquet file", "its rows have changed while they were read")

    def _batches(self) -> Iterator[pl.DataFrame]:
        in_memory = [table for table in self.tables if isinstance(table, pl.DataFrame)]
        if in_memory:
            yield pl.concat(in_memory)
            return
        for path, table in zip(self.paths, self.tables, strict=True):
            try:
                yield from _batches(table)
            except (PolarsError, OSError) as error:
                raise BrokenFileError(path, "parquet file", str(error)) from error


def published_rows(
    files: Sequence[MetadataFile], split: str | None, columns: Collection[str], *, whole: bool
) -> PublishedRows:
    """Return the rows of a split, or of all, if all files are as published.

    Args:
        files: The files of a source.
        split: The one split to read; None reads every file.
        columns: Which published columns to read, `prompt_id` and `image_path` among them where `whole`.
        whole: Read all rows at once, which is faster where they fit into memory. Otherwise the ids are read now, to
            know how many rows each prompt has, and the rows when they are asked for.

    Raises:
        NotPublishedError: A file is not as published, or cannot be read.
    """
    splits = [file.split for file in files if file.form == "parquet" and file.split is not None]
    if len(set(splits)) < len(files):
        raise NotPublishedError
    try:
        scans = [pl.scan_parquet(file.path, glob=False, hive_partitioning=False) for file in files]
        if not all(_is_published(scan.collect_schema()) for scan in scans):
            raise NotPublishedError
        chosen = [place for place, name in enumerate(splits) if split in (None, name)]
        tables: Sequence[pl.DataFrame | pl.LazyFrame] = [
            _selected(scans[place], columns, splits[place]) for place in chosen
        ]
        before = [scan.select(pl.len()) for scan in scans[: chosen[0] if chosen else 0]]
        if whole:
            tables = pl.collect_all([table.lazy() for table in tables])
        looked_at = tables if whole else [scans[place] for place in chosen]
        sizes = [np.empty(0, np.int64), *(_prompt_sizes(rows) for rows in looked_at)]
        first_row = sum(table.item() for table in pl.collect_all(before))
    except (PolarsError, OSError) as error:
        raise NotPublishedError from error
    return PublishedRows([files[place].path for place in chosen], tables, np.concatenate(sizes), first_row)


def parts_of(paths: pl.Series) -> pl.Series:
    """Return the parts that paths name by their folders.

    Raises:
        NotPublishedError: One names none, or not as published paths do.
    """
    runs = paths.str.head(-_NAME_LENGTH).rle().struct.unnest()
    if not runs["value"].str.contains(_FOLDER).all():
        runs = paths.str.extract(_FOLDER).rle().struct.unnest()
    parts = runs["value"].str.extract(_PART).cast(pl.Int16)
    if parts.null_count():
        raise NotPublishedError
    return pl.Series(np.repeat(parts.to_numpy(), runs["len"].to_numpy()))


def refuse_unnamed_parts(rows: PublishedRows) -> None:
    """Read the paths of rows that are not in memory, before anything else of them is.

    Raises:
        NotPublishedError: One names no part.
    """
    for table in rows.tables:
        for batch in _batches(table.select("image_path")):
            parts_of(batch["image_path"])


def _is_published(schema: pl.Schema) -> bool:
    return all(schema.get(name) == pl.String for name in _TEXTS) and all(
        schema.get(name, pl.Null()).is_integer() for name in _NUMBERS
    )


def _selected(scan: pl.LazyFrame, columns: Collection[str], split: str) -> pl.LazyFrame:
    return scan.select(
        *(name for name in _TEXTS if name in columns),
        *(pl.col(name).cast(pl.Int8) for name in _NUMBERS if name in columns),
        split=pl.lit(split),
    )


def _batches(rows: pl.DataFrame | pl.LazyFrame) -> Iterator[pl.DataFrame]:
    """Return rows in order; of a file, some at a time, as one of its row groups can be more than memory holds."""
    if isinstance(rows, pl.DataFrame):
        yield rows
        return
    height = rows.select(pl.len()).collect().item()
    slices = (rows.slice(begin, _BATCH_ROWS) for begin in range(0, height, _BATCH_ROWS))
    yield from in_order((part.collect for part in slices), 1)


def _prompt_sizes(rows: pl.DataFrame | pl.LazyFrame) -> NDArray[np.int64]:
    """Count how many rows, one behind the other, have the same id, of which none may be missing or come back later."""
    lacks_path = pl.col("image_path").is_null()
    # Of a file that tells how many it lacks, nothing else is read for this.
    if rows.lazy().filter(lacks_path).select(pl.len()).collect().item():
        raise NotPublishedError
    starts = [np.empty(0, np.int64)]
    hashes = [np.empty(0, np.uint64)]
    height, last = 0, None
    for batch in _batches(rows.select("prompt_id")):
        ids = batch["prompt_id"]
        if ids.null_count():
            raise NotPublishedError
        at = ids.ne_missing(ids.shift(1, fill_value=last)).arg_true()
        starts.append(at.to_numpy().astype(np.int64) + height)
        hashes.append(ids.gather(at).hash().to_numpy())
        height += ids.len()
        last = ids[-1] if ids.len() else last
    every = pl.Series(np.concatenate(hashes))
    if every.n_unique() < every.len():  # or two ids have one hash, and the engine is asked in vain
        raise NotPublishedError
    return np.ediff1d(np.append(np.concatenate(starts), height))
