"""Regular files that a user names: reading a pipe would wait, and a device may never end."""

from __future__ import annotations

import errno
import json
import os
import stat
from typing import TYPE_CHECKING

from irdb_sql.errors import quoted

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "a folder"


def check_regular_file(path: Path) -> None:
    """Raise an error unless a path is a regular file, or a link to one.

    Raises:
        FileNotFoundError: Nothing is there.
        OSError: It is something else.
    """
    if (kind := describe_kind(path.stat().st_mode)) is not None:
        raise OSError(errno.EINVAL, f"it is {kind}", os.fspath(path))


def read_regular_file(path: Path) -> bytes:
    """Return the content of a regular file.

    Raises:
        FileNotFoundError: Nothing is there.
        OSError: It is something else, or cannot be read.
    """
    check_regular_file(path)
    return path.read_bytes()


def is_file(path: str | Path) -> bool:
    """Whether a path leads to a regular file; false where Path would raise an error, as for a name that is too long."""
    return os.path.isfile(path)  # noqa: PTH113


def file_stamp(path: Path) -> tuple[int, int, int]:
    """Return inode, size and time of change of a file, by which a changed file is recognized."""
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns


def describe_absent(path: object, kind: str) -> str:
    """Say that no file has a path, or that a link leads to nothing.

    Args:
        path: The path as the user wrote it.
        kind: What is looked for, such as "file".

    Example:
        >>> describe_absent("x.csv", "file of scores")
        "no file of scores is called 'x.csv'"
    """
    place = os.path.expanduser(str(path))  # noqa: PTH111 - Path would take ./~ for ~
    if os.path.islink(place):  # noqa: PTH114 - Path would raise an error for a name that is too long
        return f"{quoted(path)} is a link to {quoted(os.path.realpath(place))}, and nothing is there"
    return f"no {kind} is called {quoted(path)}"


def describe_error(error: Exception) -> str:
    r"""Return the message of an OSError without its number and file, or say where text is no UTF-8 or no JSON.

    Example:
        >>> describe_error(UnicodeDecodeError("utf-8", b"a\xff", 1, 2, "invalid start byte"))
        'byte 2 is not of UTF-8'
    """
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.start + 1:,} is not of UTF-8"
    if isinstance(error, json.JSONDecodeError):
        return f"line {error.lineno:,}, column {error.colno:,} is no JSON: {error.msg[:1].lower()}{error.msg[1:]}"
    return getattr(error, "strerror", None) or str(error)


def describe_kind(mode: int) -> str | None:
    """Return what a path of this mode is, or None for a regular file."""
    if stat.S_ISREG(mode):
        return None
    return FOLDER if stat.S_ISDIR(mode) else "a device, pipe or socket"
