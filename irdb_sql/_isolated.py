"""The separate process of an isolated statement: reads a task from stdin, writes its answer to stdout."""

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
from irdb_sql.database.own_queries import define_again
from irdb_sql.engine.answer_blocks import write_error, write_rows
from irdb_sql.engine.isolation import MEMORY, TIMEOUT
from irdb_sql.engine.local import DuckDBEngine
from irdb_sql.engine.registered import RegisteredTables
from irdb_sql.errors import IrdbError
from irdb_sql.images.reader import ImageReader

if TYPE_CHECKING:
    import polars as pl

    from irdb_sql.engine.isolation import IsolatedTask
    from irdb_sql.engine.limits import Limits

_OVERHEAD = 500_000_000  # bytes of address space for threads and their memory pools
_GRACE = 0.5  # seconds for the engine to stop a statement itself


def main() -> None:
    """Run the task of standard input."""
    task = pickle.load(sys.stdin.buffer)  # noqa: S301 - irdb_sql.engine.isolation wrote it
    try:
        rows = _run(task)
    except IrdbError as error:
        write_error(sys.stdout.buffer, error)
        return
    write_rows(sys.stdout.buffer, rows)


def _run(task: IsolatedTask) -> pl.DataFrame:
    """Run a task's statement in a copy of its database."""
    catalog = load().copy()
    reader = ImageReader(task.source, task.images_root)
    engine = DuckDBEngine(task.source, catalog, reader.listing, task.limits)
    with contextlib.closing(engine):
        lock_down(engine, reader, trusted=False)
        define_again(engine, catalog, task.own_files)
        RegisteredTables(engine, catalog).restore(task.views, task.tables)
        _limit(task.limits)
        max_rows = task.limits.max_rows
        rows = engine.prepare(task.text, task.params).frame(None if max_rows is None else max_rows + 1)
        signal.setitimer(signal.ITIMER_REAL, 0)
    return rows


def _limit(limits: Limits) -> None:
    """Let the system limit further memory and the time of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    max_bytes = pages * resource.getpagesize() + (limits.bytes() or MEMORY) + _OVERHEAD
    resource.setrlimit(resource.RLIMIT_AS, (max_bytes, max_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # SIGALRM kills the process, whatever it does.
    signal.setitimer(signal.ITIMER_REAL, (limits.timeout or TIMEOUT) + _GRACE)


if __name__ == "__main__":
    main()
