"""Intervals, p-values and what is concluded from them, against an independent oracle and worked examples."""

from __future__ import annotations

import itertools
import math
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from conftest import image, write_metadata
from fakes.strategies import Row, datasets, scores_of
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import conclusions

import irdb_sql
from irdb_sql.scorers import sign_flips
from irdb_sql.scorers.intervals import MetricIntervals, rank_ranges, student_quantile

if TYPE_CHECKING:
    from irdb_sql import ImageRewardDB

SIGNED = {"tau_b", "spearman"}


def parts_of(db: ImageRewardDB, split: Any) -> tuple[list[str], dict[tuple[str, str], conclusions.Parts]]:
    """Return ids of prompts, and what each adds to each metric of each scorer."""
    rows = db.sql("SELECT prompt_id, scorer, metric, numerator, denominator FROM prompt_metrics($s)", {"s": split})
    prompts = sorted(set(rows["prompt_id"]), key=lambda name: name.encode())
    known = {row[:3]: row[3:] for row in rows.iter_rows()}
    scorers, metrics = db.score_coverage(split=split)["scorer"], db.query("evaluated_metrics")["metric"]
    return prompts, {
        (scorer, metric): [known.get((prompt, scorer, metric), (0.0, 0.0)) for prompt in prompts]
        for scorer in scorers
        for metric in metrics
    }


def check(db: ImageRewardDB, split: str, *, confidence: float, resamples: int, seed: int) -> None:
    """Compare each metric and difference with those of the oracle."""
    options: dict[str, Any] = {"split": split, "confidence": confidence, "resamples": resamples, "seed": seed}
    prompts, parts = parts_of(db, split)
    ways = conclusions.signs(prompts, resamples, seed)
    bounds = {}
    for row in db.evaluate(**options).iter_rows(named=True):
        name, metric = row["scorer"], row["metric"]
        lowest = -1 if metric in SIGNED else 0
        bounds[name, metric] = expected = conclusions.interval(
            parts[name, metric], lowest, confidence, is_certain=row["chance"] == 1.0
        )
        assert bounds_of(row) == pytest.approx(expected, abs=1e-8, nan_ok=True), (name, metric)
    differences = db.scorer_differences(**options)
    for (metric,), group in differences.group_by("metric"):
        lowest = -1 if metric in SIGNED else 0
        p_values = []
        for row in group.iter_rows(named=True):
            names = (row["scorer"], row["other_scorer"])
            both = [parts[name, str(metric)] for name in names]
            are_same = all(parts[names[0], other] == parts[names[1], other] for _, other in parts)
            low, high = conclusions.difference(both, [bounds[name, str(metric)] for name in names], lowest)
            if are_same and not math.isnan(low):
                low, high = 0.0, 0.0
            assert bounds_of(row) == pytest.approx((low, high), abs=1e-7, nan_ok=True), (names, metric)
            separated = None if math.isnan(low) else low > 1e-9 or high < -1e-9
            assert row["separated"] is separated or min(abs(low), abs(high)) < 1e-7
            p_values.append(math.nan if row["difference"] is None else conclusions.p_value(both, ways))
        assert group["p_value"].fill_null(math.nan).to_list() == pytest.approx(p_values, rel=1e-9, nan_ok=True)
        corrected = conclusions.holm(p_values)
        assert group["p_holm"].fill_null(math.nan).to_list() == pytest.approx(corrected, rel=1e-9, nan_ok=True)


def bounds_of(row: dict[str, Any]) -> tuple[float, float]:
    return tuple(math.nan if row[name] is None else row[name] for name in ("lower", "upper"))  # type: ignore[return-value]


@pytest.mark.slow
@settings(max_examples=10)
@given(rows=datasets(), make_scores=scores_of(), split=st.sampled_from(["test", "train"]), seed=st.integers(0, 3))
def test_intervals_and_tests_are_those_of_the_oracle(rows: list[Row], make_scores: Any, split: str, seed: int) -> None:
    scores = make_scores(rows)
    table = pl.DataFrame(
        {"image_path": list(scores), "a": list(scores.values())}, {"image_path": pl.String, "a": pl.Float64}
    ).with_columns(b=-pl.col("a"), c="a")
    if table.is_empty() or split not in (row["split"] for row in rows):
        return
    with (
        tempfile.TemporaryDirectory() as name,
        irdb_sql.connect(write_metadata(Path(name), rows), scores=table, missing="drop") as db,
    ):
        check(db, split, confidence=0.9, resamples=20, seed=seed)


def test_intervals_and_tests_of_the_sample_are_those_of_the_oracle(db: ImageRewardDB) -> None:
    random = np.random.RandomState(0)
    noise = random.normal(0, 2, db.images().height)
    scores = db.images().select("image_path", rating="overall_rating", noisy=-pl.col("rank") + pl.Series(noise))
    with irdb_sql.connect(scores=scores.with_columns(coarse=pl.col("noisy").round() * 2)) as scored:
        check(scored, "test", confidence=0.95, resamples=150, seed=7)


