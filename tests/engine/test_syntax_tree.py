"""The fast check of a statement finds what its definition in SQL finds, and refuses what that refuses, in the same words."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irdb_sql.core import catalog
from irdb_sql.engine import sandbox, syntax_tree
from irdb_sql.engine.definitions import Definitions
from irdb_sql.engine.errors import UnsafeError
from irdb_sql.engine.syntax_tree import Part, Parts
from irdb_sql.errors import IrdbError

HOSTILE = [
    line
    for line in (Path(__file__).parent / "hostile_statements.txt").read_text().splitlines()
    if line and not line.startswith("#")
]
QUERIES = [file.text for file in catalog.load().queries.values()]
PLAIN = [
    "SELECT 1",
    "FROM images",
    "SHOW TABLES",
    "SHOW threads",
    'SHOW "threads"',
    "SHOW ALL TABLES",
    "DESCRIBE images",
    "SUMMARIZE images",
    "FROM information_schema.views",
    "FROM views",
    "FROM INFORMATION_SCHEMA.VIEWS",
    "FROM duckdb_settings()",
    "FROM DuckDB_Secrets",
    "FROM pg_catalog.pg_tables",
    "SELECT Current_Setting('threads')",
    "SELECT '\"function_name\":\"read_text\"' AS \"function_name\"",
    "SELECT 1 AS \"current_setting\", '{\"type\":\"INSERT_NODE\"}'",
    "FROM READ_CSV('x')",
    "FROM range(3) AS t, LATERAL (SELECT unnest([t.range]))",
    "WITH w AS (SELECT 1) FROM w",
    "WITH w AS (DELETE FROM images RETURNING *) FROM w",
    "SELECT * FROM (WITH w AS (COPY images TO 'x') SELECT 1)",
    "WITH RECURSIVE r AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM r WHERE a < 3) FROM r",
    "PIVOT images ON split IN ('test') USING count(*)",
    "SELECT list_transform([1], lambda x: list_filter([x], lambda y: y > 1))",
    "SELECT " + "list_transform([1], lambda x: " * 8 + "1" + ")" * 8,
    "SELECT " + "list_transform([1], lambda x: " * 9 + "1" + ")" * 9,
    "SELECT " + "list_transform([1], lambda x: " * 10 + "1" + ")" * 10,
    "SELECT 1" + " UNION SELECT 1" * 999,
    "SELECT 1" + " UNION SELECT 1" * 1000,
    "SELECT * FROM t AS t(" + ", ".join(f"c{n}" for n in range(1001)) + ")",  # noqa: S608 - a statement to judge
    "WITH " + ", ".join(f"a{n} AS (SELECT 1)" for n in range(1001)) + " SELECT 1",
    "SELECT " + "abs(" * 200 + "1" + ")" * 200,
    "SELECT " + "current_setting(" * 400 + "1" + ")" * 400,
    "SELECT a::VARIANT, b::INT[], VARIANT 'x', c::main.\"Bignum\"",
    "SELECT 'variant' AS variant, '1'::ENUM('VARIANT')",
    "SELECT TRY_CAST(a AS MAP(VARCHAR, STRUCT(b UNION(c VARIANT)[])))",
    "FROM json_tree('[]')",
    "SELECT json_contains('[]', '1')",
    "SELECT json_extract(a, '$.b'), a -> 'c', a ->> '$.d', json_keys(a), json_type(a, b), JSON_VALUE(a, '$..b')",
    "SELECT json_extract(a, b), a -> b FROM t",
    "FROM statement_parts('SELECT 1')",
    "FROM statement_parts($text)",
    "FROM refused_names(a)",
    "SELECT json_serialize_sql('SELECT 1'), json_serialize_sql(upper('select 1'))",
    "SELECT list_transform([1], x -> x + 1)",
    "SELEC 1",
    "SELECT 1; SELECT 2",
    "",
]  # fmt: skip
WORDS = st.sampled_from([
    "SELECT", "FROM", "WITH", "AS", "(", ")", ",", "*", "1", "'x'", "images", "w", "read_text", "current_setting", "lambda x:",
    "list_transform", "[1]", "DELETE", "INSERT INTO", "COPY", "TO", "UNION ALL", "SHOW", "DESCRIBE", "threads", "range(3)", "pg_class",
    "information_schema.views", "unnest([1])", "WHERE", "RETURNING", "JOIN", "duckdb_tables()", "preference_pairs()", "VALUES (1)", ".", ";",
])  # fmt: skip


@pytest.fixture(scope="module")
def cursor() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE metadata (image_path VARCHAR, split VARCHAR)")
        define = Definitions(catalog.load(), predefined=[file.name for file in catalog.load().all()]).define
        define(connection, ())
        for name in ("function_rules", "statement_parts", "refused_names"):
            file = {**catalog.load().views, **catalog.load().macros}[name]
            connection.execute(file.text)
        connection.execute("CREATE VIEW images AS FROM metadata")
        connection.execute("CREATE MACRO preference_pairs() AS TABLE FROM images")
        yield connection


def define(_name: str | None) -> None:
    pass


def outcome(cursor: duckdb.DuckDBPyConnection, text: str) -> tuple[str, str]:
    """Check a text, and return the statement or the error's type and sentence."""
    try:
        return "allowed", sandbox.check_statement(cursor, text, define, {})
    except IrdbError as error:
        return type(error).__name__, error.sentence


