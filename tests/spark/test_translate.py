"""Statements are written as Apache Spark says them, and what would mean something else there is refused: no Spark runs."""

from __future__ import annotations

import functools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp, parse_one

from irdb_sql import ImageRewardDB
from irdb_sql.core import catalog as sqlfiles
from irdb_sql.core.catalog import SqlFile
from irdb_sql.core.signatures import parameters, statement
from irdb_sql.spark import rewrites as spark_rewrites
from irdb_sql.spark.constructs import ADVICE, ALLOWED, ELSEWHERE, FUNCTIONS, refuse_unlisted
from irdb_sql.spark.errors import ConstructError
from irdb_sql.spark.rewrites import REWRITES, rewritten
from irdb_sql.spark.translate import call_text, quoted, translated

FILES = sqlfiles.load()
every_file = pytest.mark.parametrize("file", FILES.all(), ids=lambda file: f"{file.kind}-{file.name}")
NAMED = {"images": "i", "scores": "s"}

CASES = [
    ("wide_integer", "SELECT rank::HUGEINT AS n FROM images", "SELECT CAST(`rank` AS DECIMAL(38, 0)) AS `n` FROM `i` AS `images`"),
    ("concatenation", "SELECT concat('a', $b, 1) AS t", "SELECT concat_ws('', 'a', CAST(:b AS STRING), CAST(1 AS STRING)) AS `t`"),
    ("added_text", "SELECT '1' || 2 + 30 AS t", "SELECT '1' || (2 + 30) AS `t`"),
    ("plain_text", "SELECT '${env:HOME}${a}$' AS t", "SELECT concat('', '$', '{env:HOME}', '$', '{a}$') AS `t`"),
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
        "unnested_lists",
        "SELECT rank, unnest(['a', 'b']) AS kind, unnest([1, 2]) AS place FROM images",
        "SELECT `rank`, inline(arrays_zip(ARRAY('a', 'b'), ARRAY(1, 2))) AS (`kind`, `place`) FROM `i` AS `images`",
    ),
    (
        "unnested_lists",
        "SELECT unnest([1, 2]), unnest([3])",
        "SELECT inline(arrays_zip(ARRAY(1, 2), ARRAY(3))) AS (`list_0`, `list_1`)",
    ),
    ("negated_value", "SELECT -$a AS a", "SELECT -(:a) AS `a`"),
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
        "ordered_sum",
        "SELECT fsum(score ORDER BY score) AS t FROM scores",
        "SELECT CASE WHEN COUNT(CAST(`score` AS DOUBLE)) > 0 THEN aggregate(array_sort(collect_list(CAST(`score` AS DOUBLE))), CAST(0 AS DOUBLE), (`total`, `one`) -> `total` + `one`) END AS `t` FROM `s` AS `scores`",
    ),
    ("ordered_deviation", "SELECT stddev_samp(score ORDER BY score) AS d FROM scores", "SELECT STDDEV_SAMP(`score`) AS `d` FROM `s` AS `scores`"),
    ("refusal", "SELECT error('no') AS n", "SELECT raise_error('no') AS `n`"),
]  # fmt: skip
"""A rewrite, a statement, and how Spark says it, where ROWS are the rows of `generator_prompts`."""

