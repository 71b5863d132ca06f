"""Finds local metadata: the files of a source, and the split of each."""

from __future__ import annotations

import glob
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from irdb_sql.core.late import late
from irdb_sql.core.options import check_type
from irdb_sql.core.regular_files import check_regular_file, file_stamp
from irdb_sql.core.schema import SPLITS
from irdb_sql.core.splits import join_splits, split_names
from irdb_sql.errors import RangeError
from irdb_sql.sources.errors import (
    NoMetadataError,
    RepeatedFileError,
    SourceNotFoundError,
    SourceTargetError,
    UnreadableError,
    VerificationNotFoundError,
)
from irdb_sql.sources.kinds.registry import kind_of
from irdb_sql.sources.revisions import RECORD, revision_of

if TYPE_CHECKING:
    from irdb_sql.core.splits import Splits
    from irdb_sql.sources import layout_folder
    from irdb_sql.sources.kinds.base import FileSize, SourceKind
else:
    layout_folder = late("irdb_sql.sources.layout_folder")  # late, as it opens files by this module

PathLike = str | os.PathLike[str]
EMBEDDED = "embedded sample (synthetic)"
"""The name of the source that is opened by default."""


@dataclass(frozen=True)
class MetadataFile:
    """One file of metadata.

    Attributes:
        path: Its path.
        kind: Its kind, which checks and reads it.
        split: Split of all its rows; None where each row's path names it.
        stamp: Its stamp when it was found.
        size: How much it holds, if a check has found it sound before and it is the same; None if it is to be checked.
    """

    path: Path
    kind: SourceKind
    split: str | None
    stamp: tuple[int, int, int]
    size: FileSize | None = None

    def has_changed(self) -> bool:
        """Whether the file is another one than was found, or has gone."""
        try:
            return file_stamp(self.path) != self.stamp
        except OSError:
            return True


@dataclass(frozen=True)
class OpenedFile:
    """A metadata file that was checked when its source was opened.

    Attributes:
        file: The file, by its absolute path.
        first_row: The row_index of its first row.
        value_bytes: Bytes of the values that would have to be read to hold it in memory.
        table: The table of its rows, if its kind is always in memory.
    """

    file: MetadataFile
    first_row: int
    value_bytes: int
    table: str | None = None

    @property
    def path(self) -> Path:
        """Its absolute path."""
        return self.file.path

    @property
    def published_split(self) -> str | None:
        """Split of all rows; None where each row's path names it, or the file lacks the published columns."""
        return self.file.split if self.file.kind.has_published_columns else None


@dataclass(frozen=True)
class Source:
    """The metadata files and images that a database reads.

    Attributes:
        files: Its metadata files, in the order of their rows.
        name: Its name in messages and reports, without the machine's folders.
        folder: The folder of its files; the paths of its images lie below it, too, unless they are elsewhere.
        images_root: The URL below which the paths of its images lie, if they are elsewhere.
        revision: Its commit, as `zai-org/ImageRewardDB@5d1e…`; None if unknown.
    """

    files: tuple[MetadataFile, ...]
    name: str
    folder: Path
    images_root: str | None = field(default=None, repr=False)  # a URL may hold a password
    revision: str | None = None

    @property
    def audit_profile(self) -> str | None:
        """The profile of the audit, if a file has votes; None if none has."""
        return next((file.kind.audit_profile for file in self.files if file.kind.has_votes), None)


def find_source(
    source: PathLike | Sequence[PathLike], split: Splits | None = None, layout: SourceKind | None = None
) -> Source:
    """Find the metadata files of a source.

    Args:
        source: A folder as published, a folder of files of one layout, a file of any layout, or a list of files.
        split: For a folder, the splits to open; for files, the split of all their rows.
        layout: The layout of the files; None finds out that of each.

    Raises:
        UnknownSplitError: `split` is not train, validation or test.
        SourceNotFoundError: A path does not exist.
        RepeatedFileError: A list names a file twice.
        UnreadableError: A path cannot be read as a file.
        NoMetadataError: The folder or the list has no metadata file.
    """
    splits = split_names(split)
    check_type("source", source, (str, os.PathLike, Sequence), _SOURCES)
    if isinstance(source, str | os.PathLike) and (folder := _existing_path(source)).is_dir():
        if layout is None or not layout.has_votes:
            names = [f"metadata-{name}.parquet" for name in SPLITS]
            is_published = layout is not None or any(os.path.lexists(folder / name) for name in names)
            if is_published or not (found := layout_folder.find_files(folder, layout)):
                return _published_folder(folder, splits)
        else:
            found = layout_folder.find_files(folder, layout)
        return layout_folder.open_files(folder, found, splits, layout)
    if split is not None and len(splits) > 1:
        raise RangeError("split", join_splits(split), "one split: that of all rows of a file")
    paths = [source] if isinstance(source, str | os.PathLike) else source
    for path in paths:
        check_type("source", path, (str, os.PathLike), _SOURCES)
    files = tuple(readable_file(_existing_path(path), join_splits(split), layout) for path in paths)
    if not files:
        raise NoMetadataError(None, ["file"])
    resolved_paths: set[Path] = set()
    for file in files:
        if file.path.resolve() in resolved_paths:
            raise RepeatedFileError(file.path)
        resolved_paths.add(file.path.resolve())
    return _source_of_files(files)


