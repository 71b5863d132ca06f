"""Verdicts, picks, calibration and soft labels against a plain-Python oracle, on generated data and on votes."""

from __future__ import annotations

import itertools
import math
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from conftest import image, write_metadata
from fakes.strategies import Row, datasets, scores_of
from hypothesis import Phase, given, settings
from oracles import judgements as oracle

import irdb_sql
from irdb_sql.engine.errors import QueryError
from irdb_sql.sources.sample.layouts.base import SampleOptions
from irdb_sql.sources.sample.layouts.registry import write_layout_sample

if TYPE_CHECKING:
    from irdb_sql import ImageRewardDB

SPLITS = ("train", "validation", "test")


def close(expected: Any) -> Any:
    return pytest.approx(expected, rel=1e-9, abs=1e-12)


def scored_pairs(db: ImageRewardDB, split: str | None, scorer: str) -> list[oracle.Pair]:
    text = "SELECT better_score, worse_score FROM scored_pairs($s) WHERE scorer = $n AND rank_gap <> 0"
    return db.sql(text, {"s": split, "n": scorer}).rows()


@pytest.mark.slow
@settings(max_examples=4, phases=(Phase.explicit, Phase.generate))
@given(rows=datasets(), data=scores_of())
def test_judgements_of_generated_data_are_those_of_the_oracle(rows: list[Row], data: Any) -> None:
    scores = {name: data(rows) for name in "ab"}
    long = [(name, path, score) for name, of in scores.items() for path, score in of.items()]
    if not long:
        return
    table = pl.DataFrame(long, {"scorer": pl.String, "image_path": pl.String, "score": pl.Float64}, orient="row")
    with (
        tempfile.TemporaryDirectory() as folder,
        irdb_sql.connect(write_metadata(Path(folder), rows), scores=table, missing="drop") as db,
    ):
        check_picks(db, rows, scores)
        check_verdicts(db)
        check_calibration(db)


def check_picks(db: ImageRewardDB, rows: list[Row], scores: dict[str, dict[str, float]]) -> None:
    prompts: dict[Any, list[Any]] = defaultdict(list)
    for row, (name, of) in itertools.product(rows, scores.items()):
        if row["rank"] is not None and row["image_path"] in of:
            of_image = (row["rank"], of[row["image_path"]], row["overall_rating"])
            prompts[name, row["split"], row["prompt_id"]].append(of_image)
    expected: dict[Any, list[Any]] = defaultdict(list)
    for (name, split, _), images in prompts.items():
        for n in range(1, min(len(images), 9) + 1):
            expected[name, split, n].append((oracle.picks(images, n), oracle.picked_ratings(images, n)))
    actual = {row[:3]: row[3:] for row in db.query("best_of_n_picks").iter_rows()}
    assert actual.keys() == expected.keys()
    for key, found in expected.items():
        ranks, ratings = zip(*found, strict=True)
        rated = [rating for rating in ratings if rating is not None]
        assert actual[key][:3] == close([oracle.mean(column) for column in zip(*ranks, strict=True)])
        if rated:
            assert actual[key][3:6] == close([oracle.mean(column) for column in zip(*rated, strict=True)])
        else:
            assert actual[key][3:6] == (None, None, None)
        assert actual[key][6:] == (len(found), len(rated))


def check_verdicts(db: ImageRewardDB) -> None:
    verdicts: dict[Any, dict[str, bool]] = defaultdict(dict)
    pairs = db.sql("SELECT split, better_row, worse_row, scorer, score_sign FROM scored_pairs() WHERE rank_gap <> 0")
    for split, better, worse, scorer, sign in pairs.iter_rows():
        verdicts[split, better, worse][scorer] = sign > 0
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for (split, _, _), of in verdicts.items():
        if len(of) == 2:
            counts[split][[(True, True), (True, False), (False, True), (False, False)].index((of["a"], of["b"]))] += 1
    expected = [("a", "b", split, sum(counts[split]), *counts[split]) for split in sorted(counts)]
    actual = db.query("scorer_verdicts")
    assert actual.drop("mcnemar").rows() == expected
    for row in actual.iter_rows(named=True):
        first, second = row["only_first"], row["only_second"]
        assert row["mcnemar"] == (close((first - second) ** 2 / (first + second)) if first + second else None)


