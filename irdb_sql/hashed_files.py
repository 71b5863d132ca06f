"""A file that is hashed while it is written, each in a thread of its own."""

from __future__ import annotations

import hashlib
import os
import queue
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_PIECE = 2**20  # bytes that are handed on at once
_SMALL = 2**16  # bytes; what has fewer waits for more
_PIECES = 24  # at most that wait
_SYNCED = 64 * 2**20  # bytes after which the disk is to have them, so that little is left to wait for at the end


class HashedFile:
    """A file that is only written on, and knows its size and SHA-256.

    What is written must not change afterwards: it is written and hashed later.

    Args:
        path: Where it is.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=0)
        digest = hashlib.sha256()
        self._digest = digest
        self._syncer = _Follower(lambda _content: os.fsync(self._file.fileno()))
        self._followers = [_Follower(self._write_all), _Follower(digest.update)]
        self._unsynced = 0
        self._small = bytearray()
        self.size = 0

    def write(self, content: bytes | memoryview) -> None:
        """Write behind what is there.

        Raises:
            OSError: The disk is full, or what was written before could not be.
        """
        self.size += len(content)
        if len(content) < _SMALL:
            self._small += content
        else:
            self._hand_on_small()
            self._hand_on(memoryview(content))
        if len(self._small) >= _PIECE:
            self._hand_on_small()

    def _hand_on_small(self) -> None:
        small, self._small = self._small, bytearray()
        self._hand_on(memoryview(small))

    def _hand_on(self, content: memoryview) -> None:
        for begin in range(0, len(content), _PIECE):
            for follower in self._followers:
                follower.put(content[begin : begin + _PIECE])

    def abandon(self) -> None:
        """Close the file as far as it is written."""
        for follower in [*self._followers, self._syncer]:
            follower.end()
        self._file.close()

    def finish(self) -> str:
        """Close the file once the disk has it, and return its SHA-256.

        Raises:
            OSError: The disk is full.
        """
        self._hand_on_small()
        for follower in [*self._followers, self._syncer]:
            follower.end()
            follower.refuse_failed()
        os.fsync(self._file.fileno())
        self.abandon()
        return self._digest.hexdigest()

    def _write_all(self, content: memoryview) -> None:
        self._unsynced += len(content)
        while content:
            content = content[self._file.write(content) :]
        if self._unsynced >= _SYNCED and self._syncer.is_idle:
            self._syncer.put(content)
            self._unsynced = 0


class _Follower:
    """A thread that does something with each piece of a file, in order, while more is made.

    Args:
        use: What to do.
    """

    def __init__(self, use: Callable[[memoryview], object]) -> None:
        self._use = use
        self._left: queue.Queue[memoryview | None] = queue.Queue(_PIECES)
        self._failure: OSError | None = None
        self._thread = threading.Thread(target=self._run, name="irdb-sql writer", daemon=True)
        self._thread.start()

    @property
    def is_idle(self) -> bool:
        return self._left.empty()

    def put(self, content: memoryview) -> None:
        self.refuse_failed()
        self._left.put(content)

    def end(self) -> None:
        """Wait until all is done."""
        if self._thread.is_alive():
            self._left.put(None)
            self._thread.join()

    def refuse_failed(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        while (content := self._left.get()) is not None:
            if self._failure is None:
                try:
                    self._use(content)
                except OSError as error:
                    self._failure = error
