"""Writes and hashes a file in parallel, bypassing the system's cache.

Files of gigabytes would push everything else out of that cache, and what goes through it costs the processor more than
hashing does: written directly, they are on the disk in a third of the time.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import mmap
import os
import queue
import threading
from typing import TYPE_CHECKING

with contextlib.suppress(ImportError):  # Windows has none, nor a flag that it would set
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_PIECE = 2**20  # bytes of one entry of the queues
_SMALL = 2**16  # bytes; shorter content is collected first
_PIECES = 24  # entries of a queue at most
_BLOCK = 4 * 2**20  # bytes that are written at once, at a place and from an address that any disk can take
_ALIGNMENT = 4096


class HashedFile:
    """A file to append to, with its size and SHA-256.

    Content must not change after it was passed to `write`: threads write and hash it later.

    Args:
        path: Where it is.
    """

    def __init__(self, path: Path) -> None:
        self._file = _DirectFile(path)
        digest = hashlib.sha256()
        self._digest = digest
        self._followers = [_Follower(self._file.write), _Follower(digest.update)]
        self._small = bytearray()
        self.size = 0

    def write(self, content: bytes | memoryview) -> None:
        """Append content.

        Raises:
            OSError: The disk is full, or what was written before could not be.
        """
        self.size += len(content)
        if len(content) < _SMALL:
            self._small += content
        else:
            self._enqueue_small()
            self._enqueue(memoryview(content))
        if len(self._small) >= _PIECE:
            self._enqueue_small()

    def _enqueue_small(self) -> None:
        small, self._small = self._small, bytearray()
        self._enqueue(memoryview(small))

    def _enqueue(self, content: memoryview) -> None:
        for begin in range(0, len(content), _PIECE):
            for follower in self._followers:
                follower.put(content[begin : begin + _PIECE])

    def abandon(self) -> None:
        """Close the file as far as it is written."""
        for follower in self._followers:
            follower.end()
        self._file.close()

    def finish(self) -> str:
        """Close the file once the disk has it, and return its SHA-256.

        Raises:
            OSError: The disk is full.
        """
        self._enqueue_small()
        for follower in self._followers:
            follower.end()
            follower.raise_failure()
        self._file.finish()
        return self._digest.hexdigest()


class _DirectFile:
    """A file that bypasses the system's cache where the filesystem can.

    Args:
        path: Where it is.
    """

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o666)
        self._block = mmap.mmap(-1, _BLOCK)
        self._filled = 0
        self._is_direct = False
        self._go_direct(on=True)

    def write(self, content: memoryview) -> None:
        """Append content, a whole block at a time."""
        while content:
            length = min(len(content), _BLOCK - self._filled)
            self._block[self._filled : self._filled + length] = content[:length]
            self._filled += length
            content = content[length:]
            if self._filled == _BLOCK:
                self._write_block()

    def finish(self) -> None:
        """Write the remaining bytes, synchronize the disk, and close the file."""
        self._write_block()
        os.fsync(self._descriptor)
        self.close()

    def close(self) -> None:
        """Close the file as far as it is written."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _write_block(self) -> None:
        left = memoryview(self._block)[: self._filled]
        while left:
            if self._is_direct and len(left) % _ALIGNMENT:
                self._go_direct(on=False)
            try:
                left = left[os.write(self._descriptor, left) :]
            except OSError as error:
                if (
                    error.errno != errno.EINVAL or not self._is_direct
                ):  # some filesystems accept the flag and refuse to write
                    raise
                self._go_direct(on=False)
        self._filled = 0

    def _go_direct(self, *, on: bool) -> None:
        direct = getattr(os, "O_DIRECT", 0)
        if direct:
            flags = fcntl.fcntl(self._descriptor, fcntl.F_GETFL)
            with contextlib.suppress(OSError):
                fcntl.fcntl(self._descriptor, fcntl.F_SETFL, flags | direct if on else flags & ~direct)
                self._is_direct = on


class _Follower:
    """Calls a function with each piece of a file, in a thread.

    Args:
        use: The function.
    """

    def __init__(self, use: Callable[[memoryview], object]) -> None:
        self._use = use
        self._left: queue.Queue[memoryview | None] = queue.Queue(_PIECES)
        self._failure: OSError | None = None
        self._thread = threading.Thread(target=self._run, name="irdb-sql writer", daemon=True)
        self._thread.start()

    def put(self, content: memoryview) -> None:
        self.raise_failure()
        self._left.put(content)

    def end(self) -> None:
        """Wait until the last piece is used."""
        if self._thread.is_alive():
            self._left.put(None)
            self._thread.join()

    def raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        while (content := self._left.get()) is not None:
            if self._failure is None:
                try:
                    self._use(content)
                except OSError as error:
                    self._failure = error
