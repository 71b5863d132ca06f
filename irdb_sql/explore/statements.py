"""Runs statements that a reader types: isolated, few at a time, and no longer than somebody waits for the answer."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

from irdb_sql.database.opening import details_of
from irdb_sql.engine.limits import Limits
from irdb_sql.explore.errors import BusyError, ClientLeftError
from irdb_sql.explore.kept import STEP

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from irdb_sql.database.facade import ImageRewardDB

SECONDS, MEMORY = 30, "2GB"
"""Limits of a statement."""

MOST_BYTES = 256_000_000
"""Bytes of an answer, which this process has to hold."""

MOST_ROWS = 10_000
"""Rows of an answer that a page can show; a download has all."""

MOST_RUNNING, MOST_WAITING = 2, 8
"""Statements that run, and that wait for these, at the same time."""


class Client:
    """Who waits for an answer, and may leave.

    Attributes:
        has_left: Whether nobody waits any more.
    """

    def __init__(self) -> None:
        self.has_left = threading.Event()
        self._end: Callable[[], None] | None = None

    def leave(self) -> None:
        """Say that nobody waits any more, which ends the process of the statement."""
        self.has_left.set()
        if self._end is not None:
            self._end()

    def on_leave(self, end: Callable[[], None]) -> None:
        """Say what to call when nobody waits any more."""
        self._end = end
        if self.has_left.is_set():
            end()


class StatementRunner:
    """Runs statements, each in a process of its own where the system has what it takes (Linux).

    Elsewhere they run in this process, by the same rules, and in the time that the database was opened with.

    Args:
        db: The database.
    """

    def __init__(self, db: ImageRewardDB) -> None:
        self._db = db
        self._slots = threading.BoundedSemaphore(MOST_RUNNING)
        self._lock = threading.Lock()
        self._clients: set[Client] = set()

    def run(self, text: str, most_rows: int | None, client: Client) -> pl.DataFrame:
        """Return the rows of a statement.

        Args:
            text: The statement.
            most_rows: One row more is returned if there are more; None returns all.
            client: Who waits for them.

        Raises:
            BusyError: Too many statements run and wait.
            ClientLeftError: Nobody waits any more.
            QueryError: The engine refuses the statement or fails.
            StatementError: It is not one statement that reads.
            IsolationError: The process needed more time or memory than it may have.
        """
        with self._lock:
            if len(self._clients) >= MOST_RUNNING + MOST_WAITING:
                raise BusyError(MOST_RUNNING, MOST_WAITING)
            self._clients.add(client)
        try:
            while not self._slots.acquire(timeout=STEP):
                if client.has_left.is_set():
                    raise ClientLeftError
            try:
                return self._run(text, most_rows, client)
            finally:
                self._slots.release()
        finally:
            with self._lock:
                self._clients.discard(client)

    def stop(self) -> None:
        """End every process."""
        with self._lock:
            clients = list(self._clients)
        for client in clients:
            client.leave()

    def _run(self, text: str, most_rows: int | None, client: Client) -> pl.DataFrame:
        if sys.platform != "linux":
            rows = self._db.sql(text, lazy=True)
            return (rows if most_rows is None else rows.head(most_rows + 1)).collect()
        limits = Limits(timeout=SECONDS, memory_limit=MEMORY, max_rows=most_rows)
        try:
            return details_of(self._db).run_isolated(text, None, limits, client.on_leave, MOST_BYTES)
        except Exception:
            if client.has_left.is_set():
                raise ClientLeftError from None
            raise
