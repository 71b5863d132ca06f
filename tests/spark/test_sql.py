"""`db.sql` on a Spark session takes Spark SQL, and the session is afterwards what it was."""

from __future__ import annotations

import datetime as dt
import uuid
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from conftest import image, write_metadata
from oracles.engines import Both, rounded

import irdb_sql
from irdb_sql.core import catalog as catalogs
from irdb_sql.core.signatures import parameters
from irdb_sql.engine.errors import ClosedError, StatementError
from irdb_sql.spark.errors import NotOnSparkError, SparkError
from irdb_sql.spark.values import functions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pyspark.sql import SparkSession

FILES = catalogs.load()


def contents(spark: SparkSession) -> list[object]:
    """List what a statement could leave in a session."""
    return [
        spark.sql("SHOW SCHEMAS").collect(),
        spark.sql("SHOW TABLES IN default").collect(),
        spark.sql("SHOW USER FUNCTIONS").collect(),
        spark.sql("SELECT current_schema()").collect(),
        sorted(map(tuple, spark.sql("SET").collect())),
    ]


@pytest.fixture
def own_tables(spark: SparkSession) -> Iterator[None]:
    """A temporary view and a table of the user's own; another temporary view is called as a macro's column."""
    spark.sql("CREATE TABLE default.splits USING parquet AS SELECT 'test' AS split, 7 AS weight")
    spark.createDataFrame([("test", 1)], "split string, mine int").createOrReplaceTempView("mine")
    spark.createDataFrame([(1,)], "x int").createOrReplaceTempView("prompts")
    yield
    spark.sql("DROP TABLE default.splits")
    for name in ("mine", "prompts"):
        spark.catalog.dropTempView(name)


@pytest.mark.usefixtures("own_tables")
def test_views_macros_and_tables_of_the_session_are_found_by_their_names(on_both: Both, spark: SparkSession) -> None:
    before = contents(spark)
    text = """
        SELECT mine.mine, splits.weight, count(*) AS pairs, (SELECT count(*) FROM prompts) AS prompts,
            wilson_lower(count(*), n_draws => 2000) AS bound
        FROM preference_pairs(in_split => :split, keep_ties => true) AS pairs
        INNER JOIN mine ON mine.split = pairs.split
        INNER JOIN default.splits ON splits.split = pairs.split
        GROUP BY ALL -- of one split
    """
    with irdb_sql.connect() as db:
        expected = db.sql(
            """SELECT 1::INTEGER AS mine, 7::INTEGER AS weight, count(*) AS pairs, (SELECT count(*) FROM prompts) AS prompts,
            wilson_lower(count(*), 2000) AS bound FROM preference_pairs(in_split := 'test', keep_ties := true)"""
        )
    rows = on_both.database.sql(text, {"split": "test"})
    assert rows.schema == expected.schema
    assert list(map(rounded, rows.row(0))) == list(map(rounded, expected.row(0)))
    assert contents(spark) == before
    assert spark.table("prompts").columns == ["x"]


def test_parameters_have_names_or_places(on_both: Both) -> None:
    sql = on_both.database.sql
    rows = sql("SELECT row_index FROM images WHERE row_index >= ? ORDER BY row_index LIMIT ?", [np.int64(5), 2])
    assert rows["row_index"].to_list() == [5, 6]
    assert sql("SELECT :b AS b, :a AS a, ':a' AS t", {"a": Decimal("1.5"), "b": None}).row(0) == (
        None,
        Decimal("1.5"),
        ":a",
    )
    assert sql("SELECT DATE'2026-01-01' + INTERVAL :n DAY AS d", {"n": 3}).item() == dt.date(2026, 1, 4)
    assert sql("SELECT size(:words) AS n", {"words": ["a", "b"]}).item() == 2
    with pytest.raises(SparkError, match="UNBOUND_SQL_PARAMETER"):
        sql("SELECT :missing AS x")


@pytest.mark.parametrize("value", [2**70, uuid.UUID(int=1)])
def test_a_value_that_spark_does_not_take_is_an_error_of_one_sentence(on_both: Both, value: object) -> None:
    with pytest.raises(SparkError, match="Spark cannot convert a value"):
        on_both.database.sql("SELECT :x AS x", {"x": value})


