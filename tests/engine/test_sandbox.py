"""Untrusted SQL: no statement of the list reads or writes anything but the data, however it is run."""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
import sys
import warnings
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import polars as pl
import pytest
from conftest import image, uncovered, write_metadata

import irdb_sql
from irdb_sql import errors
from irdb_sql.cli.main import irdb
from irdb_sql.cli.shell.interpreter import Shell
from irdb_sql.engine import errors as session_errors
from irdb_sql.engine.errors import RowsCutWarning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from irdb_sql import ImageRewardDB

SECRET = "do-not-tell"  # noqa: S105 - what a statement must not show
LIMITS: dict[str, Any] = {"timeout": 0.2, "memory_limit": "200MB", "threads": 1, "max_rows": 1000}
STATEMENTS = [
    line
    for line in (Path(__file__).parent / "hostile_statements.txt").read_text().splitlines()
    if line and not line.startswith("#")
]
STATEMENTS += [
    "(" * 5000 + "1" + ")" * 5000,
    "SELECT " + "1 + " * 20_000 + "1",
    "SELECT '" + "x" * 1_000_000 + "'",
    "SELECT " + "a." * 8000 + "a",
    "SELECT 1" + " UNION SELECT 1" * 8000,
    "SELECT 1 WHERE 1 IN (SELECT 1" + " UNION ALL SELECT 1" * 8000 + ")",
    "SELECT " + "list_transform([1], lambda x: " * 20 + "1" + ")" * 20,
    "WITH " + ", ".join(f"a{number} AS (SELECT 1)" for number in range(20_000)) + " SELECT 1",
    "\x00",
    "FROM images" + ",images" * 100_000,
    "FROM a" + ", a" * 100_000,
    "FROM a" + " JOIN a USING (x)" * 100_000,
    "WITH a AS (" * 50_000 + "SELECT 1" + ") SELECT 1" * 50_000,
    "SELECT " + ",".join("1" * 200_000),
]

_EVERY = {"isolated": 24, "lazy": 3, "export": 3, "shell": 3}
"""Refused statements that are also tried in other ways: every one that is a multiple; a separate process takes a second."""


