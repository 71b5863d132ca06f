"""Keeps answers of named queries, so that the next pair or page of the same rows is not asked for again."""

from __future__ import annotations

import contextlib
import threading
from collections import OrderedDict
from concurrent.futures import Future, wait
from typing import TYPE_CHECKING

import polars as pl

from irdb_sql.explore.errors import ClientLeftError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

    from irdb_sql.database.facade import ImageRewardDB
    from irdb_sql.explore.statements import Client

MOST_BYTES = 256_000_000
"""Bytes of all answers that are kept."""

STEP = 0.1  # seconds between two looks at whether who waits has left


class Answers:
    """Asks named queries of a database, whose rows do not change while it is open.

    Args:
        db: The database.
        most_bytes: Bytes of all answers that are kept; those that were asked for longest ago go first.
    """

    def __init__(self, db: ImageRewardDB, most_bytes: int = MOST_BYTES) -> None:
        self._db = db
        self._most_bytes = most_bytes
        self._kept: OrderedDict[Hashable, pl.DataFrame] = OrderedDict()
        self._asking: dict[Hashable, Future[pl.DataFrame]] = {}
        self._lock = threading.Lock()

    def ask(self, query: str, params: Mapping[str, object] | None = None, columns: Sequence[str] = ()) -> pl.DataFrame:
        """Return the rows of a query, or some of their columns.

        Args:
            query: Its name.
            params: Its parameters.
            columns: Names of columns; empty for all.
        """

        def ask() -> pl.DataFrame:
            if columns:
                return self._db.query(query, params, lazy=True).select(columns).collect()
            return self._db.query(query, params)

        return self.keep((query, tuple(sorted((params or {}).items())), tuple(columns)), ask)

    def keep(self, key: Hashable, ask: Callable[[], pl.DataFrame], client: Client | None = None) -> pl.DataFrame:
        """Return the rows that are kept by a key; those that are asked for now where none are.

        Whoever asks the same meanwhile gets the same rows, or the same error.

        Args:
            key: The key.
            ask: Asks for the rows.
            client: Who waits for them; None waits to the end.

        Raises:
            ClientLeftError: Nobody waits any more for rows that another one has asked for.
        """
        while True:
            mine = Future[pl.DataFrame]()
            with self._lock:
                if key in self._kept:
                    self._kept.move_to_end(key)
                    return self._kept[key]
                asking = self._asking.setdefault(key, mine)
            if asking is mine:
                return self._ask_for_all(key, ask, mine)
            while not wait([asking], timeout=STEP).done:
                if client is not None and client.has_left.is_set():
                    raise ClientLeftError
            with contextlib.suppress(ClientLeftError):  # of who asked first: ask again
                return asking.result()

    def _ask_for_all(self, key: Hashable, ask: Callable[[], pl.DataFrame], mine: Future[pl.DataFrame]) -> pl.DataFrame:
        try:
            rows = ask()
        except BaseException as error:
            with self._lock:
                del self._asking[key]
            mine.set_exception(error)
            raise
        with self._lock:
            del self._asking[key]
            self._kept[key] = rows
            self._drop_oldest()
        mine.set_result(rows)
        return rows

    def _drop_oldest(self) -> None:
        sizes = {key: rows.estimated_size() for key, rows in self._kept.items()}
        while len(self._kept) > 1 and sum(sizes.values()) > self._most_bytes:
            del sizes[self._kept.popitem(last=False)[0]]
