"""A file that is hashed while it is written."""

from __future__ import annotations

import hashlib
import io
import os
import queue
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class HashedFile(io.RawIOBase):
    """A file that is only written on, and knows its size and SHA-256, which a thread works out meanwhile.

    Args:
        path: Where it is.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=0)
        self._digest = hashlib.sha256()
        self._left: queue.Queue[bytes | None] = queue.Queue(_PIECES)
        self._hasher = threading.Thread(target=self._hash, name="irdb-sql hash", daemon=True)
        self._hasher.start()
        self.size = 0

    def writable(self) -> bool:
        """Whether it can be written."""
        return True

    def write(self, content: bytes | memoryview) -> int:  # type: ignore[override]  # of what libraries hand on
        """Write behind what is there; after `abandon`, nothing."""
        kept = bytes(content)
        if not self._file.closed:
            self._left.put(kept)
            rest = memoryview(kept)
            while rest:
                rest = rest[self._file.write(rest) :]
            self.size += len(kept)
        return len(kept)

    def tell(self) -> int:
        """Return how many bytes are written."""
        return self.size

    def abandon(self) -> None:
        """Write no more, whatever libraries still write as they end."""
        self._left.put(None)
        self._file.close()

    def finish(self) -> str:
        """Close the file once the disk has it, and return its SHA-256."""
        os.fsync(self._file.fileno())
        self.abandon()
        self._hasher.join()
        return self._digest.hexdigest()

    def _hash(self) -> None:
        while (content := self._left.get()) is not None:
            self._digest.update(content)


_PIECES = 16  # at most that wait for being hashed
