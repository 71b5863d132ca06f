"""Every metric of a scorer against the plain-Python oracle, on generated data and the real file, and what changes none."""

from __future__ import annotations

import itertools
import json
import math
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import polars as pl
import pytest
from conftest import image, write_metadata
from fakes.strategies import Row, datasets, scores_of
from hypothesis import given, settings
from oracles import scorers as oracle

import irdb_sql
from irdb_sql.scorers import errors as score_errors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from irdb_sql import ImageRewardDB
    from irdb_sql.scorers.options import ResamplingOptions

FEW: ResamplingOptions = {"resamples": 2}
COLUMNS = ("value", "chance", "prompts", "pairs")


def long(scores: dict[str, dict[str, float]]) -> pl.DataFrame:
    rows = [(scorer, path, score) for scorer, of in scores.items() for path, score in of.items()]
    return pl.DataFrame(rows, {"scorer": pl.String, "image_path": pl.String, "score": pl.Float64}, orient="row")


def assert_equal(found: dict[Any, Any], expected: dict[Any, oracle.Metric]) -> None:
    # A scorer that has scored none of a group, where others have, has rows with nothing behind them.
    for key in found.keys() - expected.keys():
        assert found[key][:3] == (None, None, 0)
        assert not found[key][3]
    assert expected.keys() <= found.keys()
    for key, metric in expected.items():
        for value, number in zip(found[key], metric, strict=True):
            same = value is None if number is None else value == pytest.approx(number, rel=1e-12, abs=1e-12)
            assert same, (key, found[key], metric)


def keyed(frame: pl.DataFrame, group: str | None) -> dict[Any, Any]:
    keys = frame.select("split", pl.lit(None) if group is None else group, "metric").rows()
    return dict(zip(keys, frame.select(COLUMNS).rows(), strict=True))


@settings(max_examples=5)
@given(rows=datasets(), data=scores_of())
def test_every_metric_equals_the_oracle_on_generated_data(rows: list[Row], data: Any) -> None:
    scores = {f"scorer {number}": data(rows) for number in range(2)}
    scores = {scorer: of for scorer, of in scores.items() if of}
    if not scores:
        return
    groups: dict[str | None, Any] = {
        None: None,
        "classification": lambda _, images: images[0]["classification"],
        "images": lambda _, images: len(images),
    }
    with tempfile.TemporaryDirectory() as folder:
        write_metadata(Path(folder), rows)
        with irdb_sql.connect(folder, scores=long(scores), missing="drop") as db:
            for by, group_names in groups.items():
                flag: dict[str, object] = {} if by is None else {f"by_{by}": True}
                metrics = db.evaluate(missing="drop", by=by or (), resamples=2)
                counted = db.query("scorer_metrics", flag)
                for scorer, of in scores.items():
                    expected = oracle.evaluated(rows, of, group_names)
                    assert_equal(keyed(metrics.filter(scorer=scorer), by), expected)
                    assert_equal(keyed(counted.filter(scorer=scorer), by), expected)
            by_gap = db.evaluate(missing="drop", by="rank_gap", resamples=2)
            with_ties = db.query("scorer_metrics", epsilon=0.5)
            thresholds = db.query("tie_thresholds").rows_by_key(("scorer", "split"), named=True, unique=True)
            for scorer, of in scores.items():
                assert_equal(keyed(by_gap.filter(scorer=scorer), "rank_gap"), oracle.evaluated_by_gap(rows, of))
                assert_equal(keyed(with_ties.filter(scorer=scorer), None), oracle.evaluated(rows, of, epsilon=0.5))
                for split in ("train", "validation", "test"):
                    best = oracle.best_epsilon(rows, of, split)
                    tuned = thresholds.get((scorer, split))
                    assert (tuned is None) == (best is None)
                    if tuned is not None and best is not None:
                        assert (tuned["epsilon"], tuned["acc_eq"]) == pytest.approx(best, abs=1e-15)


