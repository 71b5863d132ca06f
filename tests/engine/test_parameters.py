"""What the engine is told of a statement that it does not understand: the place, the nearest name, the type of a value."""

from __future__ import annotations

from typing import Any

import pytest

from irdb_sql import ImageRewardDB, connect
from irdb_sql.engine.errors import ArgumentError, QueryError

PLACES = {
    "SELECT\n  imag_path\nFROM images": ("imag_path", "'image_path'"),
    "SELECT 1\nFROM imagez": ("imagez", "'images'"),
    "SELECT i.rnk FROM images AS i": ("i.rnk", "'rank'"),
    "SELECT 1, 'é', foo(1)": ("foo(1)", "irdb list"),
    "SELECT *\nFROM preference_pairs(in_splt := 'test')": (
        "preference_pairs",
        "call preference_pairs(in_split VARCHAR",
    ),
    "SELECT 'é pair_count(', \"Pair_Count\"('x') -- pair_count(": ("pair_count", "call pair_count(n_images BIGINT)"),
    "SELECT 1 FROM pair_counts": ("pair_counts", "FROM pair_counts()"),
    "FROM widest_gaps": ("widest_gaps", "irdb query widest_gaps"),
    f"SELECT {'1, ' * 100}pair_count('x'), {'1, ' * 100}2": ("pair_count", "call pair_count"),
    "SELECT 1 FROM images GROUP": ("GROUP", "correct the statement"),
    "SELECT\t\trnk FROM images": ("rnk", "'rank'"),
    "SELECT 1,\n\t\trnk\nFROM images": ("rnk", "'rank'"),
    "SELECT\t\t1 FROM images GROUP": ("GROUP", "correct the statement"),
    "FROM\t\trank_counts(1)": ("rank_counts", "call rank_counts("),
    'SELECT 1 FROM images WHERE split = "test"': ("test", "single quotes, 'test'"),
    "SELECT prompt FROM ratings": ("prompt", "images, metadata, prompts"),
}


@pytest.mark.parametrize("text", PLACES)
@pytest.mark.parametrize("lazy", [False, True])
def test_the_place_is_marked_and_the_nearest_name_told(db: ImageRewardDB, text: str, *, lazy: bool) -> None:
    marked, hint = PLACES[text]
    with pytest.raises(QueryError) as caught:
        db.sql(text, lazy=lazy)
    line, carets = caught.value.sentence.splitlines()[-2:]
    column = carets.index("^")
    assert line.startswith("LINE ")
    assert line[column:].lower().lstrip('"').startswith(marked.lower().split("(")[0][:5])
    assert set(carets.strip()) == {"^"}
    assert hint in str(caught.value)


@pytest.mark.parametrize("isolated", [False, True])
def test_a_process_of_its_own_marks_the_place_too(db: ImageRewardDB, *, isolated: bool) -> None:
    with pytest.raises(QueryError, match=r"LINE 1: FROM imagez\n {13}\^{6}"):
        db.sql("FROM imagez", isolated=isolated)


def test_a_macro_that_is_called_twice_is_not_marked_at_a_guess(db: ImageRewardDB) -> None:
    with pytest.raises(QueryError) as caught:
        db.sql("FROM rank_counts() AS a, rank_counts(1) AS b")
    assert "LINE" not in caught.value.sentence


PAIRS = "SELECT count(*) FROM preference_pairs($split, min_rank_gap := $gap, keep_ties => $ties)"


@pytest.mark.parametrize("lazy", [False, True])
@pytest.mark.parametrize(("gap", "ties"), [("2", "false"), (2, False), (2.0, None), ("02", "no")])
def test_text_is_cast_to_what_a_macro_takes(db: ImageRewardDB, gap: Any, ties: Any, *, lazy: bool) -> None:
    found = db.sql(PAIRS, {"split": "test", "gap": gap, "ties": ties}, lazy=lazy).lazy().collect().item()
    assert found == db.pairs(split="test", min_rank_gap=2).height > 0
    upper = {"SPLIT": "test", "GAP": gap, "TIES": ties}
    assert db.sql(PAIRS, upper, lazy=lazy).lazy().collect().item() == found
    positional = PAIRS.replace("$split", "?").replace("$gap", "?").replace("$ties", "?")
    assert db.sql(positional, ["test", gap, ties], lazy=lazy).lazy().collect().item() == found


@pytest.mark.parametrize(
    ("params", "told"),
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
def test_a_value_that_does_not_fit_is_refused_by_name(db: ImageRewardDB, params: dict[str, Any], told: str) -> None:
    with pytest.raises(ArgumentError, match=told):
        db.sql(PAIRS, {"split": "test", "gap": 1, "ties": False} | params)


def test_a_statement_of_several_parts_that_is_trusted_runs_each_once() -> None:
    with connect(trusted=True) as trusted:
        trusted.sql("CREATE TABLE seen (n INTEGER)")
        for text in ("INSERT INTO seen VALUES (1); FROM imagez", "INSERT INTO seen SELECT pair_count('x')"):
            with pytest.raises(QueryError):
                trusted.sql(text)
        assert trusted.sql("SELECT n FROM seen")["n"].to_list() == [1]
