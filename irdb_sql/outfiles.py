"""Writes files so that they appear at once and whole, or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from typing import TYPE_CHECKING

from irdb_sql.errors import UnwritableError

if TYPE_CHECKING:
    from pathlib import Path


def write_file(path: Path, content: bytes) -> None:
    """Write a file by renaming a finished one to its name; what was there stays until then.

    A symbolic link is followed, and what is no regular file (a pipe, `/dev/null`) is written into.

    Raises:
        UnwritableError: The disk is full, or the place cannot be written; what was there is unchanged.
    """
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(content)
            return
        target = path.resolve()
        unfinished = target.with_name(f".irdb-{secrets.token_hex(8)}")
        try:
            with unfinished.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            if target.exists():
                shutil.copymode(target, unfinished)
            unfinished.replace(target)
        finally:
            with contextlib.suppress(FileNotFoundError):
                unfinished.unlink()
    except OSError as error:
        raise UnwritableError(path, error.strerror or str(error)) from error
