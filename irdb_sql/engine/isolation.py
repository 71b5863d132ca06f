"""Answers a statement in a process of its own, whose memory and time the system limits: for strangers' SQL."""

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
"""Seconds and bytes that a statement may take unless limits say otherwise."""

_START = 10.0  # seconds that the process may take to begin
ANSWER, ERROR = b"A", b"E"
"""What an answer begins with: rows, or an error."""


@dataclass(frozen=True)
class IsolatedTask:
    """A statement, and the database that it is to be asked of.

    Attributes:
        source: What the database reads.
        images_root: Folder or URL of its images.
        views: Rows that stand in the place of views.
        tables: Tables of the user's own.
        text: The statement.
        params: Its parameters.
        limits: What it may take.
    """

    source: Source
    images_root: str
    views: Mapping[str, pl.DataFrame]
    tables: Mapping[str, pl.DataFrame]
    text: str
    params: Mapping[str, Any] | Sequence[Any] | None
    limits: Limits


def answer(task: IsolatedTask) -> pl.DataFrame:
    """Run a statement in a process of its own and return its rows, one more than it may have where there are more.

    Raises:
        StatementError: It is not one statement that reads.
        QueryError: The engine refuses it or fails.
        TimeLimitError: It took too long, and its process was killed.
        IsolationError: Its process ended without an answer, for want of memory for example, or there can be none.
    """
    if sys.platform != "linux":
        raise IsolationError(None)
    limits = task.limits
    seconds = TIMEOUT if limits.timeout is None else limits.timeout
    task = replace(task, limits=replace(limits, timeout=seconds, memory_limit=limits.memory_limit or f"{MEMORY} B"))
    command = [sys.executable, "-m", "irdb_sql._isolated"]
    with subprocess.Popen(  # noqa: S603 - a command of ours
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        try:
            written, complaint = process.communicate(pickle.dumps(task), timeout=seconds + _START)
        except subprocess.TimeoutExpired as error:
            raise TimeLimitError(seconds) from error
        finally:
            process.kill()
            for left in spill_folders(process.pid):  # by one that was ended amid a statement
                shutil.rmtree(left, ignore_errors=True)
    kind, content = written[:1], written[1:]
    if process.returncode == -signal.SIGALRM:
        raise TimeLimitError(seconds)
    if kind == ANSWER:
        return pl.read_ipc_stream(content)
    if kind == ERROR:
        raise _error(content)
    raise IsolationError(process.returncode, complaint.decode(errors="replace").strip().rpartition("\n")[2])


def _error(content: bytes) -> IrdbError:
    error = pickle.loads(content)  # noqa: S301 - written by this module, in a process that ran no code of the statement
    assert isinstance(error, IrdbError)  # noqa: S101 - nothing else is written
    return error
