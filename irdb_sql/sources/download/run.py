"""Downloads the missing files of a plan, and records the commit.

A file gets its name once it is complete and its digest is right. Unfinished files lie in a hidden folder beside, where
the next run resumes them.
"""

from __future__ import annotations

import contextlib
import functools
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from irdb_sql.core.atomic_write import translate_write_errors, write_file
from irdb_sql.core.late import late
from irdb_sql.core.options import check_flags, check_path
from irdb_sql.core.schema import WHOLE_TRAIN
from irdb_sql.core.splits import split_names
from irdb_sql.errors import MissingPackageError
from irdb_sql.sources.download.plan import (
    UNFINISHED,
    check_same_commit,
    describe_bytes,
    is_downloaded,
    metadata_files,
    partial_path,
    plan_download,
    total_bytes,
)
from irdb_sql.sources.revisions import RECORD, Record, read_record
from irdb_sql.storage.errors import (
    DATASET,
    DiskSpaceError,
    FolderBusyError,
    MissingHubError,
    WrongContentError,
)
from irdb_sql.storage.fetch import fetch, hash_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import filelock

    from irdb_sql.core.schema import Subset
    from irdb_sql.core.splits import Splits
    from irdb_sql.sources.download.plan import Plan
    from irdb_sql.sources.local import PathLike
    from irdb_sql.storage.hub import PublishedFile
else:
    filelock = late("filelock", extra="hub")


def download(  # noqa: PLR0913 - all but one are named by the caller
    folder: PathLike,
    *,
    subset: Subset = WHOLE_TRAIN,
    split: Splits | None = None,
    images: bool = False,
    revision: str = "main",
    repository: str = DATASET,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Path:
    """Download the dataset, or resume an interrupted download.

    The revision is resolved to a commit once, and every file is of that commit, which `irdb-download.json` in the
    folder records and reports name. Files that are present are not downloaded again. The environment variable
    HF_ENDPOINT names a mirror, as for the package huggingface_hub, which the extra `hub` installs.

    Args:
        folder: The folder to download to; new, or with a part of the same commit.
        subset: The subset whose images of train to download: the first 4, 8, 16 or 32 parts. Metadata and the images of
            validation and test are always complete.
        split: The split or splits to download; None means all.
        images: Whether to download images, too, as zips.
        revision: A branch, a tag or a commit.
        repository: The repository, as OWNER/NAME.
        progress: Called with the number of downloaded bytes, and of all.

    Returns:
        The folder, for `connect`.

    Raises:
        UnknownSubsetError, UnknownSplitError: There is no such subset or split.
        MissingHubError: The extra that it needs is not installed.
        RepositoryNotFoundError, RevisionNotFoundError, NotInRepositoryError: The hub lacks it.
        HubAccessError: The hub refuses access to this user.
        HubError: The hub does not answer, or not as it should.
        OtherCommitError: The folder holds another commit.
        WrongContentError: A file in the folder, or from the hub, differs from the published one.
        DiskSpaceError: The disk has too little space.
        FolderBusyError: Another process downloads into the folder.
        UnwritableError: The folder cannot be written.

    Example:
        >>> import irdb_sql
        >>> irdb_sql.download("ImageRewardDB", split="test", images=True)  # doctest: +SKIP
        PosixPath('ImageRewardDB')
    """
    check_path("folder", folder)
    check_flags(images=images)
    plan = plan_download(
        Path(folder),
        subset=subset,
        splits=() if split is None else split_names(split),
        images=images,
        revision=revision,
        repository=repository,
    )
    run(plan, progress)
    return plan.folder


def run(plan: Plan, progress: Callable[[int, int], None] = lambda _done, _total: None, *, waits: bool = False) -> None:
    """Download the missing files of a plan.

    Args:
        plan: The plan.
        progress: Called with the number of downloaded bytes, and of all.
        waits: Whether to wait for another process that downloads into the folder, instead of failing.

    Raises:
        IrdbError: As `download` does.
    """
    folder, snapshot = plan.folder, plan.snapshot
    _check_free_space(plan)
    with _locked(folder, waits=waits):
        record = read_record(folder)
        check_same_commit(folder, record, snapshot)
        if record is None:
            metadata = tuple(file.path for file in metadata_files(snapshot))
            record = Record(snapshot.repository, snapshot.revision, snapshot.commit, metadata, {})
        todo = [file for file in plan.files if not record.has(folder, file.path)]
        write_file(folder / RECORD, record.to_json())
        advance = functools.partial(_advance, [0], total_bytes(todo), progress)
        advance(0)
        for file in todo:
            digest = _fetch_file(plan, file, advance)
            record = replace(record, files={**record.files, file.path: (file.size, digest)})
            write_file(folder / RECORD, record.to_json())


def _advance(done: list[int], total: int, progress: Callable[[int, int], None], more: int) -> None:
    done[0] += more
    progress(done[0], total)


def _fetch_file(plan: Plan, file: PublishedFile, advance: Callable[[int], None]) -> str:
    """Download a file unless it is present, and return its SHA-256."""
    path = plan.folder / file.path
    if is_downloaded(plan.folder, file, plan.snapshot):  # copied there by hand, or before it was recorded
        with translate_write_errors(path):
            digests = hash_file(path, file, advance)
        if (mismatch := digests.mismatch()) is not None:
            raise WrongContentError(path, mismatch, plan.snapshot.name, kept=True)
        return digests.sha256
    partial = partial_path(plan.folder, file)
    digest = fetch(plan.snapshot, file, partial, advance)
    with translate_write_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.replace(path)
    return digest


def _check_free_space(plan: Plan) -> None:
    folder = plan.folder.absolute()
    free = shutil.disk_usage(next(place for place in (folder, *folder.parents) if place.exists())).free
    if plan.bytes_left > free:
        raise DiskSpaceError(plan.folder, describe_bytes(plan.bytes_left), describe_bytes(free))


@contextlib.contextmanager
def _locked(folder: Path, *, waits: bool) -> Iterator[None]:
    """Lock the folder against other processes that download into it."""
    unfinished = folder / UNFINISHED
    try:
        lock = filelock.FileLock(unfinished / "lock", timeout=-1 if waits else 0)
    except MissingPackageError as error:
        raise MissingHubError("filelock") from error
    with translate_write_errors(folder):
        unfinished.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire()
        except (filelock.Timeout, FileNotFoundError) as error:  # another process removed the lock at its end
            raise FolderBusyError(folder) from error
    try:
        yield
    finally:
        if not waits and not any(path.name != "lock" for path in unfinished.iterdir()):
            shutil.rmtree(unfinished, ignore_errors=True)
        lock.release()