BELOW = "count what lies below, as rating_stats does"
NUMBERED = "filter a common table that has the row_number() as a column"
START = "write left(…) or split_part(…)"
BELONG = "say in ON which rows belong together"
PUBLISHED_TYPE = "take a type of the published columns"
TRIMMED = "write trim(…) of the text alone, or replace(…)"
FRAMED = "count ROWS or RANGE, and leave out nothing"
QUANTIFIED = "write it without (?, and without a + behind *, + or ?"
REFUSED = [
    ("SELECT median(rank) FROM images", "median", BELOW),
    ("SELECT quantile(rank, 0.5) FROM images", "quantile", BELOW),
    ("SELECT quantile_cont(rank, 0.5) FROM images", "percentile_cont", BELOW),
    ("SELECT quantile_disc(rank, 0.5) FROM images", "percentile_disc", ELSEWHERE),
    ("SELECT mode(rank) FROM images", "mode", "order by the count and then by the value, as rating_stats does"),
    ("SELECT avg(rank) FROM images", "avg", "write sum(…) / nullif(count(…), 0), or the macro float_mean or exact_mean"),
    ("SELECT stddev(rank) FROM images", "stddev", "write stddev_samp"),
    ("SELECT corr(rank, part) FROM images", "corr", "write the macro pearson"),
    ("SELECT skewness(rank) FROM images", "skewness", ELSEWHERE),
    ("SELECT kurtosis(rank) FROM images", "kurtosis", ELSEWHERE),
    ("SELECT entropy(rank) FROM images", "entropy(…)", ELSEWHERE),
    ("SELECT mad(rank) FROM images", "mad(…)", ELSEWHERE),
    ("SELECT product(rank) FROM images", "product(…)", ELSEWHERE),
    ("SELECT histogram(rank) FROM images", "histogram(…)", ELSEWHERE),
    ("SELECT first(rank ORDER BY rank) FROM images", "first", ELSEWHERE),
    ("SELECT sum(rank ORDER BY rank) FROM images", "an order within an aggregate", "take the order from a window"),
    ("SELECT list(rank ORDER BY part DESC) FROM images", "another order within list than ascending, NULLs last", "order by the negative number"),
    ("SELECT list(rank) FILTER (rank > 1) FROM images", "ARRAY_AGG(rank)", "filter the rows in a common table"),
    ("SELECT string_agg(prompt, ',') FROM images", "group_concat", ELSEWHERE),
    ("SELECT log(rank) FROM images", "log", ELSEWHERE),
    ("SELECT log10(rank) FROM images", "log", ELSEWHERE),
    ("SELECT hash(prompt) FROM images", "hash(…)", ELSEWHERE),
    ("SELECT no_such_function(prompt) FROM images", "no_such_function(…)", ELSEWHERE),
    ("SELECT random() AS r", "rand", ELSEWHERE),
    ("SELECT regexp_replace(prompt, 'a', 'b') FROM images", "regexp_replace without 'g' alone", "give 'g', which replaces all matches"),
    ("SELECT regexp_matches(prompt, 'a.b') FROM images", "a pattern of another kind in REGEXP_MATCHES(prompt, 'a.b')", "write it as text, and characters in brackets: . and most escapes differ at line ends"),
    ("SELECT regexp_extract(prompt, '[.]+.') FROM images", "a pattern of another kind in REGEXP_EXTRACT(prompt, '[.]+.')", "write it as text, and characters in brackets: . and most escapes differ at line ends"),
    ("SELECT regexp_matches(prompt, '\\w') FROM images", "a pattern of another kind in REGEXP_MATCHES(prompt, '\\w')", "write it as text, and characters in brackets: . and most escapes differ at line ends"),
    ("SELECT regexp_matches(prompt, image_id) FROM images", "a pattern of another kind in REGEXP_MATCHES(prompt, image_id)", "write it as text, and characters in brackets: . and most escapes differ at line ends"),
    ("SELECT prompt GLOB 'a*' FROM images", "prompt GLOB 'a*'", ELSEWHERE),
    ("SELECT format('{:>5}', prompt) FROM images", "FORMAT('{:>5}', prompt)", "format numbers as {:,} or {:.2f}"),
    ("SELECT printf('%d', rank) FROM images", "printf(…)", ELSEWHERE),
    ("SELECT substring(prompt, 0, 2) FROM images", "substring", START),
    ("SELECT substr(prompt, 0, 2) FROM images", "substring", START),
    ("SELECT prompt[1:2] FROM images", "prompt[1:2]", "unnest the list"),
    ("SELECT [1, 2][-1] AS n", "[1, 2][-1]", "unnest the list"),
    ("SELECT [x + 1 for x in [1, 2]] AS n", "x + 1 FOR x IN [1, 2]", ELSEWHERE),
    ("SELECT list_reduce([1], lambda a, b: a + b) AS n", "list_reduce(…)", ELSEWHERE),
    ("SELECT list_avg([1]) AS n", "list_avg(…)", ELSEWHERE),
    ("SELECT MAP {'a': 1} AS m", "to_map", ELSEWHERE),
    ("SELECT row(1, 2) AS r", "row(…)", ELSEWHERE),
    ("SELECT struct_pack(rank) FROM images", "a struct without names", "name its fields"),
    ("SELECT cast(prompt AS TIMESTAMP) FROM images", "the type TIMESTAMP", PUBLISHED_TYPE),
    ("SELECT rank::UBIGINT FROM images", "the type UBIGINT", PUBLISHED_TYPE),
    ("SELECT $day + INTERVAL 1 DAY AS d", "INTERVAL", "give both ends as columns"),
    ("SELECT rank FROM images QUALIFY row_number() OVER (ORDER BY rank) = 1", "QUALIFY", NUMBERED),
    ("SELECT DISTINCT ON (rank) rank FROM images", "DISTINCT ON", NUMBERED),
    ("SELECT rank FROM images UNION ALL BY NAME SELECT rank FROM images", "UNION BY NAME", "name the columns in the same order"),
    ("SELECT rank FROM images INTERSECT SELECT rank FROM images", "INTERSECT", "write SEMI JOIN"),
    ("SELECT rank FROM images EXCEPT SELECT rank FROM images", "EXCEPT", "write ANTI JOIN"),
    ("SELECT * EXCLUDE (rank) FROM images", "* EXCLUDE (rank)", "name the columns"),
    ("SELECT * REPLACE (1 AS rank) FROM images", "* REPLACE (1 AS rank)", "name the columns"),
    ("SELECT images.* RENAME (rank AS place) FROM images", "* RENAME (rank AS place)", "name the columns"),
    ("SELECT COLUMNS('rank') FROM images", "columns", ELSEWHERE),
    ("SELECT $1 AS a", "the parameter $1", "write ? for each value, or names"),
    ("SELECT rank = ANY(SELECT 1) FROM images", "ANY (SELECT 1)", ELSEWHERE),
    ("SELECT 1 AS n FROM images AS a ASOF JOIN images AS b ON a.rank >= b.rank", "ASOF JOIN images AS b ON a.rank >= b.rank", BELONG),
    ("SELECT 1 AS n FROM images AS a POSITIONAL JOIN images AS b", "POSITIONAL JOIN images AS b", BELONG),
    ("SELECT 1 AS n FROM images AS a NATURAL JOIN images AS b", "NATURAL JOIN images AS b", BELONG),
    ("SELECT n FROM images, LATERAL (SELECT rank AS n)", "LATERAL", "join to a common table"),
    ("PIVOT images ON rank USING count(*)", "PIVOT", "write an aggregate with FILTER for each column"),
    ("UNPIVOT images ON rank INTO NAME n VALUE v", "PIVOT", "write an aggregate with FILTER for each column"),
    ("SELECT rank FROM images USING SAMPLE 5", "TABLESAMPLE", "choose by the macro plain_draw"),
    ("SELECT rank FROM images LIMIT 10%", "PERCENT", ELSEWHERE),
    ("SELECT * FROM range(3)", "generate_series", ELSEWHERE),
    ("SELECT * FROM read_parquet('x')", "read_parquet", ELSEWHERE),
    ("SUMMARIZE images", "SUMMARIZE images", ELSEWHERE),
    ("COPY images TO 'x'", "COPY images TO 'x'", ELSEWHERE),
    ("DROP TABLE images", "DROP TABLE images", ELSEWHERE),
    ("SELECT 1 AS n; SELECT 2 AS n", "SELECT 1 AS n; SELECT 2 AS n", ELSEWHERE),
    ("SELECT count() FROM images", "count()", "write count(*)"),
    ("SELECT arg_min(prompt, rank, 2) FROM images", "ARG_MIN(prompt, rank, 2)", "filter by row_number() for several rows"),
    ("SELECT min(rank, 2) FROM images", "MIN(rank, 2)", "filter by row_number() for several rows"),
    ("SELECT list(DISTINCT rank) FROM images", "ARRAY_AGG(DISTINCT rank)", "filter the rows in a common table"),
    ("SELECT list(rank ORDER BY part LIMIT 3) FROM images", "ARRAY_AGG(rank ORDER BY part LIMIT 3)", "filter the rows in a common table"),
    ("SELECT list(rank ORDER BY part NULLS FIRST) FROM images", "another order within list than ascending, NULLs last", "order by the negative number"),
    ("SELECT regexp_matches(prompt, 'a', 'i') FROM images", "a pattern with options", "write both cases into the pattern"),
    ("SELECT regexp_extract(prompt, 'a', 0, 'i') FROM images", "a pattern with options", "write both cases into the pattern"),
    ("SELECT regexp_replace(prompt, 'a', 'b', 'gi') FROM images", "regexp_replace without 'g' alone", "give 'g', which replaces all matches"),
    ("SELECT regexp_replace(prompt, '(a)', '\\1', 'g') FROM images", "the replacement in REGEXP_REPLACE(prompt, '(a)', '\\1', 'g')", "replace by text without backslash and dollar sign"),
    ("SELECT regexp_matches(prompt, '[[:alpha:]]') FROM images", "a pattern of another kind in REGEXP_MATCHES(prompt, '[[:alpha:]]')", "write it as text, and characters in brackets: . and most escapes differ at line ends"),
    ("SELECT regexp_matches(prompt, '[a&&b]') FROM images", "a pattern of another kind in REGEXP_MATCHES(prompt, '[a&&b]')", "write it as text, and characters in brackets: . and most escapes differ at line ends"),
    ("SELECT fsum(score) FROM scores", "fsum without an order, or filtered", "write the macro float_mean"),
    ("SELECT fsum(score ORDER BY score) FILTER (score > 0) FROM scores", "fsum without an order, or filtered", "write the macro float_mean"),
    ("SELECT unnest([1]) AS a, rank, unnest([2]) AS b FROM images", "lists that are unnested apart", "unnest them one behind the other"),
    ("WITH some AS MATERIALIZED (SELECT 1 AS n) SELECT n FROM some", "a MATERIALIZED common table", "leave the word out"),
    ("SELECT rank FROM images WHERE (rank, part) < (1, 2)", "the tuple (rank, part)", "compare each value"),
    ("SELECT left(prompt, -1) FROM images", "LEFT(prompt, -1)", "count from the length"),
    ("SELECT split_part(prompt, '', 1) FROM images", "SPLIT_PART(prompt, '', 1)", "split at some text"),
    ("SELECT 1.0 / 3 AS x", "1.0 / 3", "cast the fraction to DOUBLE"),
    ("SELECT rank / 0.5 FROM images", "rank / 0.5", "cast the fraction to DOUBLE"),
    ("SELECT CAST(2.5 AS INTEGER) AS n", "CAST(2.5 AS INT)", "write the whole number"),
    ("SELECT col1 FROM (VALUES (10, 20))", "VALUES whose columns have no names", "name them, as in (VALUES (1, 2)) AS given(a, b)"),
    ("SELECT ltrim(prompt) FROM images", "LTRIM(prompt)", TRIMMED),
    ("SELECT trim(prompt, 'x') FROM images", "TRIM(prompt, 'x')", TRIMMED),
    ("SELECT -rank AS rank FROM images ORDER BY rank + 0", "an order by an expression of a name that hides a column", "take another name"),
    ("SELECT left(prompt, $n) FROM images", "LEFT(prompt, $n)", "count with a number, as in left(prompt, 8)"),
    ("SELECT left(prompt, 1 - 3) FROM images", "LEFT(prompt, 1 - 3)", "count with a number, as in left(prompt, 8)"),
    ("SELECT (rank * 0.1) / 3 FROM images", "(rank * 0.1) / 3", "write the fraction as 5e-1, or as a parameter"),
    ("SELECT ceil(score) FROM scores", "CEIL(score)", "round what comes back"),
    ("SELECT CAST(rank AS DECIMAL(5, 2)) FROM images", "the type DECIMAL(5, 2)", "cast to DOUBLE or BIGINT"),
    ("SELECT regexp_matches(prompt, '(?i)a') FROM images", "a pattern of another kind in REGEXP_MATCHES(prompt, '(?i)a')", QUANTIFIED),
    ("SELECT regexp_matches(prompt, 'a++') FROM images", "a pattern of another kind in REGEXP_MATCHES(prompt, 'a++')", QUANTIFIED),
    ("SELECT regexp_replace(prompt, 'a*', '-', 'g') FROM images", "a pattern that may match nothing in REGEXP_REPLACE(prompt, 'a*', '-', 'g')", "write + instead of *, ? and {0,…}"),
    ("SELECT {'a': 1} AS s", "{'a': 1}", "give its fields as columns"),
    ("SELECT any_value(rank) FROM images", "ANY_VALUE(rank)", "take min(…) or max(…)"),
    ("SELECT sqrt(rank) FROM images", "SQRT(rank), which is NaN there for a negative number", "take the root of what comes back"),
    ("WITH images AS (SELECT * FROM images) SELECT * FROM images", "a common table with the name of a view or macro", "take another name"),
    ("WITH RECURSIVE t AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM t WHERE x < 3) SELECT * FROM t", "WITH RECURSIVE", "name each step"),
    ("SELECT sum(rank) OVER (ORDER BY part GROUPS 1 PRECEDING) FROM images", "GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW", FRAMED),
    ("SELECT sum(rank) OVER (ORDER BY part ROWS 1 PRECEDING EXCLUDE TIES) FROM images", "ROWS BETWEEN 1 PRECEDING AND CURRENT ROW EXCLUDE TIES", FRAMED),
    ("SELECT rank IN (SELECT 1) FROM images", "rank IN (SELECT 1), which is FALSE there where it is NULL", "write SEMI JOIN"),
    ("SELECT pair_count((SELECT 3)) AS n", "a query as an argument of PAIR_COUNT((SELECT 3))", "name what it returns in a common table"),
    ("SELECT part BETWEEN 1 AND 2 = TRUE FROM images", "part BETWEEN 1 AND 2 = TRUE", "put the inner comparison in parentheses"),
    ("SELECT rank IS DISTINCT FROM 2 FROM images", "rank IS DISTINCT FROM 2", ELSEWHERE),
    ('SELECT 1 AS "${env:HOME}"', 'the name "${env:HOME}"', "take one without ${, which Spark replaces"),
]  # fmt: skip


