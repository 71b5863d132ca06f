"""What can be wrong with an image's file, in the words that the manifest, errors and documents share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from irdb_sql.storage.zips import LARGEST_IMAGE

if TYPE_CHECKING:
    from irdb_sql.storage.zips import Member

Status = Literal["ok", "missing", "empty", "corrupt", "archive_missing"]


@dataclass(frozen=True)
class Fault:
    """Why an image cannot be had.

    Attributes:
        status: Which kind of fault it is.
        place: The file or archive that was looked into, below the root; None where no file was.
        reason: What is wrong.
    """

    status: Status
    place: str | None
    reason: str


TOO_LARGE = f"the file has more than {LARGEST_IMAGE:,} bytes"


def fault_of(member: Member | None, archive: str) -> Fault | None:
    """Say what the central directory alone tells against a member."""
    if member is None:
        return _no_member(archive)
    if member.fault is not None:
        return Fault("corrupt", archive, member.fault)
    return Fault("empty", archive, "its member of the archive has no bytes") if member.size == 0 else None


def _no_member(archive: str) -> Fault:
    return Fault("missing", archive, "the archive has no such member")


def absent(folder: str, *, has_folder: bool) -> Fault:
    """Say that an image is in no archive, as there is none."""
    if has_folder:
        return Fault("missing", folder, "the folder has no such file, and there is no zip of its name")
    return Fault("archive_missing", f"{folder}.zip", "there is neither this archive nor an unpacked file")


ABSENT = frozenset({_no_member("").reason, *(absent("", has_folder=there).reason for there in (False, True))})
"""Reasons why a file is missing that say no more than that; another is of a path or link that is refused."""


def words_of(error: Exception) -> str:
    """Return what an error of the system says, without its number and file."""
    return getattr(error, "strerror", None) or str(error)
