"""Faults of image files, in the words of `image_files`, errors and documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from irdb_sql.core.file_contents import LFS_HINT, LFS_POINTER
from irdb_sql.errors import quoted
from irdb_sql.storage.zips import LARGEST_IMAGE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from irdb_sql.storage.zips import Member

Status = Literal["ok", "missing", "empty", "corrupt", "archive_missing"]


@dataclass(frozen=True)
class Fault:
    """The reason why an image cannot be read.

    Attributes:
        status: The kind of fault.
        place: The file or archive that was inspected, below the root; None if none was.
        reason: The fault as a sentence without a full stop.
    """

    status: Status
    place: str | None
    reason: str


def pointer_fault(content: bytes | memoryview, place: str) -> Fault | None:
    """Return a fault if the bytes of an image are a pointer of Git LFS instead."""
    if content[: len(LFS_POINTER)] != LFS_POINTER:
        return None
    return Fault("corrupt", place, f"it is a pointer of Git LFS; {LFS_HINT.removesuffix('.')}")


TOO_LARGE = f"the file has more than {LARGEST_IMAGE:,} bytes"


def member_fault(member: Member | None, archive: str, elsewhere: Sequence[str] = ()) -> Fault | None:
    """Return the fault of a member by its central directory, if any.

    Args:
        member: The member; None if the archive has no such one.
        archive: The name of the archive.
        elsewhere: Where the archive has an image of its name in a folder.
    """
    if member is None and elsewhere:
        places = " and ".join(map(quoted, elsewhere[:2]))
        reason = f"the archive has it as {places}, and not in the one folder that all of its images are in"
        return Fault("missing", archive, f"{reason}; put all of them in one folder of the archive")
    if member is None:
        return _no_member(archive)
    if member.fault is not None:
        return Fault("corrupt", archive, member.fault)
    return Fault("empty", archive, "its member of the archive has no bytes") if member.size == 0 else None


def describe_others(member: Member | None, archive: str, elsewhere: Sequence[str]) -> str | None:
    """Describe where else an image is that can be read, or return None.

    Args:
        member: The member of its name, where an unpacked file is read instead.
        archive: The name of the archive.
        elsewhere: Where the archive has an image of its name in a folder.
    """
    places = [*([""] if member is not None else []), *(f" as {quoted(each)}" for each in elsewhere[:2])]
    others = " and ".join(f"in {quoted(archive)}{place}" for place in places)
    return f"it is also {others}, which is not read" if others else None


def _no_member(archive: str) -> Fault:
    return Fault("missing", archive, "the archive has no such member")


def absent_fault(folder: str, *, has_folder: bool) -> Fault:
    """Return the fault of an image without file and archive."""
    if has_folder:
        return Fault("missing", folder, "the folder has no such file, and there is no zip of its name")
    return Fault("archive_missing", f"{folder}.zip", "there is neither this archive nor an unpacked file")


ABSENT = frozenset({_no_member("").reason, *(absent_fault("", has_folder=value).reason for value in (False, True))})
"""Reasons of files that do not exist; other reasons are of paths and links that are refused."""
