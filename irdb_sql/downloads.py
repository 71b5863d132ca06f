"""Downloads the dataset as published: plans what is to be fetched, fetches it, and keeps which commit it is.

A file gets its name when all of it is there and is what the repository holds. What is unfinished lies in a hidden
folder beside, from where the next run goes on.
"""

from __future__ import annotations

import contextlib
import functools
import re
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from irdb_sql.columns import SPLITS, SUBSETS
from irdb_sql.errors import ChoiceError, UnknownSplitError, UnknownSubsetError
from irdb_sql.fetching import digests_of, fetch
from irdb_sql.hub import take_snapshot
from irdb_sql.hub_errors import (
    DATASET,
    DiskSpaceError,
    FolderBusyError,
    MissingHubError,
    NotInRepositoryError,
    OtherCommitError,
    WrongContentError,
)
from irdb_sql.outfiles import failures_of, write_file
from irdb_sql.revisions import RECORD, Record, read_record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from irdb_sql.hub import PublishedFile, Snapshot
    from irdb_sql.questions import Split, Subset
    from irdb_sql.sources import PathLike

_UNFINISHED = ".irdb-download"
_ZIP = re.compile(r"images/(train|validation|test)/\1_([1-9][0-9]{0,5})\.zip")
_UNITS = ("bytes", "kB", "MB", "GB", "TB")
_STEP = 1000


