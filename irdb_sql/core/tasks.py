"""Runs a blocking call so that Ctrl-C stops it at once.

The engine does not look at signals while it works, so it works in a thread of its own and the caller waits for it in
steps; when the caller is interrupted, or loses interest, the engine is told to stop.

Ctrl-C can come between any two calls, and threading.Event and Thread.start hold locks of their own over several: there
it would end in "release unlocked lock", or leave a lock held for good. One lock and two flags need no such care.
"""

from __future__ import annotations

import _thread
import contextlib
from typing import TYPE_CHECKING, Generic, Self, TypeVar, cast

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
        _thread.start_new_thread(self._run, ())
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

    def _run(self) -> None:
        self._has_begun = True
        try:
            self._value = self._work()
        except BaseException as error:  # noqa: BLE001 - it is raised again in the thread that waits
            self._error = error
        finally:
            self._has_ended = True
            self._running.release()
