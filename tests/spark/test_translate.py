"""Statements of the files are written as Apache Spark says them: no Spark runs."""

from __future__ import annotations

import functools
import itertools
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp, parse_one

from irdb_sql.core import catalog as catalogs
from irdb_sql.core.signatures import parameters, statement
from irdb_sql.spark import rewrites as spark_rewrites
from irdb_sql.spark.rewrites import REWRITES, rewritten
from irdb_sql.spark.translate import call_text, file_tree, quoted, spark_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from irdb_sql import ImageRewardDB
    from irdb_sql.core.catalog import SqlFile

FILES = catalogs.load()
READ = {name for file in FILES.all() for name in file.reads}
"""Files that stand whole in the statement of another."""
NAMED = {"images": "i", "scores": "s"}
NAMED_VIEWS = dict.fromkeys(FILES.views, "v")

CASES = [
    ("wide_integer", "SELECT rank::HUGEINT AS n FROM images", "SELECT CAST(`rank` AS DECIMAL(38, 0)) AS `n` FROM `i` AS `images`"),
    ("concatenation", "SELECT concat('a', $b, 1) AS t", "SELECT concat_ws('', 'a', CAST(:b AS STRING), CAST(1 AS STRING)) AS `t`"),
    ("joined_text", "SELECT concat_ws(',', $b, 1) AS t", "SELECT concat_ws(',', CAST(:b AS STRING), CAST(1 AS STRING)) AS `t`"),
    ("pattern", r"SELECT regexp_matches($t, '^[.\s$]+\s\.\$$') AS t", r"SELECT (:t RLIKE '^[. \\t\\n\\f\\r$]+[ \\t\\n\\f\\r]\\.\\$\\z') AS `t`"),
    ("pattern", "SELECT regexp_extract($t, '^a$') AS t", r"SELECT REGEXP_EXTRACT(:t, '^a\\z', 0) AS `t`"),
    ("pattern", r"SELECT regexp_replace($t, '[\s\p{Z}]$', '', 'g') AS t", r"SELECT REGEXP_REPLACE(:t, '[ \\t\\n\\f\\r\\p{Z}]\\z', '') AS `t`"),
    ("hexadecimal", "SELECT cast(concat('0x', $h) AS BIGINT) AS n", "SELECT CAST(conv(CAST(:h AS STRING), 16, 10) AS BIGINT) AS `n`"),
    ("ordered_list", "SELECT list(rank) AS r FROM images", "SELECT CASE WHEN COUNT(*) > 0 THEN transform(collect_list(STRUCT(`rank` AS `value`)), `entry` -> `entry`.`value`) END AS `r` FROM `i` AS `images`"),
    (
        "ordered_list",
        "SELECT list(rank ORDER BY part, -row_index) AS r FROM images",
        "SELECT CASE WHEN COUNT(*) > 0 THEN transform(array_sort(collect_list(STRUCT(`part` IS NULL AS `null_0`, `part` AS `key_0`, -`row_index` IS NULL AS `null_1`, -`row_index` AS `key_1`, `rank` AS `value`))), `entry` -> `entry`.`value`) END AS `r` FROM `i` AS `images`",
    ),
    ("first_of_rows", "SELECT arg_min(prompt, rank) AS p FROM images", "SELECT min_by(`prompt`, CASE WHEN NOT `prompt` IS NULL THEN `rank` END) AS `p` FROM `i` AS `images`"),
    ("first_of_rows", "SELECT arg_max(prompt, rank) AS p FROM images", "SELECT max_by(`prompt`, CASE WHEN NOT `prompt` IS NULL THEN `rank` END) AS `p` FROM `i` AS `images`"),
    ("trimmed_text", "SELECT trim($t) AS t", "SELECT regexp_replace(:t, '^\\\\p{Zs}+|\\\\p{Zs}+\\\\z', '') AS `t`"),
    ("small_letters", "SELECT lower($t) AS t", "SELECT LOWER(translate(:t, 'İΣ', 'iσ')) AS `t`"),
    (
        "pairs_within",
        """SELECT a.images AS n, b.mean_score AS m FROM generator_prompts() AS a
        INNER JOIN generator_prompts() AS b ON a.generator = b.generator AND a.prompt_id = b.prompt_id WHERE a.images < b.images""",
        "SELECT `a`.`images` AS `n`, `b`.`mean_score` AS `m` FROM (SELECT `a`, EXPLODE(`rows`) AS `b` FROM (SELECT EXPLODE(`rows`) AS `a`, `rows` FROM ("
        "SELECT collect_list(STRUCT(`images` AS `images`, `mean_score` AS `mean_score`, `generator` AS `generator`, `prompt_id` AS `prompt_id`)) AS `rows` "
        "FROM ROWS WHERE NOT `generator` IS NULL AND NOT `prompt_id` IS NULL GROUP BY `generator`, `prompt_id`) AS `prompt_rows`) AS `ones`) AS `both` "
        "WHERE `a`.`images` < `b`.`images`",
    ),
    ("number_format", "SELECT format('{:,}', count(*)) AS a FROM images", "SELECT format_number(COUNT(*), '#,##0') AS `a` FROM `i` AS `images`"),
    ("finite", "SELECT isfinite(score) AS a FROM scores", "SELECT (ABS(`score`) < CAST('Infinity' AS DOUBLE)) AS `a` FROM `s` AS `scores`"),
    ("finite", "SELECT isinf(score) AS a FROM scores", "SELECT (ABS(`score`) = CAST('Infinity' AS DOUBLE)) AS `a` FROM `s` AS `scores`"),
    ("finite", "SELECT isnan(score) AS a FROM scores", "SELECT (`score` = CAST('NaN' AS DOUBLE)) AS `a` FROM `s` AS `scores`"),
    (
        "summed_list",
        "SELECT list_aggregate([score], 'fsum') AS t FROM scores",
        "SELECT CASE WHEN size(filter(ARRAY(`score`), `one` -> NOT `one` IS NULL)) > 0 THEN aggregate(filter(ARRAY(`score`), `one` -> NOT `one` IS NULL), CAST(0 AS DOUBLE), (`total`, `one`) -> `total` + `one`) END AS `t` FROM `s` AS `scores`",
    ),
    ("ordered_deviation", "SELECT stddev_samp(score ORDER BY score) AS d FROM scores", "SELECT STDDEV_SAMP(`score`) AS `d` FROM `s` AS `scores`"),
    ("refusal", "SELECT error('no') AS n", "SELECT raise_error('no') AS `n`"),
]  # fmt: skip
"""A rewrite, a statement, and how Spark says it, where ROWS are the rows of `generator_prompts`."""


