"""Plans a download: which published files a folder is to hold, and which of them it holds already."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from irdb_sql.core.atomic_write import failures_of
from irdb_sql.core.schema import SPLITS, SUBSETS
from irdb_sql.errors import UnknownSplitError, UnknownSubsetError
from irdb_sql.sources.revisions import read_record
from irdb_sql.storage.errors import DATASET, NotInRepositoryError, OtherCommitError, WrongContentError
from irdb_sql.storage.hub import take_snapshot

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
    """What a download is to fetch.

    Attributes:
        folder: Where to.
        snapshot: The repository at the commit to download.
        files: The files that the folder is to hold.
        present: Those of them that are there.
        begun: How many bytes of the others an earlier run has left.
    """

    folder: Path
    snapshot: Snapshot
    files: tuple[PublishedFile, ...]
    present: tuple[PublishedFile, ...]
    begun: int

    @property
    def bytes_left(self) -> int:
        """How many bytes are to be downloaded."""
        return total(self.files) - total(self.present) - self.begun

    def describe(self) -> str:
        """Say how much is to be downloaded, and how much is there."""
        held = total(self.present) + self.begun
        text = (
            f"{self.snapshot.repository} at commit {self.snapshot.commit} (revision {self.snapshot.revision}): "
            f"{counted(len(self.files))}, {amount(total(self.files))}"
        )
        return text + (f", of which {amount(held)} are here and {amount(self.bytes_left)} are left" if held else "")


def plan_download(  # noqa: PLR0913 - all but one are named by the caller
    folder: Path,
    *,
    subset: str = "8k",
    splits: Sequence[str] = (),
    images: bool = False,
    revision: str = "main",
    repository: str = DATASET,
) -> Plan:
    """Ask the hub what is published, and look what is there; nothing is written.

    Args:
        folder: Where to.
        subset: Which parts of train to have images of.
        splits: The splits to have; none means all.
        images: Also take images.
        revision: A branch, a tag or a commit.
        repository: The repository, as OWNER/NAME.

    Raises:
        IrdbError: As `download` does.
    """
    if subset not in SUBSETS:
        raise UnknownSubsetError(subset)
    for split in splits:
        if split not in SPLITS:
            raise UnknownSplitError(split)
    record = read_record(folder)
    snapshot = take_snapshot(repository, revision)
    refuse_other_commit(folder, record, snapshot)
    files = tuple(_select_files(snapshot, SUBSETS[subset], splits, images=images))
    present = tuple(file for file in files if is_there(folder, file, snapshot))
    left = [partial_of(folder, file) for file in files if file not in present]
    begun = sum(path.stat().st_size for path in left if path.is_file())
    return Plan(folder, snapshot, files, present, begun)


def refuse_other_commit(folder: Path, record: Record | None, snapshot: Snapshot) -> None:
    """Raise an error if a folder holds another commit.

    Raises:
        OtherCommitError: It does.
    """
    if record is not None and record.commit != snapshot.commit:
        asked = f"{snapshot.name} (revision {snapshot.revision})"
        raise OtherCommitError(folder, record.name, asked, record.commit)


def metadata_of(snapshot: Snapshot, splits: Sequence[str] = ()) -> list[PublishedFile]:
    """List the metadata files that a repository has of some splits, or of all."""
    paths = [_metadata_path(split) for split in SPLITS if not splits or split in splits]
    return [snapshot.files[path] for path in paths if path in snapshot.files]


def _select_files(snapshot: Snapshot, parts: int, splits: Sequence[str], *, images: bool) -> list[PublishedFile]:
    """List the files to have; names that nobody asked for, hostile ones too, are never looked at.

    Raises:
        NotInRepositoryError: The repository lacks one of them.
    """
    wanted = _splits_to_have(snapshot, splits)
    paths = [_metadata_path(split) for split in wanted or SPLITS]
    if images:
        paths += [path for split in wanted for path in _zip_paths(snapshot, split, parts)]
    if lacking := [path for path in paths if path not in snapshot.files]:
        raise NotInRepositoryError(snapshot.name, lacking)
    return [snapshot.files[path] for path in paths]


def _splits_to_have(snapshot: Snapshot, splits: Sequence[str]) -> list[str]:
    """Return splits in published order: those that are named, or all that the repository has."""
    if splits:
        return [split for split in SPLITS if split in splits]
    return [split for split in SPLITS if _metadata_path(split) in snapshot.files]


def _metadata_path(split: str) -> str:
    return f"metadata-{split}.parquet"


def _zip_paths(snapshot: Snapshot, split: str, parts: int) -> list[str]:
    """Name the zips of a split: so many of train, and of any other as many as are published, but one at least."""
    if split == "train":
        numbers: Iterable[int] = range(1, parts + 1)
    else:
        matches = filter(None, map(_ZIP.fullmatch, snapshot.files))
        numbers = sorted(int(match[2]) for match in matches if match[1] == split) or [1]
    return [f"images/{split}/{split}_{number}.zip" for number in numbers]


def is_there(folder: Path, file: PublishedFile, snapshot: Snapshot) -> bool:
    """Whether a folder holds a file, as far as its size tells.

    Raises:
        WrongContentError: What it holds under this name has another size, or is no file.
        UnwritableError: It cannot be looked at.
    """
    path = folder / file.path
    with failures_of(path):
        try:
            size = path.stat().st_size
        except (FileNotFoundError, NotADirectoryError):
            return False
    if size != file.size or not path.is_file():
        raise WrongContentError(path, f"it has {size:,} bytes, not {file.size:,}", snapshot.name, kept=True)
    return True


def partial_of(folder: Path, file: PublishedFile) -> Path:
    """Name the place of an unfinished file by its content, so that nothing else is ever put behind it."""
    return folder / UNFINISHED / file.digest


def total(files: Iterable[PublishedFile]) -> int:
    """Add up the bytes of files."""
    return sum(file.size for file in files)


def counted(files: int) -> str:
    """Write a number of files."""
    return f"{files} {'file' if files == 1 else 'files'}"


def amount(size: int) -> str:
    """Write a number of bytes for a reader.

    Example:
        >>> amount(812), amount(20_900_000_000)
        ('812 bytes', '20.9 GB')
    """
    value, power = float(size), 0
    while value >= _STEP and power < len(_UNITS) - 1:
        value, power = value / _STEP, power + 1
    return f"{value:.1f} {_UNITS[power]}" if power else f"{size} {_UNITS[0]}"