def test_a_share_of_which_all_prompts_are_right_has_wilsons_interval(tmp_path: Path) -> None:
    rows = [image(f"p{number:02}", f"{number}{rank}", rank) for number in range(23) for rank in (1, 2, 3, 4, 5)]
    rows += [image("few", f"few{rank}", rank, split="train") for rank in (1, 2, 3, 4)]
    rows += [image("fewer", f"fewer{rank}", rank, split="train") for rank in (1, 2, 3)]
    with irdb_sql.connect(write_metadata(tmp_path, rows)) as db:
        scores = db.images().select("image_path", right=-pl.col("rank"))
        metrics = db.evaluate(scores, metric="recall@4")
    by_split = {row["split"]: (row["value"], row["lower"], row["upper"]) for row in metrics.iter_rows(named=True)}
    assert by_split["test"] == (1.0, pytest.approx(23 / (23 + 1.959963984540054**2)), 1.0)
    assert by_split["train"] == (1.0, 1.0, 1.0)  # whatever the scores of four images are, the best is among the four


def test_a_bound_of_0_separates_no_two_scorers(tmp_path: Path) -> None:
    """Of five prompts the scorers differ in two, where random order decides one: in fractions, a bound of 0 is possible."""
    rows = [image(f"p{number}", f"{number}{name}", rank) for number in range(5) for rank, name in enumerate("abc", 1)]
    path = "images/test/test_1/{}{}.webp"
    with irdb_sql.connect(write_metadata(tmp_path, rows)) as db:
        one: Any = {path.format(number, name): -rank for number in range(5) for rank, name in enumerate("abc", 1)}
        other: Any = {
            path.format(number, name): 0.0 if number < 2 else -rank
            for number in range(5)
            for rank, name in enumerate("abc", 1)
        }
        for metric in ("recall@1", "recall@2"):
            (row,) = db.scorer_differences({"one": one, "other": other}, metric=metric).iter_rows(named=True)
            assert row["lower"] <= 0 < row["difference"]
            assert row["separated"] is False
            assert row["p_value"] == 0.5  # of four ways to exchange them on the two, two are as large
            ranks = db.evaluate({"one": one, "other": other}, metric=metric)
            assert ranks.select("rank_best", "rank_worst", "cluster").rows() == [(1, 2, 1)] * 2


def test_rounding_below_the_tolerance_decides_nothing() -> None:
    values = np.array([[0.5, 0.25]])
    intervals = MetricIntervals(
        values, values - np.array([[0.1, 0.05]]), values + np.array([[0.1, 0.25 - 1e-14]]),
        np.zeros((1, 2, 2)), np.zeros((2, 2), bool),
    )  # fmt: skip
    ((_, _, lower, _),) = intervals.differences()
    assert lower[0, 0] == pytest.approx(0.25 - math.hypot(0.1, 0.25))
    exact = MetricIntervals(
        values, values, values + np.array([[0.0, 0.25 - 1e-14]]), np.zeros((1, 2, 2)), np.zeros((2, 2), bool)
    )
    ((_, _, lower, _),) = exact.differences()
    assert lower[0, 0] == 0
    best, worst = rank_ranges([(0, slice(1, None), np.array([1e-14]), np.array([0.5]))], (2,))
    assert (best.tolist(), worst.tolist()) == ([1, 1], [2, 2])


def test_scorers_of_the_same_order_do_not_differ_and_share_their_ranks(db: ImageRewardDB) -> None:
    scores = db.images().select("image_path", a="overall_rating", b=pl.col("overall_rating") * 2, c=-pl.col("rank"))
    actual = db.scorer_differences(scores, split="test").filter(metric="acc_micro")
    assert actual.select("scorer", "other_scorer", "separated").rows() == [
        ("a", "b", False), ("a", "c", True), ("b", "c", True),
    ]  # fmt: skip
    same = actual.row(0, named=True)
    assert same["difference"] == same["lower"] == same["upper"] == 0
    assert same["p_value"] == same["p_holm"] == 1
    ranks = db.evaluate(scores, split="test").filter(metric="acc_micro")
    assert ranks.select("scorer", "rank_best", "rank_worst", "cluster").rows() == [
        ("a", 2, 3, 2), ("b", 2, 3, 2), ("c", 1, 1, 1),
    ]  # fmt: skip
    of_one = db.scorer_differences(scores, split="test", metric="recall@4")
    assert of_one.equals(db.scorer_differences(scores, split="test").filter(metric="recall@4"))


