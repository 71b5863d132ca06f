"""The process that answers one statement: it takes a task from standard input and writes rows or an error."""

from __future__ import annotations

import pickle
import resource
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from irdb_sql.database.facade import ImageRewardDB
from irdb_sql.engine.isolation import ANSWER, ERROR, MEMORY, TIMEOUT
from irdb_sql.errors import IrdbError

if TYPE_CHECKING:
    import polars as pl

    from irdb_sql.engine.isolation import IsolatedTask
    from irdb_sql.engine.limits import Limits

_OVERHEAD = 500_000_000  # bytes of address space for threads and what they set apart
_GRACE = 0.5  # seconds in which the engine may stop a statement by itself


def main() -> None:
    """Take a task and answer it."""
    task = pickle.load(sys.stdin.buffer)  # noqa: S301 - what irdb_sql.engine.isolation wrote
    try:
        rows = _answered(task)
    except IrdbError as error:
        sys.stdout.buffer.write(ERROR + pickle.dumps(error))
        return
    sys.stdout.buffer.write(ANSWER)
    rows.write_ipc_stream(sys.stdout.buffer)


def _answered(task: IsolatedTask) -> pl.DataFrame:
    options: Any = vars(task.limits)
    with ImageRewardDB(task.source, images_root=task.images_root, **options) as db:
        db.adopt(task.views, task.tables)
        _limit(task.limits)
        rows = db.answer_checked(task.text, task.params)
        signal.setitimer(signal.ITIMER_REAL, 0)
    return rows


def _limit(limits: Limits) -> None:
    """Let this process take so much memory on top of what it has, and let the system end it after its time."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * resource.getpagesize() + (limits.bytes() or MEMORY) + _OVERHEAD
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # SIGALRM ends a process, whatever it does.
    signal.setitimer(signal.ITIMER_REAL, (limits.timeout or TIMEOUT) + _GRACE)


if __name__ == "__main__":
    main()
