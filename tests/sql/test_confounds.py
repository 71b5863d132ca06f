"""Correlations of scores with measures of images and with prompt length, against an oracle and by hand."""

from __future__ import annotations

import itertools
import math
import tempfile
from collections import defaultdict
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from conftest import Row, image, write_metadata
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from oracles import confounds as oracle

import irdb_sql
from irdb_sql.images.errors import UnmeasuredImagesWarning
from irdb_sql.sources.sample.layouts.base import SampleOptions
from irdb_sql.sources.sample.layouts.registry import write_layout_sample

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from irdb_sql import ImageRewardDB

MEASURES = ("size", "width", "height", "brightness", "saturation", "sharpness", "entropy")
COVARIATES: dict[str, Callable[[tuple[float, ...]], float]] = {
    "file_size": lambda of: of[0],
    "pixels": lambda of: of[1] * of[2],
    "brightness": lambda of: of[3],
    "saturation": lambda of: of[4],
    "sharpness": lambda of: of[5],
    "entropy": lambda of: of[6],
}
Measured = dict[str, tuple[Any, ...]]


def write_measures(path: Path, measured: Measured) -> Path:
    rows = [(name, "ok", *of) for name, of in measured.items()]
    types = {"image_path": pl.String, "status": pl.String, **dict.fromkeys(MEASURES, pl.Float64)}
    pl.DataFrame(rows, types, orient="row").write_parquet(path)
    return path


@st.composite
def scored_images(draw: Any) -> tuple[list[Row], dict[str, dict[str, float]], Measured]:
    """Prompts of one image and more, with ties, without some ranks, ratings, scores and measures."""
    rows: list[Row] = []
    numbers = st.integers(-2, 3).map(lambda number: number / 4)
    ranks = draw(st.sampled_from([st.integers(1, 5), st.one_of(st.none(), st.integers(1, 3)), st.none()]))
    ratings = draw(st.sampled_from([st.integers(1, 7), st.one_of(st.none(), st.integers(1, 7)), st.none()]))
    for split, most in (("test", 12), ("train", 3)):
        for prompt in range(draw(st.integers(0, most))):
            text = draw(st.one_of(st.none(), st.sampled_from(["", "a", "ab", "ünï", "a longer prompt"])))
            for number in range(draw(st.integers(1, 6))):
                name = f"{split}{prompt}x{number}"
                rows.append(image(str(prompt), name, draw(ranks), draw(ratings), split=split, prompt=text))
    paths = [row["image_path"] for row in rows]
    scores = {name: {path: draw(numbers) for path in paths if draw(st.integers(0, 9))} for name in "ab"}
    measures = st.tuples(*[st.integers(1, 4)] * 3, *[st.one_of(st.just(0.5), numbers)] * 3, numbers)
    return rows, scores, {path: draw(measures) for path in paths if draw(st.integers(0, 9))}


def expected_rows(rows: list[Row], scores: dict[str, dict[str, float]], measured: Measured) -> dict[Any, Any]:
    expected = {}
    for split, scorer in itertools.product(("test", "train"), scores):
        of = scores[scorer]
        scored = [row for row in rows if row["split"] == split and row["image_path"] in of]
        has_ranks = any(row["rank"] is not None for row in scored)
        prompts: dict[str, list[Row]] = defaultdict(list)
        for row in scored:
            prompts[row["prompt_id"]].append(row)
        images = [
            [
                (of[row["image_path"]], None if row["rank"] is None else -row["rank"], measured[row["image_path"]])
                for row in group
                if row["image_path"] in measured and (row["rank"] is not None or not has_ranks)
            ]
            for group in prompts.values()
        ]
        images = [group for group in images if len(group) > 1]
        for covariate, value in COVARIATES.items():
            groups = [[(score, people, value(measures)) for score, people, measures in group] for group in images]
            if groups:
                interval = oracle.image_interval(groups) or (None, None)
                key = split, covariate, scorer
                expected[key] = *oracle.confounds(groups), *interval, sum(map(len, groups)), len(groups)
        units = list(prompt_units(of, prompts.values()))
        if len(units) > 1:
            correlations = oracle.confounds([[unit for unit, _ in units]])
            interval = oracle.prompt_interval(correlations[2], len(units)) or (None, None)
            images_behind = sum(images for _, images in units)
            expected[split, "prompt_length", scorer] = *correlations, *interval, images_behind, len(units)
    return expected


