"""Errors of statements: the marked position, the nearest name, and the type of a parameter value."""

from __future__ import annotations

from typing import Any

import pytest

from irdb_sql import ImageRewardDB, connect
from irdb_sql.engine.errors import ArgumentError, QueryError

MARKED_TEXTS = {
    "SELECT\n  imag_path\nFROM images": ("imag_path", "'image_path'"),
    "SELECT 1\nFROM imagez": ("imagez", "'images'"),
    "SELECT i.rnk FROM images AS i": ("i.rnk", "'rank'"),
    "SELECT 1, 'é', foo(1)": ("foo(1)", "'floor'"),
    "SELECT *\nFROM preference_pairs(in_splt := 'test')": (
        "preference_pairs",
        "call preference_pairs(in_split VARCHAR",
    ),
    "SELECT 'é pair_count(', \"Pair_Count\"('x') -- pair_count(": ("pair_count", "call pair_count(n_images BIGINT)"),
    "SELECT 1 FROM pair_counts": ("pair_counts", "FROM pair_counts()"),
    "FROM widest_gaps": ("widest_gaps", "irdb query widest_gaps"),
    f"SELECT {'1, ' * 100}pair_count('x'), {'1, ' * 100}2": ("pair_count", "call pair_count"),
    "SELECT 1 FROM images GROUP": ("GROUP", ""),
    "SELECT\t\trnk FROM images": ("rnk", "'rank'"),
    "SELECT 1,\n\t\trnk\nFROM images": ("rnk", "'rank'"),
    "SELECT\t\t1 FROM images GROUP": ("GROUP", ""),
    "FROM\t\trank_counts(1)": ("rank_counts", "call rank_counts("),
    'SELECT 1 FROM images WHERE split = "test"': ("test", "single quotes, 'test'"),
    "SELECT prompt FROM ratings": ("prompt", "images, metadata, prompts"),
}


@pytest.mark.parametrize("text", MARKED_TEXTS)
@pytest.mark.parametrize("lazy", [False, True])
def test_an_error_marks_the_position_and_suggests_the_nearest_name(db: ImageRewardDB, text: str, *, lazy: bool) -> None:
    marked, hint = MARKED_TEXTS[text]
    with pytest.raises(QueryError) as caught:
        db.sql(text, lazy=lazy)
    line, carets = caught.value.sentence.splitlines()[-2:]
    column = carets.index("^")
    assert line.startswith("LINE ")
    assert line[column:].lower().lstrip('"').startswith(marked.lower().split("(")[0][:5])
    assert set(carets.strip()) == {"^"}
    assert hint in str(caught.value)


@pytest.mark.parametrize("isolated", [False, True])
def test_a_separate_process_also_marks_the_position(db: ImageRewardDB, *, isolated: bool) -> None:
    with pytest.raises(QueryError, match=r"LINE 1: FROM imagez\n {13}\^{6}"):
        db.sql("FROM imagez", isolated=isolated)


def test_no_position_is_marked_where_a_macro_is_called_twice(db: ImageRewardDB) -> None:
    with pytest.raises(QueryError) as caught:
        db.sql("FROM rank_counts() AS a, rank_counts(1) AS b")
    assert "LINE" not in caught.value.sentence


PAIRS = "SELECT count(*) FROM preference_pairs($split, min_rank_gap := $gap, keep_ties => $ties)"


@pytest.mark.parametrize("lazy", [False, True])
@pytest.mark.parametrize(("gap", "ties"), [("2", "false"), (2, False), (2.0, None), ("02", "no")])
def test_text_is_cast_to_the_type_of_a_macros_parameter(db: ImageRewardDB, gap: Any, ties: Any, *, lazy: bool) -> None:
    strict_pairs = db.sql(PAIRS, {"split": "test", "gap": gap, "ties": ties}, lazy=lazy).lazy().collect().item()
    assert strict_pairs == db.pairs(split="test", min_rank_gap=2).height > 0
    upper = {"SPLIT": "test", "GAP": gap, "TIES": ties}
    assert db.sql(PAIRS, upper, lazy=lazy).lazy().collect().item() == strict_pairs
    positional = PAIRS.replace("$split", "?").replace("$gap", "?").replace("$ties", "?")
    assert db.sql(positional, ["test", gap, ties], lazy=lazy).lazy().collect().item() == strict_pairs


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"gap": "3.5"}, r"parameter \$gap is '3.5', but min_rank_gap of the macro preference_pairs is INTEGER"),
        ({"gap": 3.5}, r"parameter \$gap is '3.5', but min_rank_gap of the macro preference_pairs is INTEGER"),
        ({"gap": "x"}, r"parameter \$gap is 'x', but min_rank_gap of the macro preference_pairs is INTEGER"),
        ({"gap": True}, r"parameter \$gap is 'True', but min_rank_gap of the macro preference_pairs is INTEGER"),
        (
            {"gap": "99999999999"},
            r"parameter \$gap is '99999999999', but min_rank_gap of the macro preference_pairs is INTEGER",
        ),
        ({"split": 5}, r"parameter \$split is '5', but in_split of the macro preference_pairs is VARCHAR"),
        ({"ties": "maybe"}, r"parameter \$ties is 'maybe', but keep_ties of the macro preference_pairs is BOOLEAN"),
    ],
)
def test_a_value_of_a_wrong_type_is_refused_by_name(db: ImageRewardDB, params: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        db.sql(PAIRS, {"split": "test", "gap": 1, "ties": False} | params)


def test_a_trusted_text_runs_each_of_its_statements_once() -> None:
    with connect(trusted=True) as trusted:
        trusted.sql("CREATE TABLE inserted (n INTEGER)")
        for text in ("INSERT INTO inserted VALUES (1); FROM imagez", "INSERT INTO inserted SELECT pair_count('x')"):
            with pytest.raises(QueryError):
                trusted.sql(text)
        assert trusted.sql("SELECT n FROM inserted")["n"].to_list() == [1]


def test_named_values_may_be_keyword_arguments(db: ImageRewardDB) -> None:
    text = "SELECT count(*) FROM preference_pairs(in_split := $split, min_rank_gap := $gap)"
    expected = db.sql(text, {"split": "test", "gap": 3}).item()
    assert db.sql(text, split="test", gap=3).item() == expected
    assert db.sql(text, {"split": "test"}, gap=3).item() == expected
    assert db.sql(text, {"split": "test", "gap": 1}, gap=3).item() == expected
    assert db.sql(text, split="test", gap=3, lazy=True).collect().item() == expected
    assert db.sql(text, split="test", gap=3, isolated=True).item() == expected
    with pytest.raises(TypeError, match=r"params are values for \?, and gap is the value of a \$name"):
        db.sql(text, ["test"], gap=3)
