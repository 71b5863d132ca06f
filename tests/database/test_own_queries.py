"""Queries, macros and views of one's own: used like those of the package, and checked like them and like typed SQL."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

import irdb_sql
from irdb_sql.errors import MissingParameterError, NoSqlError, SqlFileError, TableNameError, UnknownParameterError

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import RunCli

    from irdb_sql import ImageRewardDB

MACRO = """\
-- Pairs whose prompt has a word.
-- param word: a word
-- returns: prompt, rank_gap, better_row, worse_row
-- query: pairs_of_word
-- question: Which pairs have a prompt with a word?
-- order: better_row, worse_row
create or replace macro word_pairs(word) AS TABLE
    SELECT prompt, rank_gap, better_row, worse_row FROM preference_pairs() WHERE contains(prompt, word)
""".replace("create or replace macro", "CREATE OR REPLACE MACRO")


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.sql").write_text(text)
    return folder


def fault(folder: Path, *, trusted: bool = False) -> str:
    with pytest.raises(SqlFileError) as caught, irdb_sql.connect(queries=folder, trusted=trusted):
        pass
    return caught.value.sentence.replace(f"{folder}{os.sep}", "")


def test_a_folder_adds_queries_macros_and_views_that_use_one_another(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    write(
        tmp_path / "more",
        word_counts="SELECT $word::VARCHAR AS word, count(*) AS n FROM word_pairs($word)",
        shortest="-- name: shortest\r\n-- Which is the shortest prompt?\r\nSELECT prompt FROM by_length LIMIT 1;\r\n",
    )
    write(
        tmp_path,
        word_pairs=MACRO,
        by_length="-- Prompts by length.\nCREATE OR REPLACE VIEW by_length AS\nSELECT prompt FROM prompts ORDER BY length(prompt), twice(1), prompt",
        twice="-- A value.\nCREATE OR REPLACE MACRO twice(x, factor := 2) AS\nx * factor",
    )
    with irdb_sql.connect(queries=tmp_path) as db:
        expected = db.sql("SELECT count(*) AS n FROM preference_pairs() WHERE contains(prompt, 'fox')").item()
        assert expected > 0
        assert db.query("word_counts", word="fox").row(0) == ("fox", expected)
        assert db.query("pairs_of_word", word="fox").height == expected
        assert db.sql("SELECT count(*) FROM word_pairs('fox')", isolated=True).item() == expected
        assert db.sql("SELECT twice(4)").item() == 8
        assert db.query("shortest").height == 1
        listed = {
            (kind, name): summary for kind, name, summary in db.catalog().select("kind", "name", "summary").rows()
        }
        assert listed["macro", "word_pairs"] == "Pairs whose prompt has a word."
        assert listed["query", "shortest"] == "Which is the shortest prompt?"
        assert listed["query", "pairs_of_word"] == "Which pairs have a prompt with a word?"
        assert db.columns("word_counts").rows() == [("query", "word", "VARCHAR"), ("query", "n", "BIGINT")]
        with pytest.raises(UnknownParameterError):
            db.query("word_counts", wort="fox")
        with pytest.raises(TableNameError, match="is the name of a view, macro or query"):
            db.register("by_length", db.query("shortest"))
        path = tmp_path / "own.duckdb"
        db.write_catalog(path)
    with irdb_sql.connect() as db:
        assert not db.catalog()["name"].is_in(["word_pairs", "word_counts"]).any()


def test_a_file_is_asked_by_its_path_whatever_its_name(db: ImageRewardDB, tmp_path: Path) -> None:
    write(tmp_path, pairs="SELECT count(*) AS n FROM preference_pairs(in_split := $split)")
    assert db.query(tmp_path / "pairs.sql", split="test").rows() == [(651,)]
    assert db.query(tmp_path / "pairs.sql", {"split": "test"}, lazy=True).collect().rows() == [(651,)]
    with pytest.raises(UnknownParameterError, match="query 'pairs' has no parameter 'spilt'"):
        db.query(tmp_path / "pairs.sql", spilt="test")
    with pytest.raises(NoSqlError):
        db.query(tmp_path / "nope.sql")
    write(tmp_path, word_pairs=MACRO)
    with pytest.raises(SqlFileError, match="defines a macro and asks nothing"):
        db.query(tmp_path / "word_pairs.sql")


UNSAFE = {
    "SELECT * FROM read_csv('/etc/passwd')": "a safe session refuses the function 'read_csv'",
    "SELECT * FROM '/etc/passwd'": "Table with name /etc/passwd does not exist",
    "DROP TABLE x": "expected one read-only statement, but got a statement of the kind DROP",
    "SELECT 1; SELECT 2": "expected one read-only statement, but got 2 statements",
    "-- only a comment": "expected one read-only statement, but got no statements",
    "CREATE OR REPLACE VIEW x AS\nSELECT * FROM read_text('/etc/passwd')": "a safe session refuses the function 'read_text'",
    "CREATE OR REPLACE MACRO x(a) AS TABLE\nSELECT * FROM read_text(a)": "a safe session refuses the function 'read_text'",
    "CREATE OR REPLACE MACRO x(a) AS\n(SELECT content FROM read_text(a))": "a safe session refuses the function 'read_text'",
    "CREATE OR REPLACE MACRO x(a := getenv('HOME')) AS\na": "a safe session refuses the function 'getenv'",
    "CREATE OR REPLACE MACRO x(a) AS\na; DROP VIEW images": "expected one read-only statement, but got 2 statements",
    "CREATE OR REPLACE MACRO x(a) AS\n1), (SELECT content FROM read_text(a)": "syntax error",
}


@pytest.mark.parametrize(("text", "reason"), UNSAFE.items())
def test_what_a_safe_session_refuses_is_refused_when_it_is_opened(tmp_path: Path, text: str, reason: str) -> None:
    assert reason in fault(write(tmp_path, x=text))


WRONG = {
    "SELECT nope FROM images": 'column "nope" not found',
    "SELECT * FROM imagez": "imagez does not exist",
    "SELECT ? AS a": "a parameter without a name; write it as $name",
    "-- name: y\nSELECT 1 AS a": "it is called x, and its statement or header says 'y'",
    "-- returns: a, b\nSELECT 1 AS a": "its header says that it returns a, b, and it returns a",
    "-- param n: a number\nSELECT $m AS a": "its header has the parameters n, and the statement m",
    "CREATE OR REPLACE VIEW y AS\nSELECT 1 AS a": "it is called x, and its statement or header says 'y'",
    "CREATE OR REPLACE VIEW main.x AS\nSELECT 1 AS a": "it is called x, and its statement or header says 'main.x'",
    "CREATE OR REPLACE MACRO x(a) AS SELECT 1": 'syntax error at or near "SELECT"',
    "-- query: q\n-- question: Which?\nCREATE OR REPLACE VIEW x AS\nSELECT 1 AS a": "its header lacks 'order'",
    "-- query: pairs\n-- question: Which?\n-- order: a\nCREATE OR REPLACE VIEW x AS\nSELECT 1 AS a": "pairs is the name of another query",
}  # fmt: skip


@pytest.mark.parametrize(("text", "reason"), WRONG.items())
def test_a_wrong_file_is_named_with_its_fault(tmp_path: Path, text: str, reason: str) -> None:
    sentence = fault(write(tmp_path, x=text))
    assert sentence.startswith("'x.sql': ")
    assert reason.lower() in sentence.lower()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("images", "SELECT 1 AS a"),
        ("pair_counts", "SELECT 1 AS a"),
        ("sum", "CREATE OR REPLACE MACRO sum(a) AS\na"),
        ("duckdb_views", "CREATE OR REPLACE VIEW duckdb_views AS\nSELECT 1 AS a"),
        ("kept_images", "CREATE OR REPLACE VIEW kept_images AS\nSELECT 1 AS a"),
    ],
)
def test_a_name_that_is_taken_is_refused(tmp_path: Path, name: str, text: str) -> None:
    assert "name" in fault(write(tmp_path, **{name: text}))


def test_files_that_name_one_another_are_refused(tmp_path: Path) -> None:
    text = "CREATE OR REPLACE VIEW {} AS\nSELECT * FROM {}"
    assert "name one another" in fault(write(tmp_path, a=text.format("a", "b"), b=text.format("b", "a")))


def test_places_that_are_no_folder_of_queries(tmp_path: Path) -> None:
    with pytest.raises(NoSqlError):
        irdb_sql.connect(queries=tmp_path / "nope")
    assert "it has no file with the suffix .sql" in fault(tmp_path)
    os.mkfifo(tmp_path / "pipe.sql")
    assert "it is a device, pipe or socket" in fault(tmp_path)
    (tmp_path / "pipe.sql").unlink()
    (tmp_path / "x.sql").write_bytes(b"SELECT '\xff' AS a")
    assert "byte 9 is not of UTF-8" in fault(tmp_path)
    (tmp_path / "x.sql").write_text("SELECT 1 AS a")
    (tmp_path / "again").mkdir()
    (tmp_path / "again" / "x.sql").write_text("SELECT 1 AS a")
    assert "two files define the query x" in fault(tmp_path)


def test_a_trusted_database_runs_what_it_is_given(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("n\n7\n")
    write(tmp_path, x="SELECT n FROM read_csv('PLACE/a.csv')".replace("PLACE", str(tmp_path)))
    with irdb_sql.connect(queries=tmp_path, trusted=True) as db:
        assert db.query("x").item() == 7
    write(tmp_path, y="SELECT 1; SELECT 2")
    assert "2 statements" in fault(tmp_path, trusted=True)


@pytest.mark.parametrize("is_lazy", [False, True])
def test_a_parameter_that_no_header_declares_must_be_given(tmp_path: Path, *, is_lazy: bool) -> None:
    write(tmp_path, mine="SELECT $k AS k, $b::INT AS b, count(*) AS n FROM images WHERE split = $k")
    with irdb_sql.connect(queries=tmp_path) as db:
        for name in ("mine", tmp_path / "mine.sql"):
            with pytest.raises(MissingParameterError, match=r"query 'mine' needs a value of \$k and \$b") as caught:
                db.query(name, lazy=is_lazy)
            assert "--param k=VALUE --param b=VALUE" in caught.value.hint
            with pytest.raises(MissingParameterError, match=r"needs a value of \$b"):
                db.query(name, {"k": "test"}, lazy=is_lazy)
            assert db.query(name, k="test", b=1, lazy=is_lazy).lazy().collect().rows() == [("test", 1, 279)]
            assert db.query(name, {"k": None, "b": None}).rows() == [(None, None, 0)]


def test_a_parameter_that_a_header_declares_is_null_unless_given(tmp_path: Path) -> None:
    write(
        tmp_path,
        mine="-- param k: a split; NULL takes all\nSELECT count(*) AS n FROM images WHERE $k IS NULL OR split = $k",
    )
    write(
        tmp_path,
        rows="-- query: all_rows\n-- question: Which?\n-- order: a\n"
        "CREATE OR REPLACE MACRO rows(x, y := 2, z := NULL) AS TABLE\nSELECT x AS a, y AS b, z AS c",
    )
    with irdb_sql.connect(queries=tmp_path) as db:
        assert db.query("mine").item() == db.images().height
        assert db.query(tmp_path / "mine.sql", k="test").item() == 279
        assert db.query("all_rows", x=1).rows() == [(1, 2, None)]
        with pytest.raises(MissingParameterError, match=r"query 'all_rows' needs a value of \$x"):
            db.query("all_rows", y=1)


def test_a_missing_parameter_is_told_on_the_command_line(run_cli: RunCli, tmp_path: Path) -> None:
    write(tmp_path, mine="SELECT count(*) AS n FROM images WHERE split = $k")
    code, out, notes = run_cli("query", tmp_path / "mine.sql")
    assert (code, out) == (1, "")
    assert "query 'mine' needs a value of $k" in notes
    assert "--param k=VALUE" in notes
    assert run_cli("query", tmp_path / "mine.sql", "--param", "k=test", "--format", "csv")[:2] == (0, "n\n279\n")
