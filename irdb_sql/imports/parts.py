"""Imports metadata from the JSON files of parts, or compares it with existing files."""

from __future__ import annotations

import contextlib
import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from irdb_sql.core import catalog
from irdb_sql.core.atomic_write import check_folder, translate_write_errors, unfinished_file
from irdb_sql.core.options import check_flags, check_path
from irdb_sql.core.schema import PUBLISHED, TEXT
from irdb_sql.core.tasks import silent_progress
from irdb_sql.engine.limits import Limits
from irdb_sql.engine.local import DuckDBEngine
from irdb_sql.engine.single_query import no_listing
from irdb_sql.imports.errors import ImportTargetError, MissingPartError, PartRowError
from irdb_sql.imports.files import read_parts
from irdb_sql.sources.errors import NoMetadataError
from irdb_sql.sources.local import Source, readable_file
from irdb_sql.storage.addresses import check_address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from irdb_sql.engine.protocol import Session
    from irdb_sql.imports.files import SplitParts
    from irdb_sql.sources.local import PathLike


@dataclass(frozen=True)
class ImportedSplit:
    """The result of importing the parts of a split.

    Attributes:
        split: Its name.
        parts: Numbers of the parts whose JSON file was read.
        missing: Numbers of the parts without a JSON file, up to the last one published or in the folder.
        rows: How many rows the JSON files have.
        path: The metadata file that was written or compared; None if there is none.
        is_new: Whether it was written.
    """

    split: str
    parts: tuple[int, ...]
    missing: tuple[int, ...]
    rows: int
    path: Path | None
    is_new: bool


@dataclass(frozen=True)
class ImportedParts:
    """The results of an import, and differences from existing metadata.

    Attributes:
        splits: Each split that has a part, in published order.
        differences: Differences between the JSON and existing metadata files, with the columns of
            `queries/import/part_differences.sql`, sorted by split, part and row of the parquet, then of the JSON.
    """

    splits: tuple[ImportedSplit, ...]
    differences: pl.DataFrame


