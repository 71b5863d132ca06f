"""Reads metadata rows of files in the published layout with Polars, in batches of whole prompts.

In this layout every file is parquet, has its own split, and has columns of text and integers; the rows of a prompt are
consecutive; no path or prompt_id is missing. DuckDB reads all other files.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from polars.exceptions import PanicException, PolarsError

from irdb_sql.core.splits import split_names
from irdb_sql.core.thread_pool import THREAD_POOL
from irdb_sql.engine.errors import OtherLayoutError
from irdb_sql.pairs import batches
from irdb_sql.pairs.batches import prompt_sizes, read_in_batches
from irdb_sql.sources.errors import BrokenFileError, ChangedFileError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from irdb_sql.sources.local import OpenedFile

_TEXTS = ("image_path", "prompt_id", "prompt", "classification")
_NUMBERS = ("rank", "overall_rating", "image_text_alignment_rating", "fidelity_rating")
_FOLDER = r"^((?:[^/]*/){3})"
_PART = r"^[^/]*/[^/]*/[^/_]*_([0-9]{1,4})(?:_[^/]*)?/"
_ODD = r"^\./|\\"
_NAME_LENGTH = len("00000000-0000-0000-0000-000000000000.webp")


# Polars initializes NumPy at its first use, which fails when two threads do it at the same moment.
pl.Series(np.empty(0)).to_numpy()


@dataclass(frozen=True)
class PromptRows:
    """A batch of rows of whole prompts.

    Attributes:
        rows: The selected columns, and `split`.
        sizes: The number of rows of each prompt, in order.
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
        table: The selected columns, in memory or as a lazy frame.
        sizes: The number of rows of each prompt, in order.
    """

    file: OpenedFile
    table: pl.DataFrame | pl.LazyFrame
    sizes: NDArray[np.int64]

    def batches(self) -> Iterator[pl.DataFrame]:
        """Read the rows in batches.

        Raises:
            BrokenFileError: The file cannot be read completely.
            ChangedFileError: The file has changed since it was opened, whatever reading it has led to.
        """
        file = self.file.file
        try:
            for batch in read_in_batches(self.table.lazy()):
                if file.has_changed():
                    raise ChangedFileError(file.path)
                yield batch
        except (PolarsError, PanicException, OSError) as error:
            if file.has_changed():
                raise ChangedFileError(file.path) from error
            raise BrokenFileError(file.path, "parquet file", str(error)) from error


@dataclass(frozen=True)
class PublishedRows:
    """Rows of files in the published layout, one file after the other.

    Attributes:
        files: The rows of each file, all in memory or all as lazy frames.
        sizes: The number of rows of each prompt, in order.
        first_row: The row_index of the first row.
    """

    files: Sequence[FileRows]
    sizes: NDArray[np.int64]
    first_row: int

    def prompts(self, most_rows: int) -> Iterator[PromptRows]:
        """Yield batches of whole prompts, of up to `most_rows` rows.

        Raises:
            BrokenFileError: A file cannot be read completely.
            ChangedFileError: A file has changed.
        """
        ends = np.cumsum(self.sizes)
        done, begin = 0, 0  # prompts that were yielded, and their rows
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
        assert done == self.sizes.size  # noqa: S101 - sizes were counted in the same files

    def _batches(self) -> Iterator[pl.DataFrame]:
        in_memory = [file.table for file in self.files if isinstance(file.table, pl.DataFrame)]
        if in_memory:
            yield pl.concat(in_memory)
            return
        for file in self.files:
            yield from file.batches()


class PublishedFiles:
    """The files of a source, and what is known of those that were read before and have not changed.

    Args:
        files: The files.
    """

    def __init__(self, files: Sequence[OpenedFile]) -> None:
        self._files = files
        self._scans: dict[OpenedFile, pl.LazyFrame] = {}
        self._sizes: dict[OpenedFile, NDArray[np.int64]] = {}

    def read(self, split: str | None, columns: Collection[str], *, whole: bool) -> PublishedRows:
        """Read rows in the published layout.

        Args:
            split: The split to read, or several with commas; None reads every file.
            columns: Published columns to read, and `part`, which is added where rows are read into memory.
            whole: Read all rows into memory, which is faster where they fit. Otherwise that is done only for less than
                a batch of rows, and of larger files only the ids are read, to count the rows of each prompt.

        Raises:
            OtherLayoutError: A file does not have the published layout, cannot be read, or changed since it was opened.
        """
        splits = {file.published_split for file in self._files}
        if None in splits or len(splits) < len(self._files):
            raise OtherLayoutError
        names = split_names(split)
        if any(opened.file.has_changed() for opened in self._files if opened.published_split in names):
            raise OtherLayoutError
        try:
            selected = {file: self._scan(file) for file in self._files if file.published_split in names}
            is_whole = whole or self._count_rows(selected) <= batches.BATCH_ROWS
            rows = (self._read_into_memory if is_whole else self._read_lazily)(selected, columns)
        except (PolarsError, PanicException, OSError) as error:  # it panics if the file changes at this moment
            raise OtherLayoutError from error
        self._check_heights(rows)
        if any(opened.file.has_changed() for opened in selected):
            raise OtherLayoutError
        for file_rows in rows:
            if file_rows.sizes.size <= _MOST_KNOWN:
                self._sizes[file_rows.file] = file_rows.sizes
        sizes = np.concatenate([np.empty(0, np.int64), *(file_rows.sizes for file_rows in rows)])
        return PublishedRows(rows, sizes, rows[0].file.first_row if rows else 0)

    def _scan(self, file: OpenedFile) -> pl.LazyFrame:
        """Open a file lazily, or raise OtherLayoutError if its columns are not those of the published files."""
        if file not in self._scans:
            scan = pl.scan_parquet(file.path, glob=False, hive_partitioning=False)
            if not _has_published_columns(scan.collect_schema()):
                raise OtherLayoutError
            self._scans[file] = scan
        return self._scans[file]

    def _count_rows(self, scans: Mapping[OpenedFile, pl.LazyFrame]) -> int:
        unread = [scan.select(pl.len()) for file, scan in scans.items() if file not in self._sizes]
        known = [int(self._sizes[file].sum()) for file in scans if file in self._sizes]
        return sum(known) + sum(int(table.item()) for table in pl.collect_all(unread))

    def _read_into_memory(self, scans: Mapping[OpenedFile, pl.LazyFrame], columns: Collection[str]) -> list[FileRows]:
        """Read all rows of files into memory."""
        read = {*columns} if self._sizes.keys() >= scans.keys() else {*columns, "prompt_id"}
        tables = pl.collect_all([_select(scan, read, file) for file, scan in scans.items()])
        parts = [  # parsed in threads, while this one counts prompts
            THREAD_POOL.submit(partial(parse_parts, table["image_path"])) for table in tables if "part" in columns
        ]
        sizes = [self._count_prompts(*each) for each in zip(scans, tables, scans.values(), strict=True)]
        if parts:
            tables = [table.with_columns(part=part.result()) for table, part in zip(tables, parts, strict=True)]
        return [FileRows(*fields) for fields in zip(scans, tables, sizes, strict=True)]

    def _read_lazily(self, scans: Mapping[OpenedFile, pl.LazyFrame], columns: Collection[str]) -> list[FileRows]:
        """Return lazy rows of files, reading only the ids."""
        rows = []
        for file, scan in scans.items():
            table = _select(scan, columns, file)
            rows.append(FileRows(file, table, self._count_prompts(file, table, scan)))
        return rows

    def _count_prompts(
        self, file: OpenedFile, table: pl.DataFrame | pl.LazyFrame, scan: pl.LazyFrame
    ) -> NDArray[np.int64]:
        """Return the number of rows of each prompt of a file, counted if the file is read for the first time."""
        known = self._sizes.get(file)
        return prompt_sizes(table, scan) if known is None else known

    def _check_heights(self, rows: Sequence[FileRows]) -> None:
        """Raise an error if a file's number of rows has changed."""
        heights = {file_rows.file: int(file_rows.sizes.sum()) for file_rows in rows}
        for file_rows in rows:
            table, height = file_rows.table, heights[file_rows.file]
            if isinstance(table, pl.DataFrame) and table.height != height:
                raise OtherLayoutError
        for file, next_file in pairwise(self._files):
            if file in heights and file.first_row + heights[file] != next_file.first_row:
                raise OtherLayoutError


