"""A thread pool that reads image bytes and expands pairs in parallel.

Its threads are daemons, so that a slow server delays neither Ctrl-C nor the exit of Python, as it would in a
ThreadPoolExecutor.
"""

from __future__ import annotations

import os
import queue
import threading
from collections import deque
from concurrent.futures import FIRST_EXCEPTION, Future
from concurrent.futures import wait as wait_for_futures
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence

T = TypeVar("T")
_STEP = 0.05  # seconds
CORES = os.cpu_count() or 1
"""How many tasks that compute run in parallel."""
_THREADS = max(16, CORES)  # more than cores, because reading from a network is mostly waiting


class ThreadPool:
    """A pool of threads, started only when no thread is idle."""

    def __init__(self) -> None:
        self._tasks: queue.SimpleQueue[tuple[Future[Any], Callable[[], Any]]] = queue.SimpleQueue()
        self._idle = threading.Semaphore(0)
        self._started = 0
        self._lock = threading.Lock()

    def submit(self, work: Callable[[], T]) -> Future[T]:
        """Run a task in a thread and return its future."""
        future: Future[T] = Future()
        self._tasks.put((future, work))
        if not self._idle.acquire(blocking=False):
            with self._lock:
                if self._started < _THREADS:
                    self._started += 1
                    threading.Thread(target=self._run, name="irdb-sql reader", daemon=True).start()
        return future

    def _run(self) -> None:
        while True:
            future, work = self._tasks.get()
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(work())
                except BaseException as error:  # noqa: BLE001 - the future raises it in the waiting thread
                    future.set_exception(error)
            del future, work  # or an idle thread would keep its last result alive
            self._idle.release()


def in_order(tasks: Iterable[Callable[[], T]], ahead: int) -> Iterator[T]:
    """Yield the values of tasks in order, running some ahead.

    A single task runs in the current thread.
    """
    rest = iter(tasks)
    first_two = list(islice(rest, 2))
    if len(first_two) < 2:  # noqa: PLR2004 - the two of the line above
        yield from (task() for task in first_two)
        return
    waiting: deque[Future[T]] = deque()
    try:
        for task in chain(first_two, rest):
            waiting.append(THREAD_POOL.submit(task))
            if len(waiting) > ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        try:
            _cancel(waiting)
        except KeyboardInterrupt:  # Python may raise it late, while the generator is closed because of it
            _cancel(waiting)


def gather(tasks: Sequence[Future[Any]]) -> Generator[None, None, list[Any]]:
    """Return the values of tasks, yielding None while they run."""
    try:
        running = set(tasks)
        while running:
            done, running = wait_for_futures(running, _STEP, FIRST_EXCEPTION)
            for task in done:
                task.result()  # raises an error of the task at once, without waiting for the other tasks
            if running:
                yield None
        return [task.result() for task in tasks]
    finally:
        try:
            _cancel(tasks)
        except KeyboardInterrupt:  # Python may raise it late, after Polars has closed the generator because of it
            _cancel(tasks)


def _cancel(tasks: Iterable[Future[Any]]) -> None:
    for task in tasks:
        task.cancel()


def wait(steps: Generator[None, None, T], check: Callable[[], object] = bool) -> T:
    """Run a generator to its end and return its result."""
    while True:
        try:
            next(steps)
            check()
        except StopIteration as end:
            return cast("T", end.value)


THREAD_POOL = ThreadPool()
"""The threads of this process; every database shares them."""

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=THREAD_POOL.__init__)  # type: ignore[misc]  # a forked child has none of its parent's threads
