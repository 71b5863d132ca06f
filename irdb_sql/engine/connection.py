"""DuckDB in memory, and its cursors: each works in a thread of its own, which Ctrl-C and `close` can stop."""

from __future__ import annotations

import atexit
import contextlib
import threading
import time
import weakref
from typing import TYPE_CHECKING, Any, Self, TypeVar

import duckdb

from irdb_sql.core.tasks import Task, Worker
from irdb_sql.engine.errors import ClosedError, LimitError
from irdb_sql.errors import IrdbError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from types import TracebackType

    from duckdb import DuckDBPyConnection

    from irdb_sql.engine.limits import Limits

T = TypeVar("T")
_DRAINING_SECONDS = 1.0


class Connection:
    """A DuckDB in memory, whose cursors any number of threads may open.

    At the end of the process whatever still runs is stopped first: the engine's threads cannot outlive Python.

    Args:
        limits: What a statement may take.
        describe: Makes an error of ours of what DuckDB raises.

    Attributes:
        interrupts: How many times a cursor was interrupted.

    Raises:
        LimitError: DuckDB does not take a limit.
    """

    def __init__(self, limits: Limits, describe: Callable[[Exception], IrdbError]) -> None:
        try:
            self._root: DuckDBPyConnection | None = duckdb.connect(config=limits.config())
        except duckdb.Error as error:
            raise LimitError(str(error)) from error
        self.describe = describe
        self.interrupts = 0
        self._lock = threading.Lock()
        self._cursors: set[Cursor] = set()
        _open_connections.add(self)

    def cursor(self) -> Cursor:
        """Open a cursor, which whoever asks for it closes."""
        cursor = Cursor(self, self.duck_cursor())
        self._cursors.add(cursor)
        return cursor

    def duck_cursor(self) -> DuckDBPyConnection:
        """Open a cursor of DuckDB's own."""
        with self._lock:
            if self._root is None:
                raise ClosedError
            return self._root.cursor()

    def refuse_closed(self) -> None:
        """Raise a ClosedError if it is closed."""
        if self._root is None:
            raise ClosedError

    @property
    def is_closed(self) -> bool:
        """Whether it is closed."""
        return self._root is None

    @property
    def is_idle(self) -> bool:
        """Whether no statement runs and no result is half read."""
        return not self._cursors

    @contextlib.contextmanager
    def begin(self) -> Generator[None]:
        """Keep it open while the beginning of some work is noted."""
        with self._lock:
            if self._root is None:
                raise ClosedError
            yield

    def discard(self, cursor: Cursor) -> None:
        """Forget a cursor that is closed."""
        self._cursors.discard(cursor)

    def close(self) -> None:
        """Stop what runs and let go of files and memory; whoever waits for rows gets a ClosedError."""
        with self._lock:
            root, self._root = self._root, None
        if root is None:
            return
        cursors = list(self._cursors)
        for cursor in cursors:
            cursor.stop()
        for duck in [*(cursor.duck for cursor in cursors), root]:
            with contextlib.suppress(duckdb.Error):  # its thread may be closing it
                duck.close()


class Cursor:
    """A cursor of DuckDB and the one thread in which it works; a context manager that closes it.

    Args:
        connection: Where it belongs to.
        duck: DuckDB's cursor.
    """

    def __init__(self, connection: Connection, duck: DuckDBPyConnection) -> None:
        self.duck = duck
        self._connection = connection
        self._worker = Worker()
        self._task: Task[Any] | None = None
        self._closings: list[Callable[[], None]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()  # Ctrl-C may come between the start of some work and the wait for its end
        self._connection.discard(self)
        self._worker.close()
        self.duck.close()

    def run(self, work: Callable[[DuckDBPyConnection], T]) -> T:
        """Do some work in the cursor's thread and return its value; Ctrl-C stops it."""
        task = self._start(work)
        return self._result(task)

    def wait(self, work: Callable[[DuckDBPyConnection], T]) -> Generator[None, None, T]:
        """Do some work as `run` does, but yield None while it lasts; given up, stop it."""
        task = self._start(work)
        try:
            while not task.ended():
                yield None
        except GeneratorExit:
            # Polars has given up. If for Ctrl-C, Python's own notice of it can arrive here, and Polars reports it too.
            try:
                task.stop()
            except KeyboardInterrupt:
                task.stop()
            raise
        except BaseException:  # Ctrl-C in the main thread
            task.stop()
            raise
        return self._result(task)

    def stop(self) -> None:
        """Interrupt what runs until it has ended, and close what was opened on the way."""
        if self._task is not None:
            self._task.stop()
        for closing in self._closings:
            closing()

    def when_stopped(self, closing: Callable[[], None]) -> None:
        """Keep a call that closes what the cursor has opened, for when the work is stopped."""
        self._closings.append(closing)

    def _start(self, work: Callable[[DuckDBPyConnection], T]) -> Task[T]:
        task = Task(lambda: work(self.duck), self._interrupt)
        with self._connection.begin():
            self._task = task  # before it begins: Ctrl-C may come at any moment
        return self._worker.start(task)

    def _interrupt(self) -> None:
        self._connection.interrupts += 1
        self.duck.interrupt()

    def _result(self, task: Task[T]) -> T:
        try:
            return task.result()
        except IrdbError:
            raise
        except (duckdb.Error, OSError) as error:  # the latter is what a batch's failure is to Arrow
            if self._connection.is_closed:
                raise ClosedError from error
            raise self._connection.describe(error) from error
        finally:
            self._task = None


_open_connections: weakref.WeakSet[Connection] = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    """Close every connection, and wait a moment for the threads of Polars that were reading from it."""
    connections = list(_open_connections)
    for connection in connections:
        connection.close()
    patience = time.monotonic() + _DRAINING_SECONDS
    while not all(connection.is_idle for connection in connections) and time.monotonic() < patience:
        time.sleep(_DRAINING_SECONDS / 100)