def prompt_units(of: dict[str, float], prompts: Iterable[list[Row]]) -> Iterable[tuple[oracle.Unit, int]]:
    listed = list(prompts)
    has_ratings = any(row["overall_rating"] is not None for group in listed for row in group)
    for group in listed:
        ratings = [row["overall_rating"] for row in group if row["overall_rating"] is not None]
        if group[0]["prompt"] is not None and (ratings or not has_ratings):
            scores = [Fraction(of[row["image_path"]]) for row in group]
            people = Fraction(sum(ratings), len(ratings)) if ratings else None
            yield (sum(scores, Fraction(0)) / len(scores), people, len(group[0]["prompt"])), len(group)


@pytest.mark.filterwarnings("ignore::irdb_sql.images.errors.UnmeasuredImagesWarning")
@settings(max_examples=5, phases=(Phase.explicit, Phase.generate), deadline=None)
@given(data=scored_images())
def test_correlations_are_those_of_the_oracle(data: Any) -> None:
    rows, scores, measured = data
    long = [(name, path, score) for name, of in scores.items() for path, score in of.items()]
    if not long or not measured:
        return
    table = pl.DataFrame(long, {"scorer": pl.String, "image_path": pl.String, "score": pl.Float64}, orient="row")
    with tempfile.TemporaryDirectory() as name:
        folder = write_metadata(Path(name), rows)
        options: Any = {"scores": table, "missing": "drop", "measures": write_measures(folder / "m.parquet", measured)}
        with irdb_sql.connect(folder, **options) as db:
            answer = db.query("score_confounds")
            assert db.score_confounds(table, split="test", missing="drop").equals(answer.filter(split="test"))
    actual = {(split, covariate, scorer): row for scorer, split, covariate, *row in answer.iter_rows()}
    expected = expected_rows(rows, scores, measured)
    assert list(actual) == sorted(expected)
    for key, values in expected.items():
        for found, value in zip(actual[key], values, strict=True):
            assert found == (None if value is None else pytest.approx(value, rel=1e-9, abs=1e-9)), key


def test_a_worked_example(tmp_path: Path) -> None:
    """Two prompts of three images; people prefer a to b to c; brightness c, a, b and b, c, a; the scorer is brightness, and noise."""
    rows = [image(prompt, f"{prompt}{name}", rank) for prompt in "pq" for rank, name in enumerate("abc", start=1)]
    light = dict(zip((row["image_path"] for row in rows), (0.6, 0.2, 0.9, 0.5, 0.7, 0.6), strict=True))
    measured = {path: (100, 8, 8, value, 0.5, 1.0, 2.0) for path, value in light.items()}
    scores = {"bright": {path: 5 + value for path, value in light.items()}, "same": dict.fromkeys(light, 1.0)}
    with irdb_sql.connect(
        write_metadata(tmp_path, rows), scores=scores, measures=write_measures(tmp_path / "m", measured)
    ) as db:
        found = db.query("score_confounds").rows_by_key(["covariate", "scorer"], named=True, unique=True)
    # Places of brightness by prompt are 2, 1, 3 and 1, 3, 2, those of people's order 3, 2, 1: less the mean 2, the
    # products are 0, 0, -1 and -1, 0, 0, and the squares 2, 2 and 2, 2. So the correlation is -2 / 4.
    assert found["brightness", "bright"] == {
        "split": "test",
        "score_correlation": 1.0, "human_correlation": -0.5, "partial_correlation": 1.0,
        "partial_lower": None, "partial_upper": None, "images": 6, "prompts": 2,
    }  # fmt: skip
    assert found["brightness", "same"]["score_correlation"] is None
    assert found["brightness", "same"]["human_correlation"] == -0.5
    assert found["pixels", "bright"]["human_correlation"] is None
    assert found["prompt_length", "bright"]["images"] == 6
    assert found["prompt_length", "bright"]["score_correlation"] is None  # both prompts are as long


def test_a_scorer_that_follows_brightness_is_told_from_one_that_follows_people() -> None:
    with irdb_sql.connect(split="test") as plain, tempfile.TemporaryDirectory() as folder:
        files = plain.image_files(measure=True)
        files.write_parquet(Path(folder) / "m.parquet")
        images = plain.images().join(files.select("image_path", "brightness"), on="image_path")
        noise = (pl.int_range(pl.len()) * 7919 % 101) / 100
        scores = images.select(
            "image_path", light=pl.col("brightness") + 0.002 * noise, people=2 * noise - pl.col("rank"), both=noise
        )
        with irdb_sql.connect(split="test", measures=Path(folder) / "m.parquet", scores=scores) as db:
            rows = db.score_confounds().filter(covariate="brightness")
    light, people = (rows.row(by_predicate=pl.col("scorer") == name, named=True) for name in ("light", "people"))
    assert light["partial_lower"] > 0.5
    assert people["partial_lower"] < 0 < people["partial_upper"]
    for row in (light, people):
        assert row["partial_lower"] < row["partial_correlation"] < row["partial_upper"]
        assert row["human_correlation"] == light["human_correlation"]