def import_parts(
    source: PathLike,
    metadata: PathLike | None = None,
    *,
    write: bool = True,
    partial: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> ImportedParts:
    """Import metadata from JSON files of parts, or compare existing metadata.

    Each part has its rows as a JSON list: `train_7.json` in `images/train/train_7.zip`, or unpacked in the folder
    `images/train/train_7`, which takes precedence on a disk. Rows are sorted by part, in the order of the JSON. An
    existing metadata file is never changed.

    Args:
        source: The folder or URL below which `images/…` lies.
        metadata: The folder of `metadata-{split}.parquet`; None means the source.
        write: Whether to write missing metadata files; otherwise compare only.
        partial: Whether to write metadata even if parts are missing between others.
        progress: Called with the number of parts that were tried, and of all.

    Raises:
        NoPartsError: There is no such folder, or no JSON file of a part in it.
        MissingPartError: A part without such a file comes before another one, metadata would be written, and `partial`
            is False.
        PartFileError, PartRowError: A file cannot be read, or does not hold rows as published.
        FileError: An existing metadata file is broken.
        NoMetadataError: `write` is False, and there is no metadata to compare.
        ImportTargetError: The source is a URL, and `metadata` is None.
        UnwritableError: A file cannot be written.
        RemoteError, MissingPackageError: The source is a URL that cannot be read.

    Example:
        >>> import tempfile
        >>> from irdb_sql import import_parts
        >>> from irdb_sql.sources.sample.dataset import embedded_sample
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     made = import_parts(embedded_sample(), folder)
        ...     [(split.split, len(split.parts), split.rows, split.path.name) for split in made.splits][2]
        ('test', 2, 279, 'metadata-test.parquet')
        >>> import_parts(embedded_sample()).differences.height
        0
    """
    check_path("source", source)
    check_flags(write=write, partial=partial)
    folder = metadata_folder(source, metadata)
    # A folder that is none is told below; Path would raise an error for a name that is too long.
    if write and (metadata is not None or os.path.isdir(folder)):  # noqa: PTH112
        check_folder(folder)
    splits = read_parts(source, progress or silent_progress)
    paths = {parts.split: folder / f"metadata-{parts.split}.parquet" for parts in splits}
    present = {split: path for split, path in paths.items() if path.exists()}
    if not present and not write:
        raise NoMetadataError(folder, [path.name for path in paths.values()])
    new = [parts for parts in splits if parts.split not in present] if write else []
    if not partial:
        _refuse_gaps(new)
    rows, differences = _rows_and_differences(folder, splits, present)
    _write_metadata({paths[parts.split]: rows.filter(split=parts.split) for parts in new})
    heights = dict(rows["split"].value_counts().iter_rows())
    return ImportedParts(
        tuple(_imported_split(parts, heights, paths[parts.split], new) for parts in splits), differences
    )


def metadata_folder(source: PathLike, metadata: PathLike | None) -> Path:
    """Return the folder of metadata: the named one, or the source.

    Raises:
        RemoteError: It is a URL that names a dataset of the hub in another form.
        ImportTargetError: It is a URL.
    """
    place = os.fspath(source if metadata is None else metadata)
    if "://" in place:
        check_address(place)
        raise ImportTargetError(place)
    return Path(os.path.expanduser(place))  # noqa: PTH111 - Path would take ./~ for ~


_ORDER = ["split", "part", "parquet_row", "json_row", "difference", "column_name"]


def _refuse_gaps(splits: Iterable[SplitParts]) -> None:
    """Raise an error if a part is missing before another."""
    for parts in splits:
        if skipped := [part for part in parts.missing if part < parts.files[-1].part]:
            raise MissingPartError(parts.split, skipped, parts.missing[skipped[0]])


def _rows_and_differences(
    folder: Path, splits: list[SplitParts], present: dict[str, Path]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows of all parts, and their differences from existing metadata.

    Args:
        folder: The folder of the metadata.
        splits: The parts.
        present: The metadata file of each split that has one.

    Raises:
        PartRowError: A part does not hold rows as published.
        FileError: A metadata file is broken.
    """
    files = tuple(readable_file(path, split) for split, path in present.items())
    engine = DuckDBEngine(Source(files, folder.name, folder), catalog.load(), no_listing, Limits())
    try:
        with engine.session() as session:
            session.shadow_view("part_files", _part_files(splits))
            _refuse_faults(session)
            rows = session.call("part_rows", []).sort("split", "row_index")
            session.shadow_view("part_files", _part_files(parts for parts in splits if parts.split in present))
            return rows, session.call("part_differences", []).sort(_ORDER, nulls_last=True)
    finally:
        engine.close()


def _part_files(splits: Iterable[SplitParts]) -> pl.DataFrame:
    """Return the rows of the view `part_files`."""
    return pl.DataFrame(
        [(file.split, file.part, file.location, file.member, file.content) for parts in splits for file in parts.files],
        schema={
            "split": pl.String,
            "part": pl.Int16,
            "location": pl.String,
            "member": pl.String,
            "content": pl.String,
        },
        orient="row",
    )


def _refuse_faults(session: Session) -> None:
    """Raise an error for the first fault of a file."""
    faults = session.call("part_faults", []).sort("split", "part", "row_number", "column_name")
    for fault in faults.head(1).iter_rows(named=True):
        raise PartRowError(
            fault["location"], fault["member"], fault["row_number"], fault["column_name"], fault["fault"]
        )


def _write_metadata(files: Mapping[Path, pl.DataFrame]) -> None:
    """Write metadata with the types of the published files: all files, or none."""
    columns = [pl.col(name).cast(pl.String if kinds is TEXT else pl.Int64) for name, kinds in PUBLISHED.items()]
    with contextlib.ExitStack() as unfinished_files:
        for path, rows in files.items():
            encoded = io.BytesIO()
            rows.select(columns).write_parquet(encoded)
            with translate_write_errors(path):
                path.parent.mkdir(parents=True, exist_ok=True)
            unfinished = unfinished_files.enter_context(unfinished_file(path))
            with translate_write_errors(path):
                unfinished.write_bytes(encoded.getvalue())


def _imported_split(parts: SplitParts, heights: dict[str, int], path: Path, new: Sequence[SplitParts]) -> ImportedSplit:
    return ImportedSplit(
        split=parts.split,
        parts=tuple(file.part for file in parts.files),
        missing=tuple(parts.missing),
        rows=heights.get(parts.split, 0),
        path=path if path.exists() else None,
        is_new=parts in new,
    )
