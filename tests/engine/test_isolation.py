"""A separate process answers whole or with an error that says how it ended, and imports nothing of the current folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import irdb_sql
from irdb_sql.engine import errors, isolation
from irdb_sql.errors import QueryError

if TYPE_CHECKING:
    from irdb_sql import ImageRewardDB

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are limited on Linux alone")

PARTS = """
import io, os, signal, sys
sys.path += sys.argv[1:]
import polars as pl
from irdb_sql.engine import answer_blocks
answer = io.BytesIO()
answer_blocks._BLOCK_ROWS = 2
answer_blocks.write_rows(answer, pl.DataFrame({"a": range(9)}))
answer = answer.getvalue()
def send(content):
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
"""
WAYS_TO_END = {
    "killed before the first byte": ("os.kill(os.getpid(), signal.SIGKILL)", errors.ProcessKilledError),
    "killed after one byte": ("send(answer[:1]); os.kill(os.getpid(), signal.SIGKILL)", errors.ProcessKilledError),
    "killed between two blocks": (
        "send(answer[: answer.index(b'R', 20)]); os.kill(os.getpid(), signal.SIGKILL)",
        errors.ProcessKilledError,
    ),
    "killed before the end": ("send(answer[:-17]); os.kill(os.getpid(), signal.SIGKILL)", errors.ProcessKilledError),
    "killed after the end": ("send(answer); os.kill(os.getpid(), signal.SIGKILL)", errors.ProcessKilledError),
    "crashed": ("send(answer[:-1]); os.kill(os.getpid(), signal.SIGSEGV)", errors.ProcessCrashError),
    "aborted after the end": ("send(answer); os.abort()", errors.ProcessCrashError),
    "ended without a word": ("sys.exit(0)", errors.ProcessCrashError),
    "ended with 3 after the end": ("send(answer); sys.exit(3)", errors.ProcessCrashError),
    "a raised error": ("raise RuntimeError('no')", errors.ProcessCrashError),
    "Python's memory": ("raise MemoryError", errors.ProcessMemoryError),
    "Rust's memory": (
        "print('memory allocation of 99 bytes failed', file=sys.stderr); os.abort()",
        errors.ProcessMemoryError,
    ),
    "no answer at all": ("send(b'what is this')", errors.ProcessCrashError),
}


@pytest.mark.parametrize(("code", "error"), WAYS_TO_END.values(), ids=WAYS_TO_END)
def test_a_process_that_does_not_end_well_has_no_rows(
    db: ImageRewardDB, monkeypatch: pytest.MonkeyPatch, code: str, error: type[Exception]
) -> None:
    monkeypatch.setattr(isolation, "_START", f"{PARTS}{code}")
    with pytest.raises(errors.IsolationError) as caught:
        db.sql("SELECT 1", isolated=True)
    assert type(caught.value) is error


def test_a_crash_names_its_signal_and_what_it_printed(db: ImageRewardDB, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        isolation, "_START", "import os, sys; print('worse\\nbad', file=sys.stderr, flush=True); os.abort()"
    )
    with pytest.raises(errors.ProcessCrashError) as caught:
        db.sql("SELECT 1", isolated=True)
    assert caught.value.sentence == "the statement crashed its separate process (SIGABRT, 'bad')"


def test_a_crash_leaves_the_database_usable(db: ImageRewardDB) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(isolation, "_START", "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
        with pytest.raises(errors.ProcessCrashError, match="SIGSEGV"):
            db.sql("SELECT 1", isolated=True)
    assert db.sql("SELECT count(*) > 0 AS a FROM images", isolated=True).item()


def test_rows_that_exceed_the_limit_are_refused_and_fewer_are_whole() -> None:
    with irdb_sql.connect(memory_limit="60MB") as db:
        with pytest.raises((errors.AnswerSizeError, errors.ProcessMemoryError, QueryError)) as caught:
            db.sql("SELECT range AS a, range AS b FROM range(10_000_000)", isolated=True)
        assert "limit" in str(caught.value)
        assert db.sql("SELECT range AS a FROM range(1_000_000)", isolated=True)["a"].sum() == 499_999_500_000


def test_no_module_of_the_current_folder_is_imported(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    names = [
        "pickle",
        "resource",
        "struct",
        "signal",
        "duckdb",
        "polars",
        "numpy",
        "irdb_sql",
        "sitecustomize",
        "typing",
    ]
    for name in names:
        (tmp_path / f"{name}.py").write_text(f"open({str(trace)!r}, 'a').write(__name__)\nraise SystemExit(7)\n")
    environment = {**os.environ, "PYTHONSTARTUP": str(tmp_path / "pickle.py"), "PYTHONINSPECT": ""}
    program = Path(sys.executable).with_name("irdb")
    done = subprocess.run(
        [program, "sql", "--isolated", "--format", "csv", "SELECT 1 AS a"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "a\n1\n"), done.stderr
    assert not trace.exists()
