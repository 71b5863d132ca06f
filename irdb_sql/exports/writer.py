"""Writes exports: files of each split and a manifest of them, which appear at once and whole, or not at all."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from irdb_sql.core.atomic_write import unfinished_file, unfinished_folder, write_file
from irdb_sql.errors import UnwritableError
from irdb_sql.exports.batches import portions
from irdb_sql.exports.errors import ExportFileError, SeveralSplitsError
from irdb_sql.exports.files import open_file
from irdb_sql.exports.formats import EXPORT_FORMATS, MANIFEST, SUFFIXES
from irdb_sql.exports.hashed_file import HashedFile
from irdb_sql.exports.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    import polars as pl

    from irdb_sql.exports.batches import Portion
    from irdb_sql.exports.formats import ExportFormat, FileKind
    from irdb_sql.exports.options import ExportChoice
    from irdb_sql.images.store import ImageStore

Manifest = dict[str, Any]


class Progress:
    """Counts what is done.

    Args:
        show: Is told how much of how much is done.
        total: How much there is to do at most.
    """

    def __init__(self, show: Callable[[int, int], None], total: int) -> None:
        self._show = show
        self._done = 0
        self._total = total

    def advance(self, done: int) -> None:
        """Count what is done more."""
        self._done += done
        self._show(self._done, self._total)


@dataclass(frozen=True)
class Work:
    """What an export is made of.

    Attributes:
        choice: What it takes.
        prompts: How many prompts it chooses of each split.
        schema: The columns of its query.
        frames: Makes the rows of a split.
        store: Where images are.
        progress: Counts prompts that are done.
    """

    choice: ExportChoice
    prompts: Mapping[str, int]
    schema: pl.Schema
    frames: Callable[[str], Iterable[pl.DataFrame]]
    store: ImageStore
    progress: Progress

    @property
    def form(self) -> ExportFormat:
        """The format."""
        return EXPORT_FORMATS[self.choice.form]

    @property
    def layout(self) -> Layout:
        """What its files hold."""
        weights = self.choice.weights
        return Layout(
            self.schema,
            self.form,
            self.choice.images and self.form.has_bytes,
            None if weights is None else f"{weights}_weight",
        )


def kind_of(form: str, target: Path) -> FileKind | None:
    """Return the kind of the one file that a name tells, or None for a folder.

    Raises:
        ExportFileError: The format has no such files.
    """
    kind = SUFFIXES.get(target.suffix.lower())
    if kind is not None and kind not in EXPORT_FORMATS[form].kinds:
        raise ExportFileError(target, form, EXPORT_FORMATS[form].kinds)
    return kind


def manifest_of(target: Path) -> Path:
    """Return where the manifest of an export stands: in a folder, or beside a file."""
    return (
        target / MANIFEST
        if SUFFIXES.get(target.suffix.lower()) is None
        else target.with_name(f"{target.name}.{MANIFEST}")
    )


def write_export(work: Work, target: Path, about: Manifest) -> Manifest:
    """Write an export and return its manifest.

    Args:
        work: What it is made of.
        target: A file of a kind that the format has, or a folder that is new or empty.
        about: What the manifest is to say first.

    Raises:
        ExportFileError: The format has no files of the kind that the name tells.
        SeveralSplitsError: One file would hold several splits.
        TargetExistsError: The folder is there and not empty.
        ImageError: An image cannot be had.
        UnwritableError: The disk is full, or the place cannot be written; nothing is left behind.
    """
    kind = kind_of(work.choice.form, target)
    if kind is None:
        with unfinished_folder(target) as folder:
            files = [file for split in work.prompts for file in _write_split(work, split, folder)]
            manifest = _manifest(work, files, about)
            (folder / MANIFEST).write_bytes(_encoded(manifest))
        return manifest
    if len(work.prompts) > 1:
        raise SeveralSplitsError(target, work.prompts)
    if target.exists() and not target.is_file():
        raise UnwritableError(target, "it is no regular file")
    split = next(iter(work.prompts))
    beside = manifest_of(target)
    with unfinished_file(target) as unfinished:
        shards = _written(work, split, kind, math.inf, lambda _shard: unfinished)
        files = [{"file": target.name, "split": split, **shard} for shard in shards]
        manifest = _manifest(work, files, about)
        beside.unlink(missing_ok=True)  # a manifest that is there always tells of the file beside it
    write_file(beside, _encoded(manifest))
    return manifest


def _write_split(work: Work, split: str, folder: Path) -> Iterator[Manifest]:
    """Write the files of a split, and name them once it is known how many they are."""
    kind = work.form.kinds[0]
    limit = work.choice.shard_bytes if "{shard" in work.form.names else math.inf
    written = _written(work, split, kind, limit, lambda shard: folder / f"{split}.{shard}")
    for shard, facts in enumerate(written):
        name = work.form.names.format(split=split, shard=shard, shards=len(written), kind=kind)
        (folder / f"{split}.{shard}").rename(folder / name)
        yield {"file": name, "split": split, **facts}


def _written(work: Work, split: str, kind: FileKind, limit: float, place: Callable[[int], Path]) -> list[Manifest]:
    """Write files until a split is done, each begun when the one before has grown enough, and none amid a prompt."""
    layout = work.layout
    store = work.store if layout.images else None
    written: list[Manifest] = []
    shard = _Shard(place(0), kind, layout, first_row=0)
    try:
        for portion in portions(work.frames(split), layout.paths, store, "prompt_id", limit):
            if shard.ends_prompt and shard.sink.size >= limit:
                written.append(shard.closed())
                first_row = sum(facts["rows"] for facts in written)
                shard = _Shard(place(len(written)), kind, layout, first_row)
            shard.add(portion)
            work.progress.advance(portion.prompts)
        written.append(shard.closed())
        work.progress.advance(work.prompts[split] - sum(facts["prompts"] for facts in written))  # those without pairs
    except BaseException:
        shard.sink.abandon()
        raise
    return written


class _Shard:
    """A file of an export that grows."""

    def __init__(self, path: Path, kind: FileKind, layout: Layout, first_row: int) -> None:
        self.sink = HashedFile(path)
        self._file = open_file(kind, self.sink, layout, first_row)
        self._rows = self._prompts = self._images = 0
        self.ends_prompt = False

    def add(self, portion: Portion) -> None:
        self._file.add(portion)
        self._rows += portion.rows.height
        self._prompts += portion.prompts
        self._images += portion.images
        self.ends_prompt = portion.ends_prompt

    def closed(self) -> Manifest:
        """Close the file and return what it holds."""
        self._file.close()
        sha256 = self.sink.finish()
        return {
            "rows": self._rows,
            "prompts": self._prompts,
            "images": self._images,
            "bytes": self.sink.size,
            "sha256": sha256,
        }


def _manifest(work: Work, files: list[Manifest], about: Manifest) -> Manifest:
    totals = {name: sum(file[name] for file in files) for name in ("rows", "prompts", "images", "bytes")}
    return {
        **about,
        "choice": asdict(work.choice),
        "columns": list(work.layout.columns.values()),
        "files": files,
        "totals": totals,
    }


def _encoded(manifest: Manifest) -> bytes:
    return json.dumps(manifest, ensure_ascii=False, indent=1).encode() + b"\n"