def check_calibration(db: ImageRewardDB) -> None:
    scorers = db.score_coverage()["scorer"].unique()
    for tuned_on in (None, "train"):
        expected: dict[Any, dict[str, Any]] = {}
        for scorer, split in itertools.product(scorers, SPLITS):
            tuning = [] if tuned_on is None else scored_pairs(db, tuned_on, scorer)
            pairs = scored_pairs(db, split, scorer)
            if pairs and split != tuned_on and (tuning or tuned_on is None):
                tuned = oracle.temperature(tuning)
                of = 1.0 if tuned_on is None else math.inf if tuned is None else tuned[0]
                expected[scorer, split] = {
                    "temperature": None if of == math.inf else of,
                    **oracle.calibration(pairs, of),
                    "pairs": len(pairs),
                }
        found = db.sql("FROM calibration(tuned_on := $t)", {"t": tuned_on}).rows_by_key(
            ("scorer", "split"), named=True, unique=True
        )
        assert found.keys() == expected.keys()
        for key, values in expected.items():
            assert found[key]["temperature"] == values.pop("temperature")
            assert {name: found[key][name] for name in values} == pytest.approx(values, rel=1e-6, abs=1e-9)
        bins = db.sql("FROM calibration_bins(tuned_on := $t)", {"t": tuned_on})
        assert bins["pairs"].sum() == sum(values["pairs"] for values in expected.values())
        assert bins.filter(
            (pl.col("mean_confidence") - 1e-9 > pl.col("to_confidence")) | (pl.col("accuracy") > 1)
        ).is_empty()
    for scorer in scorers:
        tuned_temperature(db, None, scorer)


def tuned_temperature(db: ImageRewardDB, split: str | None, scorer: str) -> float | None:
    """The temperature of a scorer, after a check that none of the grid has a smaller log loss but for rounding."""
    pairs = scored_pairs(db, split, scorer)
    found = db.sql("FROM score_temperatures($s) WHERE scorer = $n", {"s": split, "n": scorer}).rows(named=True)
    best = oracle.temperature(pairs)
    if best is None:
        assert [row["temperature"] for row in found] == ([None] if pairs else [])
        return None
    (row,) = found
    temperature: float = row["temperature"]
    assert row["log_loss"] == close(best[1])
    assert oracle.mean(oracle.loss((better - worse) / temperature) for better, worse in pairs) == close(best[1])
    return temperature


def test_a_pick_among_more_images_is_better_and_that_of_equal_scores_is_chance(db: ImageRewardDB) -> None:
    picks = db.query("best_of_n_picks", split="test")
    ceiling, none = (picks.filter(scorer=name) for name in ("ceiling", "prompt_length"))
    assert ceiling["expected_rank"].equals(ceiling["oracle_rank"].alias("expected_rank"))
    assert ceiling["expected_rank"].head(4).is_sorted(descending=True)
    assert none["expected_rank"].to_list() == close(none["random_rank"].to_list())


def test_a_split_that_temperatures_are_tuned_on_is_not_reported(db: ImageRewardDB) -> None:
    assert set(db.sql("FROM calibration(tuned_on := 'validation')")["split"]) == {"train", "test"}
    with pytest.raises(QueryError, match="cannot be tuned and calibration reported on the same split, 'test,train'"):
        db.sql("FROM calibration('test', tuned_on := 'test,train')")


@pytest.mark.slow
@pytest.mark.parametrize("scale", [1e-310, 1e-200, 1.0, 1e200, 1e307])
def test_scores_of_any_size_are_compared_alike(db: ImageRewardDB, scale: float) -> None:
    """The same scores in other units: multiples of 1 / 64, which a power of 2 would keep to the last bit."""
    numbers = [(7 * place % 193 - 64 * rank) / 64 for place, rank in enumerate(db.images()["rank"])]

    def judged(of: float) -> list[Any]:
        scores = (
            db.images()
            .select("image_path")
            .with_columns(mine=pl.Series([number * of for number in numbers]), other=pl.int_range(pl.len()) % 5)
        )
        with irdb_sql.connect(scores=scores) as scored:
            gaps = scored.query("scorer_disagreements", pairs=5, with_baselines=False)
            both = scored.query("scorer_conflicts", scorer="mine", other_scorer="other")
            (losses,) = scored.sql(
                "SELECT log_loss, ece FROM calibration('test', tuned_on := 'train') WHERE scorer = 'mine'"
            ).rows()
            (tuned,) = scored.sql("SELECT temperature FROM score_temperatures() WHERE scorer = 'mine'").rows()
        return [gaps["score_gap"].to_list(), both["score_gap"].to_list(), losses, tuned[0] / of]

    tolerance = 1e-6 if scale < 1e-300 else 1e-12
    for actual, expected in zip(judged(scale), judged(1.0), strict=True):
        assert actual == pytest.approx(expected, rel=tolerance)
        assert actual


