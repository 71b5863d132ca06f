"""Makes metadata of the JSON files of parts, or compares it with what is there."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from irdb_sql.core import catalog as sqlfiles
from irdb_sql.core.atomic_write import failures_of, write_file
from irdb_sql.core.schema import PUBLISHED, TEXT
from irdb_sql.core.tasks import silent_progress
from irdb_sql.engine.limits import Limits
from irdb_sql.engine.local import DuckDBEngine, no_listing
from irdb_sql.imports.errors import ImportTargetError, MissingPartError, PartRowError
from irdb_sql.imports.files import PartFile, read_parts
from irdb_sql.sources.errors import NoMetadataError
from irdb_sql.sources.local import Source, metadata_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from irdb_sql.engine.protocol import Session
    from irdb_sql.imports.files import SplitParts
    from irdb_sql.sources.local import PathLike


@dataclass(frozen=True)
class ImportedSplit:
    """What has become of the parts of a split.

    Attributes:
        split: Its name.
        parts: Numbers of the parts whose JSON file was read.
        missing: Numbers of published parts, and of parts beside others, that have none.
        rows: How many rows the JSON files have.
        path: The metadata file that was written or compared; None where there is none and none was to be written.
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
    """What an import has done.

    Attributes:
        splits: Each split that has a part, in published order.
        differences: What differs between JSON and the metadata files that were there, columns as
            `queries/import/part_differences.sql` says, by split, part and row of the parquet, then of the JSON.
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
    """Make metadata of the JSON files of parts where there is none, and compare it with what there is.

    Each part has its rows as a JSON list: `train_7.json` in `images/train/train_7.zip`, or unpacked in the folder
    `images/train/train_7`, which goes first on a disk. Rows stand part by part, in the order of the JSON. A metadata
    file that is there is never changed.

    Args:
        source: The folder or URL below which `images/…` lies.
        metadata: The folder of `metadata-{split}.parquet`; the source's own unless given.
        write: Write the metadata files that are not there; otherwise compare only.
        partial: Write what is there though parts before others are missing.
        progress: Is told how many of how many parts were looked for.

    Raises:
        NoPartsError: There is no such folder, or no JSON file of a part in it.
        MissingPartError: Metadata is to be written of parts of which one before others has no such file, and `partial`
            is not given.
        PartFileError, PartRowError: A file cannot be read, or does not hold rows as published.
        FileError: A metadata file that is there is broken.
        NoMetadataError: Nothing is to be written, and there is no metadata to compare with.
        ImportTargetError: The source is a URL, and `metadata` is not given.
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
    folder = metadata_folder(source, metadata)
    splits = read_parts(source, progress or silent_progress)
    paths = {each.split: folder / f"metadata-{each.split}.parquet" for each in splits}
    known = {split: path for split, path in paths.items() if path.exists()}
    if not known and not write:
        raise NoMetadataError(folder, [path.name for path in paths.values()])
    if write and not partial:
        for each in splits:
            if each.split not in known:
                _refuse_gaps(each)
    files = tuple(metadata_file(path, split) for split, path in known.items())
    engine = DuckDBEngine(Source(files, folder.name, folder), sqlfiles.load(), no_listing, Limits())
    try:
        with engine.session() as session:
            session.shadow_view("part_files", _table(file for each in splits for file in each.files))
            _refuse_faults(session)
            rows = session.call("part_rows", []).sort("split", "row_index")
            session.shadow_view(
                "part_files", _table(file for each in splits if each.split in known for file in each.files)
            )
            differences = session.call("part_differences", []).sort(_ORDER, nulls_last=True)
    finally:
        engine.close()
    if write:
        for split, path in paths.items():
            if split not in known:
                _write(rows.filter(split=split), path)
    counts = dict(rows["split"].value_counts().iter_rows())
    return ImportedParts(
        tuple(_told(each, counts, paths[each.split], known, write=write) for each in splits), differences
    )


def metadata_folder(source: PathLike, metadata: PathLike | None) -> Path:
    """Return the folder of `metadata-{split}.parquet`: the one that is named, else that of the parts.

    Raises:
        ImportTargetError: It is a URL.
    """
    place = os.fspath(source if metadata is None else metadata)
    if "://" in place:
        raise ImportTargetError(place)
    return Path(os.path.expanduser(place))  # noqa: PTH111 - Path would take ./~ for ~


_ORDER = ["split", "part", "parquet_row", "json_row", "difference", "column_name"]


def _refuse_gaps(each: SplitParts) -> None:
    """Raise an error if parts before others are missing: metadata without them would look whole."""
    if skipped := [part for part in each.missing if part < each.files[-1].part]:
        raise MissingPartError(each.split, skipped, each.missing[skipped[0]])


def _table(files: Iterable[PartFile]) -> pl.DataFrame:
    """Make the rows of the view `part_files`."""
    return pl.DataFrame(
        [(file.split, file.part, file.location, file.member, file.content) for file in files],
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
    """Raise an error for the first thing that is wrong in a file."""
    faults = session.call("part_faults", []).sort("split", "part", "row_number", "column_name")
    for fault in faults.head(1).iter_rows(named=True):
        raise PartRowError(
            fault["location"], fault["member"], fault["row_number"], fault["column_name"], fault["fault"]
        )


def _write(rows: pl.DataFrame, path: Path) -> None:
    """Write metadata in the types of the published files."""
    encoded = io.BytesIO()
    rows.select(
        pl.col(name).cast(pl.String if kinds is TEXT else pl.Int64) for name, kinds in PUBLISHED.items()
    ).write_parquet(encoded)
    with failures_of(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_file(path, encoded.getvalue())


def _told(
    each: SplitParts, counts: dict[str, int], path: Path, known: dict[str, Path], *, write: bool
) -> ImportedSplit:
    is_new = write and each.split not in known
    return ImportedSplit(
        split=each.split,
        parts=tuple(file.part for file in each.files),
        missing=tuple(each.missing),
        rows=counts.get(each.split, 0),
        path=path if is_new or each.split in known else None,
        is_new=is_new,
    )
