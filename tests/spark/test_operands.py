"""What each expression of a statement is, is told from columns and parameters; what means something else there is refused."""

from __future__ import annotations

import functools
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from irdb_sql import ImageRewardDB
from irdb_sql.core import catalog as sqlfiles
from irdb_sql.spark.errors import ConstructError
from irdb_sql.spark.operands import OPERANDS
from irdb_sql.spark.shapes import shape_of
from irdb_sql.spark.translate import refuse_operands, translated

if TYPE_CHECKING:
    from irdb_sql.engine.parameters import Params
    from irdb_sql.spark.kinds import Types

FILES = sqlfiles.load()
ONE_KIND = "give text, numbers or truth values alone"
UNITED = "name the columns, in each part text, numbers or truth values at the same place"
SORTED = "an order or list of other things than text, numbers and truth values"
CAST = "cast whole numbers to DOUBLE or VARCHAR, and other values when they come back"
WRITTEN = "make text of text and whole numbers, and of fractions when they come back"
NUMBERS = "cast whole numbers, or take a column of numbers"
TEXT = "take a column of text, or cast whole numbers"
GIVEN = "give values of the kinds that the macro takes"
NO_TEXT = " of other things than text and whole numbers"
REFUSED = [
    ("SELECT $a AS x", {"a": Decimal(1)}, "the parameter $a of another kind", "pass text, a number, a truth value or a list of one of them"),
    ("SELECT 1 AS x FROM images WHERE images IS NULL", None, "the column images of a kind that cannot be told", "take another"),
    ("SELECT error('no') AS x", None, "a column of a kind that cannot be told", "make it of text, numbers, truth values or lists of these"),
    ("SELECT rank = '1' AS x FROM images", None, "images.rank = '1' of several kinds", ONE_KIND),
    ("SELECT rank = $a AS x FROM images", {"a": "1"}, "images.rank = $a of several kinds", ONE_KIND),
    ("SELECT [rank] = [1] AS x FROM images", None, "[images.rank] = [1] of several kinds", ONE_KIND),
    ("SELECT greatest(rank, TRUE) AS x FROM images", None, "GREATEST(images.rank, TRUE) of several kinds", ONE_KIND),
    ("SELECT rank IN (1, '2') AS x FROM images", None, "images.rank IN (1, '2') of several kinds", ONE_KIND),
    ("SELECT rank BETWEEN 1 AND '2' AS x FROM images", None, "images.rank BETWEEN 1 AND '2' of several kinds", ONE_KIND),
    ("SELECT coalesce(prompt, 5) AS x FROM images", None, "COALESCE(images.prompt, 5) of several kinds", ONE_KIND),
    ("SELECT CASE rank WHEN '1' THEN 2 END AS x FROM images", None, "CASE images.rank WHEN '1' THEN 2 END of several kinds", ONE_KIND),
    ("SELECT if(rank = 1, 2, 'a') AS x FROM images", None, "CASE WHEN images.rank = 1 THEN 2 ELSE 'a' END of several kinds", ONE_KIND),
    ("SELECT nullif(prompt, 1) AS x FROM images", None, "NULLIF(images.prompt, 1) of several kinds", ONE_KIND),
    ("SELECT x FROM (VALUES (1), ('a')) AS given(x)", None, "VALUES of several kinds in a column", ONE_KIND),
    ("SELECT rank FROM images UNION SELECT prompt FROM images", None, "a UNION of several kinds in a column", UNITED),
    ("SELECT '05' AS x UNION SELECT 5", None, "a UNION of several kinds in a column", UNITED),
    ("SELECT list(rank) AS x FROM images ORDER BY x", None, SORTED, "take one of these"),
    ("SELECT max([rank]) AS x FROM images", None, SORTED, "take one of these"),
    ("SELECT arg_max(prompt, rank) AS x FROM images", None, "ARG_MAX(images.prompt, images.rank), of which any of several equal rows may be the one", "filter a common table by a row_number() over an order without ties"),
    ("SELECT rank FROM images LIMIT NULL", None, "LIMIT NULL of what is no whole number", "give a whole number"),
    ("SELECT DISTINCT [rank] AS x FROM images", None, SORTED, "take one of these"),
    ("SELECT count(DISTINCT [rank]) AS x FROM images", None, SORTED, "take one of these"),
    ("SELECT count(*) AS x FROM images GROUP BY [rank]", None, SORTED, "take one of these"),
    ("SELECT rank() OVER (PARTITION BY [rank] ORDER BY rank) AS x FROM images", None, SORTED, "take one of these"),
    ("SELECT list([rank]) AS x FROM images", None, SORTED, "take one of these"),
    ("SELECT rank FROM images WHERE rank", None, "WHERE images.rank of what is no truth value", "compare it with a value"),
    ("SELECT NOT rank AS x FROM images", None, "NOT images.rank of what is no truth value", "compare it with a value"),
    ("SELECT sum(rank > 1) AS x FROM images", None, "SUM(images.rank > 1) of what is no number", NUMBERS),
    ("SELECT rank + $a AS x FROM images", {"a": "1"}, "images.rank + $a of what is no number", NUMBERS),
    ("SELECT score // 2 AS x FROM scores", None, "scores.score // 2", "divide whole numbers, or write / for fractions"),
    ("SELECT score % 2 AS x FROM scores", None, "scores.score % 2", "divide whole numbers, or write / for fractions"),
    ("SELECT lower(rank) AS x FROM images", None, "LOWER(CAST(images.rank AS TEXT)) of what is no text", TEXT),
    ("SELECT length([rank]) AS x FROM images", None, "LENGTH([images.rank]) of what is no text", TEXT),
    ("SELECT replace(prompt, 'a', 1) AS x FROM images", None, "REPLACE(images.prompt, 'a', CAST(1 AS TEXT)) of what is no text", TEXT),
    ("SELECT CAST('1d' AS DOUBLE) AS x", None, "CAST('1d' AS DOUBLE)", CAST),
    ("SELECT CAST(' true ' AS BOOLEAN) AS x", None, "CAST(' true ' AS BOOLEAN)", CAST),
    ("SELECT CAST(prompt AS INTEGER) AS x FROM images", None, "CAST(images.prompt AS INT)", CAST),
    ("SELECT CAST(score AS VARCHAR) AS x FROM scores", None, "CAST(scores.score AS TEXT)", CAST),
    ("SELECT CAST([1] AS VARCHAR[]) AS x", None, "CAST([1] AS TEXT[])", CAST),
    ("SELECT CAST(x AS BIGINT) AS r FROM (SELECT rank AS x FROM images UNION ALL SELECT 2.7)", None, "CAST(_0.x AS BIGINT)", CAST),
    ("SELECT prompt_id || score AS x FROM scores", None, f"scores.prompt_id || scores.score{NO_TEXT}", WRITTEN),
    ("SELECT concat(prompt, rank / 2) AS x FROM images", None, f"CONCAT(images.prompt, images.rank / 2){NO_TEXT}", WRITTEN),
    ("SELECT concat_ws(',', rank, coalesce(0.5, 1)) AS x FROM images", None, f"CONCAT_WS(',', images.rank, COALESCE(0.5, 1)){NO_TEXT}", WRITTEN),
    ("SELECT prompt || t.rank AS x FROM images, (SELECT 0.5 AS rank) AS t", None, f"images.prompt || t.rank{NO_TEXT}", WRITTEN),
    ("WITH t(rank) AS (SELECT 0.5) SELECT 'a' || rank AS x FROM t", None, f"'a' || t.rank{NO_TEXT}", WRITTEN),
    ("SELECT rank || '' AS x FROM (SELECT score AS rank FROM scores)", None, f"_0.rank || ''{NO_TEXT}", WRITTEN),
    ("SELECT 'a' || CASE WHEN TRUE THEN 1 ELSE 0.5 END AS x", None, f"'a' || CASE WHEN TRUE THEN 1 ELSE 0.5 END{NO_TEXT}", WRITTEN),
    ("WITH t AS (SELECT $a AS v) SELECT v || '' AS r FROM t", {"a": 0.5}, f"t.v || ''{NO_TEXT}", WRITTEN),
    ("SELECT 'a' || NULL AS x", None, "'a' || NULL", "write NULL alone"),
    ("SELECT format('{:,}', score) AS x FROM scores", None, "FORMAT('{:,}', scores.score) of other things than whole numbers", "format whole numbers as {:,}, and fractions when they come back"),
    ("SELECT rank FROM images LIMIT $a", {"a": 2.5}, "LIMIT $a of what is no whole number", "give a whole number"),
    ("SELECT unnest(rank) AS x FROM images", None, "UNNEST(images.rank)", "unnest a list"),
    ("SELECT list_concat([1], ['a']) AS x", None, "LIST_CONCAT([1], ['a'])", "put lists of one kind together"),
    ("SELECT whole_number('1d') AS x", None, "WHOLE_NUMBER('1d') of other kinds than its parameters", GIVEN),
    ("SELECT normal_text(rank) AS x FROM images", None, "NORMAL_TEXT(images.rank) of other kinds than its parameters", GIVEN),
    ("SELECT wilson_lower(1, '2') AS x", None, "WILSON_LOWER(1, '2') of other kinds than its parameters", GIVEN),
    ("SELECT wilson_lower(1, 2, z_value := '2') AS x", None, "WILSON_LOWER(1, 2, z_value := '2') of other kinds than its parameters", GIVEN),
    ("SELECT isfinite('1') AS x", None, "ISFINITE('1') of other kinds than its parameters", GIVEN),
    ("SELECT prompt_id FROM preference_pairs(keep_ties => 'yes')", None, "PREFERENCE_PAIRS(keep_ties := 'yes') of other kinds than its parameters", GIVEN),
    ("SELECT prompt_id FROM preference_pairs(in_split => rank)", None, "PREFERENCE_PAIRS(in_split := rank) of other kinds than its parameters", GIVEN),
]  # fmt: skip
"""A statement, its parameters, what is refused of it, and what to write instead."""