@settings(max_examples=4)
@given(rows=datasets(), data=scores_of())
def test_pairs_with_scores_are_the_pairs(rows: list[Row], data: Any) -> None:
    scores = data(rows)
    if not scores:
        return
    with tempfile.TemporaryDirectory() as folder:
        write_metadata(Path(folder), rows)
        with irdb_sql.connect(folder, scores=long({"s": scores}), missing="drop") as db:
            pairs = db.pairs(keep_ties=True)
            scored = pl.all_horizontal(pl.col("better_path", "worse_path").is_in(list(scores)))
            columns = ["split", "part", "prompt_id", "classification", "better_path", "worse_path", "rank_gap"]
            columns += ["better_row", "worse_row"]
            expected = pairs.filter(scored).select(columns)
            found = db.sql("FROM scored_pairs() ORDER BY better_row, worse_row")
            assert found.select(columns).equals(expected)
            assert found["better_score"].to_list() == [scores[path] for path in expected["better_path"]]
            assert found["worse_score"].to_list() == [scores[path] for path in expected["worse_path"]]
            parts = db.sql("FROM prompt_agreement()").select(
                pl.sum("concordant", "discordant", "scorer_tied", "human_tied", "both_tied")
            )
            assert sum(parts.row(0)) == expected.height


@pytest.fixture(scope="module")
def real(real_file: Path) -> Iterator[ImageRewardDB]:
    with irdb_sql.connect(real_file) as db:
        yield db


def uuid_scores(real_file: Path) -> dict[str, float]:
    return {
        path: float(int(path.split("/")[-1][:8], 16))
        for prompt in json.loads(real_file.read_text())
        for path in prompt["generations"]
    }


def test_the_check_values_come_out_of_the_real_file(real: ImageRewardDB, real_file: Path) -> None:
    table = pl.DataFrame({"path": list(scores := uuid_scores(real_file)), "mine": list(scores.values())})
    for given_scores in (None, table):
        found = real.evaluate(given_scores).filter(scorer="uuid" if given_scores is None else "mine")
        values = dict(found.select("metric", "value").iter_rows())
        assert f"{values['acc_micro']:.4%} {values['acc_macro']:.4%} {values['tau_b']:.6f}" == (
            "49.1327% 49.4346% -0.011366"
        )
    text = "SELECT metric, value FROM scorer_metrics(in_split := 'test') WHERE scorer = 'uuid'"
    values = dict(real.sql(text).iter_rows())
    assert (f"{values['acc_micro']:.4%}", f"{values['acc_macro']:.4%}", f"{values['tau_b']:.6f}") == (
        "49.1327%", "49.4346%", "-0.011366",
    )  # fmt: skip
    text = (
        "SELECT sum(concordant) AS c, sum(discordant) AS d, sum(scorer_tied) AS t, sum(human_tied) AS h, "
        "sum(both_tied) AS b FROM prompt_agreement() WHERE scorer = 'uuid'"
    )
    assert [int(count) for count in real.sql(text).row(0)] == [3144, 3255, 0, 831, 0]


def test_acc_micro_is_what_the_published_rule_counts(real: ImageRewardDB, real_file: Path) -> None:
    right = total = 0
    scores = uuid_scores(real_file)
    for prompt in json.loads(real_file.read_text()):
        images = list(zip(prompt["ranking"], (scores[path] for path in prompt["generations"]), strict=True))
        for (rank, score), (other_rank, other_score) in itertools.combinations(images, 2):
            total += rank != other_rank
            right += (rank > other_rank and score < other_score) or (rank < other_rank and score > other_score)
    found = real.evaluate(**FEW).filter(scorer="uuid", metric="acc_micro")
    assert found.select("value", "pairs", "prompts").row(0) == (right / total, 6399, 466)


