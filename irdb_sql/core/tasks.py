"""Runs a blocking call in a thread, so that Ctrl-C stops it at once.

DuckDB does not look at signals while it works. So it works in a thread, and the caller waits in short steps; when the
caller is interrupted, or loses interest, the call is interrupted, too.

Ctrl-C can come between any two operations, and threading.Event and Thread.start hold locks of their own over several:
there it would end in "release unlocked lock", or leave a lock held for good. A task needs one lock and two flags, a
worker one queue that is written in C.
"""

from __future__ import annotations

import _thread
import contextlib
import queue
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
_STEP = 0.05


class Task(Generic[T]):
    """A call that works in a thread of its own once it is started.

    Args:
        work: The call.
        interrupt: Makes the call return early. One that comes before the work has really begun may be lost, so it is
            repeated until the work ends.
    """

    def __init__(self, work: Callable[[], T], interrupt: Callable[[], None]) -> None:
        self._work = work
        self._interrupt = interrupt
        self._value: T | None = None
        self._error: BaseException | None = None
        self._has_begun = self._has_ended = False
        self._running = _thread.allocate_lock()
        self._running.acquire()

    def start(self) -> Self:
        """Begin to work."""
        _thread.start_new_thread(self.run, ())
        return self

    def ended(self, within: float = _STEP) -> bool:
        """Wait some seconds for the end, and tell whether it came."""
        if not self._has_ended:
            self._running.acquire(timeout=within)
        return self._has_ended

    def result(self) -> T:
        """Wait for the value, or raise what the work raised; an interrupted wait stops the work first."""
        try:
            while not self.ended():
                pass
        except BaseException:
            self.stop()
            raise
        if self._error is not None:
            raise self._error
        return cast("T", self._value)

    def stop(self) -> None:
        """Interrupt the work until it has ended, if it has begun, whatever the user presses meanwhile."""
        while self._has_begun and not self._has_ended:
            with contextlib.suppress(KeyboardInterrupt):
                self._interrupt()
                self.ended()

    def run(self) -> None:
        """Work in the calling thread, and keep the value or the error for whoever waits."""
        self._has_begun = True
        try:
            self._value = self._work()
        except BaseException as error:  # noqa: BLE001 - it is raised again in the thread that waits
            self._error = error
        finally:
            self._has_ended = True
            self._running.release()


class Worker:
    """One thread that runs tasks one after the other; it begins with the first of them."""

    def __init__(self) -> None:
        self._tasks: queue.SimpleQueue[Task[Any] | None] = queue.SimpleQueue()
        self._has_thread = False

    def start(self, task: Task[T]) -> Task[T]:
        """Run a task when those before it have ended."""
        if not self._has_thread:
            _thread.start_new_thread(_run_all, (self._tasks,))
            self._has_thread = True
        self._tasks.put(task)
        return task

    def close(self) -> None:
        """Let the thread end when its tasks have."""
        self._tasks.put(None)


def _run_all(tasks: queue.SimpleQueue[Task[Any] | None]) -> None:
    """Run tasks until there is none: apart from the worker, so that the thread does not keep it alive."""
    while (task := tasks.get()) is not None:
        task.run()
        del task  # its value may be a large result, which the caller alone is to hold


def silent_progress(_done: int, _total: int) -> None:
    """Show no progress."""
