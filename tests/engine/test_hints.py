"""Tests that errors of statements give advice that can be followed, and none that cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import irdb_sql
from irdb_sql.core.catalog import load
from irdb_sql.engine.errors import UnsafeError
from irdb_sql.engine.hints import explain, name_hint
from irdb_sql.errors import IrdbError

if TYPE_CHECKING:
    from irdb_sql import ImageRewardDB

HINTS = {
    "FROM imagess": "did you mean 'images'?",
    "FROM preference_pairs": "it is a macro: write FROM preference_pairs().",
    "FROM pair_count()": "it is a macro that makes one value: write SELECT pair_count(…); did you mean 'pair_counts'?",
    "FROM pairs": "it is a named query: run `irdb query pairs`, or db.query('pairs') in Python, or FROM preference_pairs().",
    "FROM prompts()": "it is a view: write FROM prompts, without parentheses.",
    "FROM nowhere": "`irdb list` lists all views and macros.",
    "FROM information_schema.nope": "`irdb list` lists all views and macros.",
    "SELECT lenght('a')": "did you mean 'length'?",
    "SELECT promt FROM images": "did you mean 'prompt'?",
    "SELECT nme FROM images": "`irdb show NAME` lists the columns of a view or macro.",
    "SELECT list_transform([1], x -> x + 1)": "write it as lambda x: …; in your own scripts you can pass trusted=True (--trusted).",
    "SELECT split FROM images JOIN prompts USING (promt)": "did you mean 'prompt'?",
    "SELECT qqq FROM prompts": "`irdb show NAME` lists the columns of a view or macro.",
    "SELECT share(1, 2)": "call share(row_condition BOOLEAN); `irdb show share` describes each parameter.",
    "SELEC 1": "did you mean 'SELECT'?",
    "SELECT 1 FORM images": "",
    "SELECT 1 FROM images WHERE": "",
    "SELECT split, count(*) FROM images": "",
    "SELECT (SELECT split FROM images)": "",
    "SELECT COLUMNS('zzz') FROM images": "",
    "SELECT error('own words')": "",
    "FROM preference_pairs(in_split := 'tset')": "a split is train, validation or test.",
    "FROM pair_counts(in_subset := '3k')": "a subset is 1k, 2k, 4k or 8k.",
    "SELECT 'a'::INT": "TRY_CAST(… AS …) gives NULL for values that cannot be converted.",
    "SELECT rank::nothing FROM images": "types are those of DuckDB, such as "
    "VARCHAR, BIGINT, DOUBLE, DATE and DECIMAL(9, 2).",
    "FROM pair_counts(in_split := test)": "write text in single quotes, 'test'; "
    "a column is no argument of a macro after FROM.",
    "FROM Pair_Counts (test)": "write text in single quotes, 'test'; a column is no argument of a macro after FROM.",
    "SELECT split": "split is a column of image_files, image_places, image_scores, images, matched_scores.",
    "SELECT cast(prompt AS DATE) FROM images": "TRY_CAST(… AS …) gives NULL for values that cannot be converted.",
    "SELECT 9223372036854775807 + 1": "cast to a wider type first, as in CAST(… AS HUGEINT) or CAST(… AS DOUBLE).",
}


@pytest.mark.parametrize("text", HINTS)
def test_a_hint_says_what_to_do_or_is_left_out(db: ImageRewardDB, text: str) -> None:
    with pytest.raises(IrdbError) as caught:
        db.sql(text)
    assert caught.value.hint == HINTS[text]
    assert "Did you mean" not in str(caught.value)
    assert "SET " not in str(caught.value)
    assert not str(caught.value).endswith("\n")


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM images JOIN 'mine.csv' USING (split)",
        "FROM 'mine.parquet'",
        'FROM "mine.json"',
        "FROM read_csv('mine.csv')",
        "FROM read_parquet('mine.parquet')",
    ],
)
def test_a_refused_file_is_said_to_be_one_with_ways_to_pass_it(db: ImageRewardDB, text: str) -> None:
    with pytest.raises(UnsafeError, match=r"a safe session refuses the (file 'mine|function 'read_)") as caught:
        db.sql(text)
    assert all(words in caught.value.hint for words in ("--scores FILE", "db.register(name, frame)", "trusted=True"))


@pytest.mark.parametrize("kind", ["INTERNAL", "FATAL"])
def test_a_fault_of_the_engine_is_said_to_be_one_without_its_stack(kind: str) -> None:
    fault = f"{kind} Error: table index mismatch"
    text = f"{fault}\n\nStack Trace:\n\n/lib/_duckdb.so(_ZN6duckdb9E+0x4b) [0x7f8cbba1e56b]\n\nThis error signals a failure."
    shown, hint = explain(text, load())
    assert shown == fault
    assert str(hint).startswith("this is a fault of DuckDB: write the statement another way")


def test_a_text_that_speaks_of_a_stack_trace_is_shown_whole(db: ImageRewardDB) -> None:
    with pytest.raises(IrdbError, match="no Stack Trace: here"):
        db.sql("SELECT error('no Stack Trace: here')")


def test_tables_are_listed_whole_before_and_after_a_statement_that_reads_one() -> None:
    with irdb_sql.connect() as db:
        views = db.catalog().filter(kind="view")["name"].to_list()
        assert db.sql("SHOW TABLES")["name"].to_list() == sorted(views)
        assert db.sql("FROM (DESCRIBE)")["name"].to_list() == sorted(views)
        assert db.sql("SELECT count(*) FROM image_listing").item() > 0
        assert db.sql("SELECT count(*) FROM images").item() > 0
        assert db.sql("SHOW TABLES")["name"].to_list() == sorted(views)


def test_columns_are_described_as_a_statement_has_them() -> None:
    with irdb_sql.connect() as db:
        described = db.sql("DESCRIBE images").rows()
        listed = db.sql("SHOW ALL TABLES").filter(name="images")
        assert [row[0] for row in described] == listed["column_names"].item().to_list() == db.images().columns
        assert [row[1] for row in described] == listed["column_types"].item().to_list()


def test_a_misspelt_macro_is_suggested_where_a_query_is_asked_for() -> None:
    assert name_hint("prefrence_pairs", "query", load()) == "did you mean 'preference_pairs'?"
    assert name_hint("zzz", "query", load()) == ""
    assert name_hint("pair_count", "query", load()).endswith("write SELECT pair_count(…); did you mean 'pair_counts'?")
    assert name_hint("tau_b", "query", load()).endswith("write SELECT tau_b(…).")


@pytest.mark.parametrize("argument", ["split", "splt", "in_splt"])
def test_a_misspelt_argument_is_suggested_with_its_prefix(db: ImageRewardDB, argument: str) -> None:
    with pytest.raises(IrdbError) as caught:
        db.sql(f"FROM preference_pairs({argument} := 'test')")
    assert str(caught.value.hint).startswith(
        "did you mean 'in_split'? call preference_pairs(in_split VARCHAR := NULL, "
    )
