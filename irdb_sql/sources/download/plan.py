"""Plans a download: the published files for a folder, and which of them it holds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from irdb_sql.core.atomic_write import check_folder, translate_write_errors
from irdb_sql.core.schema import PARTS, SPLITS, SUBSETS, WHOLE_TRAIN
from irdb_sql.core.splits import check_subset
from irdb_sql.errors import UnknownSplitError, UnknownSubsetError
from irdb_sql.sources.revisions import read_record
from irdb_sql.storage.errors import DATASET, NotInRepositoryError, OtherCommitError, WrongContentError
from irdb_sql.storage.hub import DATASET_NAMES, take_snapshot

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from irdb_sql.sources.revisions import Record
    from irdb_sql.storage.hub import PublishedFile, Snapshot

UNFINISHED = ".irdb-download"
"""The folder of unfinished files, beside the finished ones."""

_ZIP = re.compile(r"images/(train|validation|test)/\1_([1-9][0-9]{0,5})\.zip")
_UNITS = ("bytes", "kB", "MB", "GB", "TB")
_STEP = 1000


@dataclass(frozen=True)
class Plan:
    """The files of a download, finished and missing.

    Attributes:
        folder: The folder to download to.
        snapshot: The repository at the commit to download.
        files: The files that the folder is to hold.
        present: The files that it holds already.
        partial_bytes: Bytes of unfinished files that an earlier run has left.
    """

    folder: Path
    snapshot: Snapshot
    files: tuple[PublishedFile, ...]
    present: tuple[PublishedFile, ...]
    partial_bytes: int

    @property
    def bytes_left(self) -> int:
        """Bytes that are still to be downloaded."""
        return total_bytes(self.files) - total_bytes(self.present) - self.partial_bytes

    def describe(self) -> str:
        """Describe the size of the download, and its present share."""
        held = total_bytes(self.present) + self.partial_bytes
        size = f"{describe_count(len(self.files))}, {describe_bytes(total_bytes(self.files))}"
        commit = f"commit {self.snapshot.commit} (revision {self.snapshot.revision})"
        left = f", of which {describe_bytes(held)} are present and {describe_bytes(self.bytes_left)} are left"
        return f"{self.snapshot.repository} at {commit}: {size}{left if held else ''}"


def plan_download(  # noqa: PLR0913 - all but one are named by the caller
    folder: Path,
    *,
    subset: str = WHOLE_TRAIN,
    splits: Sequence[str] = (),
    images: bool = False,
    revision: str = "main",
    repository: str = DATASET,
) -> Plan:
    """Plan a download from the hub's files and the folder's contents.

    Args:
        folder: The folder to download to.
        subset: The subset of train whose images to download.
        splits: The splits to download; none means all.
        images: Whether to download images, too.
        revision: A branch, a tag or a commit.
        repository: The repository, as OWNER/NAME.

    Raises:
        IrdbError: As `download` does.
    """
    check_subset(subset)
    if subset not in SUBSETS:
        raise UnknownSubsetError(subset)
    for split in splits:
        if split not in SPLITS:
            raise UnknownSplitError(split)
    check_folder(folder)
    record = read_record(folder)
    snapshot = take_snapshot(repository, revision)
    check_same_commit(folder, record, snapshot)
    files = tuple(_select_files(snapshot, SUBSETS[subset], splits, images=images))
    present = tuple(file for file in files if is_downloaded(folder, file, snapshot))
    left = [partial_path(folder, file) for file in files if file not in present]
    partial_bytes = sum(path.stat().st_size for path in left if path.is_file())
    return Plan(folder, snapshot, files, present, partial_bytes)


def check_same_commit(folder: Path, record: Record | None, snapshot: Snapshot) -> None:
    """Raise an error if a folder holds another commit.

    Raises:
        OtherCommitError: The folder holds another commit.
    """
    if record is not None and record.commit != snapshot.commit:
        requested = f"{snapshot.name} (revision {snapshot.revision})"
        raise OtherCommitError(folder, record.name, requested, record.commit)


def metadata_files(snapshot: Snapshot, splits: Sequence[str] = ()) -> list[PublishedFile]:
    """List a repository's metadata files of splits, or of all."""
    paths = [_metadata_path(split) for split in SPLITS if not splits or split in splits]
    return [snapshot.files[path] for path in paths if path in snapshot.files]


def _select_files(snapshot: Snapshot, parts: int, splits: Sequence[str], *, images: bool) -> list[PublishedFile]:
    """List the files to download, ignoring other names of the repository.

    Raises:
        NotInRepositoryError: The repository lacks one of the files.
    """
    selected = _selected_splits(snapshot, splits)
    paths = [_metadata_path(split) for split in selected or SPLITS]
    if images:
        paths += [path for split in selected for path in _zip_paths(snapshot, split, parts)]
    if lacking := [path for path in paths if path not in snapshot.files]:
        raise NotInRepositoryError(snapshot.name, lacking)
    return [snapshot.files[path] for path in paths]


def _selected_splits(snapshot: Snapshot, splits: Sequence[str]) -> list[str]:
    """Return the named splits, or all of the repository, in order."""
    if splits:
        return [split for split in SPLITS if split in splits]
    return [split for split in SPLITS if _metadata_path(split) in snapshot.files]


def _metadata_path(split: str) -> str:
    return f"metadata-{split}.parquet"


def _zip_paths(snapshot: Snapshot, split: str, parts: int) -> list[str]:
    """Return the paths of a split's zips: `parts` of train, else all, also those that a listing lacks."""
    if split == "train":
        last = parts
    else:
        matches = filter(None, map(_ZIP.fullmatch, snapshot.files))
        listed = max((int(match[2]) for match in matches if match[1] == split), default=1)
        last = max(listed, PARTS[split]) if snapshot.repository in DATASET_NAMES else listed
    return [f"images/{split}/{split}_{number}.zip" for number in range(1, last + 1)]


def is_downloaded(folder: Path, file: PublishedFile, snapshot: Snapshot) -> bool:
    """Whether a folder holds a file, compared by size.

    Raises:
        WrongContentError: The folder holds a file of this name with another size, or a folder.
        UnwritableError: The file cannot be inspected.
    """
    path = folder / file.path
    with translate_write_errors(path):
        try:
            size = path.stat().st_size
        except (FileNotFoundError, NotADirectoryError):
            return False
    if size != file.size or not path.is_file():
        raise WrongContentError(path, f"it has {size:,} bytes, not {file.size:,}", snapshot.name, kept=True)
    return True


def partial_path(folder: Path, file: PublishedFile) -> Path:
    """Return the path of an unfinished file, named by its digest."""
    return folder / UNFINISHED / file.digest


def total_bytes(files: Iterable[PublishedFile]) -> int:
    """Sum the bytes of files."""
    return sum(file.size for file in files)


def describe_count(files: int) -> str:
    """Describe a number of files."""
    return f"{files} {'file' if files == 1 else 'files'}"


def describe_bytes(size: int) -> str:
    """Describe a number of bytes in a fitting unit.

    Example:
        >>> describe_bytes(812), describe_bytes(20_900_000_000)
        ('812 bytes', '20.9 GB')
    """
    value, power = float(size), 0
    while value >= _STEP and power < len(_UNITS) - 1:
        value, power = value / _STEP, power + 1
    return f"{value:.1f} {_UNITS[power]}" if power else f"{size} {_UNITS[0]}"
