"""Every file of the catalog has only syntax that means the same in DuckDB and in Apache Spark."""

from __future__ import annotations

import pytest
from oracles.spark_syntax import ALLOWED, FUNCTIONS, RULES, faults
from sqlglot import exp, parse_one

from irdb_sql.core import catalog as catalogs
from irdb_sql.core.catalog import SqlFile
from irdb_sql.core.signatures import statement

FILES = catalogs.load()
WRONG = [
    "SELECT string_split(split, '.') AS parts FROM images",
    "SELECT list_aggregate(list(score), 'fsum') AS x FROM scores",
    "SELECT '${env:HOME}' AS x",
    "SELECT -$n AS x",
    "SELECT '1' || 2 + 30 AS x",
    "SELECT * EXCLUDE (rank) FROM images",
    "SELECT DISTINCT ON (rank) rank FROM images",
    "SELECT rank FROM images UNION ALL BY NAME SELECT rank FROM images",
    "WITH t AS MATERIALIZED (SELECT 1 AS n) SELECT n FROM t",
    "SELECT 1 AS n FROM images AS a NATURAL JOIN images AS b",
    "SELECT rank FROM images WHERE (rank, part) < (1, 2)",
    "WITH RECURSIVE t AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM t WHERE x < 3) SELECT x FROM t",
    "SELECT sum(rank) OVER (ORDER BY part GROUPS 1 PRECEDING) AS x FROM images",
    "SELECT count() AS n FROM images",
    "SELECT min(rank, 2) AS x FROM images",
    "SELECT sum(rank ORDER BY rank) AS x FROM images",
    "SELECT list(rank ORDER BY part DESC) AS x FROM images",
    "SELECT list(rank) FILTER (rank > 1) AS x FROM images",
    "SELECT unnest([1]) AS a, unnest([2]) AS b FROM images",
    "SELECT regexp_replace(prompt, 'a', 'b', 'gi') AS x FROM images",
    "SELECT regexp_replace(prompt, '(a)', '\\1', 'g') AS x FROM images",
    "SELECT regexp_matches(prompt, 'a', 'i') AS x FROM images",
    "SELECT regexp_matches(prompt, '[[:alpha:]]') AS x FROM images",
    "SELECT split_part(prompt, '', 1) AS x FROM images",
    "SELECT ltrim(prompt) AS x FROM images",
    "SELECT left(prompt, -1) AS x FROM images",
    "SELECT format('{}', rank) AS x FROM images",
    "SELECT struct_pack(rank) AS x FROM images",
    "SELECT rank::UBIGINT AS x FROM images",
    "SELECT 1.0 / 3 AS x",
    "SELECT CAST(2.5 AS INTEGER) AS x",
]
"""A statement for each rule, in their order."""


def faults_of(text: str) -> list[str]:
    return list(faults(parse_one(text, dialect="duckdb"), FILES.macros))


@pytest.mark.parametrize("file", FILES.all(), ids=lambda file: f"{file.kind}-{file.name}")
def test_a_file_says_why_spark_cannot_have_it_if_and_only_if_it_cannot(file: SqlFile) -> None:
    definitions = FILES.views | FILES.macros
    reads = [definitions[name] for name in file.reads if definitions[name].spark]
    if file.spark and not reads:  # the reasons of the others end here, for no file reads itself
        assert faults_of(statement(file)) or file.name == "images_outside"  # which serves what Spark does not do
    elif not file.spark:
        assert faults_of(statement(file)) == []
        assert not reads
    assert file.kind != "view" or not file.spark


def test_nothing_is_allowed_that_no_file_uses() -> None:
    nodes = [
        node for file in FILES.all() if not file.spark for node in parse_one(statement(file), dialect="duckdb").walk()
    ]
    assert {kind.__name__ for kind in ALLOWED - {type(node) for node in nodes}} == set()
    assert FUNCTIONS - {node.name.lower() for node in nodes if isinstance(node, exp.Anonymous)} == set()


@pytest.mark.parametrize(("rule", "text"), list(zip(RULES, WRONG, strict=True)), ids=[text for *_, text in RULES])
def test_each_rule_finds_what_it_is_for(rule: tuple[object, object, str], text: str) -> None:
    assert rule[2] in faults_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT median(rank) FROM images", "SELECT avg(rank) FROM images", "SELECT mode(rank) FROM images",
        "SELECT corr(rank, part) FROM images", "SELECT log(rank) FROM images", "SELECT histogram(rank) FROM images",
        "SELECT prompt[1:2] FROM images", "SELECT MAP {'a': 1} AS m", "SELECT $day + INTERVAL 1 DAY AS d",
        "SELECT rank FROM images QUALIFY row_number() OVER (ORDER BY rank) = 1", "SELECT COLUMNS('rank') FROM images",
        "SELECT rank FROM images EXCEPT SELECT rank FROM images", "PIVOT images ON rank USING count(*)",
        "SELECT rank FROM images USING SAMPLE 5", "SELECT rank FROM images LIMIT 10%", "SELECT n FROM range(3) AS t(n)",
        "SUMMARIZE images", "SELECT n FROM images, LATERAL (SELECT rank AS n)", "SELECT rank IS DISTINCT FROM 2 FROM images",
    ],
)  # fmt: skip
def test_what_is_not_listed_is_a_fault(text: str) -> None:
    assert any(fault.endswith(("is not in ALLOWED", "is not in FUNCTIONS")) for fault in faults_of(text))
