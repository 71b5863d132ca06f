"""Ctrl-C at every moment of starting some work and waiting for it: it ends the wait and the work, and nothing else breaks."""

from __future__ import annotations

import queue
import sys
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any

from irdb_sql.core.tasks import Task

if TYPE_CHECKING:
    from types import FrameType


def test_ctrl_c_between_any_two_operations_is_ctrl_c() -> None:
    for moment in count():
        told: queue.SimpleQueue[None] = queue.SimpleQueue()
        task = Task(told.get, partial(told.put, None))
        left = moment

        def trace(frame: FrameType, event: str, argument: object) -> Any:  # noqa: ARG001 - Python's signature
            nonlocal left
            frame.f_trace_opcodes = True
            left -= event == "opcode"
            if left < 0:
                raise KeyboardInterrupt
            return trace

        sys.settrace(trace)
        try:
            task.start()
            task.ended()
        except KeyboardInterrupt:
            pass
        else:
            break
        finally:
            sys.settrace(None)
            task.stop()
    assert moment > 20
