"""Runs a statement in a separate process, whose time and memory the system limits: for untrusted SQL."""

from __future__ import annotations

import importlib.util
import os
import pickle
import shutil
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from irdb_sql.engine.answer_blocks import IncompleteAnswerError, read_answer
from irdb_sql.engine.errors import (
    NoProcessError,
    ProcessCrashError,
    ProcessKilledError,
    ProcessMemoryError,
    TimeLimitError,
)
from irdb_sql.engine.limits import spill_folders
from irdb_sql.errors import IrdbError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import IO

    import polars as pl

    from irdb_sql.core.catalog import SqlFile
    from irdb_sql.engine.limits import Limits
    from irdb_sql.sources.local import Source

TIMEOUT, MEMORY = 30.0, 2_000_000_000
"""Default limits of a statement: seconds, and bytes of memory."""

_START_SECONDS = 10.0  # that the process may need to start
_START = "import sys; sys.path += sys.argv[1:]; from irdb_sql._isolated import main; main()"
_PACKAGES = ("irdb_sql", "duckdb", "polars", "pyarrow", "numpy")
_OUT_OF_MEMORY = ("MemoryError", "memory allocation of", "bad_alloc", "llocation failure", "Cannot allocate memory")


@dataclass(frozen=True)
class IsolatedTask:
    """A statement, and what a separate process needs to run it.

    Attributes:
        source: The source of the database.
        images_root: Folder or URL of its images.
        views: Rows that replace views, by the view's name.
        tables: Registered tables, by name.
        own_files: Views, macros and queries of the user.
        text: The statement.
        params: Its parameters.
        limits: Its limits.
    """

    source: Source
    images_root: str
    views: Mapping[str, pl.DataFrame]
    tables: Mapping[str, pl.DataFrame]
    own_files: Sequence[SqlFile]
    text: str
    params: Mapping[str, Any] | Sequence[Any] | None
    limits: Limits


def run_isolated(
    task: IsolatedTask,
    on_start: Callable[[Callable[[], None]], None] | None = None,
    most_bytes: int | None = None,
) -> pl.DataFrame:
    """Return at most `max_rows` + 1 rows from a separate process.

    Args:
        task: The statement, and what it needs.
        on_start: Called with a function that ends the process, for who may not want its answer any more.
        most_bytes: Bytes of the rows; by default as much as the memory of the process.

    Raises:
        StatementError: The text is not one read-only statement.
        QueryError: DuckDB refuses the statement or fails.
        TimeLimitError: It ran longer than its limit, and the process was killed.
        AnswerSizeError: The rows need more memory than its limit.
        ProcessMemoryError: The process needed more memory than its limit.
        ProcessKilledError: The process was killed before it had sent all rows.
        ProcessCrashError: The process crashed.
        NoProcessError: This is not Linux.
    """
    if sys.platform != "linux":
        raise NoProcessError
    limits = task.limits
    seconds = TIMEOUT if limits.timeout is None else limits.timeout
    memory = limits.bytes() or MEMORY
    max_bytes = memory if most_bytes is None else min(most_bytes, memory)
    task = replace(task, limits=replace(limits, timeout=seconds, memory_limit=limits.memory_limit or f"{MEMORY} B"))
    with _memory_file(pickle.dumps(task)) as task_file, _memory_file() as error_file:
        with subprocess.Popen(  # noqa: S603 - Python itself, with a module of this package
            [sys.executable, "-I", "-c", _START, *_package_folders()],
            stdin=task_file,
            stdout=subprocess.PIPE,
            stderr=error_file,
        ) as process:
            if on_start is not None:
                on_start(process.kill)
            answer, is_late = _read_in_time(process, seconds + _START_SECONDS, max_bytes)
        if is_late or process.returncode == -signal.SIGALRM:
            raise TimeLimitError(seconds)
        if answer is None or process.returncode != 0:
            error_file.seek(0)
            raise _process_error(process.returncode, error_file.read().decode(errors="replace"), memory)
    if isinstance(answer, IrdbError):
        raise answer
    return answer


def _memory_file(content: bytes = b"") -> IO[bytes]:
    """Open a file that has no path and takes no disk."""
    file = os.fdopen(os.memfd_create("irdb-sql"), "w+b")
    file.write(content)
    file.seek(0)
    return file


def _package_folders() -> Iterator[str]:
    """Yield the folders of the packages that the process imports.

    Python runs isolated (`-I`), so that neither the current folder nor environment variables add modules; they are
    searched after those of Python.
    """
    specs = (importlib.util.find_spec(name) for name in _PACKAGES)
    yield from dict.fromkeys(str(Path(spec.origin).parents[1].absolute()) for spec in specs if spec and spec.origin)


def _read_in_time(
    process: subprocess.Popen[bytes], seconds: float, max_bytes: int
) -> tuple[pl.DataFrame | IrdbError | None, bool]:
    """Return a process's answer, None unless it is whole, and whether it was killed as too late."""
    late = threading.Event()

    def end() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(seconds, end)
    timer.start()
    answer: pl.DataFrame | IrdbError | None = None
    try:
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        answer = read_answer(process.stdout, max_bytes)
        process.wait()
    except IncompleteAnswerError:
        process.wait()
    finally:
        timer.cancel()
        process.kill()
        for folder in spill_folders(process.pid):  # which a killed process leaves behind
            shutil.rmtree(folder, ignore_errors=True)
    return answer, late.is_set()


def _process_error(exit_code: int, error_text: str, max_bytes: int) -> IrdbError:
    """Say why a process ended without a whole answer."""
    if any(words in error_text for words in _OUT_OF_MEMORY):
        return ProcessMemoryError(max_bytes)
    if exit_code == -signal.SIGKILL:
        return ProcessKilledError()
    return ProcessCrashError(
        signal.Signals(-exit_code).name if exit_code < 0 else f"exit code {exit_code}",
        error_text.strip().rpartition("\n")[2],
    )