@functools.cache
def parsed(text: str) -> exp.Expr:
    return parse_one(text, dialect="duckdb")


def tree(file: SqlFile) -> exp.Expr:
    return parsed(statement(file))


@pytest.mark.parametrize(("name", "text", "spark"), CASES, ids=[name for name, _, _ in CASES])
def test_a_rewrite_says_it_as_spark_does(name: str, text: str, spark: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = translated("SELECT * FROM generator_prompts()", None, NAMED)[0].removeprefix("SELECT * FROM ")
    assert translated(text, None, NAMED)[0] == spark.replace("ROWS", rows)
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


@every_file
def test_a_file_says_why_spark_cannot_have_it_if_and_only_if_it_cannot(file: SqlFile) -> None:
    reads = [other for name in file.reads for other in FILES.named(name) if other.spark]
    if file.spark and not reads:  # the reasons of the others end here, for no file reads itself
        with pytest.raises(ConstructError, match=f"^{file.name} has "):
            refuse_unlisted(file.name, tree(file))
    elif not file.spark:
        refuse_unlisted(file.name, tree(file))
        assert not reads
    assert file.kind == "macro" or not file.spark


def test_nothing_is_allowed_that_no_file_uses() -> None:
    nodes = [node for file in FILES.all() if not file.spark for node in tree(file).walk()]
    assert {kind.__name__ for kind in ALLOWED - {type(node) for node in nodes}} == set()
    assert FUNCTIONS - {node.name.lower() for node in nodes if isinstance(node, exp.Anonymous)} == set()


@pytest.mark.parametrize(("text", "construct", "advice"), REFUSED)
def test_what_may_mean_something_else_is_refused_with_advice(text: str, construct: str, advice: str) -> None:
    with pytest.raises(ConstructError) as raised:
        translated(text, None, NAMED)
    assert str(raised.value) == (
        f"the statement has {construct}, which may mean something else to Apache Spark\n\nHint: {advice}."
    )


@pytest.mark.parametrize(
    ("text", "construct", "advice"),
    [
        ("SELECT 'a", "a form that cannot be read (Error tokenizing 'SELECT '')", "write it in the plainest way, as in cast(? AS VARCHAR)"),
        ("SELECT " + "(" * 3000 + "1" + ")" * 3000 + " AS a", "too much within another", "make common tables of it"),
    ],
    ids=["open", "deep"],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_a_sentence(text: str, construct: str, advice: str) -> None:
    with pytest.raises(
        ConstructError, match=re.escape(f"the statement has {construct}, which") + f"[^\0]*{re.escape(advice)}"
    ):
        translated(text, None, NAMED)


def test_placed_parameters_are_counted_in_the_order_of_the_text() -> None:
    text = "WITH a AS (SELECT ? AS x, '?' AS q) SELECT x, ? AS y FROM a WHERE x > ? LIMIT ?"
    spark, params = translated(text, [1, 2, 3, 4], NAMED)
    assert re.findall(r":argument_\d", spark) == [f":argument_{number}" for number in range(4)]
    assert params == {f"argument_{number}": number + 1 for number in range(4)}


def test_every_advice_is_given_to_a_refused_statement() -> None:
    assert set(ADVICE.values()) <= {advice for _, _, advice in REFUSED}


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
def test_a_call_of_a_macro_takes_whole_numbers_and_words_as_parameters(file: SqlFile) -> None:
    arguments = [7 if "INT" in (one.kind or "") else None for one in parameters(file)]
    spark, params = translated(*call_text(file.name, arguments), {})
    assert file.name not in common_tables(spark)
    assert list(params.values()) == arguments


def common_tables(spark: str) -> list[str]:
    return re.findall(r"`(\w+)` AS \(", spark)


@every_file
def test_no_common_table_of_a_statement_has_the_name_of_another(file: SqlFile) -> None:
    if not file.spark:
        names = common_tables(translated(statement(file), None, {})[0])
        assert len({name.lower() for name in names}) == len(names)


def test_common_tables_of_two_calls_are_numbered() -> None:
    text = "WITH asked AS (SELECT 1 AS n) SELECT n FROM asked CROSS JOIN subset_images() AS a CROSS JOIN subset_images() AS b"
    spark = translated(text, None, NAMED)[0]
    assert sorted(common_tables(spark)) == ["asked", "asked_1", "asked_2"]
    read = re.findall(r"(?:FROM|JOIN) (`asked\w*`(?: AS `asked`)?)", spark)
    assert sorted(read) == ["`asked_1` AS `asked`", "`asked_2` AS `asked`", "`asked`"]


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
