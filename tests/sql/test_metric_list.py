"""The view `metrics` lists every number about scorers, judges and generators, under the name that it has where it is computed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl
import pytest
from conftest import image, write_metadata

import irdb_sql
from irdb_sql.core import catalog as catalogs

if TYPE_CHECKING:
    from pathlib import Path

    from irdb_sql import ImageRewardDB

REFERENCES = {
    "best_of_n_picks": {"oracle_rank", "random_rank", "oracle_rating", "random_rating"},
    "score_temperatures": {"temperature_share", "lowest", "highest", "log_loss"},
    "calibration": {"temperature"},
    "ceiling_shares": {"accuracy", "ceiling_accuracy"},
    "krippendorff_alpha": {"observed", "expected"},
    "judge_accuracy": {"coverage"},
    "generator_stats": {"human_rank"},
}  # fmt: skip
"""Fractions that are no number of their own: what others are compared with, made of, or listed under."""
OF_PARTS = {"calibration_bins", "generator_prompts", "image_measures", "judged_pairs"}
"""Queries of one bin, prompt, image or pair each."""
SCORES = {"generator": ["a", "b"] * 4, "prompt_id": [f"p{n // 2}" for n in range(8)], "score": [2, 1, 2, 1, 1, 2, 1, 1]}


def listed(db: ImageRewardDB) -> dict[str, set[str]]:
    rows = db.query("metrics").select("computed_by", "metric").rows()
    assert len(set(rows)) == len(rows)
    return {name: {metric for by, metric in rows if by == name} for name in dict(rows)}


def test_what_a_query_computes_is_listed_and_what_is_listed_is_computed(db: ImageRewardDB) -> None:
    """Every fraction of a query in these folders is listed, but for bounds, references and what is computed of parts."""
    names, queries = listed(db), catalogs.load().queries
    assert names.keys() - queries == {"evaluate", "scorer_differences", "generator_strengths", "generator_effects"}
    topics = {"calibration", "ceilings", "confounds", "judges", "generators"}
    for name in {name for name, file in queries.items() if file.topic in topics} | (names.keys() & queries):
        schema = db.query(name, lazy=True).collect_schema()
        fractions = {column for column, kind in schema.items() if kind == pl.Float64}
        bounds = {column for column in fractions if re.search(r"(^|_)(lower|upper)$", column)}
        expected = set() if name in OF_PARTS else fractions - bounds - REFERENCES.get(name, set())
        assert names.get(name, set()) == expected, name


def test_what_a_method_computes_is_listed(db: ImageRewardDB) -> None:
    names, scores = listed(db), pl.DataFrame(SCORES)
    assert names["evaluate"] == set(db.evaluate(split="test", resamples=1)["metric"])
    frames = {
        "scorer_differences": db.scorer_differences(split="test", metric="tau_b", resamples=1),
        "generator_strengths": db.generator_strengths(scores),
        "generator_effects": db.generator_effects(scores, ties="davidson"),
    }
    for name, frame in frames.items():
        fractions = {column for column, kind in frame.schema.items() if kind == pl.Float64}
        assert names[name] == fractions - {"lower", "upper"}, name


def test_scores_that_know_nothing_have_the_chance_that_is_listed(tmp_path: Path) -> None:
    """Losses of equal scores are those that are listed, and so is the chance of evaluate where data does not change it."""
    rows = [image(f"p{prompt}", f"{prompt}x{rank}", rank, 8 - rank) for prompt in range(6) for rank in (1, 2, 3)]
    scores = pl.DataFrame([(row["image_path"], 0.0) for row in rows], ["image_path", "same"], orient="row")
    with irdb_sql.connect(write_metadata(tmp_path, rows), scores=scores) as db:
        chance = {
            (by, metric): value
            for by, metric, value in db.query("metrics").select("computed_by", "metric", "chance").rows()
        }
        (row,) = db.query("calibration").rows(named=True)
        for metric in ("log_loss", "brier", "accuracy"):
            assert row[metric] == pytest.approx(chance["calibration", metric], abs=1e-15)
        counted = dict(db.evaluate("baselines", resamples=1).filter(scorer="random").select("metric", "chance").rows())
        constant = {metric for by, metric in chance if by == "evaluate" and chance[by, metric] is not None}
        assert constant == {"acc_micro", "acc_macro", "scorer_ties", "tau_b", "spearman"}
        assert {metric: chance["evaluate", metric] for metric in constant} == {
            metric: counted[metric] for metric in constant
        }


def test_every_value_of_the_sample_is_in_its_range(db: ImageRewardDB) -> None:
    ranges = db.query("metrics").rows_by_key(("computed_by", "metric"), named=True, unique=True)
    checked = 0
    for name in (
        "best_of_n_picks",
        "calibration",
        "score_temperatures",
        "score_confounds",
        "ceiling_shares",
        "human_ceilings",
    ):
        frame = db.query(name, {} if name == "score_temperatures" else {"split": "test"})
        for metric in listed(db)[name]:
            lowest, highest = (ranges[name, metric][bound] for bound in ("lowest", "highest"))
            values = frame[metric].drop_nulls()
            assert lowest is None or (values >= lowest - 1e-12).all(), (name, metric)
            assert highest is None or (values <= highest + 1e-12).all(), (name, metric)
            checked += len(values)
    assert checked > 0
    for row in db.evaluate(split="test", resamples=1).iter_rows(named=True):
        bounds = ranges["evaluate", row["metric"]]
        assert row["value"] is None or bounds["lowest"] <= row["value"] <= bounds["highest"]
        assert (row["rank_best"] is None) == (row["value"] is None or not bounds["higher_is_better"])
