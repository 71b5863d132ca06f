"""A statement that is a call of a macro and no more has the rows of its query, and any other is left to the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import irdb_sql
from irdb_sql.core.catalog import load
from irdb_sql.engine.errors import ArgumentNameError, QueryError
from irdb_sql.engine.macro_calls import find_call

if TYPE_CHECKING:
    from pathlib import Path

CALLS: dict[str, tuple[str, dict[str, object]]] = {
    "FROM preference_pairs()": ("pairs", {}),
    "select * from Preference_Pairs ( ) ;": ("pairs", {}),
    "FROM preference_pairs(in_split := 'test', keep_ties => TRUE)": ("pairs", {"split": "test", "keep_ties": True}),
    "FROM preference_pairs('test', '1k', false, 2)": (
        "pairs", {"split": "test", "subset": "1k", "keep_ties": False, "min_rank_gap": 2},
    ),
    "FROM pair_counts(by_classification := true)": ("pair_counts", {"by_classification": True}),
    "FROM rating_stats(NULL)": ("rating_stats", {"split": None}),
    "FROM rating_agreement(in_split := $which)": ("rating_agreement", {"split": "validation"}),
}  # fmt: skip
OTHERS = [
    "FROM preference_pairs() WHERE TRUE", "FROM preference_pairs() LIMIT 1", "SELECT split FROM preference_pairs()", "FROM images",
    "FROM preference_pairs(), images", "FROM preference_pairs(in_split := upper('test'))", "FROM preference_pairs(in_split := 'tset')",
    "FROM preference_pairs(splt := 'test')", "FROM preference_pairs(1, 2, 3, 4, 5)", "FROM nothing()", "FROM preference_pairs(-1)",
    "FROM preference_pairs() AS p", "FROM preference_pairs(in_subset := '9k')", "FROM preference_pairs(in_split := 'test,train')",
    "FROM preference_pairs() UNION ALL FROM preference_pairs()", "FROM preference_pairs(in_split := $other)", "", "FROM range(3)",
]  # fmt: skip


@pytest.mark.parametrize("text", CALLS)
def test_a_call_of_a_macro_is_its_query(text: str) -> None:
    params = {"which": "validation"} if "$which" in text else None
    found = find_call(text, params, load())
    assert found is not None
    assert (found[0].name, found[1]) == CALLS[text]


@pytest.mark.parametrize("text", OTHERS)
def test_other_statements_are_none(text: str) -> None:
    assert find_call(text, None, load()) is None


@pytest.mark.parametrize("text", CALLS)
def test_its_rows_are_those_of_the_engine(large_sample: Path, text: str) -> None:
    params = {"which": "validation"} if "$which" in text else None
    with irdb_sql.connect(large_sample) as db, irdb_sql.connect(large_sample, timeout=1000) as other:
        found = db.sql(text, params)
        expected = other.sql(text, params)
        assert found.schema == expected.schema
        keys = [
            name for name in ("better_row", "worse_row", "split", "classification", "kind") if name in found.columns
        ]
        assert found.sort(keys).equals(expected.sort(keys))
        assert db.sql(text, params, lazy=True).collect().equals(found)


@pytest.mark.parametrize(
    ("text", "params", "error", "words"),
    [
        ("FROM preference_pairs(in_split := 'tset')", None, QueryError, "unknown split 'tset'"),
        ("FROM preference_pairs(in_split := $s)", {"s": "tset"}, QueryError, "unknown split 'tset'"),
        ("FROM preference_pairs(in_split := $s)", {"s": ["test"]}, QueryError, ""),
        ("FROM preference_pairs(in_split := $s)", {"t": "test"}, QueryError, "the statement has no parameter $t"),
        ("FROM preference_pairs(in_split := $s)", {"s": "test", "t": 1}, QueryError, ""),
        ("FROM preference_pairs(splt := 'test')", None, ArgumentNameError, "has no argument 'splt'"),
    ],
)
def test_errors_are_those_of_the_engine(text: str, params: Any, error: type[Exception], words: str) -> None:
    with irdb_sql.connect() as db, irdb_sql.connect(timeout=1000) as other:
        with pytest.raises(error) as raised:
            db.sql(text, params)
        with pytest.raises(error) as expected:
            other.sql(text, params)
    assert str(raised.value) == str(expected.value)
    assert words in str(raised.value)


def test_a_trusted_database_runs_every_statement_in_the_engine() -> None:
    with irdb_sql.connect(trusted=True) as db:
        db.sql("CREATE OR REPLACE MACRO pair_counts() AS TABLE SELECT 1 AS mine")
        assert db.sql("FROM pair_counts()").columns == ["mine"]
