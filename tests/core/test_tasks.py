"""Ctrl-C at every moment of starting a task and waiting for it ends the wait and the task, and nothing else."""

from __future__ import annotations

import queue
import sys
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from irdb_sql.core import tasks
from irdb_sql.core.tasks import StoppedError, Task, Worker

if TYPE_CHECKING:
    from types import FrameType


def test_ctrl_c_between_any_two_operations_raises_keyboard_interrupt() -> None:
    for moment in count():
        interrupts: queue.SimpleQueue[None] = queue.SimpleQueue()
        task = Task(interrupts.get, partial(interrupts.put, None))
        operations_left = moment

        def trace(frame: FrameType, event: str, argument: object) -> Any:  # noqa: ARG001 - Python's signature
            nonlocal operations_left
            frame.f_trace_opcodes = True
            operations_left -= event == "opcode"
            if operations_left < 0:
                raise KeyboardInterrupt
            return trace

        sys.settrace(trace)
        try:
            task.start()
            task.has_ended()
        except KeyboardInterrupt:
            pass
        else:
            break
        finally:
            sys.settrace(None)
            task.stop()
    assert moment > 20


def test_a_task_that_is_stopped_before_it_begins_never_does() -> None:
    task = Task(lambda: pytest.fail("it ran"), partial(pytest.fail, "there is nothing to interrupt"))
    task.stop()
    task.run()
    with pytest.raises(StoppedError):
        task.result()


def test_a_thread_that_still_works_is_given_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "_idle", [])
    gate: queue.SimpleQueue[None] = queue.SimpleQueue()
    busy, free = Worker(), Worker()
    working = busy.start(Task(gate.get, partial(gate.put, None)))
    busy.close()
    assert not tasks._idle  # noqa: SLF001 - the thread waits at the gate
    assert free.start(Task(lambda: 7, lambda: None)).result() == 7
    free.close()
    assert len(tasks._idle) == 1  # noqa: SLF001 - as above
    gate.put(None)
    working.result()