def test_types_are_those_of_spark_and_names_differ(on_both: Both) -> None:
    text = (
        "SELECT 1 AS a, 'x' AS A, 2.50 AS a, array(1L) AS l, map('k', struct(true AS b)) AS m, NULL AS n FROM range(2)"
    )
    rows = on_both.database.sql(text)
    expected: dict[str, Any] = {
        "a": pl.Int32,
        "A": pl.String,
        "a_1": pl.Decimal(3, 2),
        "l": pl.List(pl.Int64),
        "n": pl.Null,
    }
    assert rows.drop("m").schema == pl.Schema(expected)
    assert rows.row(0)[:4] == (1, "x", Decimal("2.50"), [1])
    lazy = on_both.database.sql(text, lazy=True)
    assert lazy.collect_schema() == rows.schema
    assert lazy.collect().equals(rows)
    assert lazy.select("a_1", "A").head(1).collect().rows() == [(Decimal("2.50"), "x")]
    assert lazy.select(pl.len()).collect().item() == 2
    with pytest.raises(SparkError, match="UNSUPPORTED_DATA_TYPE"):
        on_both.database.sql("SELECT make_interval(1) AS i")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "no statement"),
        (" ; ;\n", "no statement"),
        ("DROP VIEW keep_me", "a statement of the kind DropView"),
        ("CREATE TABLE no_such AS SELECT 1 AS a", "a statement of the kind CreateTableAsSelect"),
        ("INSERT INTO keep_me SELECT 1", "a statement of the kind InsertIntoStatement"),
        ("FROM keep_me INSERT INTO no_such SELECT a", "a statement of the kind InsertIntoStatement"),
        (
            "WITH t AS (SELECT 1 AS a) INSERT INTO no_such SELECT a FROM t",
            "a statement of the kind UnresolvedWith",
        ),
        ("SET spark.sql.ansi.enabled = false", "a statement of the kind SetCommand"),
        ("EXECUTE IMMEDIATE 'DROP VIEW keep_me'", "a statement of the kind UnresolvedExecuteImmediate"),
        ("BEGIN DROP VIEW keep_me; END", "a statement of the kind CompoundBody"),
        ("SELECT 1; DROP VIEW keep_me", "several statements"),
        ("/* SELECT */ CACHE TABLE keep_me", "a statement of the kind CacheTable"),
    ],
)
def test_what_does_something_else_than_read_is_refused_before_it_runs(
    on_both: Both, spark: SparkSession, text: str, found: str
) -> None:
    spark.createDataFrame([(1,)], "a int").createOrReplaceTempView("keep_me")
    before = contents(spark)
    for lazy in (False, True):
        with pytest.raises(StatementError) as caught:
            on_both.database.sql(text, lazy=lazy)
        assert caught.value.sentence == f"expected one statement of Spark SQL that reads, but found {found}"
    assert contents(spark) == before
    spark.catalog.dropTempView("keep_me")


@pytest.mark.parametrize(
    "text",
    ["SELECT 1 AS n;", "SELECT 1 AS n -- ; DROP", "(SELECT 1 AS n)", "VALUES (1)", "FROM (SELECT 1 AS n) |> WHERE n = 1", "WITH t AS (SELECT 1 AS n) SELECT n FROM t"],
)  # fmt: skip
def test_each_form_of_a_statement_that_reads_is_answered(on_both: Both, text: str) -> None:
    assert on_both.database.sql(text).item() == 1


@pytest.mark.parametrize(
    ("text", "sentence", "hint"),
    [
        ("SELECT * FROM preference_pairs(in_split := 'test')", "[PARSE_SYNTAX_ERROR]", "write Spark SQL: name(argument => value), :name"),
        ("SELECT 1) UNION (SELECT 2", "[PARSE_SYNTAX_ERROR]", "write Spark SQL"),
        ("SELECT * FROM nowhere", "[TABLE_OR_VIEW_NOT_FOUND]", "db.catalog() lists the views"),
        ("SELECT nothing_known(1)", "[UNRESOLVED_ROUTINE]", "db.catalog() lists the macros"),
        ("SELECT split_name('tset') AS s", "unknown split 'tset': a split is train, validation or test", "correct the value"),
        ("SELECT count(*) AS n FROM subset_images(in_split => 'tset')", "unknown split 'tset'", "correct the value"),
    ],
)  # fmt: skip
def test_what_spark_says_is_an_error_of_one_sentence(on_both: Both, text: str, sentence: str, hint: str) -> None:
    with pytest.raises(SparkError) as caught:
        on_both.database.sql(text)
    assert caught.value.sentence.startswith(sentence)
    assert "\n" not in caught.value.sentence
    assert caught.value.hint.startswith(hint)


def test_statements_in_threads_do_not_meet(on_both: Both) -> None:
    texts = [
        f"SELECT count(*) AS n FROM images WHERE split = '{split}' AND rank <= whole_number({rank})"  # noqa: S608 - ours
        for split in ("train", "test")
        for rank in ("'1'", "2")
    ]
    with ThreadPoolExecutor(4) as threads, irdb_sql.connect() as db:
        assert [rows.item() for rows in threads.map(on_both.database.sql, texts)] == [
            db.sql(text).item() for text in texts
        ]