def test_the_same_seed_gives_the_same_bytes_and_another_one_other_p_values(db: ImageRewardDB) -> None:
    first = db.scorer_differences(split="test", resamples=50, seed=1)
    assert all(db.scorer_differences(split="test", resamples=50, seed=1).equals(first) for _ in range(3))
    other = db.scorer_differences(split="test", resamples=50, seed=2)
    assert other.drop("p_value", "p_holm").equals(first.drop("p_value", "p_holm"))
    assert not other["p_value"].equals(first["p_value"])


def test_the_order_of_rows_in_the_files_changes_no_conclusion(db: ImageRewardDB, tmp_path: Path) -> None:
    for file in db.source.files:
        shuffled = pl.read_parquet(file.path).sample(fraction=1, shuffle=True, seed=4)
        shuffled.write_parquet(tmp_path / file.path.name)

    def estimates(database: ImageRewardDB, by: Any) -> pl.DataFrame:
        """All but those of the baseline that is this order, and ranks, in which it counts."""
        rows = database.evaluate(by=by, resamples=20)
        return rows.filter(pl.col("scorer") != "position").drop("rank_best", "rank_worst", "cluster")

    with irdb_sql.connect(tmp_path) as other:
        for by in ((), "classification", "rank_gap"):
            assert estimates(other, by).equals(estimates(db, by))


def test_another_scorer_changes_no_interval_of_the_others(db: ImageRewardDB) -> None:
    scores = db.images().select("image_path", a="rank", b="overall_rating")
    both = db.evaluate(scores, resamples=50).filter(scorer="a").drop("rank_best", "rank_worst", "cluster")
    alone = db.evaluate(scores.drop("b"), resamples=50).drop("rank_best", "rank_worst", "cluster")
    assert both.equals(alone)


def test_scorers_without_a_value_have_no_rank_and_no_difference(db: ImageRewardDB) -> None:
    actual = (
        db.evaluate(split="test", resamples=20).filter(metric="tau_b").rows_by_key("scorer", named=True, unique=True)
    )
    assert actual["prompt_length"]["rank_best"] is actual["prompt_length"]["cluster"] is None
    assert max(row["rank_worst"] or 0 for row in actual.values()) == len(actual) - 1
    ties = db.evaluate(split="test", resamples=20).filter(metric="scorer_ties")
    assert ties["rank_best"].null_count() == ties["cluster"].null_count() == ties.height
    pairs = db.scorer_differences(split="test", resamples=20).filter(metric="tau_b", other_scorer="prompt_length")
    names = ("difference", "lower", "upper", "p_value", "p_holm", "separated")
    assert pairs.select(pl.col(names).is_null().all()).row(0) == (True,) * 6


def test_one_prompt_has_no_interval(tmp_path: Path) -> None:
    with irdb_sql.connect(write_metadata(tmp_path, [image("p", "a", 1), image("p", "b", 2)])) as db:
        actual = db.evaluate().filter(metric="acc_micro")
        assert actual["lower"].null_count() == actual["upper"].null_count() == actual.height
        assert actual["value"].null_count() == 0
        differences = db.scorer_differences()
        assert differences["separated"].null_count() == differences.height
        assert differences["p_value"].drop_nulls().min() == 1.0


@pytest.mark.parametrize("degrees", [1, 2, 3, 8, 19, 99, 499, 500, 7_000])
def test_quantiles_of_students_distribution(degrees: int) -> None:
    for confidence in (0.5, 0.95, 0.999):
        assert student_quantile(degrees, confidence) == pytest.approx(
            conclusions.student(degrees, confidence), rel=1e-7
        )


def test_signs_that_are_kept_are_those_that_are_drawn_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    table, places = np.random.RandomState(0).random_sample((40, 3)), np.arange(40)[::-1]
    ids = [f"p{number}" for number in range(40)]
    kept, are_all = sign_flips.SignFlips(ids, resamples=300, seed=5).sums(table, places)
    assert not are_all
    ways = conclusions.signs(ids, 300, 5)
    assert kept == pytest.approx(np.array(ways)[:, places] @ table, rel=1e-11)
    monkeypatch.setattr(sign_flips, "_MOST_KEPT", 0)
    monkeypatch.setattr(sign_flips, "_BLOCK", 800)
    assert np.array_equal(sign_flips.SignFlips(ids, resamples=300, seed=5).sums(table, places)[0], kept)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_holms_correction(count: int) -> None:
    for chosen in itertools.product((0.01, 0.02, 0.04, math.nan), repeat=count):
        assert sign_flips.holm(np.array(chosen)).tolist() == pytest.approx(conclusions.holm(chosen), nan_ok=True)
    assert sign_flips.holm(np.array([0.01, 0.04, 0.03, 0.005])).tolist() == [0.03, 0.06, 0.06, 0.02]
