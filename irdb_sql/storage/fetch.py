"""Fetches a published file, resumes an interrupted one, and checks its digest."""

from __future__ import annotations

import contextlib
import hashlib
import os
from typing import TYPE_CHECKING

from irdb_sql.errors import IrdbError, UnwritableError
from irdb_sql.storage import hub
from irdb_sql.storage.errors import HubError, WrongContentError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from irdb_sql.storage.hub import PublishedFile, Snapshot

TRIES = 8  # attempts in a row without a byte, which take about a minute
_BLOCK = 1024 * 1024


class Digests:
    """Running SHA-256 and git digests of a file's content.

    Args:
        file: The file that it should be.
    """

    def __init__(self, file: PublishedFile) -> None:
        self._file = file
        self._sha256 = hashlib.sha256()
        # Git hashes the size before the content, with SHA-1, which protects no secret here.
        self._git = hashlib.sha1(b"blob %d\0" % file.size, usedforsecurity=False)

    def update(self, content: bytes) -> None:
        """Add bytes to the digests."""
        self._sha256.update(content)
        if self._file.algorithm == "git":
            self._git.update(content)

    @property
    def sha256(self) -> str:
        """The SHA-256 of all bytes so far."""
        return self._sha256.hexdigest()

    def mismatch(self) -> str | None:
        """Describe a digest that differs from the published one, if so."""
        is_git = self._file.algorithm == "git"
        digest = self._git.hexdigest() if is_git else self.sha256
        if digest == self._file.digest:
            return None
        return f"its {'git SHA-1' if is_git else 'SHA-256'} is {digest}, not {self._file.digest}"


def hash_file(path: Path, file: PublishedFile, advance: Callable[[int], None]) -> Digests:
    """Hash a file, calling `advance` with the bytes of each block."""
    digests = Digests(file)
    with path.open("rb") as opened:
        while block := opened.read(_BLOCK):
            digests.update(block)
            advance(len(block))
    return digests


def fetch(snapshot: Snapshot, file: PublishedFile, partial: Path, advance: Callable[[int], None]) -> str:
    """Fetch a file, and return its SHA-256.

    Bytes that an earlier run left in `partial` are not fetched again. An interrupted call leaves what it has there.

    Args:
        snapshot: The repository at one commit.
        file: The file, as published.
        partial: The path to write to.
        advance: Called with the number of new bytes; negative where the hub sends the file from its start again.

    Raises:
        WrongContentError: The hub sends another file than it lists; `partial` is removed.
        HubError, HubAccessError: The hub does not send it.
        UnwritableError: The disk is full, or the place cannot be written.
    """
    try:
        digests = _fetch_rest(snapshot, file, partial, advance)
        mismatch = digests.mismatch()
    except _WrongSizeError as error:
        digests, mismatch = Digests(file), str(error)
    except OSError as error:
        if isinstance(error, IrdbError):
            raise
        raise UnwritableError(partial, error.strerror or str(error)) from error
    if mismatch is not None:
        partial.unlink(missing_ok=True)
        raise WrongContentError(file.path, mismatch, snapshot.name, kept=False)
    return digests.sha256


class _WrongSizeError(Exception):
    """The hub sends more or fewer bytes than it lists."""


def _fetch_rest(snapshot: Snapshot, file: PublishedFile, partial: Path, advance: Callable[[int], None]) -> Digests:
    partial.touch()
    if partial.stat().st_size > file.size:
        os.truncate(partial, 0)
    digests = hash_file(partial, file, advance)
    size = partial.stat().st_size
    failures = 0
    while size < file.size:
        size_before = size
        try:
            with (
                contextlib.closing(hub.stream_file(snapshot.url(file.path), snapshot.repository, size)) as chunks,
                partial.open("r+b") as opened,
            ):
                opened.seek(size)
                for offset, content in chunks:
                    if offset < size:
                        opened.seek(0)
                        opened.truncate()
                        advance(-size)
                        digests, size = Digests(file), 0
                    if size + len(content) > file.size:
                        message = f"it has more than {file.size:,} bytes"
                        raise _WrongSizeError(message)
                    opened.write(content)
                    digests.update(content)
                    size += len(content)
                    advance(len(content))
                opened.flush()
                os.fsync(opened.fileno())
        except hub.DroppedError as error:
            failures = 0 if size > size_before else failures + 1
            if failures == TRIES:
                raise HubError(snapshot.url(file.path), str(error), snapshot.repository) from error
            hub.wait(failures)
        else:
            if size < file.size:
                message = f"it has {size:,} bytes, not {file.size:,}"
                raise _WrongSizeError(message)
    return digests
