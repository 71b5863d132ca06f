"""Where an answer goes and in which format: files by their suffix, at once and whole; terminals; pipes."""

from __future__ import annotations

import csv
import io
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import polars as pl
import pytest
from conftest import CHECKOUT
from fakes.package_copy import PackageCopy
from fakes.terminals import on_a_terminal, start

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import RunCli


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("x.csv", b"n\n"),
        ("x.json", b"["),
        ("x.jsonl", b"{"),
        ("x.md", b"| n |"),
        ("x.parquet", b"PAR1"),
        ("x.tsv", b"n\n"),
        ("x.txt", "┌".encode()),
        ("x.xlsx", b"PK"),
    ],
)
def test_the_suffix_of_a_file_means_its_format(
    run_cli: RunCli, data: Path, tmp_path: Path, name: str, start: bytes
) -> None:
    assert run_cli("sql", "SELECT 1 AS n", "--data", data, "-o", name) == (0, "", f"note: wrote 1 row to {name}\n")
    assert (tmp_path / name).read_bytes().startswith(start)


def test_one_entry_more_is_one_format_more(tmp_path: Path) -> None:
    copy = PackageCopy.into(tmp_path)
    path = "irdb_sql/engine/formats.py"
    entry = '    "tabs": OutputFormat((".tab",), lambda frame, _: frame.write_csv(separator="\\t").encode()),\n'
    before, start_of_entries, after = (CHECKOUT / path).read_text().partition("FORMATS = {\n")
    copy.add(path, f"{before}{start_of_entries}{entry}{after}")
    assert copy.irdb("sql", "SELECT 1 AS a, 2 AS b", "--format", "tabs") == "a\tb\n1\t2\n"
    assert copy.irdb("query", "totals", "-o", "totals.tab") == ""
    assert (tmp_path / "totals.tab").read_text().startswith("prompts\timages\t")
    for command in ("sql", "verify", "evaluate", "check-split"):
        assert "[tabs|table|vertical|csv|tsv|json|ndjson|markdown|parquet|xlsx|md]" in copy.irdb(command, "--help")
    assert ".tab, .tsv, .txt, .xlsx, or --format." in copy.failing("sql", "SELECT 1", "-o", "x.xyz").stderr


@pytest.mark.parametrize("name", ["-", "x.csv", "x.parquet"])
@pytest.mark.parametrize(
    "command", [["sql", "FROM images WHERE rank = 9"], ["query", "pairs", "--param", "min_rank_gap=9"]]
)
def test_an_answer_without_rows_is_noted(run_cli: RunCli, data: Path, command: list[str], name: str) -> None:
    code, out, notes = run_cli(*command, "--data", data, "-o", name)
    written = "" if name == "-" else f"note: wrote 0 rows to {name}\n"
    assert (code, notes) == (0, f"{written}note: the answer has no rows\n")
    assert ("0 rows" in out) == (name == "-")


@pytest.mark.parametrize(
    "command", ["sql FROM pair_counts()", "query rank_gaps", "audit", "report", "evaluate", "verify"]
)
def test_data_of_which_every_image_is_left_out_is_said_to_be_so(run_cli: RunCli, data: Path, command: str) -> None:
    name, _, text = command.partition(" ")
    _, _, notes = run_cli(name, *([text] if text else []), "--data", data, "--images", "ok")
    assert (
        "note: none of the 3 images has a file that is ok, so that all are left out and every answer is empty" in notes
    )


UNWRITABLE = {
    "sql 'SELECT 1' -o": "no/x.csv",
    "query pairs -o": "no/x.parquet",
    "audit -o": "no/x.json",
    "report -o": "no/x.html",
    "report scorers -o": "no/x.json",
    "evaluate -o": "no/x.md",
    "verify -o": "no/x.csv",
    "check-split train test -o": "no/x.csv",
    "export pairs -o": "no/x.parquet",
    "export groups -o": "file/folder",
    "export rows -o": "full",
    "export-images --sql 'FROM images'": "no/x.zip",
    "export-images --query images ": "full",
    "catalog": "no/x.duckdb",
    "catalog --copy": "full",
    "show images -o": "no/x.txt",
    "list -o": "no/x.csv",
}
"""Commands before a target that they cannot write."""


@pytest.mark.parametrize("command", UNWRITABLE)
def test_a_target_that_cannot_be_written_is_told_before_the_data_is_opened(
    run_cli: RunCli, tmp_path: Path, command: str
) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    code, out, notes = run_cli(*shlex.split(command), UNWRITABLE[command], "--data", "nowhere")
    assert (code, out) == (1, "")
    assert f"error: '{UNWRITABLE[command]}'" in notes
    assert "nowhere" not in notes
    assert "disk space" not in notes


