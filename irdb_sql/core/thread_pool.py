"""Threads that read image bytes, or expand pairs, side by side.

They are daemons: a slow server holds up neither Ctrl-C nor the end of the process; a ThreadPoolExecutor would wait.
"""

from __future__ import annotations

import os
import queue
import threading
from collections import deque
from concurrent.futures import FIRST_EXCEPTION, Future, wait
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence

T = TypeVar("T")
_STEP = 0.05  # seconds
CORES = os.cpu_count() or 1
"""Tasks that keep a processor busy are best split into this many."""
_THREADS = max(16, CORES)  # most of what they do on a network is wait


class ThreadPool:
    """Threads that take tasks in the order in which they came; a thread starts when there is work for it."""

    def __init__(self) -> None:
        self._tasks: queue.SimpleQueue[tuple[Future[Any], Callable[[], Any]]] = queue.SimpleQueue()
        self._idle = threading.Semaphore(0)
        self._started = 0
        self._lock = threading.Lock()

    def submit(self, work: Callable[[], T]) -> Future[T]:
        """Have a task done; its future tells the value, or raises what it raised, and can be cancelled."""
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
                except BaseException as error:  # noqa: BLE001 - it is raised again where the result is asked for
                    future.set_exception(error)
            del future, work  # or a waiting thread would hold the bytes that it read last
            self._idle.release()


def in_order(tasks: Iterable[Callable[[], T]], ahead: int) -> Iterator[T]:
    """Return the values of tasks in their order, while threads work on so many of the next ones.

    One task alone is not worth a thread of its own.
    """
    rest = iter(tasks)
    begin = list(islice(rest, 2))
    if len(begin) < 2:  # noqa: PLR2004 - one or none
        yield from (task() for task in begin)
        return
    waiting: deque[Future[T]] = deque()
    try:
        for task in chain(begin, rest):
            waiting.append(THREAD_POOL.submit(task))
            if len(waiting) > ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        try:
            _cancel(waiting)
        except KeyboardInterrupt:  # as below
            _cancel(waiting)


def finished(tasks: Sequence[Future[Any]]) -> Generator[None, None, list[Any]]:
    """Wait for tasks, yielding None meanwhile; given up, leave out those that have not begun."""
    try:
        left = set(tasks)
        while left:
            done, left = wait(left, _STEP, FIRST_EXCEPTION)
            for task in done:
                task.result()  # raises what the task raised, without waiting for the others
            if left:
                yield None
        return [task.result() for task in tasks]
    finally:
        try:
            _cancel(tasks)
        except KeyboardInterrupt:  # the notice of what has ended the wait can come late, and Polars reports it, too
            _cancel(tasks)


def _cancel(tasks: Iterable[Future[Any]]) -> None:
    for task in tasks:
        task.cancel()


def outcome(steps: Generator[None, None, T], between: Callable[[], object] = bool) -> T:
    """Go through all steps of a piece of work and return what it returns; what is called between two may end it."""
    while True:
        try:
            next(steps)
            between()
        except StopIteration as end:
            return cast("T", end.value)


THREAD_POOL = ThreadPool()
"""The threads of this process; every database shares them."""

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=THREAD_POOL.__init__)  # type: ignore[misc]  # a child has none of its parent's threads
