"""Errors of downloads: from the hub, from its files, and from the target folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irdb_sql.errors import (
    FileError,
    IrdbError,
    MissingPackageError,
    NotFoundError,
    TargetError,
    install_command,
    quoted,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


NO_DATASET = "it is not of the form hf://datasets/OWNER/NAME@REVISION"
ADDRESSES = (
    "addresses that are read are hf://datasets/OWNER/NAME, http:// and https://, file://, and those of fsspec, such as "
    "s3://, where its package for them is installed; or download the dataset and pass its folder."
)


class RemoteError(IrdbError, OSError):
    """A server or remote filesystem does not answer as it should."""

    def __init__(self, url: str, reason: str, hint: str | None = None) -> None:
        super().__init__(
            f"{quoted(url)} cannot be read: {reason}",
            hint or "try again later, or download the dataset and pass its folder as the data.",
        )


DATASET = "zai-org/ImageRewardDB"
"""The repository that publishes the dataset."""


def by_hand(repository: str = DATASET) -> str:
    """Describe how to download the data by hand, ending a sentence."""
    return (
        f"fetch metadata-train.parquet, metadata-validation.parquet and metadata-test.parquet, and for images "
        f"images/SPLIT/SPLIT_PART.zip, from https://huggingface.co/datasets/{repository}/tree/main by other means, "
        "put them below one folder under the same paths, and name that folder as the data."
    )


class MissingHubError(MissingPackageError):
    """The package that speaks to the hub is not installed."""

    def __init__(self, package: str) -> None:
        super().__init__(f"the package {package}", f"run `{install_command('hub')}`, or {by_hand()}")


class HubError(IrdbError, ConnectionError):
    """The hub does not answer, or not as it should."""

    def __init__(self, url: str, reason: str, repository: str = DATASET) -> None:
        super().__init__(
            f"{quoted(url)} cannot be downloaded: {reason}",
            f"try again later, set the environment variable HF_ENDPOINT to a mirror, or {by_hand(repository)}",
        )


class HubAccessError(IrdbError, PermissionError):
    """The hub has the dataset, but refuses access."""

    def __init__(self, url: str, repository: str, status: int) -> None:
        super().__init__(
            f"{quoted(url)} needs permission: the hub answers {status}",
            f"accept the conditions at https://huggingface.co/datasets/{repository}, and sign in with `hf auth login` "
            "or the environment variable HF_TOKEN.",
        )


class RepositoryNotFoundError(NotFoundError):
    """The hub has no such dataset."""

    def __init__(self, endpoint: str, repository: str) -> None:
        super().__init__(
            f"{endpoint} has no dataset {quoted(repository)}, or it is private",
            "write it as OWNER/NAME; a private one needs `hf auth login` or the environment variable HF_TOKEN.",
        )


class RevisionNotFoundError(NotFoundError):
    """The dataset has no such revision."""

    def __init__(self, endpoint: str, repository: str, revision: str) -> None:
        super().__init__(
            f"the dataset {quoted(repository)} has no revision {quoted(revision)}",
            f"a revision is a branch, a tag or a whole commit, as {endpoint}/datasets/{repository}/commits/main lists.",
        )


class NotInRepositoryError(NotFoundError):
    """The repository lacks files of the requested splits and subset."""

    def __init__(self, name: str, paths: Iterable[str]) -> None:
        super().__init__(
            f"the repository {quoted(name)} lacks {' and '.join(paths)}",
            "choose another split, subset or revision, or a repository that is complete.",
        )


class RepositoryNameError(IrdbError, ValueError):
    """A text names no repository."""

    def __init__(self, name: object) -> None:
        super().__init__(f"{quoted(name)} names no dataset of the hub", f"name one as OWNER/NAME, such as {DATASET}.")


class WrongContentError(FileError):
    """A file is not the one that the repository holds."""

    def __init__(self, path: Path | str, fault: str, name: str, *, kept: bool) -> None:
        super().__init__(
            f"{quoted(path)} is not the file of {quoted(name)}: {fault}",
            "it was there before and is unchanged; remove it to download it again, or choose a new folder."
            if kept
            else "the downloaded file was deleted; try again, or use another mirror (HF_ENDPOINT).",
        )


class OtherCommitError(TargetError, FileExistsError):
    """A folder holds another commit than the requested one."""

    def __init__(self, folder: Path, held: str, requested: str, commit: str) -> None:
        super().__init__(
            f"{quoted(folder)} holds {held}, not the requested {requested}",
            f"complete it with --revision {commit} (revision={commit!r} in Python), or choose a new folder.",
        )


class DiskSpaceError(TargetError):
    """The disk has too little space for a download."""

    def __init__(self, folder: Path, needed: str, free: str) -> None:
        super().__init__(
            f"{quoted(folder)} has {free} free, and {needed} are to be downloaded",
            "free some disk space, choose a folder on another disk, or choose a smaller subset or fewer splits.",
        )


class FolderBusyError(TargetError):
    """Another process downloads into the same folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"another process is downloading into {quoted(folder)}",
            "wait until it ends, or choose another folder.",
        )


class RecordError(FileError):
    """The file that says which commit a folder holds cannot be read."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"{quoted(path)} does not say which commit its folder holds: {reason}",
            "choose a new folder, or remove that file to compare every other file with the hub again.",
        )
