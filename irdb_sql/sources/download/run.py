"""Downloads the dataset as published: fetches what a plan lacks, and keeps which commit it is.

A file gets its name when all of it is there and is what the repository holds. What is unfinished lies in a hidden
folder beside, from where the next run goes on.
"""

from __future__ import annotations

import contextlib
import functools
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from irdb_sql.core.atomic_write import failures_of, write_file
from irdb_sql.core.late import late
from irdb_sql.core.schema import SPLITS
from irdb_sql.errors import ChoiceError, MissingPackageError
from irdb_sql.sources.download.plan import (
    UNFINISHED,
    amount,
    is_there,
    metadata_of,
    partial_of,
    plan_download,
    refuse_other_commit,
    total,
)
from irdb_sql.sources.revisions import RECORD, Record, read_record
from irdb_sql.storage.errors import (
    DATASET,
    DiskSpaceError,
    FolderBusyError,
    MissingHubError,
    WrongContentError,
)
from irdb_sql.storage.fetch import digests_of, fetch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import filelock

    from irdb_sql.core.schema import Split, Subset
    from irdb_sql.sources.download.plan import Plan
    from irdb_sql.sources.local import PathLike
    from irdb_sql.storage.hub import PublishedFile
else:
    filelock = late("filelock", extra="hub")


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
    if is_there(plan.folder, file, plan.snapshot):  # put there by other means, or before its name was kept
        with failures_of(path):
            digests = digests_of(path, file, advance)
        if (fault := digests.fault()) is not None:
            raise WrongContentError(path, fault, plan.snapshot.name, kept=True)
        return digests.sha256
    partial = partial_of(plan.folder, file)
    digest = fetch(plan.snapshot, file, partial, advance)
    with failures_of(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.replace(path)
    return digest


def _refuse_full_disk(plan: Plan) -> None:
    folder = plan.folder.absolute()
    free = shutil.disk_usage(next(place for place in (folder, *folder.parents) if place.exists())).free
    if plan.bytes_left > free:
        raise DiskSpaceError(plan.folder, amount(plan.bytes_left), amount(free))


@contextlib.contextmanager
def _locked(folder: Path, *, waits: bool) -> Iterator[None]:
    """Keep other processes from writing the same unfinished files."""
    unfinished = folder / UNFINISHED
    try:
        lock = filelock.FileLock(unfinished / "lock", timeout=-1 if waits else 0)
    except MissingPackageError as error:
        raise MissingHubError("filelock") from error
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


def _names(split: str | Sequence[str] | None) -> tuple[str, ...]:
    if split is None:
        return ()
    names = (split,) if isinstance(split, str) else tuple(split)
    if not names:
        raise ChoiceError("split", cast("object", split), SPLITS)
    return names
