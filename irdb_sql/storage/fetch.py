"""Fetches a published file, going on where an earlier run stopped, and finds out whether it is the right one."""

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

TRIES = 8  # in a row that bring nothing, which take a minute
_BLOCK = 1024 * 1024


class Digests:
    """What a file's content is known by, made while it comes.

    Args:
        file: The file that it should be.
    """

    def __init__(self, file: PublishedFile) -> None:
        self._file = file
        self._sha256 = hashlib.sha256()
        # git hashes the size before the content; it is no secret that is kept here
        self._git = hashlib.sha1(b"blob %d\0" % file.size, usedforsecurity=False)

    def update(self, content: bytes) -> None:
        """Take in some more bytes."""
        self._sha256.update(content)
        if self._file.algorithm == "git":
            self._git.update(content)

    @property
    def sha256(self) -> str:
        """The SHA-256 of what was taken in."""
        return self._sha256.hexdigest()

    def fault(self) -> str | None:
        """Say what is wrong with what was taken in; nothing if it is what it should be."""
        is_git = self._file.algorithm == "git"
        digest = self._git.hexdigest() if is_git else self.sha256
        if digest == self._file.digest:
            return None
        return f"its {'git SHA-1' if is_git else 'SHA-256'} is {digest}, not {self._file.digest}"


def digests_of(path: Path, file: PublishedFile, advance: Callable[[int], None]) -> Digests:
    """Take in what a file holds; `advance` is told how many bytes are read."""
    digests = Digests(file)
    with path.open("rb") as opened:
        while block := opened.read(_BLOCK):
            digests.update(block)
            advance(len(block))
    return digests


def fetch(snapshot: Snapshot, file: PublishedFile, partial: Path, advance: Callable[[int], None]) -> str:
    """Fetch a file to a place of its own, and return its SHA-256.

    What an earlier run left there is not fetched again. An interrupted call leaves what it has.

    Args:
        snapshot: Where it is published.
        file: Which one.
        partial: Where to put it.
        advance: Is told how many bytes more are there, below zero where the hub begins anew.

    Raises:
        WrongContentError: The hub sends another file than it lists; nothing is left of that.
        HubError, HubAccessError: The hub does not send it.
        UnwritableError: The disk is full, or the place cannot be written.
    """
    try:
        digests = _fetched(snapshot, file, partial, advance)
        fault = digests.fault()
    except _WrongSizeError as error:
        digests, fault = Digests(file), str(error)
    except OSError as error:
        if isinstance(error, IrdbError):
            raise
        raise UnwritableError(partial, error.strerror or str(error)) from error
    if fault is not None:
        partial.unlink(missing_ok=True)
        raise WrongContentError(file.path, fault, snapshot.name, kept=False)
    return digests.sha256


class _WrongSizeError(Exception):
    """The hub sends more or fewer bytes than it lists."""


def _fetched(snapshot: Snapshot, file: PublishedFile, partial: Path, advance: Callable[[int], None]) -> Digests:
    partial.touch()
    if partial.stat().st_size > file.size:
        os.truncate(partial, 0)
    digests = digests_of(partial, file, advance)
    have = partial.stat().st_size
    failures = 0
    while have < file.size:
        begun = have
        try:
            with (
                contextlib.closing(hub.pieces(snapshot.url(file.path), snapshot.repository, have)) as coming,
                partial.open("r+b") as opened,
            ):
                opened.seek(have)
                for place, content in coming:
                    if place < have:
                        opened.seek(0)
                        opened.truncate()
                        advance(-have)
                        digests, have = Digests(file), 0
                    if have + len(content) > file.size:
                        message = f"it has more than {file.size:,} bytes"
                        raise _WrongSizeError(message)
                    opened.write(content)
                    digests.update(content)
                    have += len(content)
                    advance(len(content))
                opened.flush()
                os.fsync(opened.fileno())
        except hub.DroppedError as error:
            failures = 0 if have > begun else failures + 1
            if failures == TRIES:
                raise HubError(snapshot.url(file.path), str(error), snapshot.repository) from error
            hub.wait(failures)
        else:
            if have < file.size:
                message = f"it has {have:,} bytes, not {file.size:,}"
                raise _WrongSizeError(message)
    return digests