@pytest.fixture(scope="module")
def types(db: ImageRewardDB) -> Types:
    return functools.cache(functools.partial(shape_of, db._engine, FILES))  # noqa: SLF001 - the types of what it reads


@pytest.mark.parametrize(("text", "params", "construct", "advice"), REFUSED, ids=[text for text, *_ in REFUSED])
def test_values_that_mean_something_else_there_are_refused_with_advice(
    types: Types, text: str, params: Params, construct: str, advice: str
) -> None:
    with pytest.raises(ConstructError) as raised:
        refuse_operands(text, params, types)
    assert str(raised.value) == (
        f"the statement has {construct}, which may mean something else to Apache Spark\n\nHint: {advice}."
    )


def test_every_advice_is_given_to_a_refused_statement() -> None:
    assert {advice for *_, advice in OPERANDS} == {advice for *_, advice in REFUSED}


@pytest.mark.parametrize(
    "text",
    [
        "SELECT prompt || '/' || rank AS x, (prompt_id)::VARCHAR AS y, concat(split, part, NULL, TRUE) AS z FROM images",
        "SELECT total || '' AS x FROM (SELECT count(*) AS total FROM images)",
        "SELECT concat_ws(',', rank::VARCHAR, lower(prompt), coalesce(classification, '-')) AS x FROM images",
        "SELECT max(rank)::VARCHAR AS x, format('{:,}', count(*) + 1) AS y, 'a' || CAST(sum(part) * 2 AS BIGINT) AS z FROM images",
        "SELECT CASE WHEN rank > 1 THEN prompt ELSE 'a' END || 'b' AS x, CASE split WHEN 'test' THEN 1 ELSE 2.5 END AS y FROM images",
        "SELECT * FROM images UNION ALL SELECT * FROM images", "SELECT 'a' AS x UNION SELECT 'b'",
        "SELECT a, b FROM (VALUES (1, 'x'), (2.5, NULL)) AS given(a, b)", "FROM images", "SELECT NULL AS x, [] AS y, [1, NULL] AS z",
        "SELECT rank AS rank FROM images ORDER BY -rank", "SELECT rank // 2 AS x, rank % 2 AS y, rank / 2 AS z, abs(-rank) AS w FROM images",
        "SELECT * FROM preference_pairs(in_split => 'test', keep_ties => TRUE) ORDER BY better_row LIMIT 3", "FROM rating_stats()",
        "SELECT i.prompt, p.rank_gap FROM preference_pairs() AS p INNER JOIN images AS i ON i.row_index = p.better_row",
        "SELECT split, share(rank = 1) AS s, exact_mean(rank) AS m FROM images GROUP BY split HAVING s > 5e-1 ORDER BY m DESC",
        "SELECT wilson_lower(3, 10, z_value := 2) AS x, normal_text('A') AS y, plain_draw(1, 'a') AS z, pair_count(3) AS w",
        "SELECT CAST('Infinity' AS DOUBLE) AS x, CAST(rank AS DOUBLE) AS y, CAST(NULL AS VARCHAR) AS z, CAST([] AS DOUBLE[]) AS w FROM images",
        "SELECT unnest(l) AS x FROM (SELECT list(rank ORDER BY row_index) AS l FROM images)", "SELECT list_concat([1], [2]) AS x",
        "SELECT count(DISTINCT prompt_id) AS x, max(prompt) AS y, stddev_samp(rank) AS z FROM images",
        "SELECT rank BETWEEN 1 AND 3 AS x, rank IN (1, 2) AS y, nullif(rank, 1) AS z, least(rank, 2.5) AS w FROM images",
        "SELECT length(prompt) AS x, left(prompt, 3) AS y, split_part(image_path, '/', 1) AS z, md5(prompt) AS w FROM images",
        "SELECT regexp_replace(prompt, ' +', '-', 'g') AS x, regexp_extract(prompt, '[a-z]') AS y, contains(prompt, 'a') AS z FROM images",
        "SELECT isnan(score) AS x, isfinite(score) AS y, score > 0.5 AND NOT isinf(score) AS z FROM scores",
        "SELECT sum(rank) OVER (PARTITION BY split ORDER BY row_index) AS x, (SELECT count(*) FROM prompts) AS y FROM images",
        "SELECT prompt FROM images AS a SEMI JOIN prompts AS p ON a.prompt_id = p.prompt_id WHERE rank > 1 AND rank <= 3",
    ],
)  # fmt: skip
def test_plain_statements_are_taken(types: Types, text: str) -> None:
    assert translated(text, None, {})
    refuse_operands(text, None, types)


@pytest.mark.parametrize(
    "expression",
    ["cast($a AS BIGINT)", "$a::VARCHAR", "'x' || -$a", "concat($a, 1)", "concat_ws(',', $a)", "format('{:,}', $a)"],
)
def test_a_fraction_as_a_parameter_becomes_no_whole_number_or_text(types: Types, expression: str) -> None:
    for fraction in (0.5, 1e-5):
        with pytest.raises(ConstructError):
            refuse_operands(f"SELECT {expression} AS a", {"a": fraction}, types)
        with pytest.raises(ConstructError):
            refuse_operands(f"SELECT {expression.replace('$a', '?')} AS a", [fraction], types)
        refuse_operands("SELECT rank FROM images WHERE rank < $a::DOUBLE + $a", {"a": fraction}, types)
    refuse_operands(f"SELECT {expression} AS a", {"a": 3}, types)
