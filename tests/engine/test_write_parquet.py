"""Answers of the command line that go to a parquet file while they are read: whole or not at all, whatever happens."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
from conftest import image, uncovered, write_metadata

if TYPE_CHECKING:
    from conftest import RunCli

    from irdb_sql import ImageRewardDB

ENDLESS = "SELECT i, i::VARCHAR AS text FROM range(100000000000) AS t (i)"
ANSWERS = {
    "pairs": ("query", "pairs"),
    "tied pairs": ("query", "pairs", "--param", "keep_ties=true", "--param", "min_rank_gap=2"),
    "another query": ("query", "groups"),
    "nothing": ("query", "pairs", "--param", "min_rank_gap=200"),
    "a statement": ("sql", "SELECT * FROM preference_pairs() ORDER BY better_row, worse_row"),
    "a statement with a value": ("sql", "FROM rank_counts() WHERE rank = $r ORDER BY first_row", "--param", "r=2"),
    "columns of one name": ("sql", "SELECT 1 AS a, 2 AS a"),
    "an isolated statement": ("sql", "SELECT 1 AS a", "--isolated"),
    "a trusted statement": ("sql", "CREATE SEQUENCE s; SELECT nextval('s') AS n", "--trusted"),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_parquet_file_has_the_rows_of_the_answer(run_cli: RunCli, tmp_path: Path, name: str) -> None:
    code, _, err = run_cli(*ANSWERS[name], "-o", tmp_path / "a.parquet")
    assert code == 0, err
    code, out, _ = run_cli(*ANSWERS[name], "--format", "ndjson")
    assert pl.read_parquet(tmp_path / "a.parquet").write_ndjson() == out
    assert [path.name for path in tmp_path.iterdir()] == ["a.parquet"]


def test_written_pairs_equal_those_of_the_facade(run_cli: RunCli, db: ImageRewardDB, tmp_path: Path) -> None:
    assert run_cli("query", "pairs", "-o", tmp_path / "pairs.parquet")[0] == 0
    assert pl.read_parquet(tmp_path / "pairs.parquet").equals(db.pairs())
    first = (tmp_path / "pairs.parquet").read_bytes()
    assert run_cli("query", "pairs", "-o", tmp_path / "pairs.parquet")[0] == 0
    assert (tmp_path / "pairs.parquet").read_bytes() == first


def test_rows_beyond_max_rows_are_cut_with_a_note(run_cli: RunCli, tmp_path: Path) -> None:
    code, _, err = run_cli("sql", "FROM images ORDER BY row_index", "--max-rows", "5", "-o", tmp_path / "a.parquet")
    assert code == 0
    assert "5" in err.splitlines()[-1]
    assert pl.read_parquet(tmp_path / "a.parquet")["row_index"].to_list() == [0, 1, 2, 3, 4]


LATE = "SELECT CASE WHEN i > 3000000 THEN error('too late') ELSE i END AS i FROM range(4000000) AS t (i)"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("sql", LATE), "too late"),
        (("sql", "FROM nowhere"), "nowhere"),
        (("sql", "COPY images TO 'x.csv'"), "statement"),
        (("query", "pairs", "--param", "min_rank_gap=2.5"), "2.5"),
        (
            ("sql", "SELECT list(i) AS a FROM range(50000000) AS t (i)", "--memory-limit", "60MB"),
            "Hint: raise memory_limit",
        ),
    ],
)
def test_a_failure_leaves_the_older_file(run_cli: RunCli, tmp_path: Path, args: tuple[str, ...], message: str) -> None:
    target = tmp_path / "a.parquet"
    target.write_bytes(b"mine")
    code, out, err = run_cli(*args, "-o", target)
    assert (code, out) == (1, "")
    assert message in err
    assert "Traceback" not in err
    assert [path.name for path in tmp_path.iterdir()] == ["a.parquet"]
    assert target.read_bytes() == b"mine"


def test_files_of_the_source_are_not_overwritten(run_cli: RunCli, tmp_path: Path) -> None:
    data = write_metadata(tmp_path, [image("p", "a", 1), image("p", "b", 2)])
    target = data / "metadata-test.parquet"
    before = target.read_bytes()
    code, _, err = run_cli("query", "pairs", "--data", data, "-o", target)
    assert code == 1
    assert "metadata-test.parquet" in err
    assert target.read_bytes() == before


def test_a_pipe_or_device_gets_the_bytes(tmp_path: Path) -> None:
    command = f"{sys.executable} -m irdb_sql query pairs -o /dev/stdout --format parquet > {tmp_path}/a.parquet"
    done = subprocess.run(["/bin/sh", "-c", command], check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert pl.read_parquet(tmp_path / "a.parquet").height > 0


def start_endless_write(target: Path, awaited: bytes) -> subprocess.Popen[bytes]:
    """Write an endless answer, and return when a terminal shows so much."""
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "irdb_sql", "sql", ENDLESS, "-o", str(target)]
    child = subprocess.Popen(command, stderr=slave, stdout=subprocess.DEVNULL)
    os.close(slave)
    terminal_output = b""
    while awaited not in terminal_output:
        terminal_output += os.read(master, 1024)
    return child


def test_ctrl_c_while_rows_are_written_leaves_nothing(tmp_path: Path) -> None:
    with start_endless_write(tmp_path / "a.parquet", b" MB written; Ctrl-C stops it") as child:
        assert list(tmp_path.glob("*.parquet")) == []
        child.send_signal(signal.SIGINT)
        assert child.wait(timeout=30) == 130
    assert list(tmp_path.iterdir()) == []


def test_a_killed_process_leaves_no_file_of_that_name_and_the_next_one_succeeds(
    tmp_path: Path, run_cli: RunCli
) -> None:
    with start_endless_write(tmp_path / "a.parquet", b" MB written; Ctrl-C stops it") as child:
        child.kill()
    assert list(tmp_path.glob("*.parquet")) == []
    code, _, err = run_cli("query", "pairs", "-o", tmp_path / "a.parquet")
    assert code == 0, err
    assert pl.read_parquet(tmp_path / "a.parquet").height > 0


def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    code = (
        "import resource, signal, sys\n"
        "from irdb_sql.cli.main import main\n"
        "import irdb_sql\n"
        "irdb_sql.connect().close()\n"  # the sample is written before
        "resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))\n"  # no file may grow beyond this
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "sys.argv[1:] = ['query', 'pairs', '-o', 'a.parquet']\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=uncovered(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "error: 'a.parquet' could not be written: " in done.stderr
    assert done.stderr.count("\n\nHint: ") == 1
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