def test_every_metric_equals_the_oracle_on_the_real_file(real: ImageRewardDB, real_file: Path) -> None:
    rows = [
        {"split": "test", "prompt_id": prompt["id"], "image_path": path, "rank": rank}
        for prompt in json.loads(real_file.read_text())
        for path, rank in zip(prompt["generations"], prompt["ranking"], strict=True)
    ]
    rough = {path: score // 2**30 for path, score in uuid_scores(real_file).items()}  # four numbers, so many ties
    found = real.evaluate(long({"rough": rough}), **FEW)
    assert_equal(keyed(found, None), oracle.evaluated(rows, rough))


def values_of(db: ImageRewardDB, scores: pl.DataFrame | None = None, **options: Any) -> dict[tuple[str, str, str], Any]:
    found = db.evaluate(scores, **FEW, **options)
    return {
        (split, scorer, metric): value
        for split, scorer, metric, value in found.select("split", "scorer", "metric", "value").iter_rows()
    }


RATINGS = ("overall_rating", "image_text_alignment_rating", "fidelity_rating")


def test_ratings_under_other_names_are_scorers_and_those_of_the_baselines(db: ImageRewardDB) -> None:
    values = values_of(db, db.images().select("image_path", **{f"my_{name}": name for name in RATINGS}))
    baselines = values_of(db)
    for name in RATINGS:
        for metric in ("acc_micro", "acc_macro", "tau_b", "recall@1", "filter_unique@4"):
            assert values["test", f"my_{name}", metric] == baselines["test", name.replace("image_text_", ""), metric]
    agreement = db.rating_agreement(split="test").filter(kind="overall")["agreeing_share"].item()
    assert values["test", "my_overall_rating", "acc_micro"] == agreement


def test_ceiling_and_floor_are_the_ends(db: ImageRewardDB) -> None:
    values = values_of(db)
    for metric in (
        "acc_micro",
        "acc_macro",
        "tau_b",
        "spearman",
        "recall@1",
        "recall_unique@2",
        "filter@4",
        "inversion",
        "acc_eq",
    ):
        assert values["train", "ceiling", metric] == 1.0
    assert values["train", "floor", "tau_b"] == values["train", "floor", "spearman"] == -1.0
    assert values["train", "floor", "acc_micro"] == values["train", "floor", "recall@1"] == 0.0
    assert values["test", "prompt_length", "tau_b"] is None
    assert values["test", "prompt_length", "scorer_ties"] == 1.0


def test_scaling_shifting_and_the_order_of_rows_change_nothing(db: ImageRewardDB) -> None:
    scores = db.images().select("image_path", one=pl.col("image_id").hash(1) % 7)
    moved = scores.select("image_path", one=pl.col("one") * 4.0 - 100).sample(fraction=1, shuffle=True, seed=3)
    before, after = (db.evaluate(table, split="test", tune_ties_on="validation") for table in (scores, moved))
    assert before.drop("epsilon").equals(after.drop("epsilon"))
    assert (before["epsilon"] * 4).equals(after["epsilon"])


def test_a_scorer_and_its_negation_add_up_as_the_definitions_say(db: ImageRewardDB) -> None:
    scores = db.images().select("image_path", plus=(pl.col("image_id").hash(1) % 4).cast(pl.Float64))
    values = values_of(db, scores.with_columns(minus=-pl.col("plus")))
    for split in ("train", "validation", "test"):
        plus, minus = (
            {metric: values[split, scorer, metric] for _, _, metric in values} for scorer in ("plus", "minus")
        )
        for metric in ("acc_micro", "acc_macro"):
            assert plus[metric] < 1
        assert plus["acc_micro"] + minus["acc_micro"] + plus["scorer_ties"] == pytest.approx(1, abs=1e-15)
        assert plus["scorer_ties"] == minus["scorer_ties"]
        for metric in ("tau_b", "spearman"):
            assert plus[metric] == pytest.approx(-minus[metric], abs=1e-15)


def test_the_three_readings_of_tied_best_by_hand(tmp_path: Path) -> None:
    rows = [image("p", name, rank) for name, rank in (("a", 2), ("b", 2), ("c", 3), ("d", 5), ("e", 5))]
    rows += [image("q", name, rank) for name, rank in (("f", 1), ("g", 2), ("h", 3))]
    scores = {"a": 1, "b": 4, "c": 4, "d": 0, "e": 9, "f": 2, "g": 2, "h": 1}
    table = pl.DataFrame({"image": [f"{name}.webp" for name in scores], "s": list(scores.values())})
    with irdb_sql.connect(write_metadata(tmp_path, rows)) as db:
        values = {metric: value for (_, _, metric), value in values_of(db, table, split="test").items()}
        found = db.evaluate(table, **FEW).rows_by_key("metric", named=True, unique=True)
    # p: e 9, then b and c tied, a, d; best are a and b. q: f and g tied, h; best is f.
    assert values["recall@1"] == (0 + 1 / 2) / 2
    assert values["recall@2"] == (1 / 2 + 1) / 2
    assert values["recall_frac@2"] == (1 / 4 + 1) / 2
    assert values["recall_unique@1"] == 1 / 2
    assert found["recall_unique@1"]["prompts"] == 1
    assert values["filter@1"] == 1.0
    assert values["filter_frac@1"] == (1 / 2 + 1) / 2
    assert values["best_of_n"] == (0 + 1 / 2) / 2
    # One of 2 best images among 2 of 5: 1 - C(3, 2) / C(5, 2); 1 of 3 among 2.
    assert found["recall@2"]["chance"] == pytest.approx((1 - 3 / 10 + 2 / 3) / 2, abs=1e-15)


def test_a_prompt_without_a_strict_pair_is_left_out_of_acc_macro_and_counts_elsewhere(tmp_path: Path) -> None:
    rows = [image("tied", "a", 1), image("tied", "b", 1), image("p", "c", 1), image("p", "d", 2)]
    table = {"s": pl.DataFrame({"file_name": ["a.webp", "b.webp", "c.webp", "d.webp"], "score": [1, 1, 2, 1]})}
    with irdb_sql.connect(write_metadata(tmp_path, rows)) as db:
        found = db.evaluate(table).rows_by_key("metric", named=True, unique=True)
    assert [found["acc_macro"][name] for name in ("value", "prompts", "pairs")] == [1.0, 1, 1]
    assert [found["acc_eq"][name] for name in ("value", "prompts", "pairs")] == [1.0, 2, 2]
    assert found["tau_b"]["prompts"] == 1
    assert found["acc_macro"]["lower"] is None  # one prompt varies in nothing
    assert math.isclose(found["inversion"]["value"], 1.0)


def test_metrics_are_told_by_part_and_by_columns_of_the_users_own(db: ImageRewardDB) -> None:
    by_part = db.evaluate(split="train", by="part", **FEW)
    assert by_part["part"].unique().sort().to_list() == list(range(1, 33))
    labels = db.prompts().select("split", "prompt_id", style=pl.col("prompt").str.len_chars() % 2 == 0)
    own = db.evaluate(split="test", by=labels, **FEW).filter(scorer="overall_rating", metric="acc_micro")
    assert own["pairs"].sum() == 651
    for format in (labels.lazy(), labels.to_arrow(), pd.DataFrame(labels.to_dict(as_series=False))):
        other = db.evaluate(split="test", by=format, **FEW).filter(scorer="overall_rating", metric="acc_micro")
        assert other.equals(own)
    joined = (
        "SELECT starts_with(prompt_id, '0') AS style, exact_ratio(numerator, denominator) AS value "
        "FROM prompt_metrics('test') WHERE scorer = 'overall_rating' AND metric = 'acc_micro' GROUP BY style ORDER BY style"
    )
    assert db.sql(joined)["value"].is_between(0, 1).all()
    texts = db.prompts(split="test").select("prompt_id", "prompt", group="images", row="split")
    assert db.evaluate(split="test", by=texts, **FEW).columns[2:5] == ["prompt", "group", "row"]
    both = db.evaluate(split="test", by=["classification", "images"], **FEW)
    assert both.columns[:5] == ["scorer", "split", "classification", "images", "metric"]


def test_ties_are_tuned_on_one_split_and_reported_on_another(db: ImageRewardDB) -> None:
    scores = db.images().select("image_path", noisy=-pl.col("rank") + (pl.col("image_id").hash(2) % 100) / 90)
    found = db.evaluate(scores, split="test", tune_ties_on="validation", **FEW)
    (epsilon,) = found.filter(metric="acc_eq")["epsilon"]
    (tuned,) = db.evaluate(scores, split="validation", tune_ties_on="validation", allow_same_split=True, **FEW).filter(
        metric="acc_eq"
    )["value"]
    assert epsilon > 0
    assert found.filter(pl.col("metric") != "acc_eq")["epsilon"].null_count() == found["metric"].n_unique() - 1
    untuned = db.evaluate(scores, split="validation", **FEW).filter(metric="acc_eq")["value"].item()
    assert tuned > untuned
    validation_only = scores.filter(pl.col("image_path").str.contains("validation"))
    with pytest.raises(score_errors.MissingScoreError):
        db.evaluate(validation_only, split="test", tune_ties_on="validation")
    for split in ("validation", None):
        with pytest.raises(ValueError, match="ties cannot be tuned and evaluated on the same split, 'validation'"):
            db.evaluate(scores, split=split, tune_ties_on="validation")


def test_the_terms_of_metrics_are_columns_and_the_same_as_rows(db: ImageRewardDB) -> None:
    keys = ["first_row", "scorer", "rank_gap", "term"]
    for by_rank_gap in (False, True):
        wide = db.sql("FROM prompt_terms('validation', by_rank_gap := $gaps)", {"gaps": by_rank_gap})
        terms = wide.columns[wide.columns.index("rank_gap") + 1 : -1]
        long = db.sql("FROM term_rows('validation', by_rank_gap := $gaps)", {"gaps": by_rank_gap})
        rows = wide.unpivot(terms, index=keys[:3], variable_name="term", value_name="number")
        assert rows.sort(keys).equals(long.select(rows.columns).sort(keys))
        used = db.sql("SELECT term FROM metric_terms WHERE of_pairs OR NOT $gaps", {"gaps": by_rank_gap})["term"]
        assert set(used) <= set(terms)
        assert wide.select(set(used)).null_count().sum_horizontal().item() == 0
