"""Reads rows of metadata with Polars, some whole prompts at a time, from files that are as published.

That is: every file is parquet, of a split that no other file has, with columns of texts and integers; the rows of a
prompt stand side by side; none lacks its path or prompt_id. Whatever else there is the engine reads.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from polars.exceptions import PolarsError

from irdb_sql.core.thread_pool import CORES, CREW, in_order
from irdb_sql.engine.errors import NotPublishedError
from irdb_sql.sources.errors import BrokenFileError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from irdb_sql.sources.local import PlacedFile

_TEXTS = ("image_path", "prompt_id", "prompt", "classification")
_NUMBERS = ("rank", "overall_rating", "image_text_alignment_rating", "fidelity_rating")
_FOLDER = r"^((?:[^/]*/){3})"
_PART = r"^[^/]*/[^/]*/[^/_]*_([0-9]{1,4})(?:_[^/]*)?/"
_BATCH_ROWS = 1 << 19
_NAME_LENGTH = len("00000000-0000-0000-0000-000000000000.webp")


# Polars makes NumPy its own when it first needs it, and fails where two threads need it at that moment.
pl.Series(np.empty(0)).to_numpy()


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
        stamps: What told each file from another one when its ids were read.
        tables: Their rows, all in memory, or all still to be read.
        sizes: The number of rows of each prompt, in their order.
        first_row: The row_index of the first row.
    """

    paths: Sequence[Path]
    stamps: Sequence[tuple[int, int, int]]
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
        assert done == self.sizes.size  # noqa: S101 - the files are those whose ids were read

    def _batches(self) -> Iterator[pl.DataFrame]:
        in_memory = [table for table in self.tables if isinstance(table, pl.DataFrame)]
        if in_memory:
            yield pl.concat(in_memory)
            return
        for path, stamp, table in zip(self.paths, self.stamps, self.tables, strict=True):
            try:
                for batch in _read(table.lazy()):
                    if _stamp(path) != stamp:
                        raise BrokenFileError(path, "parquet file", "it has changed while it was read")
                    yield batch
            except (PolarsError, OSError) as error:
                raise BrokenFileError(path, "parquet file", str(error)) from error


def published_rows(
    files: Sequence[PlacedFile], split: str | None, columns: Collection[str], *, whole: bool
) -> PublishedRows:
    """Return the rows of a split, or of all, if all files are as published.

    Args:
        files: The files of a source.
        split: The one split to read; None reads every file.
        columns: Which published columns to read, and `part`, which is added to rows that are read now.
        whole: Read all rows now, which is faster where they fit into memory. Otherwise that is done if they are few;
            if not, only the ids are read now, to know how many rows each prompt has.

    Raises:
        NotPublishedError: A file is not as published, cannot be read, or has other rows than when it was opened.
    """
    splits = [file.split for file in files if file.split is not None]
    if len(set(splits)) < len(files):
        raise NotPublishedError
    try:
        scans = [pl.scan_parquet(file.path, glob=False, hive_partitioning=False) for file in files]
        if not all(_is_published(scan.collect_schema()) for scan in scans):
            raise NotPublishedError
        chosen = [place for place, name in enumerate(splits) if split in (None, name)]
        stamps = [_stamp(files[place].path) for place in chosen]
        whole = whole or _are_few(scans)
        read = {*columns, "prompt_id"} if whole else columns
        tables: Sequence[pl.DataFrame | pl.LazyFrame] = [
            _selected(scans[place], read, splits[place]) for place in chosen
        ]
        if whole:
            tables = pl.collect_all([table.lazy() for table in tables])
        parts = [  # beside what follows
            CREW.submit(partial(parts_of, table["image_path"]))
            for table in tables
            if isinstance(table, pl.DataFrame) and "part" in columns
        ]
        sizes = [_prompt_sizes(table, scans[place]) for table, place in zip(tables, chosen, strict=True)]
        if parts:
            tables = [table.with_columns(part=part.result()) for table, part in zip(tables, parts, strict=True)]
    except (PolarsError, OSError) as error:
        raise NotPublishedError from error
    for place, counts in zip(chosen, sizes, strict=True):
        if place + 1 < len(files) and files[place].first_row + counts.sum() != files[place + 1].first_row:
            raise NotPublishedError
    return PublishedRows(
        [files[place].path for place in chosen],
        stamps,
        tables,
        np.concatenate([np.empty(0, np.int64), *sizes]),
        files[chosen[0]].first_row if chosen else 0,
    )