def translated(text: str, views: Mapping[str, str]) -> str:
    """Write a query as Spark says it."""
    return spark_text(file_tree(catalogs.parse(f"-- name: q\n-- Which?\n{text}"), views, itertools.count(1)))


@functools.cache
def parsed(text: str) -> exp.Expr:
    return parse_one(text, dialect="duckdb")


@pytest.mark.parametrize(("name", "text", "spark"), CASES, ids=[name for name, _, _ in CASES])
def test_a_rewrite_says_it_as_spark_does(name: str, text: str, spark: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = translated("SELECT * FROM generator_prompts()", NAMED).removeprefix("SELECT * FROM ")
    assert translated(text, NAMED) == spark.replace("ROWS", rows)
    with_it = rewritten(parsed(text).copy())
    others = tuple(rewrite for rewrite in REWRITES if rewrite.__name__ != name)
    monkeypatch.setattr(spark_rewrites, "REWRITES", others)
    assert rewritten(parsed(text).copy()) != with_it, f"without {name} it is the same"


def test_two_digits_are_written_without_commas() -> None:
    assert (
        rewritten(parsed("SELECT format('{:.2f}', $n) AS b").copy()).sql("spark")
        == "SELECT FORMAT_NUMBER(:n, '0.00') AS b"
    )


def test_every_rewrite_has_a_case() -> None:
    assert {rewrite.__name__ for rewrite in REWRITES} == {name for name, _, _ in CASES}


def test_some_file_needs_each_rewrite(monkeypatch: pytest.MonkeyPatch) -> None:
    trees = [parsed(statement(file)) for file in FILES.all() if not file.spark]
    expected = [rewritten(tree.copy()) for tree in trees]
    for rewrite in REWRITES:
        monkeypatch.setattr(spark_rewrites, "REWRITES", tuple(other for other in REWRITES if other is not rewrite))
        changed = (rewritten(tree.copy()) != with_it for tree, with_it in zip(trees, expected, strict=True))
        assert any(changed), rewrite.__name__


@pytest.fixture(scope="module")
def catalogue(db: ImageRewardDB) -> dict[str, list[tuple[str, str | None]]]:
    """Parameters of every macro, as DuckDB reports them."""
    found = db.sql("SELECT function_name, parameters, parameter_types FROM duckdb_functions() WHERE NOT internal")
    return {name: list(zip(names, kinds, strict=True)) for name, names, kinds in found.rows()}


@pytest.mark.parametrize("file", FILES.macros.values(), ids=lambda file: file.name)
def test_the_parameters_of_a_macro_are_those_of_the_catalogue(
    file: SqlFile, catalogue: dict[str, list[tuple[str, str | None]]]
) -> None:
    assert [(one.name, one.kind) for one in parameters(file)] == catalogue[file.name]


@pytest.mark.parametrize(
    "file", [file for file in FILES.macros.values() if file.is_table and not file.spark], ids=lambda file: file.name
)
def test_a_call_of_a_macro_has_a_parameter_for_each_argument(file: SqlFile) -> None:
    takes = parameters(file)
    spark = call_text(file, [("n", "BIGINT")], NAMED_VIEWS, len(takes))
    assert file.name not in common_tables(spark)
    assert set(re.findall(r":(\w+)", spark)) <= {one.name for one in takes}


def common_tables(spark: str) -> list[str]:
    return re.findall(r"`(\w+)` AS \(", spark)


@pytest.mark.parametrize("file", [file for file in FILES.all() if file.name not in READ], ids=lambda file: file.name)
def test_no_common_table_of_a_statement_has_the_name_of_another(file: SqlFile) -> None:
    if not file.spark:
        names = [cte.alias.lower() for cte in file_tree(file, {}, itertools.count(1)).find_all(exp.CTE)]
        assert len(set(names)) == len(names)


def test_common_tables_of_two_calls_are_numbered() -> None:
    text = "WITH checked AS (SELECT 1 AS n) SELECT n FROM checked CROSS JOIN subset_images() AS a CROSS JOIN subset_images() AS b"
    spark = translated(text, NAMED)
    assert sorted(common_tables(spark)) == ["checked", "checked_1", "checked_2"]
    read = re.findall(r"(?:FROM|JOIN) (`checked\w*`(?: AS `checked`)?)", spark)
    assert sorted(read) == ["`checked_1` AS `checked`", "`checked_2` AS `checked`", "`checked`"]


@given(st.text(min_size=1))
def test_any_name_is_quoted_as_one_name(name: str) -> None:
    written = quoted(name)
    assert re.fullmatch("`(?:[^`]|``)+`", written)
    assert written[1:-1].replace("``", "`") == name


def test_a_hostile_name_is_quoted() -> None:
    assert quoted("a`; DROP TABLE images; --") == "`a``; DROP TABLE images; --`"
    read = parse_one(quoted("a` FROM b --"), dialect="spark")
    assert isinstance(read, exp.Column)
    assert read.name == "a` FROM b --"
