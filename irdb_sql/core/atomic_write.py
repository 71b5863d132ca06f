"""Writes files and folders so that they appear at once and whole, or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from irdb_sql.errors import IrdbError, TargetExistsError, UnwritableError

with contextlib.suppress(ImportError):  # Windows has none, and what a killed process leaves stays there
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


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

    What a process that was killed has left of the same file is removed.

    Raises:
        UnwritableError: The disk is full, or the place cannot be written; what was there is unchanged.
    """
    with failures_of(path):
        target = path.resolve()
        with _claimed(target, lambda unfinished: unfinished.touch(exist_ok=False)) as unfinished:
            try:
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

    What a process that was killed has left of the same folder is removed.

    Raises:
        TargetExistsError: The folder is there and not empty.
        UnwritableError: The disk is full, or the place cannot be written; nothing is left behind.
    """
    with failures_of(folder):
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise TargetExistsError(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _claimed(folder, Path.mkdir) as unfinished:
            try:
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
def _claimed(target: Path, make: Callable[[Path], object]) -> Iterator[Path]:
    """Make what is to become a file or folder, and hold a lock on it: what has none is left of a killed process."""
    stem = f".irdb-{hashlib.md5(os.fsencode(target.name), usedforsecurity=False).hexdigest()[:8]}-"
    _remove_abandoned(target.parent, stem)
    while True:
        unfinished = target.with_name(f"{stem}{secrets.token_hex(8)}")
        make(unfinished)
        descriptor = _locked(unfinished)
        if unfinished.exists():
            break
        if descriptor is not None:  # another process took it for abandoned before it was locked
            os.close(descriptor)
    try:
        yield unfinished
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _remove_abandoned(folder: Path, stem: str) -> None:
    with contextlib.suppress(OSError):  # what cannot be listed or removed is in nobody's way
        with os.scandir(folder) as entries:
            found = [Path(entry.path) for entry in entries if entry.name.startswith(stem)]
        for left in found:
            if (descriptor := _locked(left)) is not None:
                if left.is_dir():
                    shutil.rmtree(left, ignore_errors=True)
                else:
                    left.unlink(missing_ok=True)
                os.close(descriptor)


def _locked(path: Path) -> int | None:
    """Open what a process writes and lock it, or return None where another one has, or nobody can."""
    if "fcntl" not in sys.modules:
        return None
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


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
    except (OSError, ValueError) as error:  # the latter is what a path with a NUL is, or one that is no UTF-8
        raise UnwritableError(path, getattr(error, "strerror", None) or str(error)) from error
