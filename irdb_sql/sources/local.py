"""Finds the metadata on a disk: which files a source means, and which split each of them is."""

from __future__ import annotations

import glob
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from irdb_sql.core.schema import SPLITS
from irdb_sql.errors import UnknownSplitError
from irdb_sql.sources.errors import (
    NoMetadataError,
    RepeatedFileError,
    SourceNotFoundError,
    SourceTargetError,
    UnreadableError,
)
from irdb_sql.sources.kinds.registry import kind_of
from irdb_sql.sources.revisions import RECORD, revision_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from irdb_sql.sources.kinds.base import SourceKind

PathLike = str | os.PathLike[str]
EMBEDDED = "embedded sample (synthetic)"
"""What the source is called that is opened where none is named."""


@dataclass(frozen=True)
class MetadataFile:
    """One file of metadata.

    Attributes:
        path: Where it is.
        kind: What kind of file it is, which says how it is checked and read.
        split: Split of all its rows; None where each row's path names it.
    """

    path: Path
    kind: SourceKind
    split: str | None


@dataclass(frozen=True)
class PlacedFile:
    """A file of a source that is open.

    Attributes:
        path: Where it is, from the root, whatever the current folder will be.
        split: Split of all its rows; None where each row's path names it, or the file has not the published columns.
        first_row: The row_index of its first row.
    """

    path: Path
    split: str | None
    first_row: int


def placed_files(files: Sequence[MetadataFile], first_rows: Sequence[int]) -> list[PlacedFile]:
    """Say where the rows of files stand in their source."""
    return [
        PlacedFile(file.path.absolute(), file.split if file.kind.has_published_columns else None, first_row)
        for file, first_row in zip(files, first_rows, strict=True)
    ]


@dataclass(frozen=True)
class Source:
    """What a database reads.

    Attributes:
        files: Its metadata files, in the order of their rows.
        name: What to call it, without the machine's folders.
        folder: The folder of its files; the paths of its images lie below it, too, unless they are elsewhere.
        images_root: The URL below which the paths of its images lie, if they are elsewhere.
        revision: The commit that it is of, as in `zai-org/ImageRewardDB@5d1e…`, where that is known.
    """

    files: tuple[MetadataFile, ...]
    name: str
    folder: Path
    images_root: str | None = None
    revision: str | None = None


def find_source(source: PathLike | Sequence[PathLike], split: str | None = None) -> Source:
    """Find the metadata files that a source means.

    Args:
        source: A folder as published, a parquet file, a ranking file (`.json`), or a list of files.
        split: For a folder, the one split to open; for files, the split of all their rows.

    Raises:
        UnknownSplitError: `split` is not train, validation or test.
        SourceNotFoundError: A path leads nowhere.
        RepeatedFileError: A list names a file twice.
        UnreadableError: A path leads to what cannot be read as a file.
        NoMetadataError: The folder or the list has no metadata file.
    """
    if split is not None and split not in SPLITS:
        raise UnknownSplitError(split)
    if isinstance(source, str | os.PathLike):
        path = _path(source)
        if path.is_dir():
            return _published_folder(path, split)
        return _of_files((_file(path, split),))
    files = tuple(_file(_path(path), split) for path in source)
    if not files:
        raise NoMetadataError(None, ["file"])
    seen: set[Path] = set()
    for file in files:
        if file.path.resolve() in seen:
            raise RepeatedFileError(file.path)
        seen.add(file.path.resolve())
    return _of_files(files)


def metadata_file(path: Path, split: str | None = None) -> MetadataFile:
    """Describe a file that is there, by what its kind says.

    Args:
        path: The file.
        split: Split of all its rows; None leaves it to the kind.
    """
    kind = kind_of(path)
    return MetadataFile(path, kind, split or kind.split_of(path))


def refuse_source(source: Source, target: Path, images_root: str | None = None) -> None:
    """Raise an error if a file to be written is one of the data: metadata of any split, or one below its images.

    Args:
        source: The data.
        target: What is to be written.
        images_root: Where its images lie, if not in the folder of the source.

    Raises:
        SourceTargetError: It is.
    """
    place = target.resolve()
    folder = source.folder.resolve()
    images = [folder / "images"] if images_root in (None, str(source.folder)) else [Path(str(images_root)).resolve()]
    is_metadata = place.parent == folder and place.name in {RECORD, *(f"metadata-{split}.parquet" for split in SPLITS)}
    is_image = place.exists() and any(place.is_relative_to(root) for root in images)
    if is_metadata or is_image or place in {file.path.resolve() for file in source.files}:
        raise SourceTargetError(target)


def find_verification(path: PathLike) -> Path:
    """Find the parquet file of a verification.

    Raises:
        SourceNotFoundError: There is no such file.
        UnreadableError: It cannot be read as a file.
    """
    return _file(_path(path), None).path


def literal_path(path: Path) -> str:
    """Write a path so that the engine takes `*`, `?` and `[` in it for themselves."""
    return glob.escape(str(path.absolute()))


def _published_folder(folder: Path, split: str | None) -> Source:
    wanted = {name: folder / f"metadata-{name}.parquet" for name in SPLITS if split in (None, name)}
    files = tuple(metadata_file(path, name) for name, path in wanted.items() if path.is_file())
    if not files:
        raise NoMetadataError(folder, [path.name for path in wanted.values()])
    revision = revision_of(folder, [file.path.name for file in files])
    return Source(files, name=folder.resolve().name, folder=folder.absolute(), revision=revision)


def _of_files(files: tuple[MetadataFile, ...]) -> Source:
    folders = {file.path.absolute().parent for file in files}
    folder = files[0].path.absolute().parent
    names = [file.path.name for file in files]
    revision = revision_of(folder, names) if len(folders) == 1 else None
    return Source(files, name=", ".join(names), folder=folder, revision=revision)


def _path(source: PathLike) -> Path:
    """Make a path of a source that is there; only a leading `~` is a home folder."""
    path = Path(os.path.expanduser(source))  # noqa: PTH111 - Path would take ./~ for ~
    try:
        if not path.exists():
            raise SourceNotFoundError(os.fspath(source))
        str(path.absolute()).encode()
    except UnicodeEncodeError as error:
        raise UnreadableError(path, "its path is not UTF-8") from error
    except PermissionError as error:
        raise UnreadableError(path, error.strerror or str(error)) from error
    return path


def _file(path: Path, split: str | None) -> MetadataFile:
    if not path.is_file():
        raise UnreadableError(
            path, "it is a folder, and only a file may stand in a list" if path.is_dir() else "it is no regular file"
        )
    try:
        path.open("rb").close()
    except OSError as error:
        raise UnreadableError(path, error.strerror or str(error)) from error
    return metadata_file(path, split)
