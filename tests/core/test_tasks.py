"""Ctrl-C at every moment of starting a task and waiting for it ends the wait and the task, and nothing else."""

from __future__ import annotations

import queue
import sys
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any

from irdb_sql.core.tasks import Task

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