def test_images_without_a_measure_are_told_by_split(tmp_path: Path) -> None:
    rows = [image("p", f"{split}{rank}", rank, split=split) for split in ("test", "train") for rank in (1, 2, 3)]
    folder, paths = write_metadata(tmp_path, rows), [row["image_path"] for row in rows]
    measured: Measured = dict.fromkeys(paths, (1, 8, 8, 0.5, 0.5, 1.0, 2.0))
    measured[paths[1]] = (1, 2, 2, 0.5, 0.5, None, 2.0)  # too small for its sharpness
    with irdb_sql.connect(folder, split="train", measures=write_measures(tmp_path / "m", measured)) as db:
        assert db.query("unmeasured_images").rows() == [("train", 3, 0)]
    for path in (paths[0], *paths[3:5]):
        del measured[path]
    with (
        pytest.warns(
            UnmeasuredImagesWarning, match="lacks measures of 2 of the 3 images of test and 2 of the 3 images of train"
        ),
        irdb_sql.connect(folder, measures=write_measures(tmp_path / "m", measured)) as db,
    ):
        assert db.query("unmeasured_images").rows() == [("test", 3, 2), ("train", 3, 2)]
    with irdb_sql.connect(folder) as db:
        assert db.query("unmeasured_images").rows() == [("test", 3, 3), ("train", 3, 3)]


def test_without_measures_there_is_prompt_length_alone(db: ImageRewardDB) -> None:
    rows = db.query("score_confounds")
    assert set(rows["covariate"]) == {"prompt_length"}
    ceiling = rows.row(by_predicate=(pl.col("scorer") == "overall_rating") & (pl.col("split") == "test"), named=True)
    assert ceiling["score_correlation"] == ceiling["human_correlation"]
    assert ceiling["partial_correlation"] is None  # nothing is left of what people say given what they say


def test_people_who_voted_and_ranked_nothing_are_not_compared(tmp_path: Path) -> None:
    write_layout_sample(tmp_path, "hpdv3", SampleOptions(pairs=30))
    with irdb_sql.connect(tmp_path) as db:
        paths = db.images()["image_path"].unique().sort()
    measured = {path: (1, 8, 8, place % 7, 0.5, 1.0, 2.0) for place, path in enumerate(paths)}
    scores = {"mine": {path: float(place % 7) for place, path in enumerate(paths)}}
    with irdb_sql.connect(tmp_path, scores=scores, measures=write_measures(tmp_path / "m", measured)) as db:
        rows = db.query("score_confounds").filter(covariate="brightness")
    assert rows["score_correlation"].to_list() == [1.0] * rows.height
    assert rows.height
    assert rows["human_correlation"].null_count() == rows["partial_correlation"].null_count() == rows.height


def test_extreme_numbers_are_ranked_like_others(tmp_path: Path) -> None:
    rows = [image(str(prompt), f"{prompt}{name}", (name * prompt) % 5) for prompt in range(7) for name in range(5)]

    def asked(scale: float) -> list[Any]:
        paths = [row["image_path"] for row in rows]
        measured = {path: (1, 8, 8, scale * (17 * at % 13), 0.0, 0.0, 0.0) for at, path in enumerate(paths)}
        scores = {path: scale * (31 * at % 11) for at, path in enumerate(paths)}
        with irdb_sql.connect(
            write_metadata(tmp_path, rows), scores=scores, measures=write_measures(tmp_path / "m", measured)
        ) as db:
            return db.query("score_confounds").filter(covariate="brightness").drop("scorer").rows()

    plain = asked(1.0)
    assert all(math.isfinite(number) for number in plain[0][2:7])
    assert asked(1e-310) == asked(1.4e307) == plain


def test_empty_data_and_one_prompt_have_no_correlation(tmp_path: Path) -> None:
    with irdb_sql.connect(write_metadata(tmp_path, [])) as db:
        assert db.query("score_confounds").is_empty()
    with irdb_sql.connect(write_metadata(tmp_path, [image("p", "a", 1, 5)])) as db:
        assert db.query("score_confounds").is_empty()
