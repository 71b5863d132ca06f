"""An in-memory DuckDB and its cursors, each with its own thread, which Ctrl-C and `close` can stop."""

from __future__ import annotations

import atexit
import contextlib
import os
import threading
import time
import weakref
from typing import TYPE_CHECKING, Any, Self, TypeVar

import duckdb

from irdb_sql.core.tasks import StoppedError, Task, Worker
from irdb_sql.engine.errors import ClosedError, LimitError
from irdb_sql.engine.processes import PROCESSES, check_process, is_forked
from irdb_sql.errors import IrdbError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from types import TracebackType

    from duckdb import DuckDBPyConnection

    from irdb_sql.engine.limits import Limits

T = TypeVar("T")
_DRAINING_SECONDS = 1.0


class Connection:
    """An in-memory DuckDB, of which any number of threads may open cursors.

    Running statements are stopped before Python exits, because DuckDB's threads cannot outlive it.

    Args:
        limits: Limits of time, rows, memory and threads.
        translate_error: Turns an exception of DuckDB into an IrdbError.

    Attributes:
        interrupt_count: How many times a cursor was interrupted.

    Raises:
        LimitError: DuckDB refuses a limit.
    """

    def __init__(self, limits: Limits, translate_error: Callable[[Exception], IrdbError]) -> None:
        check_process()
        PROCESSES.add(os.getpid())
        try:
            self._root: DuckDBPyConnection | None = duckdb.connect(config=limits.config())
        except duckdb.Error as error:
            raise LimitError(str(error)) from error
        self.translate_error = translate_error
        self.interrupt_count = 0
        self._lock = threading.Lock()
        self._cursors: set[Cursor] = set()
        _open_connections.add(self)

    def cursor(self) -> Cursor:
        """Open a cursor, which the caller closes."""
        check_process()
        cursor = Cursor(self, self.duck_cursor())
        self._cursors.add(cursor)
        return cursor

    def duck_cursor(self) -> DuckDBPyConnection:
        """Open a plain DuckDB cursor, without a thread."""
        with self._lock:
            if self._root is None:
                raise ClosedError
            return self._root.cursor()

    def check_open(self) -> None:
        """Raise a ClosedError if the connection is closed."""
        if self._root is None:
            raise ClosedError

    @property
    def is_closed(self) -> bool:
        """Whether the connection is closed."""
        return self._root is None

    @property
    def is_idle(self) -> bool:
        """Whether no cursor is open."""
        return not self._cursors

    @contextlib.contextmanager
    def hold_open(self) -> Generator[None]:
        """Keep the connection open in a block, or raise a ClosedError."""
        with self._lock:
            if self._root is None:
                raise ClosedError
            yield

    def discard(self, cursor: Cursor) -> None:
        """Remove a closed cursor from the open ones."""
        self._cursors.discard(cursor)

    def close(self) -> None:
        """Stop running statements, with a ClosedError, and release files and memory."""
        with self._lock:
            root, self._root = self._root, None
        if root is None:
            return
        cursors = list(self._cursors)
        for cursor in cursors:
            cursor.stop()
        for duck in [*(cursor.duck for cursor in cursors), root]:
            with contextlib.suppress(duckdb.Error):  # its own thread may close it at the same moment
                duck.close()


class Cursor:
    """A DuckDB cursor with its own thread, as a context manager.

    Args:
        connection: The connection that it belongs to.
        duck: The plain DuckDB cursor.
    """

    def __init__(self, connection: Connection, duck: DuckDBPyConnection) -> None:
        self.duck = duck
        self._connection = connection
        self._worker = Worker()
        self._task: Task[Any] | None = None
        self._stop_callbacks: list[Callable[[], None]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()  # Ctrl-C may arrive after a task has started and before anything waits for it
        self._connection.discard(self)
        self._worker.close()
        self.duck.close()

    def run(self, work: Callable[[DuckDBPyConnection], T]) -> T:
        """Call a function in the cursor's thread, until Ctrl-C stops it."""
        task = self._start(work)
        return self._finish(task)

    def wait(self, work: Callable[[DuckDBPyConnection], T]) -> Generator[None, None, T]:
        """Call a function as `run` does, yielding None while it works."""
        task = self._start(work)
        try:
            while not task.has_ended():
                yield None
        except GeneratorExit:
            # Polars closes the generator on Ctrl-C and reports it. Python may raise its own KeyboardInterrupt here.
            try:
                task.stop()
            except KeyboardInterrupt:
                task.stop()
            raise
        except BaseException:  # Ctrl-C in the main thread
            task.stop()
            raise
        return self._finish(task)

    def stop(self) -> None:
        """Interrupt the running task, then call the callbacks of `on_stop`."""
        if self._task is not None:
            self._task.stop()
        for callback in self._stop_callbacks:
            callback()

    def on_stop(self, callback: Callable[[], None]) -> None:
        """Register a callback for `stop`, such as one that closes a result."""
        self._stop_callbacks.append(callback)

    def _start(self, work: Callable[[DuckDBPyConnection], T]) -> Task[T]:
        task = Task(lambda: work(self.duck), self._interrupt)
        with self._connection.hold_open():
            self._task = task  # set before it starts, because Ctrl-C may come at any moment
        return self._worker.start(task)

    def _interrupt(self) -> None:
        self._connection.interrupt_count += 1
        self.duck.interrupt()

    def _finish(self, task: Task[T]) -> T:
        """Wait for the running task, and return its result or raise its error, translated."""
        try:
            return task.result()
        except IrdbError:
            raise
        # Arrow raises OSError when a batch of rows fails, and DuckDB's module the last for a message that is not UTF-8.
        except (duckdb.Error, OSError, UnicodeDecodeError, StoppedError) as error:
            if self._connection.is_closed:
                raise ClosedError from error
            raise self._connection.translate_error(error) from error
        finally:
            self._task = None


_open_connections: weakref.WeakSet[Connection] = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    """Close every connection, and wait briefly for threads that read."""
    if is_forked():
        return
    connections = list(_open_connections)
    for connection in connections:
        connection.close()
    deadline = time.monotonic() + _DRAINING_SECONDS
    while not all(connection.is_idle for connection in connections) and time.monotonic() < deadline:
        time.sleep(_DRAINING_SECONDS / 100)