def slow_parts(cursor: duckdb.DuckDBPyConnection, text: str) -> Parts:
    rows = cursor.table_function("statement_parts", [text]).fetchall()
    return Parts({Part(*row) for row in rows}, has_common_tables=True)


def assert_same(cursor: duckdb.DuckDBPyConnection, text: str) -> None:
    fast = outcome(cursor, text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sandbox, "statement_parts", slow_parts)
        patch.setattr(
            sandbox,
            "refused_parts",
            lambda duck, _parts, _define: sorted(duck.table_function("refused_names", [text]).fetchall()),
        )
        assert fast == outcome(cursor, text)


# The engine would look for a server before it judges; test_sandbox.py tries statements with addresses.
@pytest.mark.parametrize("text", [*(text for text in HOSTILE if "://" not in text), *PLAIN], ids=lambda text: text[:40])
def test_a_statement_is_judged_as_its_definition_says(cursor: duckdb.DuckDBPyConnection, text: str) -> None:
    assert_same(cursor, text)


@settings(max_examples=60)
@given(st.lists(WORDS, max_size=9).map(" ".join))
def test_any_words_are_judged_as_the_definition_says(cursor: duckdb.DuckDBPyConnection, text: str) -> None:
    assert_same(cursor, text)


@settings(max_examples=30)
@given(st.lists(WORDS, min_size=1, max_size=5).map(" ".join))
def test_any_words_in_a_with_are_judged_as_the_definition_says(cursor: duckdb.DuckDBPyConnection, text: str) -> None:
    assert_same(cursor, f"WITH w AS ({text}) SELECT 1 FROM w")  # noqa: S608 - a statement to judge


@pytest.mark.parametrize("text", [*PLAIN[:30], *QUERIES], ids=lambda text: text[:40])
def test_the_parts_are_those_of_the_definition(cursor: duckdb.DuckDBPyConnection, text: str) -> None:
    assert syntax_tree.statement_parts(cursor, text).parts == slow_parts(cursor, text).parts


def test_a_statement_too_deep_for_python_is_judged_by_the_engine(cursor: duckdb.DuckDBPyConnection) -> None:
    deep = "SELECT " + "current_setting(" * 400 + "1" + ")" * 400
    with pytest.raises(RecursionError):
        syntax_tree.statement_parts(cursor, deep)
    assert outcome(cursor, deep) == ("UnsafeError", "a safe session refuses the function 'current_setting'")


def test_only_what_was_judged_by_its_text_alone_is_approved_for_good(cursor: duckdb.DuckDBPyConnection) -> None:
    approved: dict[str, str] = {}
    for text in (
        "SELECT 1; -- one",
        "WITH one AS (SELECT 1) FROM one",
        "FROM read_text('a')",
        "SELECT '" + "a" * 10_000 + "'",
    ):
        with contextlib.suppress(UnsafeError):
            sandbox.check_statement(cursor, text, define, approved)
    assert approved == {"SELECT 1; -- one": "SELECT 1"}
    for number in range(300):
        sandbox.check_statement(cursor, f"SELECT {number}", define, approved)
    assert 0 < len(approved) < 300
