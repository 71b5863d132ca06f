"""The process that answers one statement: it takes a task from standard input and writes rows or an error."""

from __future__ import annotations

import contextlib
import pickle
import resource
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from irdb_sql.core.catalog import load
from irdb_sql.database.connect import lock_down
from irdb_sql.engine.isolation import ROWS, ERROR, MEMORY, TIMEOUT
from irdb_sql.engine.local import DuckDBEngine
from irdb_sql.engine.registered import RegisteredTables
from irdb_sql.errors import IrdbError
from irdb_sql.images.reader import ImageReader

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
        rows = _answer(task)
    except IrdbError as error:
        sys.stdout.buffer.write(ERROR + pickle.dumps(error))
        return
    sys.stdout.buffer.write(ROWS)
    rows.write_ipc_stream(sys.stdout.buffer)


def _answer(task: IsolatedTask) -> pl.DataFrame:
    """Run the statement of a task in a database like the one that it comes from."""
    catalog = load()
    reader = ImageReader(task.source, task.images_root)
    engine = DuckDBEngine(task.source, catalog, reader.listing, task.limits)
    with contextlib.closing(engine):
        lock_down(engine, reader, trusted=False)
        RegisteredTables(engine, catalog).restore(task.views, task.tables)
        _limit(task.limits)
        max_rows = task.limits.max_rows
        rows = engine.prepare(task.text, task.params).frame(None if max_rows is None else max_rows + 1)
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