def test_scores_that_the_database_was_opened_with_are_seen(spark: SparkSession, tmp_path: Path) -> None:
    write_metadata(tmp_path, [image("p", "a", 1), image("p", "b", 2)])
    scores = pl.DataFrame({"scorer": ["mine"], "image": ["a.webp"], "score": [0.5]})
    before = contents(spark)
    db = irdb_sql.connect(tmp_path, spark=spark, scores=scores, missing="drop")
    with db:
        assert db.sql("SELECT score FROM scores WHERE scorer = 'mine'").rows() == [(0.5,)]
        lazy = db.sql("SELECT 1 AS n", lazy=True)
    assert contents(spark) == before
    with pytest.raises(ClosedError):
        lazy.collect()
    with pytest.raises(ClosedError):
        db.sql("SELECT 1 AS n")


ARGUMENTS: dict[str, list[object]] = {
    "DOUBLE": [None, 0.0, -0.0, 1.0, 2.5, -3.0, 1e300],
    "BOOLEAN": [None, True, False],
    "BIGINT": [None, 0, 1, 2, 3, 4, -5, 2**31],
    "DOUBLE[]": [None, [], [1.5, None], [2.0]],
    "VARCHAR": [
        None,
        "",
        " Ä\u00a0B\tΣ ",
        "005658-0040",
        "010001-0001",
        "014001-0001",
        "7",
        "-7",
        "1k",
        "8k",
        "test",
        "overall",
    ],
}
"""Values by the type of a parameter."""
INSTEAD = {name: macro.instead_on_spark for name, macro in FILES.macros.items() if macro.instead_on_spark}
OF_MACROS: dict[str, list[object]] = {
    "split_name": [None, "train", "validation", "test", "train,test"],
    "subset_parts": [None, "1k", "2k", "4k", "8k"],
    "known_word": [None],
    "whole_number": [None, "7", "-7", "0", "1.0", "1e3", "2147483647"],
}
"""Values for macros that refuse others."""


def test_scalar_macros_are_functions_with_the_same_values(on_both: Both) -> None:
    values = {name: file for name, file in functions(FILES).items() if not file.is_table}
    assert values.keys() | INSTEAD.keys() == {file.name for file in FILES.macros.values() if not file.is_table}
    calls = [f"{name}({', '.join(map(literal, row))})" for name in values for row in arguments(name)]
    assert len(calls) > 200
    duck = [on_both.duck_database.sql(f"SELECT {', '.join(f'{call} AS c{n}' for n, call in enumerate(calls))}")]
    as_spark = [call.replace("[", "array(").replace("]", ")") for call in calls]
    found = on_both.database.sql(f"SELECT {', '.join(f'{call} AS c{n}' for n, call in enumerate(as_spark))}")
    assert found.schema == duck[0].schema
    for call, spark_value, value in zip(calls, found.row(0), duck[0].row(0), strict=True):
        assert rounded(spark_value) == rounded(value), call


def arguments(macro: str) -> list[list[object]]:
    """Return some rows of arguments of a macro: each parameter takes each of its values."""
    file = FILES.macros[macro]
    takes = [OF_MACROS.get(macro) or ARGUMENTS[one.kind or UNTYPED.get(macro, "VARCHAR")] for one in parameters(file)]
    return [
        [values[(turn * (place + 1) + place) % len(values)] for place, values in enumerate(takes)] for turn in range(24)
    ]


UNTYPED = {"float_list": "DOUBLE[]"}


def literal(value: Any) -> str:
    """Write a value in the words of both dialects."""
    if isinstance(value, bool):
        return str(value).upper()
    if value is None:
        return "NULL"
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, str):
        return f"'{value}'"
    return f"CAST('{value}' AS {'DOUBLE' if isinstance(value, float) else 'BIGINT'})"


@pytest.mark.parametrize("name", sorted(INSTEAD))
def test_a_scalar_macro_that_is_no_function_says_what_to_write_and_that_is_right(on_both: Both, name: str) -> None:
    rows = """(SELECT split, rank = 1 AS row_condition, rank / 128 AS input_value, rank AS numerator_value, overall_rating AS denominator_value,
        rank AS x_value, part AS y_value, 1 AS row_weight, 'fidelity' AS of_kind, overall_rating AS overall_value,
        image_text_alignment_rating AS alignment_value, fidelity_rating AS fidelity_value FROM images) AS given"""
    takes = ", ".join(one.name for one in parameters(FILES.macros[name]))
    of_rows = name == "rating_of_kind"
    template = (
        "SELECT {call} AS v FROM {rows} ORDER BY v NULLS LAST"
        if of_rows
        else "SELECT {call} AS v FROM {rows} GROUP BY split ORDER BY v NULLS LAST"
    )
    with pytest.raises(NotOnSparkError) as caught:
        on_both.database.sql(template.format(call=f"{name}({takes})", rows=rows))
    assert caught.value.hint == f"write {INSTEAD[name]}."
    found = on_both.database.sql(template.format(call=INSTEAD[name], rows=rows))["v"].to_list()
    expected = on_both.duck_database.sql(template.format(call=f"{name}({takes})", rows=rows))["v"].to_list()
    assert found == pytest.approx(expected, rel=1e-9)
