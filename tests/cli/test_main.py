"""The command line, started as a user does: its commands, notes apart, documented exit codes, and no traceback."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
from fakes.package_copy import PackageCopy
from fakes.terminals import start

from irdb_sql.cli.main import irdb

if TYPE_CHECKING:
    from conftest import RunCli

NOTE = "note: no --data given; this is the embedded sample, which is synthetic\n"
COMMANDS = irdb.list_commands(click.Context(irdb))


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_command_explains_itself(run_cli: RunCli, command: str) -> None:
    code, out, err = run_cli(*([command] if command else []), "--help")
    assert (code, err) == (0, "")
    assert out.startswith(f"Usage: irdb {command}".rstrip())
    assert max(map(len, out.splitlines())) <= 100


def test_the_help_of_all_commands_has_whole_summaries(run_cli: RunCli) -> None:
    _, out, _ = run_cli("--help")
    assert not any(line.endswith("...") for line in out.splitlines()[1:])
    assert "Write FILE.duckdb with every view and macro over the data, for other tools that open DuckDB files." in (
        " ".join(out.split())
    )


HELLO = '''
import click

from irdb_sql.cli.answers import writes_frame
from irdb_sql.cli.data import takes_database


@click.command("hello-there")
@click.argument("name")
@takes_database
@writes_frame
def command(db, name):
    """Greet NAME with the number of pairs."""
    return db.sql("SELECT $name AS name, pairs FROM pair_counts(in_split := 'test')", {"name": name})
'''


@pytest.mark.parametrize("module", ["hello_there", "hello"])
def test_one_module_more_is_one_command_more(tmp_path: Path, module: str) -> None:
    copy = PackageCopy.into(tmp_path)
    copy.add(f"irdb_sql/cli/commands/{module}.py", HELLO)
    (line,) = (line for line in copy.irdb("--help").splitlines() if "hello" in line)
    assert line.split() == ["hello-there", "Greet", "NAME", "with", "the", "number", "of", "pairs."]
    assert copy.irdb("hello-there", "--help").startswith("Usage: irdb hello-there [OPTIONS] NAME\n")
    assert copy.irdb("hello-there", "Ada", "--format", "csv") == "name,pairs\nAda,736\n"
    failed = copy.failing("hello-their")
    assert failed.returncode == 2
    assert "Hint: did you mean 'hello-there'?" in failed.stderr


def test_a_command_loads_no_other_and_help_loads_no_engine() -> None:
    code = (
        "import sys\n"
        "from irdb_sql.cli.main import irdb\n"
        "irdb.main(sys.argv[1:], standalone_mode=False)\n"
        "print(*(name for name in sys.modules if name.startswith(('irdb_sql.cli.commands.', 'duckdb.', 'polars.'))))\n"
    )

    def loaded(*args: str) -> list[str]:
        done = subprocess.run(
            [sys.executable, "-c", code, *args], capture_output=True, text=True, check=True, timeout=60
        )
        return done.stdout.splitlines()[-1].split()

    assert loaded("check-split", "--help") == ["irdb_sql.cli.commands.check_split"]
    assert loaded("import", "--help") == ["irdb_sql.cli.commands.import_"]
    assert {name.rpartition(".")[2].strip("_").replace("_", "-") for name in loaded("--help")} == {*COMMANDS}


def test_a_statement_that_reads_nothing_waits_for_no_library_but_the_engine() -> None:
    code = (
        "import sys\n"
        "from irdb_sql.cli.main import irdb\n"
        "irdb.main(['sql', 'SELECT 1'], standalone_mode=False)\n"
        "print({'polars', 'numpy', 'pyarrow', 'zlib_ng', 'logging', 'concurrent.futures', 'difflib'} & sys.modules.keys())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "set()"


FAILURES = [
    (["sql", "SELEC 1"], 1, ["error: Parser Error", "Hint: "]),
    (["sql", "SELECT 1; SELECT 2"], 1, ["error: expected one read-only statement, but got 2 statements", "Hint: "]),
    (["sql", "SELECT * FROM nowhere"], 1, ["error: Catalog Error", "Hint: "]),
    (["sql", "SELECT $a"], 1, ["error: Invalid Input Error", "a", "Hint: give each $name a value"]),
    (["sql", "SELECT 1", "-o", "x.xyz"], 2, ["the suffix of 'x.xyz' is of no format"]),
    (["query", "pairs", "--param", "min_rank_gap=1.5"], 1, ["'1.5' is no whole number", "Hint: "]),
    (["query", "pairs", "--param", "split=test", "--param", "split=train"], 2, ["--param split is given twice."]),
    (["query", "pairs", "--param", "subset=9k"], 2, ["unknown subset '9k'", "Hint: a subset is 1k, 2k, 4k or 8k."]),
    (["sql", "PIVOT images ON split USING count(*)"], 1, ["of the kind MULTI", "Hint: list the columns of the PIVOT"]),
    (["sql", "SELECT error('a' || chr(155) || '31m' || chr(8238))"], 1, ["a\ufffd31m<U+202E>"]),
    (["query", "nope"], 2, ["error: unknown query 'nope'", "Hint: `irdb list`"]),
    (["query", "pairs", "--param", "min_rank_gap=abc"], 1, ["query 'pairs' failed with min_rank_gap='abc'", "Hint: "]),
    (["query", "pairs", "--param", "splt=test"], 2, ["no parameter 'splt'", "Hint: did you mean 'split'?"]),
    (["query", "pairs", "--param", "split"], 2, ["--param 'split' is not NAME=VALUE."]),
    (
        ["evaluate", "--metric", "acc_mikro"],
        2,
        ["Error: --metric cannot be 'acc_mikro'.\n\nHint: did you mean 'acc_micro'? Or choose one of 'acc_micro', "],
    ),
    (["evaluate", "--metric", "acc"], 2, ["Hint: did you mean 'acc_micro'? Or choose one of 'acc_micro', "]),
    (["evaluate", "--by", "clas"], 2, ["Error: --by cannot be 'clas'.\n\nHint: did you mean 'classification'? Or "]),
    (["evaluate", "--show", "difference"], 2, ["\n\nHint: did you mean 'differences'?\n"]),
    (["evaluate", "--split", "tset"], 2, ["unknown split 'tset'\n\nHint: a split is train, validation or test.\n"]),
    (["query", "pairs", "--max-rows", "2"], 2, ["'--max-rows'.\n\nHint: `irdb query --help` explains its usage.\n"]),
    (["report", "-o", "r.pdf"], 2, ["the suffix of -o cannot be '.pdf'", "Hint: choose one of '.md', "]),
    (
        ["sql", "FROM pair_counts(in_subset := '3k')"],
        1,
        ["unknown subset '3k'\n\nHint: a subset is 1k, 2k, 4k or 8k.\n"],
    ),
    (["show", "imagez"], 2, ["unknown name 'imagez'", "Hint: did you mean 'images'?"]),
    (["report", "nope"], 2, ["unknown report 'nope'", "Hint: "]),
    (["report", "--split", "tset"], 2, ["unknown split 'tset'", "Hint: "]),
    (["report", "--data", ""], 2, ["--data is empty."]),
    (["report", "--data", "nowhere"], 3, ["no file or folder is called 'nowhere'", "Hint: "]),
    (["report", "--data", "."], 3, ["the folder '.' holds no metadata", "metadata-train.parquet", "Hint: "]),
    (["sql", "SELECT 1", "-o", "no/such/folder.csv"], 1, ["'no/such/folder.csv' could not be written", "Hint: "]),
    (["sql", "SELECT 1", "--format", "ods"], 2, ["'ods' is not one of"]),
    (["sql"], 2, ["Missing argument 'TEXT'"]),
    (["nope"], 2, ["No such command 'nope'"]),
    (["sample"], 2, ["Missing argument 'DIR'"]),
    (["--data", "x", "sql", "SELECT 1"], 2, ["--data goes after the command: irdb sql --data …"]),
    (["-o", "x", "query", "pairs"], 2, ["-o goes after the command: irdb query -o …"]),
    (["--data"], 2, ["No such option '--data'"]),
    (
        ["query", "preference_pairs"],
        2,
        ["it is a macro: `irdb sql 'FROM preference_pairs()'`; all its rows are the query pairs"],
    ),
    (["query", "images_"], 2, ["unknown query 'images_'"]),
    (
        ["query", "rank_gaps", "--param", "limit=3"],
        2,
        ["no parameter 'limit'", "Hint: its parameters are split, subset."],
    ),
    (["sample", "x", "--subset", "3k"], 2, ["'3k' is not one of"]),
]


@pytest.mark.parametrize(("args", "code", "words"), FAILURES, ids=[" ".join(args) for args, _, _ in FAILURES])
def test_a_failure_is_one_sentence_a_hint_and_a_documented_exit_code(
    run_cli: RunCli, args: list[str], code: int, words: list[str]
) -> None:
    actual, out, err = run_cli(*args)
    assert (actual, out) == (code, "")
    assert all(word in err for word in words), err
    assert err.count("\n\nHint: ") == ("error(" not in " ".join(args)), err  # the words of the statement itself
    assert "Traceback" not in err


ARGUMENTS = {
    "export": ["pairs", "-o", "x"], "export-images": ["x", "--sql", "SELECT 1"], "generators": ["x.csv"],
    "judge": ["x.csv"], "sample": ["x"], "score": ["math:sqrt", "-o", "x.csv"], "sql": ["SELECT 1"],
}  # fmt: skip
NUMBERS = [
    (name, param.opts[0], "-1")
    for name in COMMANDS
    for param in irdb.commands[name].params
    if isinstance(param.type, click.types.IntParamType | click.types.FloatParamType)
    and (name, param.name) != ("sample", "seed")  # any whole number is one
]
OTHER_NUMBERS = [
    ("export", "--sample", "0"), ("export", "--sample", "0.5:0.5"), ("export", "--sample", "nan"),
    ("sql", "--memory-limit", "1MB"), ("sql", "--timeout", "nan"), ("judge", "--confidence", "1"),
    ("report", "--resamples", "100001"),
]  # fmt: skip


NEEDY = [name for name in COMMANDS if any(param.required for param in irdb.commands[name].params)]


@pytest.mark.parametrize("name", NEEDY)
def test_a_command_without_what_it_needs_says_what_is_missing(run_cli: RunCli, name: str) -> None:
    code, out, err = run_cli(name)
    assert (code, out) == (2, "")
    assert "Error: Missing " in err
    assert f"Hint: `irdb {name} --help` explains its usage." in err


@pytest.mark.parametrize(("command", "option", "value"), [*NUMBERS, *OTHER_NUMBERS])
def test_a_number_out_of_range_is_wrong_usage_of_the_option_as_it_is_typed(
    run_cli: RunCli, tmp_path: Path, command: str, option: str, value: str
) -> None:
    code, out, err = run_cli(command, *ARGUMENTS.get(command, []), option, value)
    assert (code, out) == (2, "")
    assert f"Usage: irdb {command} " in err
    *_, sentence, _, hint = err.splitlines()
    assert re.fullmatch(f"Error: ({option} cannot be '.*'|Invalid value for '{option}': .*)\\.", sentence)
    assert re.fullmatch("Hint: (choose .*|`.* --help` explains its usage)\\.", hint)
    assert not list(tmp_path.iterdir())


def test_a_broken_file_is_refused_with_exit_code_1(run_cli: RunCli, data: Path) -> None:
    path = data / "metadata-test.parquet"
    path.write_bytes(path.read_bytes()[:-50])
    code, out, err = run_cli("report", "--data", data)
    assert (code, out) == (1, "")
    assert err.startswith(f"error: '{path}' is no parquet file, or is damaged: ")
    assert "\n\nHint: " in err


def test_what_nobody_foresaw_is_a_sentence_too(start_cli: RunCli, data: Path, tmp_path: Path) -> None:
    (tmp_path / "jinja2.py").write_text("raise RuntimeError('planted')")
    code, out, err = start_cli("report", "--data", data, env={"PYTHONPATH": str(tmp_path)})
    assert (code, out) == (1, "")
    assert err.startswith(
        "error: irdb failed with an unexpected error: RuntimeError: planted\n\nHint: set the environment variable IRDB_DEBUG=1"
    )
    assert "Traceback" in start_cli("report", "--data", data, env={"PYTHONPATH": str(tmp_path), "IRDB_DEBUG": "1"})[2]


INTERRUPTS = {
    "inside a library": ("jinja2", "try: raise KeyboardInterrupt\nfinally: raise RuntimeError('of a lock')"),
    "inside DuckDB": ("jinja2", "raise RuntimeError('Query interrupted')"),
    "inside DuckDB's reader of Arrow": ("jinja2", "raise ValueError('reading failed: KeyboardInterrupt: ')"),
    "inside a write": (
        "jinja2",
        "import pathlib, irdb_sql.errors\ntry: raise KeyboardInterrupt\n"
        "finally: raise irdb_sql.errors.UnwritableError(pathlib.Path('x'), 'no')",
    ),
}


@pytest.mark.parametrize(("module", "code"), INTERRUPTS.values(), ids=INTERRUPTS)
def test_ctrl_c_is_no_error_of_what_it_broke_off(
    start_cli: RunCli, data: Path, tmp_path: Path, module: str, code: str
) -> None:
    (tmp_path / f"{module}.py").write_text(code)
    assert start_cli("report", "--data", data, env={"PYTHONPATH": str(tmp_path)}) == (130, "", "interrupted\n")


@pytest.mark.parametrize("module", ["click", "irdb_sql.cli.answers"])
def test_ctrl_c_while_modules_are_imported_is_silent(tmp_path: Path, module: str) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        f"""
import os, signal, sys
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Finder())
"""
    )
    for entry in (["-m", "irdb_sql"], ["-c", "from irdb_sql.__main__ import main; main()"]):
        done = subprocess.run(
            [sys.executable, *entry, "sql", "SELECT 1"],
            env=os.environ | {"PYTHONPATH": str(tmp_path)},
            capture_output=True,
            check=False,
            timeout=60,
        )
        assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


def test_standard_streams_that_are_closed_or_no_text_are_one_sentence(data: Path) -> None:
    shell = f"exec {sys.executable} -m irdb_sql"
    for command, words in {
        f"printf 'SELECT \\377' | {shell} sql - --data {data}": "Error: standard input is not UTF-8",
        f"{shell} sql - --data {data} <&-": "error: expected one read-only statement, but got no statements",
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
