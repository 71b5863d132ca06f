"""Reads rows of metadata with Polars, some whole prompts at a time, from files that are as published.

That is: every file is parquet, of a split that no other file has, with columns of texts and integers; the rows of a
prompt stand side by side; none lacks its path or prompt_id. Whatever else there is the engine reads.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from polars.exceptions import PolarsError

from irdb_sql.core.thread_pool import THREAD_POOL
from irdb_sql.engine.errors import NotPublishedError
from irdb_sql.pairs.batches import are_few, prompt_sizes, read_in_batches
from irdb_sql.sources.errors import BrokenFileError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from irdb_sql.sources.local import PlacedFile

_TEXTS = ("image_path", "prompt_id", "prompt", "classification")
_NUMBERS = ("rank", "overall_rating", "image_text_alignment_rating", "fidelity_rating")
_FOLDER = r"^((?:[^/]*/){3})"
_PART = r"^[^/]*/[^/]*/[^/_]*_([0-9]{1,4})(?:_[^/]*)?/"
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
class FileRows:
    """Rows of one file.

    Attributes:
        file: The file.
        stamp: What tells it from a later one of its path.
        table: The columns that were asked for, in memory or still to be read.
        sizes: The number of rows of each prompt, in their order.
    """

    file: PlacedFile
    stamp: tuple[int, int, int]
    table: pl.DataFrame | pl.LazyFrame
    sizes: NDArray[np.int64]

    def batches(self) -> Iterator[pl.DataFrame]:
        """Read the rows, some at a time.

        Raises:
            BrokenFileError: The file cannot be read to its end, or is another one by now.
        """
        path = self.file.path
        try:
            for batch in read_in_batches(self.table.lazy()):
                if _stamp(path) != self.stamp:
                    raise BrokenFileError(path, "parquet file", "it has changed while it was read")
                yield batch
        except (PolarsError, OSError) as error:
            raise BrokenFileError(path, "parquet file", str(error)) from error


@dataclass(frozen=True)
class PublishedRows:
    """Rows of files that are as published, one file behind the other.

    Attributes:
        files: Their rows, all in memory, or all still to be read.
        sizes: The number of rows of each prompt, in their order.
        first_row: The row_index of the first row.
    """

    files: Sequence[FileRows]
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
        in_memory = [file.table for file in self.files if isinstance(file.table, pl.DataFrame)]
        if in_memory:
            yield pl.concat(in_memory)
            return
        for file in self.files:
            yield from file.batches()


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
    splits = {file.split for file in files}
    if None in splits or len(splits) < len(files):
        raise NotPublishedError
    try:
        scans = {file: _scan(file) for file in files}
        wanted = {file: scan for file, scan in scans.items() if split in (None, file.split)}
        read = _read_now if whole or are_few(scans.values()) else _read_later
        rows = read(wanted, columns)
    except (PolarsError, OSError) as error:
        raise NotPublishedError from error
    _refuse_other_heights(files, rows)
    sizes = np.concatenate([np.empty(0, np.int64), *(of_file.sizes for of_file in rows)])
    return PublishedRows(rows, sizes, rows[0].file.first_row if rows else 0)


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
    for file in rows.files:
        if isinstance(file.table, pl.LazyFrame):
            for batch in read_in_batches(file.table.select("image_path")):
                parts_of(batch["image_path"])


def _scan(file: PlacedFile) -> pl.LazyFrame:
    scan = pl.scan_parquet(file.path, glob=False, hive_partitioning=False)
    if not _is_published(scan.collect_schema()):
        raise NotPublishedError
    return scan


def _read_now(scans: Mapping[PlacedFile, pl.LazyFrame], columns: Collection[str]) -> list[FileRows]:
    """Read all rows of files."""
    stamps = [_stamp(file.path) for file in scans]
    read = {*columns, "prompt_id"}
    tables = pl.collect_all([_selected(scan, read, file) for file, scan in scans.items()])
    parts = [  # which threads find while this one counts
        THREAD_POOL.submit(partial(parts_of, table["image_path"])) for table in tables if "part" in columns
    ]
    sizes = [prompt_sizes(table, scan) for table, scan in zip(tables, scans.values(), strict=True)]
    if parts:
        tables = [table.with_columns(part=part.result()) for table, part in zip(tables, parts, strict=True)]
    return [FileRows(*facts) for facts in zip(scans, stamps, tables, sizes, strict=True)]


def _read_later(scans: Mapping[PlacedFile, pl.LazyFrame], columns: Collection[str]) -> list[FileRows]:
    """Plan to read rows of files, of which only ids are read now."""
    rows = []
    for file, scan in scans.items():
        stamp, table = _stamp(file.path), _selected(scan, columns, file)
        rows.append(FileRows(file, stamp, table, prompt_sizes(table, scan)))
    return rows


def _refuse_other_heights(files: Sequence[PlacedFile], rows: Sequence[FileRows]) -> None:
    """Raise an error if a file that was read ends elsewhere than where the next one begins."""
    heights = {of_file.file: int(of_file.sizes.sum()) for of_file in rows}
    for file, following in pairwise(files):
        if file in heights and file.first_row + heights[file] != following.first_row:
            raise NotPublishedError


def _stamp(path: Path) -> tuple[int, int, int]:
    facts = path.stat()
    return facts.st_ino, facts.st_size, facts.st_mtime_ns


def _is_published(schema: pl.Schema) -> bool:
    # Of names that differ in case alone, the engine takes the first.
    return (
        len({name.lower() for name in schema}) == len(schema)
        and all(schema.get(name) == pl.String for name in _TEXTS)
        and all(schema.get(name, pl.Null()).is_integer() for name in _NUMBERS)
    )


def _selected(scan: pl.LazyFrame, columns: Collection[str], file: PlacedFile) -> pl.LazyFrame:
    return scan.select(
        *(name for name in _TEXTS if name in columns),
        *(pl.col(name).cast(pl.Int8) for name in _NUMBERS if name in columns),
        split=pl.lit(file.split),
    )