_SOURCES = "a folder, a file, a list of files, or None for the embedded sample"


def metadata_file(path: Path, split: str | None = None, kind: SourceKind | None = None) -> MetadataFile:
    """Return a file with its kind and split.

    Args:
        path: The file.
        split: Split of all its rows; None leaves it to the kind.
        kind: Its kind; None finds it out.
    """
    kind = kind or kind_of(path)
    own_split = kind.split_of(path)
    if own_split is None and kind.has_votes:  # its rows name their splits, of which only some may be wanted
        kind, split = kind.of_splits(split), None
    return MetadataFile(path, kind, split or own_split, file_stamp(path))


def check_not_source(source: Source, target: Path, images_root: str | None = None) -> None:
    """Raise an error if an output would overwrite metadata or images.

    Args:
        source: The data.
        target: The output file.
        images_root: The root of its images, if not the folder of the source.

    Raises:
        SourceTargetError: The output is one of these.
    """
    place = target.resolve()
    folder = source.folder.resolve()
    images = [folder / "images"] if images_root in (None, str(source.folder)) else [Path(str(images_root)).resolve()]
    is_metadata = place.parent == folder and place.name in {RECORD, *(f"metadata-{split}.parquet" for split in SPLITS)}
    is_image = place.exists() and any(place.is_relative_to(root) for root in images)
    if is_metadata or is_image or place in {file.path.resolve() for file in source.files}:
        raise SourceTargetError(target)


def find_verification(path: PathLike, absent: type[VerificationNotFoundError] = VerificationNotFoundError) -> Path:
    """Return the path of a verification file, checked to be readable.

    Raises:
        VerificationNotFoundError: There is no such file; the error is of the class `absent`.
        UnreadableError: It cannot be read as a file.
    """
    try:
        existing = _existing_path(path)
    except SourceNotFoundError as error:
        raise absent(path) from error
    if existing.is_dir():
        raise UnreadableError(existing, f"it is a folder; {absent.allowed}")
    return readable_file(existing, None).path


def literal_path(path: Path) -> str:
    """Escape `*`, `?` and `[` in an absolute path for the engine."""
    return glob.escape(str(path.absolute()))


def _published_folder(folder: Path, splits: Sequence[str]) -> Source:
    paths = {name: folder / f"metadata-{name}.parquet" for name in splits}
    try:
        files = tuple(readable_file(path, name) for name, path in paths.items() if path.is_file() or path.is_symlink())
    except PermissionError as error:
        raise UnreadableError(folder, f"its files cannot be looked at: {error.strerror}") from error
    if not files:
        raise NoMetadataError(folder, [path.name for path in paths.values()])
    revision = revision_of(folder, [file.path.name for file in files])
    return Source(files, name=folder.resolve().name, folder=folder.absolute(), revision=revision)


def _source_of_files(files: tuple[MetadataFile, ...]) -> Source:
    folders = {file.path.absolute().parent for file in files}
    folder = files[0].path.absolute().parent
    names = [file.path.name for file in files]
    revision = revision_of(folder, names) if len(folders) == 1 else None
    return Source(files, name=", ".join(names), folder=folder, revision=revision)


def _existing_path(source: PathLike) -> Path:
    """Return the path of an existing source, with `~` expanded."""
    path = Path(os.path.expanduser(source))  # noqa: PTH111 - Path would take ./~ for ~
    try:
        is_there = path.exists()
        str(path.absolute()).encode()
    except UnicodeEncodeError as error:
        raise UnreadableError(path, "its path is not UTF-8") from error
    except OSError as error:
        raise UnreadableError(path, error.strerror or str(error)) from error
    if not is_there:
        raise SourceNotFoundError(os.fspath(source))
    return path


def readable_file(path: Path, split: str | None, kind: SourceKind | None = None) -> MetadataFile:
    """Return a metadata file of a path that is a regular file and can be opened.

    Raises:
        UnreadableError: It is something else, or cannot be opened.
    """
    if path.is_dir():
        raise UnreadableError(path, "it is a folder; a list of sources may contain only files")
    try:
        check_regular_file(path)
        path.open("rb").close()
    except OSError as error:
        if path.is_symlink() and not path.exists():
            raise SourceNotFoundError(path) from error
        raise UnreadableError(path, error.strerror or str(error)) from error
    return metadata_file(path, split, kind)
