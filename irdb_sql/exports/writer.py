"""Writes the files of each split and their manifest, atomically."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from irdb_sql.core.atomic_write import check_target, unfinished_file, unfinished_folder, write_file
from irdb_sql.exports.batches import read_batches
from irdb_sql.exports.errors import ExportFileError, SeveralSplitsError
from irdb_sql.exports.files import open_file
from irdb_sql.exports.formats import EXPORT_FORMATS, MANIFEST, SUFFIXES
from irdb_sql.exports.hashed_file import HashedFile
from irdb_sql.exports.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    import polars as pl

    from irdb_sql.exports.batches import Batch
    from irdb_sql.exports.formats import ExportFormat, FileKind
    from irdb_sql.exports.options import ExportChoice
    from irdb_sql.images.store import ImageStore

Manifest = dict[str, Any]


class Progress:
    """Counts prompts that are written.

    Args:
        show: Called with the number of prompts that are written, and of all.
        total: The number of all prompts.
    """

    def __init__(self, show: Callable[[int, int], None], total: int) -> None:
        self._show = show
        self._done = 0
        self._total = total

    def advance(self, done: int) -> None:
        """Add a number of prompts."""
        self._done += done
        self._show(self._done, self._total)


@dataclass(frozen=True)
class ExportJob:
    """An export that is to be written.

    Attributes:
        choice: Its format and options.
        prompts: The number of prompts of each split.
        schema: The columns of its query.
        frames: Returns the rows of a split.
        store: Reads images.
        progress: Counts prompts that are written.
    """

    choice: ExportChoice
    prompts: Mapping[str, int]
    schema: pl.Schema
    frames: Callable[[str], Iterable[pl.DataFrame]]
    store: ImageStore
    progress: Progress

    @property
    def format(self) -> ExportFormat:
        """The format."""
        return EXPORT_FORMATS[self.choice.format]

    @property
    def layout(self) -> Layout:
        """The columns of its files."""
        weights = self.choice.weights
        return Layout(
            self.schema,
            self.format,
            self.choice.images and self.format.has_bytes,
            None if weights is None else f"{weights}_weight",
        )


def file_kind(format: str, target: Path) -> FileKind | None:
    """Return the kind of file of a target; None is a folder.

    Raises:
        ExportFileError: The format has no files of that kind.
    """
    kind = SUFFIXES.get(target.suffix.lower())
    if kind is not None and kind not in EXPORT_FORMATS[format].kinds:
        raise ExportFileError(target, format, EXPORT_FORMATS[format].kinds)
    return kind


def manifest_path(target: Path) -> Path:
    """Return the path of a manifest, in the folder or beside."""
    return (
        target / MANIFEST
        if SUFFIXES.get(target.suffix.lower()) is None
        else target.with_name(f"{target.name}.{MANIFEST}")
    )


def write_export(job: ExportJob, target: Path, about: Manifest) -> Manifest:
    """Write an export and return its manifest.

    Args:
        job: The export.
        target: A file of a kind that the format has, or a folder that is new or empty.
        about: The first entries of the manifest.

    Raises:
        ExportFileError: The format has no files of the kind that the suffix means.
        SeveralSplitsError: One file would hold several splits.
        TargetExistsError: The folder is there and not empty.
        ImageError: An image cannot be read.
        EmptyExportError: It has no rows, and may not be empty.
        UnwritableError: The disk is full, or the place cannot be written; nothing is left behind.
    """
    kind = file_kind(job.choice.format, target)
    if kind is None:
        with unfinished_folder(target) as folder:
            files = [file for split in job.prompts for file in _write_split(job, split, folder)]
            manifest = _manifest(job, files, about)
            job.choice.check_rows(manifest["totals"]["rows"])
            (folder / MANIFEST).write_bytes(_encoded(manifest))
        return manifest
    if len(job.prompts) > 1 and not job.format.has_splits:
        raise SeveralSplitsError(target, job.prompts)
    check_target(target)
    beside = manifest_path(target)
    with unfinished_file(target) as unfinished:
        shards = _write_shards(job, list(job.prompts), kind, math.inf, lambda _number: unfinished)
        files = [{"file": target.name, "split": ",".join(job.prompts), **facts} for facts in shards]
        manifest = _manifest(job, files, about)
        job.choice.check_rows(manifest["totals"]["rows"])
        beside.unlink(missing_ok=True)  # a manifest never stands beside another file than its own
    write_file(beside, _encoded(manifest))
    return manifest


def _write_split(job: ExportJob, split: str, folder: Path) -> Iterator[Manifest]:
    """Write the files of a split, and number them at the end."""
    kind = job.format.kinds[0]
    limit = job.choice.shard_bytes if job.format.is_sharded else math.inf
    shards = _write_shards(job, [split], kind, limit, lambda number: folder / f"{split}.{number}")
    for number, facts in enumerate(shards):
        name = job.format.file_names.format(split=split, shard=number, shards=len(shards), kind=kind)
        (folder / f"{split}.{number}").rename(folder / name)
        yield {"file": name, "split": split, **facts}


def _write_shards(
    job: ExportJob, splits: Sequence[str], kind: FileKind, limit: float, place: Callable[[int], Path]
) -> list[Manifest]:
    """Write the files of splits, one after another, each file up to about `limit` bytes."""
    layout = job.layout
    store = job.store if layout.images else None
    written: list[Manifest] = []
    shard = _Shard(place(0), kind, layout, first_row=0)
    try:
        for batch in _batches(job, splits, store, limit):
            if shard.ends_prompt and shard.sink.size >= limit:
                written.append(shard.finish())
                first_row = sum(facts["rows"] for facts in written)
                shard = _Shard(place(len(written)), kind, layout, first_row)
            shard.add(batch)
            job.progress.advance(batch.prompts)
        written.append(shard.finish())
        with_rows = sum(facts["prompts"] for facts in written)
        job.progress.advance(sum(job.prompts[split] for split in splits) - with_rows)
    except BaseException:
        shard.sink.abandon()
        raise
    return written


def _batches(job: ExportJob, splits: Sequence[str], store: ImageStore | None, limit: float) -> Iterator[Batch]:
    """Yield the batches of each split by itself, as two splits may have prompts of the same id."""
    for split in splits:
        yield from read_batches(job.frames(split), job.layout.paths, store, "prompt_id", limit)


class _Shard:
    """A growing file of an export, and counts of its rows."""

    def __init__(self, path: Path, kind: FileKind, layout: Layout, first_row: int) -> None:
        self.sink = HashedFile(path)
        self._file = open_file(kind, self.sink, layout, first_row)
        self._rows = self._prompts = self._images = 0
        self.ends_prompt = False

    def add(self, batch: Batch) -> None:
        self._file.add(batch)
        self._rows += batch.rows.height
        self._prompts += batch.prompts
        self._images += batch.images
        self.ends_prompt = batch.ends_prompt

    def finish(self) -> Manifest:
        """Close the file and return its entries of the manifest."""
        self._file.close()
        sha256 = self.sink.finish()
        return {
            "rows": self._rows,
            "prompts": self._prompts,
            "images": self._images,
            "bytes": self.sink.size,
            "sha256": sha256,
        }


def _manifest(job: ExportJob, files: list[Manifest], about: Manifest) -> Manifest:
    totals = {name: sum(file[name] for file in files) for name in ("rows", "prompts", "images", "bytes")}
    return {
        **about,
        "choice": asdict(job.choice),
        "columns": list(job.layout.columns.values()),
        "files": files,
        "totals": totals,
    }


def _encoded(manifest: Manifest) -> bytes:
    return json.dumps(manifest, ensure_ascii=False, indent=1).encode() + b"\n"
