"""Keeps what takes long to make, within a limit of bytes; whoever wants the same meanwhile waits for it."""

from __future__ import annotations

import contextlib
import threading
from collections import OrderedDict
from concurrent.futures import Future, wait
from typing import TYPE_CHECKING, Generic, TypeVar

from irdb_sql.explore.errors import ClientLeftError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from irdb_sql.explore.statements import Client

T = TypeVar("T")
STEP = 0.1  # seconds between two looks at whether who waits has left


class Kept(Generic[T]):
    """Values by keys; those that were wanted longest ago go first.

    Args:
        size: Returns the bytes of a value.
        most_bytes: Bytes of all values that are kept; the newest one is kept whatever its size.
    """

    def __init__(self, size: Callable[[T], int], most_bytes: int) -> None:
        self._size = size
        self._most_bytes = most_bytes
        self._values: OrderedDict[Hashable, T] = OrderedDict()
        self._bytes = 0
        self._making: dict[Hashable, Future[T]] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], T], client: Client | None = None) -> T:
        """Return the value that is kept by a key; the one that is made now where none is.

        Whoever wants the same meanwhile gets the same value, or the same error.

        Args:
            key: The key.
            make: Makes the value.
            client: Who waits for it; None waits to the end.

        Raises:
            ClientLeftError: Nobody waits any more for a value that another one has asked for.
        """
        while True:
            mine = Future[T]()
            with self._lock:
                if key in self._values:
                    self._values.move_to_end(key)
                    return self._values[key]
                making = self._making.setdefault(key, mine)
            if making is mine:
                return self._make_for_all(key, make, mine)
            while not wait([making], timeout=STEP).done:
                if client is not None and client.has_left.is_set():
                    raise ClientLeftError
            with contextlib.suppress(ClientLeftError):  # of who asked first: ask again
                return making.result()

    def _make_for_all(self, key: Hashable, make: Callable[[], T], mine: Future[T]) -> T:
        try:
            value = make()
        except BaseException as error:
            with self._lock:
                del self._making[key]
            mine.set_exception(error)
            raise
        with self._lock:
            del self._making[key]
            self._values[key] = value
            self._bytes += self._size(value)
            while len(self._values) > 1 and self._bytes > self._most_bytes:
                self._bytes -= self._size(self._values.popitem(last=False)[1])
        mine.set_result(value)
        return value
