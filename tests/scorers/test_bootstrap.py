"""Intervals: the same resamples as a naive bootstrap in plain Python, seeded, paired, and none where nothing varies."""

from __future__ import annotations

import math
import statistics
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from conftest import image, write_metadata

import irdb_sql
from irdb_sql.scorers import bootstrap
from irdb_sql.scorers.bootstrap import interval, rank_ranges, resampled_sums

if TYPE_CHECKING:
    from pathlib import Path

    from irdb_sql import ImageRewardDB


def naive_resamples(parts: list[tuple[float, float]], resamples: int, seed: int) -> list[float]:
    """Each resample's ratio, by drawing prompts one by one and adding exactly."""
    random = np.random.RandomState(seed)
    ratios = []
    for _ in range(resamples):
        resample = [parts[place] for place in random.randint(0, len(parts), size=len(parts))]
        below = sum(Fraction(denominator) for _, denominator in resample)
        above = sum(Fraction(numerator) for numerator, _ in resample)
        ratios.append(float(above / below) if below else math.nan)
    return ratios


def percentiles(ratios: list[float], confidence: float) -> tuple[float, float]:
    known = sorted(ratio for ratio in ratios if not math.isnan(ratio))

    def at(share: float) -> float:
        place = share * (len(known) - 1)
        low = math.floor(place)
        high = min(low + 1, len(known) - 1)
        return known[low] + (known[high] - known[low]) * (place - low)

    return at((1 - confidence) / 2), at((1 + confidence) / 2)


@pytest.mark.parametrize("metric", ["acc_micro", "acc_macro", "tau_b", "recall_unique@1", "inversion"])
@pytest.mark.parametrize("confidence", [0.95, 0.8])
def test_an_interval_is_that_of_a_naive_bootstrap(db: ImageRewardDB, metric: str, confidence: float) -> None:
    parts = db.sql(
        "SELECT numerator, denominator FROM prompt_metrics('test') WHERE scorer = 'uuid' AND metric = $m ORDER BY prompt_id",
        {"m": metric},
    ).rows()
    row = db.evaluate(split="test", resamples=200, seed=7, confidence=confidence).filter(scorer="uuid", metric=metric)
    lower, upper = percentiles(naive_resamples(parts, 200, 7), confidence)
    assert row.select("lower", "upper").row(0) == pytest.approx((lower, upper), abs=1e-11)
    assert lower < row["value"].item() < upper


def test_a_difference_is_paired(db: ImageRewardDB) -> None:
    rows = db.sql(
        "SELECT scorer, numerator, denominator FROM prompt_metrics('test') WHERE metric = 'acc_micro' ORDER BY prompt_id"
    )
    ratios = {
        scorer: naive_resamples(rows.filter(scorer=scorer).select("numerator", "denominator").rows(), 100, 0)
        for scorer in ("alignment_rating", "fidelity_rating")
    }
    paired = [one - other for one, other in zip(*ratios.values(), strict=True)]
    actual = db.scorer_differences(split="test", resamples=100).filter(
        metric="acc_micro", scorer="alignment_rating", other_scorer="fidelity_rating"
    )
    lower, upper = percentiles(paired, 0.95)
    assert actual.select("lower", "upper").row(0) == pytest.approx((lower, upper), abs=1e-11)
    assert actual["separated"].item() == (lower > 0 or upper < 0)
    values = (
        db.evaluate(split="test", resamples=1).filter(metric="acc_micro").rows_by_key("scorer", named=True, unique=True)
    )
    assert actual["difference"].item() == values["alignment_rating"]["value"] - values["fidelity_rating"]["value"]


def test_the_same_seed_gives_the_same_bytes_and_another_one_other_intervals(db: ImageRewardDB) -> None:
    first = db.evaluate(split="test", resamples=50, seed=1)
    assert all(db.evaluate(split="test", resamples=50, seed=1).equals(first) for _ in range(3))
    other = db.evaluate(split="test", resamples=50, seed=2)
    assert other["value"].equals(first["value"])
    assert not other["lower"].equals(first["lower"])


def test_the_order_of_rows_in_the_files_changes_no_interval(db: ImageRewardDB, tmp_path: Path) -> None:
    for file in db.source.files:
        shuffled = pl.read_parquet(file.path).sample(fraction=1, shuffle=True, seed=4)
        shuffled.write_parquet(tmp_path / file.path.name)

    def estimates(database: ImageRewardDB, by: Any) -> pl.DataFrame:
        """All but those of the baseline that is this order, and ranks, in which it counts."""
        rows = database.evaluate(by=by, resamples=20)
        return rows.filter(pl.col("scorer") != "position").drop("rank_best", "rank_worst")

    with irdb_sql.connect(tmp_path) as other:
        for by in ((), "classification", "rank_gap"):
            assert estimates(other, by).equals(estimates(db, by))


def test_another_scorer_changes_no_interval_of_the_others(db: ImageRewardDB) -> None:
    scores = db.images().select("image_path", a="rank", b="overall_rating")
    both = db.evaluate(scores, resamples=50).filter(scorer="a").drop("rank_best", "rank_worst")
    alone = db.evaluate(scores.drop("b"), resamples=50).drop("rank_best", "rank_worst")
    assert both.equals(alone)