def test_a_reader_of_a_device_that_has_enough_is_no_error() -> None:
    command = f"{sys.executable} -m irdb_sql query pairs --format csv -o /dev/stdout | head -n 1"
    run = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False)  # noqa: S607 - our own
    assert (run.returncode, run.stdout.count("\n")) == (0, 1)
    assert "error" not in run.stderr


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


@pytest.mark.parametrize("columns", [50, 80, 120])
def test_a_table_fits_the_terminal(columns: int) -> None:
    code, seen = on_a_terminal("query", "pairs", columns=columns)
    lines = seen.splitlines()
    assert code == 0
    assert max(map(len, lines)) <= columns
    assert "5236 rows (60 shown)" in lines[-1]


def test_what_is_longer_than_the_screen_is_shown_page_by_page() -> None:
    code, seen = on_a_terminal("query", "pairs", columns=80, pager="tail -n 1")
    assert (code, seen) == (0, "  5236 rows\n")
    code, seen = on_a_terminal("query", "totals", columns=80, pager="tail -n 1")
    assert seen.startswith("┌")
    code, seen = on_a_terminal("show", "preference_pairs", columns=80, pager="head -n 1")
    assert (code, seen[:23]) == (0, "macro preference_pairs(")


@pytest.mark.parametrize("format", ["parquet", "xlsx"])
def test_what_is_binary_is_not_written_to_a_terminal(format: str) -> None:
    assert on_a_terminal("sql", "SELECT 1", "--format", format, columns=80) == (1, "")


def test_tsv_is_quoted_like_csv_and_md_is_markdown(run_cli: RunCli, data: Path) -> None:
    text = "SELECT 'a' || chr(9) || 'b' AS a, 1 AS b, NULL AS c, '=1' AS d"
    words = ["sql", text, "--data", str(data), "--format"]
    assert run_cli(*words, "tsv") == (0, 'a\tb\tc\td\n"a\tb"\t1\t\t=1\n', "")
    assert run_cli(*words, "tsv", "--csv-safe") == (0, 'a\tb\tc\td\n"a\tb"\t1\t\t\'=1\n', "")
    assert run_cli(*words, "md") == run_cli(*words, "markdown")


def test_parquet_may_go_through_a_pipe(data: Path) -> None:
    child = start("query", "pairs", "--data", data, "--format", "parquet", stdout=subprocess.PIPE)
    assert pl.read_parquet(child.communicate(timeout=60)[0]).height == 2


def test_csv_for_spreadsheets_has_no_formula(run_cli: RunCli) -> None:
    text = (
        "SELECT '=1+1' AS \"=a\", '+x' AS b, '-x' AS c, '@x' AS d, chr(9) || 'x' AS e, chr(13) AS f, chr(65309) || 'x' AS g, "
        "-1 AS h, '1=1' AS i, ['=x'] AS j, NULL::VARCHAR AS k, '' AS l"
    )
    code, out, _ = run_cli("sql", text, "--format", "csv", "--csv-safe")
    header, cells = csv.reader(io.StringIO(out, newline=""))
    assert (code, header[0]) == (0, "'=a")
    assert cells == ["'=1+1", "'+x", "'-x", "'@x", "'\tx", "'\r", "'\uff1dx", "-1", "1=1", '["=x"]', "", ""]
    _, out, _ = run_cli("sql", "SELECT '=1+1' AS a", "--format", "csv")
    assert out == "a\n=1+1\n"


def test_csv_for_spreadsheets_is_csv(run_cli: RunCli, tmp_path: Path) -> None:
    code, out, err = run_cli("sql", "SELECT 1", "--csv-safe")
    assert (code, out) == (2, "")
    assert "--csv-safe is for CSV, and the format is table." in err
    assert run_cli("audit", "--csv-safe", "-o", tmp_path / "a.csv")[0] == 0
    assert (tmp_path / "a.csv").read_text().startswith("place,")


@pytest.mark.skipif(sys.platform != "linux", reason="limits of address space are those of Linux")
@pytest.mark.parametrize("words", ["sql 'SELECT 1'", "report", "evaluate", "audit"])
def test_little_memory_is_a_sentence(words: str) -> None:
    command = f"ulimit -v 400000; {sys.executable} -m irdb_sql {words}"
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert (
        "error: the process gets too little memory: its limit of address space (ulimit -v) is 409 MB\n" in done.stderr
    )
    assert "Traceback" not in done.stderr
