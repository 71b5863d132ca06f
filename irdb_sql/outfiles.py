"""Writes files and folders so that they appear at once and whole, or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from typing import TYPE_CHECKING

from irdb_sql.errors import IrdbError, TargetExistsError, UnwritableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def write_file(path: Path, content: bytes) -> None:
    """Write a file by renaming a finished one to its name; what was there stays until then.

    A symbolic link is followed, and what is no regular file (a pipe, `/dev/null`) is written into.

    Raises:
        UnwritableError: The disk is full, or the place cannot be written; what was there is unchanged.
    """
    with failures_of(path):
        if path.exists() and not path.is_file():
            path.write_bytes(content)
            return
    with unfinished_file(path) as unfinished:
        unfinished.write_bytes(content)


@contextlib.contextmanager
def unfinished_file(path: Path) -> Iterator[Path]:
    """Give a place to write a file, which gets its name when it is finished; what was there stays until then.

    Raises:
        UnwritableError: The disk is full, or the place cannot be written; what was there is unchanged.
    """
    with failures_of(path):
        target = path.resolve()
        unfinished = target.with_name(f".irdb-{secrets.token_hex(8)}")
        try:
            unfinished.touch(exist_ok=False)
            yield unfinished
            with unfinished.open("rb") as file:
                os.fsync(file.fileno())
            if target.exists():
                shutil.copymode(target, unfinished)
            unfinished.replace(target)
        finally:
            with contextlib.suppress(FileNotFoundError):
                unfinished.unlink()


@contextlib.contextmanager
def unfinished_folder(folder: Path) -> Iterator[Path]:
    """Give a place to write a folder, which gets its name when it is finished.

    Raises:
        TargetExistsError: The folder is there and not empty.
        UnwritableError: The disk is full, or the place cannot be written; nothing is left behind.
    """
    with failures_of(folder):
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise TargetExistsError(folder)
        unfinished = folder.parent / f".irdb-{secrets.token_hex(8)}"
        try:
            unfinished.mkdir(parents=True)
            yield unfinished
            try:
                unfinished.rename(folder)
            except OSError as error:
                if folder.is_dir() and any(folder.iterdir()):
                    raise TargetExistsError(folder) from error
                raise
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)


@contextlib.contextmanager
def failures_of(path: Path) -> Iterator[None]:
    """Tell what goes wrong meanwhile as a failure to write a file or folder.

    Raises:
        UnwritableError: Something went wrong.
    """
    try:
        yield
    except IrdbError:
        raise
    except (OSError, UnicodeEncodeError) as error:
        raise UnwritableError(path, getattr(error, "strerror", None) or str(error)) from error