class Workspace:
    """A folder with a small dataset, a secret file beside it, and hashes of all files before the test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "data"
        self.folder.mkdir()
        write_metadata(self.folder, [image("p", "a", 1, 5, 5, 5), image("p", "b", 2, 4, 4, 4)])
        self.outside = folder / "outside.csv"
        self.outside.write_text(f"{SECRET}\n1\n")
        (self.folder / "link.csv").symlink_to(self.outside)
        self.target = folder / "target"
        self.root = folder
        self.before = self.content()

    def content(self) -> dict[str, str]:
        return {
            str(path.relative_to(self.root)): hashlib.sha256(path.read_bytes()).hexdigest()
            if path.is_file()
            else "folder"
            for path in sorted(self.root.rglob("*"))
        }

    def statement(self, text: str) -> str:
        return text.format(
            data=self.folder / "metadata-test.parquet",
            folder=self.folder,
            outside=self.outside,
            link=self.folder / "link.csv",
            target=self.target,
            name=self.outside.name,
        )


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return Workspace(tmp_path_factory.mktemp("workspace"))


@pytest.fixture(scope="module")
def limited_db(workspace: Workspace) -> Iterator[ImageRewardDB]:
    with irdb_sql.connect(workspace.folder, **LIMITS) as db:
        yield db


class OpenDatabase:
    """An open database in the place of the one that a command would open."""

    def __init__(self, db: ImageRewardDB) -> None:
        self._db = db

    def __getattr__(self, name: str) -> Any:
        return getattr(self._db, name)

    def __enter__(self) -> ImageRewardDB:
        return self._db

    def __exit__(self, *_: object) -> None:
        pass


def cli(workspace: Workspace, *args: str, db: ImageRewardDB | None = None) -> str:
    """Run the command line in this process, which is faster, and return its output."""
    written = io.BytesIO()
    limits = ["--timeout", "0.2", "--memory-limit", "200MB", "--threads", "1", "--max-rows", "1000"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("irdb_sql.cli.answers.write", lambda content, _output, _what: written.write(content))
        if db is not None:
            patch.setattr("irdb_sql.cli.data.connecting.connect", lambda **_: OpenDatabase(db))
        irdb.main([args[0], "--data", str(workspace.folder), *limits, *args[1:]], standalone_mode=False)
    return written.getvalue().decode()


def run_in_shell(db: ImageRewardDB, text: str) -> str:
    """Run a statement in the shell and return what it shows."""
    shown: list[str] = []
    shell = Shell(
        db,
        show=lambda frame: shown.append(str(frame.to_dicts())),
        page=shown.append,
        save=lambda frame, _: shown.append(str(frame.to_dicts())),
        say=lambda note: None if note.startswith("error") and SECRET not in note else shown.append(note),
        waiting=nullcontext,
    )
    shell.answer(f"{text};")
    return "".join(shown)


WAYS: dict[str, Callable[[Workspace, ImageRewardDB, str], str]] = {
    "eager": lambda _, db, text: str(db.sql(text).to_dicts()),
    "isolated": lambda _, db, text: str(db.sql(text, isolated=True).to_dicts()),
    "lazy": lambda _, db, text: str(db.sql(text, lazy=True).head(10).collect(engine="streaming").to_dicts()),
    "command": lambda workspace, db, text: cli(workspace, "sql", "--format", "json", "--", text, db=db),
    "export": lambda workspace, db, text: cli(workspace, "export-images", str(workspace.target), "--sql", text, db=db),
    "shell": lambda _, db, text: run_in_shell(db, text),
}


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda text: text[:60])
def test_a_hostile_statement_does_nothing(workspace: Workspace, limited_db: ImageRewardDB, statement: str) -> None:
    text = workspace.statement(statement) if "{" in statement else statement
    is_refused = False
    number = STATEMENTS.index(statement)
    for way, run in WAYS.items():
        if is_refused and number % _EVERY.get(way, 1):
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", RowsCutWarning)
                message = output = run(workspace, limited_db, text)
        except (errors.IrdbError, click.ClickException) as error:
            message, output = str(error), ""
            is_refused |= isinstance(error, errors.StatementError)
        assert SECRET not in message, way
        assert str(workspace.root) not in output, way
    assert workspace.content() == workspace.before
    assert limited_db.query("pair_counts")["strict_pairs"].item() == 1
    assert limited_db.sql("SELECT 1 AS a").item() == 1


def test_the_command_line_is_safe_and_limited_by_default(workspace: Workspace) -> None:
    for statement in ("FROM read_text('{outside}')", "COPY (SELECT 1) TO '{target}'"):
        with pytest.raises(errors.StatementError):
            cli(workspace, "sql", workspace.statement(statement))
    for command in (["sql"], ["export-images", str(workspace.target), "--sql"]):
        with pytest.raises(session_errors.TimeLimitError):
            cli(workspace, *command, "SELECT count(*) FROM range(1000000000000) AS a, range(9) AS b")
    assert workspace.content() == workspace.before


def test_every_kind_of_read_only_statement_is_allowed(workspace: Workspace) -> None:
    statements = (
        "FROM images", "SHOW TABLES", "DESCRIBE images", "SUMMARIZE images", "FROM pair_counts()", "VALUES (1)",
        "FROM duckdb_functions() WHERE NOT internal", "FROM duckdb_columns()", "FROM information_schema.tables",
        "WITH RECURSIVE w AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM w WHERE n < 9) SELECT max(n) FROM w",
        "PIVOT images ON rank IN (1, 2) USING count(*)", "SELECT unnest(range(3))", "SELECT histogram(rank) FROM images", "WITH views AS (SELECT 1 AS a), threads AS (FROM views) FROM threads", "SELECT 1; -- so",
        "SELECT * FROM scorer_metrics() WHERE metric = 'acc_micro'", "SELECT * EXCLUDE (prompt) FROM images",
    )  # fmt: skip
    with irdb_sql.connect(workspace.folder, **{**LIMITS, "timeout": 60}) as db:
        for text in statements:
            assert db.sql(text).height, text


def test_a_trusted_session_can_write_and_open_any_file(workspace: Workspace, tmp_path: Path) -> None:
    target = tmp_path / "pairs.csv"
    with irdb_sql.connect(workspace.folder, trusted=True) as db:
        db.sql("CREATE TABLE mine AS SELECT 1 AS a")
        assert db.sql("INSERT INTO mine VALUES (2); SELECT sum(a) AS a FROM mine").item() == 3
        db.sql(f"COPY (FROM preference_pairs()) TO '{target}'")
        assert db.sql(f"FROM '{target}'").height == 1
        assert SECRET in str(db.sql(f"FROM read_text('{workspace.outside}')").to_dicts())
        assert db.sql("EXPLAIN SELECT 1").height


def test_a_semicolon_and_comments_after_a_statement_are_ignored(workspace: Workspace) -> None:
    with irdb_sql.connect(workspace.folder, max_rows=5) as db:
        for text in ("SELECT 1 AS a; -- x", "SELECT 1 AS a /* x */ ;", "SELECT 1 AS a;", "-- x\nSELECT 1 AS a -- y"):
            assert db.sql(text).item() == db.sql(text, lazy=True).collect().item() == 1
    with irdb_sql.connect(workspace.folder) as db, pytest.raises(errors.QueryError, match="the text is not UTF-8"):
        db.sql("SELECT '\ud800'")


def test_metadata_of_the_source_is_not_overwritten(workspace: Workspace, tmp_path: Path) -> None:
    data = workspace.folder / "metadata-test.parquet"
    link = tmp_path / "link.parquet"
    link.symlink_to(data)
    with irdb_sql.connect(workspace.folder) as db:
        for target in (data, link):
            with pytest.raises(errors.SourceTargetError, match="is an input file"):
                db.write_catalog(target)
    for target in (data, link):
        with pytest.raises(errors.SourceTargetError):
            irdb.main(["sql", "SELECT 1", "--data", str(data), "-o", str(target)], standalone_mode=False)
    assert workspace.content() == workspace.before


def test_other_files_of_the_source_are_not_overwritten(tmp_path: Path) -> None:
    with irdb_sql.connect() as sample:
        shutil.copytree(sample.source.folder, tmp_path / "data")
    data = tmp_path / "data"
    before = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
    archive = data / "images/test/test_1.zip"
    one_split = ["--data", str(data / "metadata-test.parquet")]
    for arguments in (
        ["export-images", str(archive), "--data", str(data), "--sql", "FROM images LIMIT 1"],
        ["sql", "SELECT 1", "--format", "csv", "--data", str(data), "-o", str(archive)],
        ["report", "--format", "json", "--data", str(data), "-o", str(archive)],
        ["catalog", str(archive), "--data", str(data)],
        ["sql", "SELECT 1", *one_split, "-o", str(data / "metadata-train.parquet")],
        ["verify", "--data", str(data), "-o", str(data / "metadata-test.parquet")],
        ["sql", "SELECT 1", "--format", "csv", *one_split, "--images-root", str(data / "images"), "-o", str(archive)],
    ):
        with pytest.raises(errors.SourceTargetError, match="is an input file"):
            irdb.main(arguments, standalone_mode=False)
    assert {path: path.read_bytes() for path in data.rglob("*") if path.is_file()} == before


INTERRUPTED = """
import signal, sys, irdb_sql
interrupted = 0
db = irdb_sql.connect()
db.sql("SELECT count(*) FROM images WHERE rank > 0")
signal.signal(signal.SIGALRM, signal.default_int_handler)
for tenth in range(1, 120):
    signal.setitimer(signal.ITIMER_REAL, tenth / 10_000)
    try:
        for _ in range(50):
            db.sql("SELECT count(*) FROM images WHERE rank > 0")
    except KeyboardInterrupt:
        interrupted += 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