def download(  # noqa: PLR0913 - all but one are named by the caller
    folder: PathLike,
    *,
    subset: Subset = "8k",
    split: Split | Sequence[Split] | None = None,
    images: bool = False,
    revision: str = "main",
    repository: str = DATASET,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Path:
    """Download the dataset, or go on with a download that was interrupted.

    The revision is resolved to a commit once, and everything is of that commit, which `irdb-download.json` in the
    folder keeps, and reports tell. Files that are there already are not fetched again. A mirror is named in the
    environment variable HF_ENDPOINT, as for the package huggingface_hub, which the extra `hub` brings.

    Args:
        folder: Where to; new, or one that holds a part of the same commit.
        subset: Which parts of train to have images of: the first 4, 8, 16 or 32. Metadata is always whole, and so are
            the images of validation and test.
        split: The splits to have, one or some; all of them unless given.
        images: Also download images, as zips; otherwise metadata alone.
        revision: A branch, a tag or a commit.
        repository: Whence, as OWNER/NAME.
        progress: Is told how many bytes of how many are done.

    Returns:
        The folder, for `connect`.

    Raises:
        UnknownSubsetError, UnknownSplitError: There is no such subset or split.
        MissingHubError: The extra that it needs is not installed.
        RepositoryNotFoundError, RevisionNotFoundError, NotInRepositoryError: The hub has no such thing.
        HubAccessError: The hub does not let this user have it.
        HubError: The hub does not answer, or not as it should.
        OtherCommitError: The folder holds another commit.
        WrongContentError: A file that is there, or that the hub sends, is not the one that the repository holds.
        DiskSpaceError: There is no room.
        FolderBusyError: Another process downloads into the folder.
        UnwritableError: The folder cannot be written.

    Example:
        >>> import irdb_sql
        >>> irdb_sql.download("ImageRewardDB", split="test", images=True)  # doctest: +SKIP
        PosixPath('ImageRewardDB')
    """
    plan = plan_download(
        Path(folder), subset=subset, splits=_names(split), images=images, revision=revision, repository=repository
    )
    run(plan, progress)
    return plan.folder


@dataclass(frozen=True)
class Plan:
    """What a download is to fetch.

    Attributes:
        folder: Where to.
        snapshot: Whence.
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

    def told(self) -> str:
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
        repository: Whence.

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
    files = tuple(_chosen(snapshot, SUBSETS[subset], splits, images=images))
    present = tuple(file for file in files if _is_there(folder, file, snapshot))
    left = [_partial(folder, file) for file in files if file not in present]
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
    paths = [f"metadata-{split}.parquet" for split in SPLITS if not splits or split in splits]
    return [snapshot.files[path] for path in paths if path in snapshot.files]


def _chosen(snapshot: Snapshot, parts: int, splits: Sequence[str], *, images: bool) -> Iterator[PublishedFile]:
    """Choose from what is published: names that nobody asked for, hostile ones too, are never looked at."""
    metadata = metadata_of(snapshot, splits)
    wanted = [split for split in SPLITS if split in splits] or [
        split for split in SPLITS if f"metadata-{split}.parquet" in snapshot.files
    ]
    lacking = [f"metadata-{split}.parquet" for split in wanted or SPLITS]
    lacking = [path for path in lacking if path not in snapshot.files]
    zips: dict[str, dict[int, PublishedFile]] = {split: {} for split in SPLITS}
    for path, file in snapshot.files.items():
        if (found := _ZIP.fullmatch(path)) is not None:
            zips[found[1]][int(found[2])] = file
    for split in wanted if images else ():
        needed = range(1, parts + 1) if split == "train" else sorted(zips[split]) or [1]
        lacking += [f"images/{split}/{split}_{part}.zip" for part in needed if part not in zips[split]]
        zips[split] = {part: zips[split][part] for part in needed if part in zips[split]}
    if lacking:
        raise NotInRepositoryError(snapshot.name, lacking)
    yield from metadata
    for split in wanted if images else ():
        yield from zips[split].values()


def _is_there(folder: Path, file: PublishedFile, snapshot: Snapshot) -> bool:
    path = folder / file.path
    with failures_of(path):
        try:
            size = path.stat().st_size
        except (FileNotFoundError, NotADirectoryError):
            return False
    if size != file.size or not path.is_file():
        raise WrongContentError(path, f"it has {size:,} bytes, not {file.size:,}", snapshot.name, kept=True)
    return True


def run(plan: Plan, progress: Callable[[int, int], None] = lambda _done, _total: None, *, waits: bool = False) -> None:
    """Fetch what a plan lacks.

    Args:
        plan: The plan.
        progress: Is told how many bytes of how many are done.
        waits: Wait for another process that fetches the same, and do not fail.

    Raises:
        IrdbError: As `download` does.
    """
    folder, snapshot = plan.folder, plan.snapshot
    _refuse_full_disk(plan)
    with _locked(folder, waits=waits):
        record = read_record(folder)
        refuse_other_commit(folder, record, snapshot)
        if record is None:
            metadata = tuple(file.path for file in metadata_of(snapshot))
            record = Record(snapshot.repository, snapshot.revision, snapshot.commit, metadata, {})
        todo = [file for file in plan.files if not record.has(folder, file.path)]
        write_file(folder / RECORD, record.encoded())
        advance = functools.partial(_advance, [0], total(todo), progress)
        advance(0)
        for file in todo:
            digest = _finished(plan, file, advance)
            record = replace(record, files={**record.files, file.path: (file.size, digest)})
            write_file(folder / RECORD, record.encoded())


def _advance(done: list[int], whole: int, progress: Callable[[int, int], None], more: int) -> None:
    done[0] += more
    progress(done[0], whole)


def _finished(plan: Plan, file: PublishedFile, advance: Callable[[int], None]) -> str:
    """Have a file under its name, and return its SHA-256."""
    path = plan.folder / file.path
    if _is_there(plan.folder, file, plan.snapshot):  # put there by other means, or before its name was kept
        with failures_of(path):
            digests = digests_of(path, file, advance)
        if (fault := digests.fault()) is not None:
            raise WrongContentError(path, fault, plan.snapshot.name, kept=True)
        return digests.sha256
    partial = _partial(plan.folder, file)
    digest = fetch(plan.snapshot, file, partial, advance)
    with failures_of(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.replace(path)
    return digest


def _partial(folder: Path, file: PublishedFile) -> Path:
    """Name the place of an unfinished file by its content, so that nothing else is ever put behind it."""
    return folder / _UNFINISHED / file.digest


def _refuse_full_disk(plan: Plan) -> None:
    folder = plan.folder.absolute()
    free = shutil.disk_usage(next(place for place in (folder, *folder.parents) if place.exists())).free
    if plan.bytes_left > free:
        raise DiskSpaceError(plan.folder, amount(plan.bytes_left), amount(free))


@contextlib.contextmanager
def _locked(folder: Path, *, waits: bool) -> Iterator[None]:
    """Keep other processes from writing the same unfinished files."""
    try:
        import filelock  # noqa: PLC0415 - an extra brings it
    except ImportError as error:
        raise MissingHubError("filelock") from error
    unfinished = folder / _UNFINISHED
    lock = filelock.FileLock(unfinished / "lock", timeout=-1 if waits else 0)
    with failures_of(folder):
        unfinished.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire()
        except (filelock.Timeout, FileNotFoundError) as error:  # it goes with the folder when another process ends
            raise FolderBusyError(folder) from error
    try:
        yield
    finally:
        if not waits and not any(path.name != "lock" for path in unfinished.iterdir()):
            shutil.rmtree(unfinished, ignore_errors=True)
        lock.release()


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


def _names(split: str | Sequence[str] | None) -> tuple[str, ...]:
    if split is None:
        return ()
    names = (split,) if isinstance(split, str) else tuple(split)
    if not names:
        raise ChoiceError("split", cast("object", split), SPLITS)
    return names
