"""Reads byte ranges of files, as zips need them: the protocol, and local files."""

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
"""Unneeded bytes that cost less than one more request."""
REMOTE_TAIL = 256 * 1024
"""Bytes that hold the central directory of 3,000 published images."""


class ChangedError(Exception):
    """A file has changed since its index was read."""


@dataclass(frozen=True)
class Tail:
    """The end of a file.

    Attributes:
        identity: Differs from that of a later file of the same name.
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
        display_name: Its name in messages, below the root of the images.
        gap: How many unneeded bytes are worth reading to save a read; -1 reads even neighbours one by one, so that the
            memory of each can be freed by itself.
        tail_length: How many bytes of the end to read first.
    """

    key: str
    display_name: str
    gap: int
    tail_length: int

    def tail(self) -> Tail:
        """Read the end; FileNotFoundError if there is no such file."""

    def is_unchanged(self, identity: Identity) -> bool:
        """Whether the file seems to have the same identity, without reading it."""

    def reading(
        self, identity: Identity, upcoming: Iterable[tuple[int, int]] = ()
    ) -> AbstractContextManager[Callable[[int, int], bytes]]:
        """Yield a read function of offset and length.

        Args:
            identity: The identity of the file; ChangedError if it has another one by now.
            upcoming: The ranges that will be read, so that a disk can begin.
        """


class LocalFile:
    """A local file, opened while a batch is read.

    Args:
        path: Its path.
        display_name: Its name in messages.
    """

    gap = -1
    tail_length = 4096

    def __init__(self, path: Path, display_name: str) -> None:
        self.key = str(path)
        self.display_name = display_name

    def tail(self) -> Tail:
        """Read the end."""
        with _open_file(self.key) as (descriptor, identity):
            size = os.fstat(descriptor).st_size
            length = min(size, self.tail_length)
            return Tail(identity, size, _reader(descriptor)(size - length, length))

    def is_unchanged(self, identity: Identity) -> bool:
        """Whether inode, size and modification time are unchanged."""
        try:
            return _identity(os.stat(self.key)) == identity
        except OSError:
            return False

    @contextlib.contextmanager
    def reading(
        self, identity: Identity, upcoming: Iterable[tuple[int, int]] = ()
    ) -> Iterator[Callable[[int, int], bytes]]:
        """Open the file for a batch of reads."""
        try:
            with _open_file(self.key) as (descriptor, current):
                if current != identity:
                    raise ChangedError
                if hasattr(os, "posix_fadvise"):  # reading what is not in memory takes a third of the time
                    for offset, length in upcoming:
                        os.posix_fadvise(descriptor, offset, length, os.POSIX_FADV_WILLNEED)
                yield _reader(descriptor)
        except FileNotFoundError as error:
            raise ChangedError from error


def read_file(path: str, limit: int) -> bytes | None:
    """Read a file; None if it is longer than `limit`.

    Raises:
        OSError: It cannot be read, or is no regular file.
    """
    with _open_file(path) as (descriptor, _):
        size = os.fstat(descriptor).st_size
        return None if size > limit else _reader(descriptor)(0, size)


@contextlib.contextmanager
def _open_file(path: str) -> Iterator[tuple[int, Identity]]:
    # A pipe must not be waited for, and Windows must not translate line ends.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(_NO_FILE, "it is no regular file", path)
        yield descriptor, _identity(status)
    finally:
        os.close(descriptor)


_NO_FILE = 0


def _identity(status: os.stat_result) -> Identity:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _reader(descriptor: int) -> Callable[[int, int], bytes]:
    """Make a thread-safe read function that continues after short reads."""
    if hasattr(os, "pread"):

        def read_once(offset: int, length: int) -> bytes:
            return os.pread(descriptor, length, offset)

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