print(interrupted > 100, db.sql("SELECT 1 AS a").item())
"""


def test_an_interrupt_at_any_moment_is_raised_once_and_the_session_still_works() -> None:
    # In a separate process, because an interrupt in the code that measures coverage would leave a lock closed for ever.
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED], env=uncovered(), capture_output=True, text=True, check=False, timeout=120
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "True 1\n", "")


def test_a_closed_database_runs_no_statement(workspace: Workspace) -> None:
    db = irdb_sql.connect(workspace.folder)
    db.close()
    for isolated in (False, True):
        with pytest.raises(errors.ClosedError):
            db.sql("SELECT 1", isolated=isolated)
    for text in (None, 3, b"SELECT 1"):
        with pytest.raises(TypeError, match="a statement cannot be"):
            db.sql(text)  # type: ignore[call-overload]


def test_a_result_is_cut_with_a_warning_and_never_silently(workspace: Workspace) -> None:
    with irdb_sql.connect(workspace.folder, max_rows=2) as db:
        with pytest.warns(RowsCutWarning, match="there are more than 2 rows, and only the first 2 are returned"):
            assert db.sql("SELECT range AS n FROM range(9) ORDER BY n DESC")["n"].to_list() == [8, 7]
        assert db.sql("FROM range(2)").height == 2
        lazy = db.sql("SELECT range AS n FROM range(500000) ORDER BY n DESC", lazy=True)
        with pytest.warns(RowsCutWarning, match="only the first 2 are returned"):
            assert lazy.filter(n=499_998).collect()["n"].to_list() == [499_998]
        assert lazy.head(2).collect().height == 2
        assert db.sql("FROM range(2)", lazy=True).collect().height == 2
        assert db.query("metrics").height > 2


def test_a_time_limit_stops_a_statement_and_the_session_still_works(workspace: Workspace) -> None:
    with irdb_sql.connect(workspace.folder, timeout=0.2) as db:
        for lazy in (False, True):
            with pytest.raises(TimeoutError, match=r"the statement was stopped after 0\.2 s"):
                db.sql("SELECT count(*) FROM range(1000000000000) AS a, range(9) AS b", lazy=lazy).lazy().collect()
        assert db.pair_counts()["strict_pairs"].item() == 1


def test_a_memory_limit_holds(workspace: Workspace) -> None:
    with irdb_sql.connect(workspace.folder, memory_limit="50MB", threads=1) as db:
        with pytest.raises(errors.QueryError, match="Out of Memory"):
            db.sql("SELECT list(range) FROM range(100000000)")
        assert db.sql("SELECT 1 AS a").item() == 1


ISOLATED = [
    ("SELECT list_sum(range(200000000))", errors.QueryError),
    ("SELECT length(repeat('x', 1000000000))", errors.QueryError),
    ("SELECT count(*) FROM range(1000000000000) AS a, range(9) AS b", session_errors.TimeLimitError),
    ("SELECT list_sum(list_transform(range(30000000), lambda x: ln(x + 1)))", session_errors.TimeLimitError),
    ("FROM read_text('{outside}')", session_errors.UnsafeError),
    ("WITH w AS (COPY (SELECT 1) TO '{target}') SELECT * FROM w", errors.StatementError),
    ("SELEC 1", errors.QueryError),
]


@pytest.mark.parametrize(("statement", "error"), ISOLATED, ids=lambda value: str(value)[:40])
def test_a_separate_process_ends_at_its_limits(workspace: Workspace, statement: str, error: type[Exception]) -> None:
    with irdb_sql.connect(workspace.folder, timeout=0.3, memory_limit="400MB") as db:
        with pytest.raises(error):
            db.sql(workspace.statement(statement), isolated=True)
        assert workspace.content() == workspace.before
        assert db.sql("SELECT 1 AS a", isolated=True).item() == 1


@pytest.mark.slow
def test_a_separate_process_returns_the_rows_of_the_database(workspace: Workspace) -> None:
    scores = pl.DataFrame({"image": ["a.webp", "b.webp"], "mine": [1, 2]})
    with irdb_sql.connect(workspace.folder, scores=scores, max_rows=3) as db:
        db.register("own", pl.DataFrame({"a": [1, 2], "b": [b"x", None]}))
        for text, params in (
            ("SELECT scorer, score_sign FROM scored_pairs() ORDER BY ALL", None),
            ("FROM own ORDER BY a", None),
            ("SELECT $a || 'ü' AS a", {"a": "x"}),
            ("SELECT 1 AS a WHERE false", None),
        ):
            assert db.sql(text, params, isolated=True).equals(db.sql(text, params))
        with pytest.warns(RowsCutWarning):
            assert db.sql("SELECT range AS a FROM range(9) ORDER BY a", isolated=True)["a"].to_list() == [0, 1, 2]
        options: Any = {"lazy": True, "isolated": True}
        with pytest.raises(session_errors.LazyIsolationError):
            db.sql("SELECT 1", **options)
    assert (
        cli(workspace, "sql", "--isolated", "--format", "csv", "SELECT strict_pairs FROM pair_counts()")
        == "strict_pairs\n1\n"
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"timeout": 0}, "timeout cannot be '0'"),
        ({"timeout": "1"}, "timeout cannot be '1'"),
        ({"max_rows": -1}, "max_rows cannot be '-1'"),
        ({"threads": 0}, "threads cannot be '0'"),
        ({"threads": 1.5}, "threads cannot be '1.5'"),
        ({"threads": 10**9}, "threads cannot be"),
        ({"timeout": float("nan")}, "timeout cannot be 'nan'"),
        ({"timeout": float("inf")}, "timeout cannot be 'inf'"),
        ({"max_rows": 1.5}, "max_rows cannot be '1.5'"),
        ({"memory_limit": "much"}, "memory"),
        ({"memory_limit": "-1GB"}, "memory_limit cannot be '-1GB'"),
        ({"memory_limit": "1kB"}, "memory_limit cannot be '1kB'"),
        ({"tmieout": 1}, "unknown option 'tmieout'"),
    ],
)
def test_a_limit_that_is_out_of_range_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(errors.IrdbError, match=message):
        irdb_sql.connect(**options)


def test_strange_paths_of_data_can_be_read_after_the_lock(tmp_path: Path) -> None:
    folder = tmp_path / "it's [a] *b*? ünd"
    folder.mkdir()
    write_metadata(folder, [image("p", "a", 1), image("p", "b", 2)])
    with irdb_sql.connect(folder) as db:
        assert db.pairs().height == 1
        assert isinstance(db.images(lazy=True).collect(), pl.DataFrame)
