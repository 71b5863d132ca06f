"""Atomic writes of files and folders: they get their name when they are complete, or never."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from irdb_sql.core.regular_files import FOLDER, describe_error, describe_kind
from irdb_sql.errors import IrdbError, TargetExistsError, UnwritableError, quoted

with contextlib.suppress(ImportError):  # Windows has no fcntl; files of killed processes are not removed there
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator


def check_target(path: Path, *, streams: bool = False) -> None:
    """Raise an error unless a file can be written here: every writer asks before its work.

    Args:
        path: The file, new or old.
        streams: Whether the writer can write to a pipe or device, such as `/dev/stdout`.

    Raises:
        UnwritableError: It is a URL, a folder, a pipe or a device, or its folder is missing or not writable.
    """
    check_local(path)
    with translate_write_errors(path):
        kind = describe_kind(path.stat().st_mode) if path.exists() else None
        if kind == FOLDER or (kind is not None and not streams):
            raise UnwritableError(path, f"it is {kind}", "choose the path of a file.")
        folder = path.resolve().parent
        if kind is None and folder.exists() and not folder.is_dir():
            raise UnwritableError(path, f"{quoted(folder)} is no folder")
        if kind is None and not folder.is_dir():
            raise UnwritableError(path, f"there is no folder {quoted(folder)}", "make the folder, or choose another.")
        if kind is None:
            _try_folder(path, folder)


def check_place(target: Path, suffixes: Container[str]) -> None:
    """Raise an error unless a file with one of these suffixes, or with another name a new folder, can be written here.

    Raises:
        TargetExistsError: A folder already exists and is not empty.
        UnwritableError: As of `check_target` and `check_new_folder`.
    """
    (check_target if target.suffix.lower() in suffixes else check_new_folder)(target)


def check_new_folder(folder: Path) -> None:
    """Raise an error unless a folder can be made here, or is there and empty: every writer asks before its work.

    Raises:
        TargetExistsError: The folder already exists and is not empty.
        UnwritableError: It is a URL, a pipe or a device, or lies below a file or a folder that is not writable.
    """
    check_local(folder)
    with translate_write_errors(folder):
        kind = describe_kind(folder.stat().st_mode) if folder.exists() else FOLDER
        if kind is not None and kind != FOLDER:
            raise UnwritableError(folder, f"it is {kind}", "choose a new folder.")
        if kind is None or (folder.exists() and any(folder.iterdir())):
            raise TargetExistsError(folder)
    check_folder(folder)


def check_folder(folder: Path) -> None:
    """Raise an error unless files can be made in a folder, which need not be there yet.

    Raises:
        UnwritableError: It is a URL or a file, or lies below a file, or is not writable.
    """
    check_local(folder)
    with translate_write_errors(folder):
        existing = next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())
        if not existing.is_dir():
            raise UnwritableError(folder, f"{quoted(existing)} is no folder")
        _try_folder(folder, existing)


def _try_folder(path: Path, folder: Path) -> None:
    """Raise an error if no file can be made in the folder of an output; some folders only seem to be writable."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        reason = f"no file can be made in the folder {quoted(folder)}: {describe_error(error)}"
        raise UnwritableError(path, reason, "choose another folder.") from error


def check_local(path: Path) -> None:
    """Raise an error if a path is a URL: outputs are files of this machine, and a folder would be made of its name.

    Raises:
        UnwritableError: It is one.
    """
    if _URL.match(os.fspath(path)):
        raise UnwritableError(path, "it is a URL, and outputs are local files", "choose the path of a file.")


_URL = re.compile("[A-Za-z][A-Za-z0-9+.-]+:/")


def write_file(path: Path, content: bytes) -> None:
    """Write a file atomically.

    An older file is kept until the new one is complete. A link is followed, and a pipe or device written directly.

    Raises:
        UnwritableError: The disk is full, or the path cannot be written; an older file is unchanged.
    """
    check_target(path, streams=True)
    if path.exists() and not path.is_file():
        with translate_write_errors(path), contextlib.suppress(BrokenPipeError):  # its reader, such as head, has enough
            path.write_bytes(content)
        return
    with unfinished_file(path) as unfinished:
        unfinished.write_bytes(content)


@contextlib.contextmanager
def unfinished_file(path: Path) -> Iterator[Path]:
    """Open a block that writes a temporary file, then rename it.

    An older file at `path` is kept until then. Temporary files of killed processes for the same path are removed.

    Raises:
        UnwritableError: The disk is full, or the path cannot be written; an older file is unchanged.
    """
    check_target(path)
    with translate_write_errors(path):
        target = path.resolve()
        with _make_locked(target, lambda unfinished: unfinished.touch(exist_ok=False)) as unfinished:
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
    """Open a block that fills a temporary folder, then rename it.

    Temporary folders of killed processes for the same path are removed.

    Raises:
        TargetExistsError: The folder already exists and is not empty.
        UnwritableError: It is a URL, the disk is full, or the path cannot be written; nothing is left behind.
    """
    check_new_folder(folder)
    with translate_write_errors(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _make_locked(folder, Path.mkdir) as unfinished:
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
def _make_locked(target: Path, make: Callable[[Path], object]) -> Iterator[Path]:
    """Make a temporary file or folder, locked while it is used."""
    stem = f".irdb-{hashlib.md5(os.fsencode(target.name), usedforsecurity=False).hexdigest()[:8]}-"
    _remove_abandoned(target.parent, stem)
    while True:
        unfinished = target.with_name(f"{stem}{secrets.token_hex(8)}")
        make(unfinished)
        descriptor = _lock(unfinished)
        if unfinished.exists():
            break
        if descriptor is not None:  # another process removed it before it was locked
            os.close(descriptor)
    try:
        yield unfinished
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _remove_abandoned(folder: Path, stem: str) -> None:
    with contextlib.suppress(OSError):  # files that cannot be listed or removed do no harm
        with os.scandir(folder) as entries:
            paths = [Path(entry.path) for entry in entries if entry.name.startswith(stem)]
        for path in paths:
            if (descriptor := _lock(path)) is not None:
                if path.is_dir():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink(missing_ok=True)
                os.close(descriptor)


def _lock(path: Path) -> int | None:
    """Lock a path and return its descriptor, or None without a lock."""
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
def translate_write_errors(path: Path) -> Iterator[None]:
    """Raise errors of the `with` block as failures to write a path.

    Raises:
        UnwritableError: The block raised an OSError or ValueError.
    """
    try:
        yield
    except IrdbError:
        raise
    except (OSError, ValueError) as error:  # Python raises ValueError for a path with a NUL or an unpaired surrogate
        raise UnwritableError(path, describe_error(error)) from error