def test_a_scorer_of_extreme_scores_spoils_no_other(db: ImageRewardDB) -> None:
    scores = db.images().select(
        "image_path", plain=-pl.col("rank").cast(pl.Float64), tiny=-pl.col("rank") * 5e-324, none=pl.lit(1.0),
        huge=pl.when(pl.col("rank") > 2).then(-1.7e308).otherwise(1.7e308),
    )  # fmt: skip
    found: dict[Any, Any] = {}
    with irdb_sql.connect(scores=scores) as scored:
        for tuned_on in (None, "validation"):
            found = scored.query("calibration", split="test", tuned_on=tuned_on).rows_by_key(
                "scorer", named=True, unique=True
            )
            assert found.keys() == {"plain", "tiny", "none", "huge"}
            for row in found.values():
                assert all(math.isfinite(row[name]) for name in ("log_loss", "brier", "ece", "accuracy"))
        assert found["tiny"]["log_loss"] == close(found["plain"]["log_loss"])
        assert found["none"]["log_loss"] == close(math.log(2))
        tuned = scored.query("score_temperatures").rows_by_key("scorer", named=True, unique=True)
        assert tuned["tiny"]["log_loss"] == close(tuned["plain"]["log_loss"])
        assert tuned["none"]["temperature"] is None
        assert tuned["none"]["pairs"] == tuned["plain"]["pairs"]


def test_differences_in_the_last_digits_are_kept(db: ImageRewardDB) -> None:
    scores = db.images(split="test").select("image_path", mine=1e9 + pl.col("rank") * 2.0**-20, plain=pl.col("rank"))
    with irdb_sql.connect(db.source.folder, scores=scores, missing="drop") as scored:
        of = {
            name: scored.query("scorer_disagreements", with_baselines=False).filter(scorer=name)["score_gap"].to_list()
            for name in ("mine", "plain")
        }
        assert of["mine"] == close(of["plain"])


@pytest.mark.parametrize("name", ["pickapic", "hpdv3", "mmrb2", "rapidata"])
def test_single_votes_are_predicted_as_the_oracle_counts(tmp_path: Path, name: str) -> None:
    write_layout_sample(tmp_path, name, SampleOptions(pairs=60))
    with irdb_sql.connect(tmp_path) as db:
        paths = db.images()["image_path"].unique().sort()
        table = {path: (31 * place % 17) / 8 for place, path in enumerate(paths)}
        with irdb_sql.connect(tmp_path, scores={"mine": table}) as scored:
            votes = scored.query("vote_pairs")
            by_split: dict[str, list[Any]] = defaultdict(list)
            for row in votes.iter_rows(named=True):
                by_split[row["split"]].append((row["share"], table[row["better_path"]] - table[row["worse_path"]]))
            rows = scored.query("soft_label_scores").filter(scorer="mine").rows_by_key("split", named=True, unique=True)
            assert rows.keys() == by_split.keys()
            for split, of in by_split.items():
                expected = oracle.soft_labels(of)
                assert {key: rows[split][key] for key in expected} == close(expected)
                assert rows[split]["pairs"] == len(of)
            strict = votes.filter(~pl.col("is_tied")).with_columns(
                is_right=pl.struct("better_path", "worse_path").map_elements(
                    lambda row: table[row["better_path"]] > table[row["worse_path"]], pl.Boolean
                )
            )
            keys = ["split", "votes", "better_votes", "tied_votes"]
            counted = strict.group_by(keys).agg(pairs=pl.len(), accuracy=pl.mean("is_right")).sort(keys)
            actual = scored.query("accuracy_by_agreement").filter(scorer="mine")
            assert actual.select(keys).rows() == counted.select(keys).rows()
            assert actual["accuracy"].to_list() == close(counted["accuracy"].to_list())


def test_empty_data_and_one_pair(tmp_path: Path) -> None:
    names = (
        "scorer_verdicts",
        "best_of_n_picks",
        "score_temperatures",
        "calibration",
        "calibration_bins",
        "soft_label_scores",
    )
    with irdb_sql.connect(write_metadata(tmp_path, [])) as db:
        assert all(db.query(name).is_empty() for name in names)
    with irdb_sql.connect(write_metadata(tmp_path, [image("p", "a", 1), image("p", "b", 2)])) as db:
        scores = db.images().select("image_path", mine=-pl.col("rank"))
        with irdb_sql.connect(db.source.folder, scores=scores) as scored:
            (row,) = scored.query("calibration").rows(named=True)
            assert row["log_loss"] == close(math.log1p(math.exp(-1)))
            assert (row["accuracy"], row["pairs"], row["temperature"]) == (1, 1, 1)
