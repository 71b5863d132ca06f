"""The command line, started as a user does: exact output, notes apart, documented exit codes, and no traceback."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
from conftest import image, write_metadata

import irdb_sql
from irdb_sql.cli.options import FORMATS as OFFERED
from irdb_sql.engine.formats import FORMATS
from irdb_sql.reports.render import render

if TYPE_CHECKING:
    from conftest import RunCli

    from irdb_sql import ImageRewardDB

NOTE = "note: no --data given; this is the embedded sample, which is synthetic\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return write_metadata(folder, [image("p", "a", 1, 6, 6, 6), image("p", "b", 2, 5, 5, 5), image("p", "c", 2)])


def test_the_main_job_on_the_real_file(run_cli: RunCli, real_file: Path) -> None:
    text = "SELECT count(*) AS n FROM preference_pairs(in_split := 'test')"
    assert run_cli("sql", text, "--data", real_file, "--format", "csv") == (0, "n\n6399\n", "")
    ties = "SELECT count(*) AS n FROM preference_pairs(keep_ties := true)"
    assert run_cli("sql", ties, "--data", real_file, "--format", "csv") == (0, "n\n7230\n", "")


def test_sql_reads_standard_input_and_typed_params(run_cli: RunCli, data: Path) -> None:
    text = "SELECT $a AS a, $b AS b, $c AS c, $d AS d, $e AS e"
    params = ["--param", "a=3", "--param", "b=x=y", "--param", "c=true", "--param", "$d=null", "--param", "e=0040"]
    found = run_cli("sql", "-", "--data", data, "--format", "ndjson", *params, stdin=text)
    assert found == (0, '{"a":3,"b":"x=y","c":true,"d":null,"e":"0040"}\n', "")


def test_query_takes_params_as_text(run_cli: RunCli, data: Path) -> None:
    found = run_cli(
        "query", "pairs", "--data", data, "--format", "ndjson", "--param", "keep_ties=true", "--param", "min_rank_gap=9"
    )
    assert [json.loads(line)["rank_gap"] for line in found[1].splitlines()] == [0]


def test_without_data_one_line_says_that_the_sample_is_synthetic(run_cli: RunCli, db: ImageRewardDB) -> None:
    code, out, err = run_cli("query", "totals", "--format", "json")
    assert (code, err) == (0, NOTE)
    assert json.loads(out) == db.query("totals").to_dicts()


def test_data_may_come_from_the_environment(run_cli: RunCli, data: Path) -> None:
    found = run_cli("query", "totals", "--format", "csv", env={"IRDB_DATA": str(data)})
    assert found == (
        0,
        "prompts,images,ranked_images,rated_images,classified_images,pairs,strict_pairs,tied_pairs,rows_left_out,images_left_out\n1,3,3,2,3,3,2,1,0,0\n",
        "",
    )


def test_list_and_show_tell_what_there_is(run_cli: RunCli, data: Path, db: ImageRewardDB) -> None:
    code, out, _ = run_cli("list", "--data", data, "--format", "json")
    assert code == 0
    assert json.loads(out) == db.catalog().select("kind", "name", "summary").to_dicts()
    code, out, _ = run_cli("show", "pair_count", "--data", data)
    assert (code, out) == (
        0,
        "macro pair_count(n_images BIGINT)\n\n  Number of unordered pairs that n images make: n (n - 1) / 2.\n\n"
        "Parameters:\n  n_images  number of images\n\nSQL:\n\n  -- name: pair_count\n"
        "  -- Number of unordered pairs that n images make: n (n - 1) / 2.\n  -- param n_images: number of images\n"
        "  CREATE OR REPLACE MACRO pair_count(n_images BIGINT) AS\n  n_images * (n_images - 1) // 2\n",
    )
    code, out, _ = run_cli("show", "rating_kinds", "--data", data, "--format", "csv")
    assert (code, out) == (0, "kind,column,type\nview,kind,VARCHAR\n")
    code, out, _ = run_cli("show", "pair_counts", "--data", data)
    assert [line for line in out.splitlines() if line.startswith(("macro", "query"))] == [
        "macro pair_counts(in_split VARCHAR := NULL, in_subset VARCHAR := NULL, by_classification BOOLEAN := FALSE)",
        "query pair_counts $split $subset $by_classification",
    ]


def test_report_goes_to_standard_output_or_a_file(run_cli: RunCli, data: Path, tmp_path: Path) -> None:
    code, out, err = run_cli("report", "--data", data)
    assert (code, err) == (0, "")
    with irdb_sql.connect(data) as db:
        assert out == render(db)
    assert run_cli("report", "summary", "--data", data, "-o", "r.md") == (0, "", "")
    assert (tmp_path / "r.md").read_text() == out


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("x.csv", b"n\n"),
        ("x.json", b"["),
        ("x.jsonl", b"{"),
        ("x.md", b"| n |"),
        ("x.parquet", b"PAR1"),
        ("x.txt", "┌".encode()),
    ],
)
def test_the_suffix_of_a_file_tells_its_format(
    run_cli: RunCli, data: Path, tmp_path: Path, name: str, start: bytes
) -> None:
    assert run_cli("sql", "SELECT 1 AS n", "--data", data, "-o", name) == (0, "", "")
    assert (tmp_path / name).read_bytes().startswith(start)


def test_the_command_line_offers_every_format() -> None:
    assert OFFERED == FORMATS


def test_a_failure_leaves_the_old_file_and_nothing_else(run_cli: RunCli, data: Path, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("old")
    before = sorted(tmp_path.iterdir())
    assert run_cli("sql", "SELECT error('no')", "--data", data, "-o", "x.csv")[0] == 1
    assert (tmp_path / "x.csv").read_text() == "old"
    assert sorted(tmp_path.iterdir()) == before
    assert run_cli("sql", "SELECT 1 AS n", "--data", data, "-o", "x.csv")[0] == 0
    assert (tmp_path / "x.csv").read_text() == "n\n1\n"
    assert sorted(tmp_path.iterdir()) == before


def test_a_link_is_followed_and_a_mode_is_kept(run_cli: RunCli, data: Path, tmp_path: Path) -> None:
    target = tmp_path / "target.csv"
    target.write_text("old")
    target.chmod(0o600)
    (tmp_path / "link.csv").symlink_to(target)
    assert run_cli("sql", "SELECT 1 AS n", "--data", data, "-o", "link.csv")[0] == 0
    assert (target.read_text(), target.stat().st_mode & 0o777) == ("n\n1\n", 0o600)
    assert (tmp_path / "link.csv").is_symlink()


FAILURES = [
    (["sql", "SELEC 1"], 1, ["error: Parser Error", "Hint: "]),
    (["sql", "SELECT 1; SELECT 2"], 1, ["error: expected one statement that reads, but found 2 statements", "Hint: "]),
    (["sql", "SELECT * FROM nowhere"], 1, ["error: Catalog Error", "Hint: "]),
    (["sql", "SELECT $a"], 1, ["error: Invalid Input Error", "a", "Hint: give each $name a value"]),
    (["sql", "SELECT 1", "-o", "x.xyz"], 2, ["'x.xyz' tells no format"]),
    (["query", "pairs", "--param", "min_rank_gap=1.5"], 1, ["'1.5' is no whole number", "Hint: "]),
    (["query", "pairs", "--param", "split=test", "--param", "split=train"], 2, ["--param split is given twice."]),
    (["query", "pairs", "--param", "subset=9k"], 1, ["unknown subset '9k'", "Hint: a subset is 1k, 2k, 4k or 8k."]),
    (["sql", "PIVOT images ON split USING count(*)"], 1, ["of the kind MULTI", "Hint: list the columns of the PIVOT"]),
    (["sql", "SELECT error('a' || chr(155) || '31m' || chr(8238))"], 1, ["a\ufffd31m\ufffd", "Hint: "]),
    (["query", "nope"], 1, ["error: unknown query 'nope'", "Hint: `irdb list`"]),
    (["query", "pairs", "--param", "min_rank_gap=abc"], 1, ["query 'pairs' failed with min_rank_gap='abc'", "Hint: "]),
    (["query", "pairs", "--param", "splt=test"], 1, ["no parameter 'splt'", "Hint: did you mean 'split'?"]),
    (["query", "pairs", "--param", "split"], 2, ["--param 'split' is not NAME=VALUE."]),
    (["show", "imagez"], 1, ["unknown name 'imagez'", "Hint: did you mean 'images'?"]),
    (["report", "nope"], 1, ["unknown report 'nope'", "Hint: "]),
    (["report", "--split", "tset"], 1, ["unknown split 'tset'", "Hint: "]),
    (["report", "--data", ""], 2, ["--data is empty."]),
    (["report", "--data", "nowhere"], 3, ["no file or folder is called 'nowhere'", "Hint: "]),
    (["report", "--data", "."], 3, ["the folder '.' holds no metadata", "metadata-train.parquet", "Hint: "]),
    (["sql", "SELECT 1", "-o", "no/such/folder.csv"], 1, ["'no/such/folder.csv' could not be written", "Hint: "]),
    (["sql", "SELECT 1", "--format", "xlsx"], 2, ["'xlsx' is not one of"]),
    (["sql"], 2, ["Missing argument 'TEXT'"]),
    (["nope"], 2, ["No such command 'nope'"]),
    (["sample"], 2, ["Missing argument 'DIR'"]),
    (["sample", "x", "--subset", "3k"], 2, ["'3k' is not one of"]),
]


@pytest.mark.parametrize(("args", "code", "words"), FAILURES, ids=[" ".join(args) for args, _, _ in FAILURES])
def test_a_failure_is_one_sentence_a_hint_and_a_documented_exit_code(
    run_cli: RunCli, args: list[str], code: int, words: list[str]
) -> None:
    found, out, err = run_cli(*args)
    assert (found, out) == (code, "")
    assert all(word in err for word in words), err
    assert "Traceback" not in err


def test_a_broken_file_is_refused_with_exit_code_1(run_cli: RunCli, data: Path) -> None:
    path = data / "metadata-test.parquet"
    path.write_bytes(path.read_bytes()[:-50])
    code, out, err = run_cli("report", "--data", data)
    assert (code, out) == (1, "")
    assert err.startswith(f"error: '{path}' is no parquet file, or was cut short: ")
    assert "\n\nHint: " in err


def test_what_nobody_foresaw_is_a_sentence_too(run_cli: RunCli, data: Path, tmp_path: Path) -> None:
    (tmp_path / "jinja2.py").write_text("raise RuntimeError('planted')")
    code, out, err = run_cli("report", "--data", data, env={"PYTHONPATH": str(tmp_path)})
    assert (code, out) == (1, "")
    assert err.startswith(
        "error: irdb met an error that it does not know: RuntimeError: planted\n\nHint: set IRDB_DEBUG=1"
    )
    assert "Traceback" in run_cli("report", "--data", data, env={"PYTHONPATH": str(tmp_path), "IRDB_DEBUG": "1"})[2]
    (tmp_path / "jinja2.py").write_text("try: raise KeyboardInterrupt\nfinally: raise RuntimeError('of a lock')")
    assert run_cli("report", "--data", data, env={"PYTHONPATH": str(tmp_path)}) == (130, "", "interrupted\n")


def test_several_files_are_one_dataset_and_a_dash_is_standard_output(run_cli: RunCli, data: Path) -> None:
    both: list[str | Path] = ["--data", data / "metadata-test.parquet", "--data", data / "metadata-train.parquet"]
    assert run_cli("sql", "SELECT count(*) AS n FROM images", *both, "--format", "csv", "-o", "-") == (0, "n\n3\n", "")


def test_standard_streams_that_are_closed_or_no_text_are_one_sentence(data: Path) -> None:
    shell = f"exec {sys.executable} -m irdb_sql"
    for command, words in {
        f"printf 'SELECT \\377' | {shell} sql - --data {data}": "Error: standard input is not UTF-8",
        f"{shell} sql - --data {data} <&-": "error: expected one statement that reads, but found no statements",
        f"{shell} sql 'SELECT 1' --data {data} >&-": "error: 'standard output' could not be written: it is closed",
        f"{shell} --help >/dev/full": "error: 'standard output' could not be written: No space left on device",
    }.items():
        done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode in (1, 2)
        assert words in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("closing", ["2>&-", "2>/dev/full"])
def test_an_answer_does_not_depend_on_standard_error(tmp_path: Path, closing: str) -> None:
    command = f"exec {sys.executable} -m irdb_sql sql 'SELECT 1 AS n' --format csv {closing}"
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, cwd=tmp_path, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (0, b"n\n1\n")


def start(*args: str | Path, **options: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "irdb_sql", *map(str, args)], **options)  # type: ignore[call-overload, no-any-return]


def test_a_reader_who_has_seen_enough_is_no_failure() -> None:
    with start("query", "pairs", "--format", "csv", stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        assert child.stdout.readline().startswith(b"split,part,")
        child.stdout.close()
        assert (child.stderr.read().decode(), child.wait(timeout=60)) == (NOTE, 0)


def test_a_full_disk_is_one_sentence() -> None:
    with Path("/dev/full").open("wb") as full:
        child = start("sql", "SELECT 1", stdout=full, stderr=subprocess.PIPE)
        err = child.communicate(timeout=60)[1].decode()
    assert child.returncode == 1
    assert err.startswith(NOTE + "error: 'standard output' could not be written: No space left on device\n\nHint: ")
    assert "Traceback" not in err


def test_ctrl_c_ends_with_exit_code_130() -> None:
    heavy = "SELECT count(*) FROM range(100000) AS a (i), range(10000000) AS b (j) WHERE (i * j) % 7 = 3"
    child = start("sql", heavy, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stderr is not None
    assert child.stderr.readline().decode() == NOTE
    with pytest.raises(subprocess.TimeoutExpired):
        child.wait(1)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=20)
    assert (child.returncode, out, err) == (130, b"", b"\ninterrupted\n")


def test_a_statement_that_takes_long_says_so_on_a_terminal_and_ctrl_c_ends_it() -> None:
    heavy = "SELECT count(*) FROM range(100000) AS a (i), range(10000000) AS b (j) WHERE (i * j) % 7 = 3"
    master, slave = pty.openpty()
    with start("sql", heavy, stdout=subprocess.DEVNULL, stderr=slave) as child:
        os.close(slave)
        seen = b""
        while b"working, 1 s; Ctrl-C stops it" not in seen:
            seen += os.read(master, 1024)
        child.send_signal(signal.SIGINT)
        assert child.wait(timeout=20) == 130
    os.close(master)


def on_a_terminal(*args: str | Path, columns: int) -> tuple[int, str]:
    """Run `irdb` with a pseudo-terminal as its standard output, and return its exit code and what a person sees."""
    master, slave = pty.openpty()
    with start(*args, stdout=slave, stderr=subprocess.DEVNULL, env=os.environ | {"COLUMNS": str(columns)}) as child:
        os.close(slave)
        seen = b""
        while True:
            try:
                piece = os.read(master, 65536)
            except OSError:  # the terminal is closed
                break
            if not piece:
                break
            seen += piece
        code = child.wait(timeout=60)
    os.close(master)
    return code, seen.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("columns", [50, 80, 120])
def test_a_table_fits_the_terminal(columns: int) -> None:
    code, seen = on_a_terminal("query", "pairs", columns=columns)
    lines = seen.splitlines()
    assert code == 0
    assert max(map(len, lines)) <= columns
    assert "5236 rows (60 shown)" in lines[-1]


def test_parquet_is_not_written_to_a_terminal() -> None:
    assert on_a_terminal("sql", "SELECT 1", "--format", "parquet", columns=80) == (1, "")


def test_parquet_may_go_through_a_pipe(data: Path) -> None:
    child = start("query", "pairs", "--data", data, "--format", "parquet", stdout=subprocess.PIPE)
    assert pl.read_parquet(child.communicate(timeout=60)[0]).height == 2


@pytest.mark.parametrize("command", ["", "sql", "query", "list", "show", "report", "sample"])
def test_every_command_explains_itself(run_cli: RunCli, command: str) -> None:
    code, out, err = run_cli(*([command] if command else []), "--help")
    assert (code, err) == (0, "")
    assert out.startswith(f"Usage: irdb {command}".rstrip())
    assert max(map(len, out.splitlines())) <= 100
