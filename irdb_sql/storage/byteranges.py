"""Reads byte ranges of files at given positions: what a zip needs, here from a disk."""

from __future__ import annotations

import contextlib
import os
import stat
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

Identity = tuple[object, ...]
REMOTE_GAP = 16 * 1024
"""Unwanted bytes that cost less than one more request."""
REMOTE_TAIL = 256 * 1024
"""Bytes that hold the central directory of 3,000 published images."""


class ChangedError(Exception):
    """A file is no longer the one whose index is known."""


@dataclass(frozen=True)
class Tail:
    """The end of a file.

    Attributes:
        identity: What tells this file from a later one of the same name.
        size: Bytes of the whole file.
        content: Its last bytes.
    """

    identity: Identity
    size: int
    content: bytes


class ByteRanges(Protocol):
    """A file that is read in ranges.

    Attributes:
        key: Its name within the process.
        shown: Its name for people, below the root of the images.
        gap: How many unwanted bytes are worth reading to save a read; -1 reads even neighbours one by one, so that each
            can be let go of by itself.
        tail_length: How many bytes of the end to ask for first.
    """

    key: str
    shown: str
    gap: int
    tail_length: int

    def tail(self) -> Tail:
        """Read the end; FileNotFoundError if there is no such file."""

    def is_still(self, identity: Identity) -> bool:
        """Whether the file is still the one that was indexed, as far as can be told without reading it."""

    def reading(
        self, identity: Identity, soon: Iterable[tuple[int, int]] = ()
    ) -> AbstractContextManager[Callable[[int, int], bytes]]:
        """Give a function that reads from an offset so many bytes, fewer at the end of the file.

        Args:
            identity: The file that is meant; ChangedError if it is another one by now.
            soon: What will be read, so that a disk can begin.
        """


class LocalFile:
    """A file on a disk, opened for as long as a batch is read.

    Args:
        path: Where it is.
        shown: Its name for people.
    """

    gap = -1
    tail_length = 4096

    def __init__(self, path: Path, shown: str) -> None:
        self.key = str(path)
        self.shown = shown

    def tail(self) -> Tail:
        """Read the end."""
        with _opened(self.key) as (descriptor, identity):
            size = os.fstat(descriptor).st_size
            length = min(size, self.tail_length)
            return Tail(identity, size, _reader(descriptor)(size - length, length))

    def is_still(self, identity: Identity) -> bool:
        """Whether a file of the same size and time is still in the same place of the disk."""
        try:
            return _identity(os.stat(self.key)) == identity
        except OSError:
            return False

    @contextlib.contextmanager
    def reading(
        self, identity: Identity, soon: Iterable[tuple[int, int]] = ()
    ) -> Iterator[Callable[[int, int], bytes]]:
        """Open the file for a batch of reads."""
        try:
            with _opened(self.key) as (descriptor, found):
                if found != identity:
                    raise ChangedError
                if hasattr(os, "posix_fadvise"):  # what is not in memory comes in a third of the time
                    for offset, length in soon:
                        os.posix_fadvise(descriptor, offset, length, os.POSIX_FADV_WILLNEED)
                yield _reader(descriptor)
        except FileNotFoundError as error:
            raise ChangedError from error


def read_file(path: str, limit: int) -> bytes | None:
    """Read a file whole, or return None if it is longer than a limit.

    Raises:
        OSError: It cannot be read, or is no regular file.
    """
    with _opened(path) as (descriptor, _):
        size = os.fstat(descriptor).st_size
        return None if size > limit else _reader(descriptor)(0, size)


@contextlib.contextmanager
def _opened(path: str) -> Iterator[tuple[int, Identity]]:
    # A pipe must not be waited for, and Windows must not translate line ends.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            raise OSError(_NO_FILE, "it is no regular file", path)
        yield descriptor, _identity(facts)
    finally:
        os.close(descriptor)


_NO_FILE = 0


def _identity(facts: os.stat_result) -> Identity:
    return facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns


def _reader(descriptor: int) -> Callable[[int, int], bytes]:
    """Make a positioned read that several threads may share, and that reads on where the system stops short."""
    if hasattr(os, "pread"):
        read_once: Callable[[int, int], bytes] = lambda offset, length: os.pread(descriptor, length, offset)  # noqa: E731
    else:
        lock = threading.Lock()

        def read_once(offset: int, length: int) -> bytes:
            with lock:
                os.lseek(descriptor, offset, os.SEEK_SET)
                return os.read(descriptor, length)

    def read(offset: int, length: int) -> bytes:
        content = read_once(offset, length)
        while len(content) < length and (more := read_once(offset + len(content), length - len(content))):
            content += more
        return content

    return read
