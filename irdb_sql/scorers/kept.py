"""Keeps what evaluations of the same scores have in common, so that it is computed once."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    import polars as pl

KEPT_BYTES = 128_000_000
"""Bytes of frames that a database keeps; those of the baselines on the published dataset take about half of it."""


class KeptFrames:
    """The frames of one database that were needed last, up to a number of bytes.

    Args:
        most_bytes: Bytes of all frames together; a larger frame is computed whenever it is needed.
    """

    def __init__(self, most_bytes: int = KEPT_BYTES) -> None:
        self._most_bytes = most_bytes
        self._version: Hashable = None
        self._frames: dict[Hashable, pl.DataFrame] = {}
        self._lock = threading.Lock()

    def get(self, version: Hashable, key: Hashable, compute: Callable[[], pl.DataFrame]) -> pl.DataFrame:
        """Return a kept frame, or compute and keep it.

        Args:
            version: Changes when the rows of the database may; frames of another version are dropped.
            key: What the frame is of.
            compute: Returns the frame.
        """
        with self._lock:
            if version != self._version:
                self._version, self._frames = version, {}
            frame = self._frames.get(key)
        if frame is None:
            frame = compute()  # without the lock: threads that compute the same frame compute equal ones
        with self._lock:
            if version == self._version:
                self._frames.pop(key, None)
                self._frames[key] = frame
                while sum(kept.estimated_size() for kept in self._frames.values()) > self._most_bytes:
                    del self._frames[next(iter(self._frames))]
        return frame
