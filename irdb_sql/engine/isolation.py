"""Runs a statement in a separate process, whose time and memory the system limits: for untrusted SQL."""

from __future__ import annotations

import pickle
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from irdb_sql.engine.errors import IsolationError, TimeLimitError
from irdb_sql.engine.limits import spill_folders
from irdb_sql.errors import IrdbError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from irdb_sql.engine.limits import Limits
    from irdb_sql.sources.local import Source

TIMEOUT, MEMORY = 30.0, 2_000_000_000
"""Default limits of a statement: seconds, and bytes of memory."""

_START_SECONDS = 10.0  # that the process may need to start
ROWS, ERROR = b"A", b"E"
"""The first byte of the output: rows follow, or a pickled error."""


@dataclass(frozen=True)
class IsolatedTask:
    """A statement, and what a separate process needs to run it.

    Attributes:
        source: The source of the database.
        images_root: Folder or URL of its images.
        views: Rows that replace views, by the view's name.
        tables: Registered tables, by name.
        text: The statement.
        params: Its parameters.
        limits: Its limits.
    """

    source: Source
    images_root: str
    views: Mapping[str, pl.DataFrame]
    tables: Mapping[str, pl.DataFrame]
    text: str
    params: Mapping[str, Any] | Sequence[Any] | None
    limits: Limits


def run_isolated(task: IsolatedTask) -> pl.DataFrame:
    """Return at most `max_rows` + 1 rows from a separate process.

    Raises:
        StatementError: The text is not one read-only statement.
        QueryError: DuckDB refuses the statement or fails.
        TimeLimitError: It ran longer than its limit, and the process was killed.
        IsolationError: The process ended without a result, for example out of memory, or this is not Linux.
    """
    if sys.platform != "linux":
        raise IsolationError(None)
    limits = task.limits
    seconds = TIMEOUT if limits.timeout is None else limits.timeout
    task = replace(task, limits=replace(limits, timeout=seconds, memory_limit=limits.memory_limit or f"{MEMORY} B"))
    command = [sys.executable, "-m", "irdb_sql._isolated"]
    with subprocess.Popen(  # noqa: S603 - Python itself, with a module of this package
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        try:
            output, error_text = process.communicate(pickle.dumps(task), timeout=seconds + _START_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise TimeLimitError(seconds) from error
        finally:
            process.kill()
            for folder in spill_folders(process.pid):  # which a killed process leaves behind
                shutil.rmtree(folder, ignore_errors=True)
    status, content = output[:1], output[1:]
    if process.returncode == -signal.SIGALRM:
        raise TimeLimitError(seconds)
    if status == ROWS:
        return pl.read_ipc_stream(content)
    if status == ERROR:
        raise _parse_error(content)
    raise IsolationError(process.returncode, error_text.decode(errors="replace").strip().rpartition("\n")[2])


def _parse_error(content: bytes) -> IrdbError:
    error = pickle.loads(content)  # noqa: S301 - irdb_sql._isolated wrote it, and a statement cannot run Python
    assert isinstance(error, IrdbError)  # noqa: S101 - irdb_sql._isolated pickles nothing else
    return error
