"""Runs a blocking call in a thread, so that Ctrl-C stops it at once.

DuckDB does not handle signals while it works. So it works in a thread, and the caller waits in short steps; when the
caller is interrupted or stops waiting, the call is interrupted too.

KeyboardInterrupt can be raised between any two operations. threading.Event and Thread.start hold locks over several
operations, where it would leave a lock held or end in "release unlocked lock". So a task has one lock and two flags,
and a worker has a queue that is written in C.
"""

from __future__ import annotations

import _thread
import contextlib
import os
import queue
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
_STEP = 0.05


class StoppedError(Exception):
    """A task was stopped before it had begun."""


class Task(Generic[T]):
    """A function call that runs in its own thread.

    Args:
        work: The function.
        interrupt: Makes the function return early. An interrupt before it has really begun may be lost, so it is
            repeated until the function returns.
    """

    def __init__(self, work: Callable[[], T], interrupt: Callable[[], None]) -> None:
        self._work = work
        self._interrupt = interrupt
        self._value: T | None = None
        self._error: BaseException | None = None
        self._is_started = self._is_stopped = self._is_done = False
        self._running = _thread.allocate_lock()
        self._running.acquire()

    def start(self) -> Self:
        """Start the call in a new thread."""
        _thread.start_new_thread(self.run, ())
        return self

    def has_ended(self, within: float = _STEP) -> bool:
        """Whether the call has ended, after waiting at most `within` seconds."""
        if not self._is_done:
            self._running.acquire(timeout=within)
        return self._is_done

    def result(self) -> T:
        """Return the call's value or raise its error; Ctrl-C stops it."""
        try:
            while not self.has_ended():
                pass
        except BaseException:
            self.stop()
            raise
        if self._error is not None:
            raise self._error
        return cast("T", self._value)

    @property
    def is_done(self) -> bool:
        """Whether the call has ended."""
        return self._is_done

    def stop(self) -> None:
        """Interrupt a started call until it has ended, ignoring further Ctrl-C; one that has not begun never will."""
        self._is_stopped = True  # before the flag below is read, which `run` sets before it reads this one
        while self._is_started and not self._is_done:
            with contextlib.suppress(KeyboardInterrupt):
                self._interrupt()
                self.has_ended()

    def run(self) -> None:
        """Run the call in this thread and store what `result` returns."""
        self._is_started = True
        try:
            if self._is_stopped:
                raise StoppedError  # noqa: TRY301 - for `result`, as any other error
            self._value = self._work()
        except BaseException as error:  # noqa: BLE001 - `result` raises it in the waiting thread
            self._error = error
        finally:
            self._is_done = True
            self._running.release()


class Worker:
    """A thread that runs tasks in order, started by the first.

    The threads of closed workers are used again, because a library pays for what it first does in a new one.
    """

    def __init__(self) -> None:
        self._tasks: queue.SimpleQueue[Task[Any] | None] = queue.SimpleQueue()
        self._last: Task[Any] | None = None
        self._has_thread = False
        with contextlib.suppress(IndexError):
            self._tasks = _idle.pop()
            self._has_thread = True

    def start(self, task: Task[T]) -> Task[T]:
        """Run a task after all earlier ones."""
        if not self._has_thread:
            _thread.start_new_thread(_run_all, (self._tasks,))
            self._has_thread = True
        self._last = task
        self._tasks.put(task)
        return task

    def close(self) -> None:
        """Let the thread do tasks of another worker, or end after those of this one."""
        if not self._has_thread:
            return
        is_free = self._last is None or self._last.is_done
        tasks, self._tasks, self._last, self._has_thread = self._tasks, queue.SimpleQueue(), None, False
        if is_free and len(_idle) < _MOST_IDLE:
            _idle.append(tasks)
        else:
            tasks.put(None)


_idle: list[queue.SimpleQueue[Task[Any] | None]] = []
"""The queues of threads that wait for tasks."""
_MOST_IDLE = 4

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_idle.clear)  # a forked process has none of its parent's threads


def _run_all(tasks: queue.SimpleQueue[Task[Any] | None]) -> None:
    """Run tasks until None comes, without a reference to the worker."""
    while (task := tasks.get()) is not None:
        task.run()
        del task  # or this thread would keep a large result alive after the caller drops it


def silent_progress(_done: int, _total: int) -> None:
    """Ignore progress, as the default of `progress` options."""