def test_scorers_of_the_same_order_are_not_separated_and_share_their_ranks(db: ImageRewardDB) -> None:
    scores = db.images().select("image_path", a="overall_rating", b=pl.col("overall_rating") * 2, c=-pl.col("rank"))
    actual = db.scorer_differences(scores, split="test").filter(metric="acc_micro")
    assert actual.select("scorer", "other_scorer", "separated").rows() == [
        ("a", "b", False),
        ("a", "c", True),
        ("b", "c", True),
    ]
    assert actual.row(0, named=True)["difference"] == actual.row(0, named=True)["lower"] == 0
    ranks = db.evaluate(scores, split="test").filter(metric="acc_micro").select("scorer", "rank_best", "rank_worst")
    assert ranks.rows() == [("a", 2, 3), ("b", 2, 3), ("c", 1, 1)]


def test_scorers_without_a_value_have_no_rank_and_no_difference(db: ImageRewardDB) -> None:
    actual = (
        db.evaluate(split="test", resamples=20).filter(metric="tau_b").rows_by_key("scorer", named=True, unique=True)
    )
    assert actual["prompt_length"]["rank_best"] is None
    assert max(row["rank_worst"] or 0 for row in actual.values()) == len(actual) - 1
    ties = db.evaluate(split="test", resamples=20).filter(metric="scorer_ties")
    assert ties["rank_best"].null_count() == ties.height
    pairs = db.scorer_differences(split="test", resamples=20).filter(metric="tau_b", other_scorer="prompt_length")
    assert pairs.select(pl.col("difference", "lower", "upper", "separated").is_null().all()).row(0) == (True,) * 4


def test_one_prompt_has_no_interval(tmp_path: Path) -> None:
    with irdb_sql.connect(write_metadata(tmp_path, [image("p", "a", 1), image("p", "b", 2)])) as db:
        actual = db.evaluate().filter(metric="acc_micro")
        assert actual["lower"].null_count() == actual["upper"].null_count() == actual.height
        assert actual["value"].null_count() == 0
        assert db.scorer_differences()["separated"].null_count() == db.scorer_differences().height


def test_sums_are_exact_and_the_same_in_any_order_of_columns() -> None:
    random = np.random.RandomState(0)
    part = random.random_sample((500, 6))
    places = np.arange(500)
    (sums,) = resampled_sums([part], [places], 500, resamples=40, seed=3)
    weights = np.random.RandomState(3)
    for row in sums:
        drawn = part[weights.randint(0, 500, size=500)]
        assert row == pytest.approx([math.fsum(column) for column in drawn.T], rel=1e-11)
    (turned,) = resampled_sums([part[:, ::-1]], [places], 500, resamples=40, seed=3)
    assert np.array_equal(turned[:, ::-1], sums)


@pytest.mark.parametrize("prompts", [1, 7, 300])
def test_weights_that_are_kept_are_those_that_are_drawn_anew(prompts: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def blocks() -> list[tuple[int, list[list[float]]]]:
        return [(start, weights.tolist()) for start, weights in bootstrap.prompt_weights(prompts, 50, seed=3)]

    monkeypatch.setattr(bootstrap, "_BLOCK", 20 * prompts)
    kept = blocks()
    assert kept == blocks()
    assert [start for start, _ in kept] == [0, 20, 40]
    monkeypatch.setattr(bootstrap, "_MOST_KEPT", 0)
    assert kept == blocks()


def test_an_interval_ignores_resamples_without_a_value() -> None:
    values = np.array([[1.0, np.nan], [3.0, np.nan], [2.0, np.nan], [np.nan, np.nan]])
    lower, upper = interval(values, 0.5)
    assert (lower[0], upper[0]) == (1.5, 2.5)
    assert np.isnan(lower[1])
    assert np.isnan(upper[1])
    assert statistics.median([1.0, 3.0, 2.0]) == (lower[0] + upper[0]) / 2


def test_ranks_are_ranges_where_resamples_disagree() -> None:
    values = np.array([[5.0, 2.0, 1.0], [5.0, 1.0, 2.0], [6.0, 2.0, 1.0], [6.0, 1.0, 2.0]])
    best, worst = rank_ranges(values, 0.95)
    assert (best.tolist(), worst.tolist()) == ([1, 2, 2], [1, 3, 3])
    assert [ranks.tolist() for ranks in rank_ranges(values[:, :1], 0.95)] == [[1], [1]]


def test_several_metrics_have_the_intervals_and_ranks_of_each_alone() -> None:
    values = np.random.RandomState(0).random_sample((50, 3, 4))
    values[::3, 1, 2] = np.nan
    values[:, 2, 3] = np.nan
    for function in (interval, rank_ranges):
        together = function(values, 0.8)
        for metric in range(3):
            for all_metrics, alone in zip(together, function(values[:, metric], 0.8), strict=True):
                assert np.array_equal(all_metrics[metric], alone, equal_nan=True)