def parts_of(paths: pl.Series) -> pl.Series:
    """Return the parts that paths name by their folders.

    Raises:
        NotPublishedError: One names none, or not as published paths do.
    """
    for is_quick in (True, False):
        folders = paths.str.head(-_NAME_LENGTH) if is_quick else paths.str.extract(_FOLDER)
        runs = folders.rle().struct.unnest()
        parts = runs["value"].str.extract(_PART).cast(pl.Int16)
        if not parts.null_count():
            return pl.Series(np.repeat(parts.to_numpy(), runs["len"].to_numpy()))
    raise NotPublishedError


def refuse_unnamed_parts(rows: PublishedRows) -> None:
    """Read the paths of rows that are not in memory, before anything else of them is.

    Raises:
        NotPublishedError: One names no part.
    """
    for table in rows.tables:
        if isinstance(table, pl.LazyFrame):
            for batch in _read(table.select("image_path")):
                parts_of(batch["image_path"])


def _are_few(scans: Sequence[pl.LazyFrame]) -> bool:
    heights: list[int] = [table.item() for table in pl.collect_all([scan.select(pl.len()) for scan in scans])]
    return sum(heights) <= _BATCH_ROWS


def _stamp(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def _is_published(schema: pl.Schema) -> bool:
    # Of names that differ in case alone, the engine takes the first.
    return (
        len({name.lower() for name in schema}) == len(schema)
        and all(schema.get(name) == pl.String for name in _TEXTS)
        and all(schema.get(name, pl.Null()).is_integer() for name in _NUMBERS)
    )


def _selected(scan: pl.LazyFrame, columns: Collection[str], split: str) -> pl.LazyFrame:
    return scan.select(
        *(name for name in _TEXTS if name in columns),
        *(pl.col(name).cast(pl.Int8) for name in _NUMBERS if name in columns),
        split=pl.lit(split),
    )


def _read(rows: pl.LazyFrame) -> Iterator[pl.DataFrame]:
    """Read rows of a file in order, some at a time, as one of its row groups can be more than memory holds."""
    return in_order((part.lazy().collect for part in _slices(rows)), 1)


def _slices(rows: pl.DataFrame | pl.LazyFrame) -> Iterator[pl.DataFrame | pl.LazyFrame]:
    height = rows.height if isinstance(rows, pl.DataFrame) else rows.select(pl.len()).collect().item()
    return (rows.slice(begin, _BATCH_ROWS) for begin in range(0, height, _BATCH_ROWS))


def _prompt_sizes(table: pl.DataFrame | pl.LazyFrame, scan: pl.LazyFrame) -> NDArray[np.int64]:
    """Count how many rows, one behind the other, have the same id.

    Args:
        table: The rows that were asked for.
        scan: Their file.

    Raises:
        NotPublishedError: A path or an id is missing, or an id comes back later.
    """
    if isinstance(table, pl.DataFrame) and "image_path" in table.columns:
        lacking = table["image_path"].null_count()
    else:  # of a file that tells how many it lacks, no more is read for this
        lacking = scan.filter(pl.col("image_path").is_null()).select(pl.len()).collect().item()
    if lacking:
        raise NotPublishedError
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


def _runs(rows: pl.DataFrame | pl.LazyFrame) -> tuple[pl.Series, NDArray[np.int64], NDArray[np.uint64]]:
    """Return ids that follow each other, how often each stands there, and their hashes."""
    read = rows if isinstance(rows, pl.DataFrame) else rows.collect()
    runs = read["prompt_id"].rle().struct.unnest()
    ids = runs["value"]
    if ids.null_count():
        raise NotPublishedError
    return ids, runs["len"].to_numpy().astype(np.int64), ids.hash().to_numpy()