_MOST_KNOWN = 2_000_000  # prompts of a file: the numbers of rows of more take too much memory to be kept


def parse_parts(paths: pl.Series) -> pl.Series:
    """Return the part in the folder of each path.

    Raises:
        OtherLayoutError: A path has no part, or does not have the published layout.
    """
    for is_quick in (True, False):
        folders = paths.str.head(-_NAME_LENGTH) if is_quick else paths.str.extract(_FOLDER)
        runs = folders.rle().struct.unnest()
        if runs["value"].str.contains(_ODD).any():
            raise OtherLayoutError
        parts = runs["value"].str.extract(_PART).cast(pl.Int16)
        if not parts.null_count():
            return pl.Series(np.repeat(parts.to_numpy(), runs["len"].to_numpy()))
    raise OtherLayoutError


def check_parts(rows: PublishedRows) -> None:
    """Check that each path of lazy rows has a part.

    Raises:
        OtherLayoutError: A path has no part.
        BrokenFileError, ChangedFileError: As of `FileRows.batches`.
    """
    for file in rows.files:
        if isinstance(file.table, pl.LazyFrame):
            for batch in replace(file, table=file.table.select("image_path")).batches():
                parse_parts(batch["image_path"])


def _has_published_columns(schema: pl.Schema) -> bool:
    # DuckDB uses the first of several columns whose names differ only in case, so such files are left to it.
    return (
        len({name.lower() for name in schema}) == len(schema)
        and all(schema.get(name) == pl.String for name in _TEXTS)
        and all(schema.get(name, pl.Null()).is_integer() for name in _NUMBERS)
    )


def _select(scan: pl.LazyFrame, columns: Collection[str], file: OpenedFile) -> pl.LazyFrame:
    return scan.select(
        *(name for name in _TEXTS if name in columns),
        *(pl.col(name).cast(pl.Int8) for name in _NUMBERS if name in columns),
        split=pl.lit(file.published_split),
    )
