"""Answers laid out for readers: splits in order, values with intervals and shares, and columns made of values."""

from __future__ import annotations

import polars as pl

from irdb_sql.reports.answers import make_answer

RANKS = make_answer(
    pl.DataFrame(
        {
            "split": ["test", "test", "train", "validation"],
            "rank": [1, None, 1, 1],
            "images": [1, 2, 3000, None],
            "image_share": [1 / 3, 2 / 3, 1.0, None],
        }
    )
)


def test_rows_become_a_column_per_split_in_the_order_of_splits() -> None:
    laid = RANKS.by_split().with_share("images", "image_share").pivot("split", "images", "rank")
    assert [laid.heading(name) for name in laid.columns] == ["rank", "train", "validation", "test"]
    assert [[row[name] for name in laid.columns] for row in laid.rows] == [
        [1, "3,000 (100.0 %)", None, "1 (33.3 %)"],
        [None, None, None, "2 (66.7 %)"],
    ]
    assert all(laid.is_numeric(name) for name in laid.columns)
    assert RANKS.rows[0] == {"split": "test", "rank": 1, "images": 1, "image_share": 1 / 3}


def test_a_value_that_is_called_like_a_column_makes_a_column_of_its_own() -> None:
    frame = pl.DataFrame({"k": [1, 1, 1], "scorer": ["k", "image_reward", None], "recall": [0.5, 0.25, 0.125]})
    laid = make_answer(frame).pivot("scorer", "recall", "k")
    assert [laid.heading(name) for name in laid.columns] == ["k", "k", "image_reward", "–"]
    assert [list(row.values()) for row in laid.rows] == [[1, "50.0 %", "25.0 %", "12.5 %"]]
    assert make_answer(frame.clear()).pivot("scorer", "recall", "k").columns == ["k"]


def test_an_estimate_has_its_interval_to_the_digits_that_the_narrowest_supports() -> None:
    estimates = pl.DataFrame(
        {
            "acc_micro": [0.882950, 0.5, None],
            "acc_micro_difference": [-0.0123, 0.02, None],
            "tau_b": [0.913151, -0.5, None],
            "lower": [0.875, 0.4, None],
            "upper": [0.891, None, None],
        }
    )
    answer = make_answer(estimates)
    for column, texts in (
        ("acc_micro", ["88.3 % [87.5, 89.1]", "50.0 %", None]),
        ("acc_micro_difference", ["-1.2 points [+87.5, +89.1]", "+2.0 points", None]),
        ("tau_b", ["+0.913 [+0.875, +0.891]", "-0.500", None]),
    ):
        written = answer.with_interval(column)
        assert [row[column] for row in written.rows] == texts
        assert {"lower", "upper"}.isdisjoint(written.columns)
    assert answer.rows[0]["acc_micro"] == 0.882950


def test_only_several_equal_values_make_a_constant_column() -> None:
    assert make_answer(pl.DataFrame({"split": ["test"] * 2, "n": [1, 2], "gap": [None, None]})).constants() == [
        "split",
        "gap",
    ]
    assert RANKS.head(1).constants() == []
    assert RANKS.without("rank", "images").columns == ["split", "image_share"]
