"""Generators: means, wins and strengths against plain Python, the paper's table, and refusals where nothing is identified."""

from __future__ import annotations

import itertools
import json
import math
import random
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irdb_sql.scorers import errors as score_errors

if TYPE_CHECKING:
    from pathlib import Path

    from irdb_sql import ImageRewardDB

COLUMNS = ("generator", "prompt_id", "score")
SCHEMA = {"generator": pl.String, "prompt_id": pl.String, "score": pl.Float64}
Rows = list[tuple[str, str, float]]


def table(rows: Rows) -> pl.DataFrame:
    return pl.DataFrame(rows, SCHEMA, orient="row")


def means(rows: Rows) -> dict[tuple[str, str], float]:
    scores: dict[tuple[str, str], list[float]] = defaultdict(list)
    for generator, prompt, score in rows:
        scores[generator, prompt].append(score)
    return {key: math.fsum(of) / len(of) for key, of in scores.items()}


def wins(rows: Rows) -> Counter[tuple[str, str, str]]:
    counts: Counter[tuple[str, str, str]] = Counter()
    mean = means(rows)
    for (one, prompt), (other, other_prompt) in itertools.permutations(mean, 2):
        if prompt == other_prompt:
            difference = mean[one, prompt] - mean[other, prompt]
            counts[one, other, "wins" if difference > 0 else "losses" if difference < 0 else "ties"] += 1
    return counts


def strengths(rows: Rows) -> dict[str, float]:
    """Bradley and Terry's strengths by the iteration of Zermelo 1929, a tie as half a win for both."""
    counted = wins(rows)
    names = sorted({generator for generator, *_ in rows})
    won = {
        name: sum(counted[name, other, "wins"] + counted[name, other, "ties"] / 2 for other in names) for name in names
    }
    met = {
        (one, other): sum(counted[one, other, outcome] for outcome in ("wins", "ties", "losses"))
        for one in names
        for other in names
    }
    strength = dict.fromkeys(names, 1.0)
    for _ in range(4_000):
        strength = {
            one: won[one] / sum(met[one, other] / (strength[one] + strength[other]) for other in names if other != one)
            for one in names
        }
    logs = {name: math.log(value) for name, value in strength.items()}
    centre = sum(logs.values()) / len(logs)
    return {name: value - centre for name, value in logs.items()}


whole_scores = st.integers(-3, 3).map(float)
tables = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c", "<b>"]), st.sampled_from(["p", "q", "r", "s"]), whole_scores),
    min_size=1,
    max_size=30,
)


@settings(max_examples=10)
@given(rows=tables)
def test_means_and_wins_equal_plain_python(db: ImageRewardDB, rows: Rows) -> None:
    stats = {row["generator"]: row for row in db.generator_stats(table(rows)).iter_rows(named=True)}
    mean = means(rows)
    assert stats.keys() == {generator for generator, *_ in rows}
    for generator, row in stats.items():
        scores = [score for of, _, score in rows if of == generator]
        of_prompts = [value for (of, _), value in mean.items() if of == generator]
        assert row["mean_score"] == pytest.approx(math.fsum(scores) / len(scores), abs=1e-12)
        assert row["prompt_mean"] == pytest.approx(math.fsum(of_prompts) / len(of_prompts), abs=1e-12)
        assert (row["images"], row["prompts"]) == (len(scores), len(of_prompts))
        assert row["generator_rank"] == 1 + sum(other["mean_score"] > row["mean_score"] for other in stats.values())
        assert row["human_rank"] is None
    actual: Counter[tuple[str, str, str]] = Counter()
    for row in db.generator_wins(table(rows)).iter_rows(named=True):
        for outcome in ("wins", "ties", "losses"):
            actual[row["generator"], row["other_generator"], outcome] += row[outcome]
        assert row["win_rate"] == pytest.approx((row["wins"] + row["ties"] / 2) / row["prompts"])
    assert actual == wins(rows)


@settings(max_examples=10)
@given(rows=tables)
def test_strengths_equal_plain_python_or_are_refused(db: ImageRewardDB, rows: Rows) -> None:
    counted = wins(rows)
    names = {generator for generator, *_ in rows}
    reached = {(one, other) for one, other, outcome in counted if outcome != "losses" and counted[one, other, outcome]}
    for _ in names:
        reached |= {(one, last) for one, middle in reached for start, last in reached if middle == start}
    identified = len(names) > 1 and all(pair in reached for pair in itertools.permutations(names, 2))
    if not identified:
        with pytest.raises((score_errors.UnidentifiedError, score_errors.FewGeneratorsError)):
            db.generator_strengths(table(rows), resamples=1)
        return
    actual = dict(db.generator_strengths(table(rows), resamples=1).select("generator", "strength").iter_rows())
    assert actual == pytest.approx(strengths(rows), abs=1e-6)


def many(seed: int = 0, prompts: int = 60) -> Rows:
    noise = random.Random(seed)  # noqa: S311 - a sample, no secret
    levels = {"strong": 1.0, "middle": 0.2, "weak": -1.0}
    return [
        (generator, f"p{prompt}", level + noise.gauss(0, 1))
        for prompt in range(prompts)
        for generator, level in levels.items()
        for _ in range(2)
    ]


def test_strengths_have_intervals_ranks_and_counts(db: ImageRewardDB) -> None:
    actual = db.generator_strengths(table(many()), resamples=200)
    assert actual["generator"].to_list() == ["strong", "middle", "weak"]
    assert actual["strength"].sum() == pytest.approx(0, abs=1e-12)
    assert actual.filter((pl.col("lower") < pl.col("strength")) & (pl.col("strength") < pl.col("upper"))).height == 3
    assert actual.select("rank_best", "rank_worst").rows() == [(1, 1), (2, 2), (3, 3)]
    assert actual.select(pl.sum_horizontal("wins", "ties", "losses"), "prompts").rows() == [(120, 60)] * 3
    assert actual.equals(db.generator_strengths(table(many()), resamples=200))
    shuffled = table(many()).sample(fraction=1, shuffle=True, seed=1)
    assert actual.equals(db.generator_strengths(shuffled, resamples=200))


def test_an_interval_of_strengths_is_that_of_a_naive_bootstrap(db: ImageRewardDB) -> None:
    numpy = pytest.importorskip("numpy")
    rows = many(prompts=70)
    names = sorted({prompt for _, prompt, _ in rows}, key=str)
    random_state = numpy.random.RandomState(5)
    actual = []
    for _ in range(12):
        resample = [names[place] for place in random_state.randint(0, len(names), size=len(names))]
        drawn = [
            (generator, f"{copy} {of}", score)
            for copy, prompt in enumerate(resample)
            for generator, of, score in rows
            if of == prompt
        ]
        actual.append(strengths(drawn)["strong"])
    (row,) = (
        db.generator_strengths(table(rows), resamples=12, seed=5, confidence=0.8)
        .filter(generator="strong")
        .rows(named=True)
    )
    assert (row["lower"], row["upper"]) == pytest.approx(tuple(numpy.quantile(actual, [0.1, 0.9])), abs=1e-6)


def test_no_interval_is_a_point_of_one_resample(db: ImageRewardDB) -> None:
    """An interval of 95 % has a fortieth of the resamples beyond each bound, so that there are 40 at least."""
    for resamples, confidence, has_bounds in ((1, 0.95, False), (39, 0.95, False), (40, 0.95, True), (40, 0.96, False)):
        options: Any = {"resamples": resamples, "confidence": confidence}
        actual = db.generator_strengths(table(many()), **options).select("lower", "upper", "rank_best", "rank_worst")
        assert set(actual.select(pl.all().is_not_null()).unique().row(0)) == {has_bounds}
        effects = db.generator_effects(table(many()), ties="davidson", **options)
        assert (effects["upper"].null_count() == 0) == has_bounds


def test_bounds_are_null_where_resamples_identify_no_strengths(db: ImageRewardDB) -> None:
    rows = [("a", "p", 1.0), ("b", "p", 0.0), ("a", "q", 0.0), ("b", "q", 1.0)]
    actual = db.generator_strengths(table(rows), resamples=100)
    assert (
        actual.select("strength", "lower", "upper", "rank_best", "rank_worst").rows()
        == [(0.0, None, None, None, None)] * 2
    )


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (
            [("a", "p", 1.0), ("b", "p", 0.0)],
            "strengths cannot be computed: 'b' won or tied no prompt against 'a'",
        ),
        ([("a", "p", 1.0), ("b", "q", 0.0)], "'b' share no prompt with 'a', nor through others"),
        (
            [("a", "p", 1.0)],
            "strengths need scores of at least two generators, but the generators with scores are: 'a'",
        ),
        (
            [("a", "p", 1.0), ("b", "p", 1.0), ("c", "q", 0.0), ("d", "q", 0.0)],
            "'c', 'd' share no prompt with 'a', 'b'",
        ),
    ],
)
def test_strengths_that_wins_do_not_identify_are_refused_with_the_reason(
    db: ImageRewardDB, rows: Rows, words: str
) -> None:
    with pytest.raises(score_errors.ScoreError) as raised:
        db.generator_strengths(table(rows))
    assert words in str(raised.value)


def test_single_images_have_no_strengths(db: ImageRewardDB) -> None:
    images = db.images(split="test").select(generator="image_path", prompt_id="prompt_id", score=-pl.col("rank"))
    with pytest.raises(score_errors.UnidentifiedError, match="single image is no generator") as caught:
        db.generator_strengths(images)
    assert len(str(caught.value)) < 2000


PAPER = {
    "Openjourney": (507, 0.2614, 0.2726), "Stable Diffusion 2.1-base": (463, 0.2458, 0.2683),
    "DALL-E 2": (390, 0.2114, 0.2684), "Stable Diffusion 1.4": (362, 0.1344, 0.2763),
    "Versatile Diffusion": (340, -0.2470, 0.2606), "CogView 2": (74, -1.2376, 0.2044),
}  # fmt: skip


@pytest.mark.parametrize(("column", "rho"), [(1, "1.00"), (2, "0.60")])
def test_the_papers_agreement_with_people_comes_out(db: ImageRewardDB, tmp_path: Path, column: int, rho: str) -> None:
    scores = table([(name, "p", row[column]) for name, row in PAPER.items()])
    best_first = sorted(PAPER, key=lambda name: -PAPER[name][0])
    ranks = {name: place for place, name in enumerate(best_first, start=1)}
    file = tmp_path / "people.csv"
    pl.DataFrame({"generator": best_first, "human_rank": list(ranks.values())}).write_csv(file)
    for ranking in (best_first, ranks, file, pl.read_csv(file)):
        actual = db.human_agreement(scores, ranking)
        assert actual["generators"].item() == 6
        assert f"{actual['spearman'].item():.2f}" == rho
    assert db.generator_stats(scores, best_first)["human_rank"].null_count() == 0


def test_result_files_of_the_benchmark_are_generators(db: ImageRewardDB, tmp_path: Path) -> None:
    for generator, shift in (("sd2-1", 1.0), ("vd", 0.0)):
        objects = [
            {"id": f"{prompt}", "prompt": "x", "mean_score": shift, "rewards": [[shift + prompt], [shift - prompt]]}
            for prompt in range(3)
        ]
        (tmp_path / f"CLIP-benchmark-{generator}-result.json").write_text(json.dumps(objects))
    files = sorted(tmp_path.iterdir())
    stats = db.generator_stats(files)
    assert stats.select("generator", "generator_rank", "mean_score", "images", "prompts").rows() == [
        ("sd2-1", 1, 1.0, 6, 3), ("vd", 2, 0.0, 6, 3),
    ]  # fmt: skip
    mapping: dict[str, Any] = {"x": files[0], "y": pl.DataFrame({"prompt_id": ["0"], "score": [5]})}
    named = db.generator_stats(mapping)
    assert named["generator"].to_list() == ["y", "x"]


def test_result_files_that_do_not_fit_are_refused(db: ImageRewardDB, tmp_path: Path) -> None:
    first, second = tmp_path / "a.json", tmp_path / "b" / "a.json"
    second.parent.mkdir()
    for path in (first, second):
        path.write_text('[{"id": "p", "rewards": [1]}]')
    with pytest.raises(score_errors.RepeatedGeneratorError, match="are both of the generator 'a'"):
        db.generator_stats([first, second])
    for content, words in (
        (
            '[{"id": "p", "rewards": [1]}, {"id": "p", "rewards": [2]}]',
            "object 2 .* repeats the id of an earlier object",
        ),
        ('[{"id": "p", "rewards": []}]', "has no rewards"),
        (
            '[{"id": "p", "mean_score": 9, "rewards": [1, 2]}]',
            "has a mean_score of 9, which is not that of its rewards",
        ),
        ('[{"id": "p", "rewards": [null]}]', "is no score of a generator's image"),
    ):
        first.write_text(content)
        with pytest.raises(score_errors.ScoreError, match=words):
            db.generator_stats(first)


def test_means_of_the_same_numbers_tie_however_many_there_are(db: ImageRewardDB) -> None:
    rows = [
        ("a", "p", 0.1),
        ("a", "p", 0.1),
        ("a", "p", 0.1),
        ("b", "p", 0.1),
        ("a", "q", 1e308),
        ("a", "q", 1e308),
        ("b", "q", 1e308),
    ]
    assert db.generator_wins(table(rows)).select("wins", "ties", "losses").unique().rows() == [(0, 2, 0)]
    assert db.generator_stats(table(rows))["mean_score"].is_finite().all()


@pytest.mark.parametrize(
    ("scores", "words"),
    [
        ({"generator": ["a"], "score": [1]}, "'the frame' has no column of prompts"),
        ({"generator": ["a"], "prompt_id": ["p"]}, "has no column score"),
        ({"prompt_id": ["p"], "score": [1]}, "does not name its generator"),
        (
            {"generator": ["a", None], "prompt_id": ["p", "p"], "score": [1, 1]},
            "row 2 of 'the frame' is no score of a generator's image: generator NULL",
        ),
        ({"generator": ["a"], "prompt_id": ["p"], "score": [math.nan]}, "score 'nan'"),
        ({"generator": ["a"], "prompt_id": ["p"], "score": ["x"]}, "holds 'x' in the column 'score'"),
        ({"generator": [], "prompt_id": [], "score": []}, "there are no rows"),
    ],
)
def test_malformed_scores_of_generators_are_refused(
    db: ImageRewardDB, scores: dict[str, list[Any]], words: str
) -> None:
    with pytest.raises(score_errors.ScoreError) as raised:
        db.generator_stats(pl.DataFrame(scores).lazy())
    assert words in str(raised.value)


@pytest.mark.parametrize(
    ("ranking", "words"),
    [
        (["a", "z"], "human_ranking names 'z', which has no scores"),
        (["a", "a"], "names 'a' twice"),
        ({"a": "first"}, "gives 'a' the rank 'first'"),
        ({"a": math.nan}, "gives 'a' the rank 'nan'"),
        (pl.DataFrame({"name": ["a"]}), "is no ranking of generators; its columns are 'name'"),
        (pl.DataFrame({"generator": ["a"], "human_rank": [None]}), "gives 'a' the rank NULL"),
        ({"a": 507, "b": 463}, "gives 'a' the rank '507', but ranks of 2 generators are from 1 to 2"),
        ({"a": 0, "b": 1}, "gives 'a' the rank '0'"),
        ({"a": 1, "b": math.inf}, "gives 'b' the rank 'inf'"),
        ({"a": 1, "b": -2.5}, "gives 'b' the rank '-2.5'"),
        (pl.DataFrame({"generator": ["a", "b"], "human_rank": [51, 49]}), "gives 'a' the rank '51'"),
        (pl.DataFrame({"generator": ["a", "b"], "human_rank": [1.0, math.nan]}), "gives 'b' the rank 'nan'"),
    ],
)
def test_a_ranking_that_does_not_fit_is_refused(db: ImageRewardDB, ranking: Any, words: str) -> None:
    with pytest.raises(score_errors.ScoreError) as raised:
        db.human_agreement(table([("a", "p", 1.0), ("b", "p", 2.0)]), ranking)
    assert words in str(raised.value)


@pytest.mark.parametrize("ranks", [(1, 2), (1.5, 1.5), (1, 1), (np.int64(1), np.float32(2))])
def test_ranks_may_be_shared_or_averaged_and_of_numpy(db: ImageRewardDB, ranks: Any) -> None:
    people = dict(zip("ab", ranks, strict=True))
    assert db.human_agreement(table([("a", "p", 1.0), ("b", "p", 0.0)]), people)["generators"].item() == 2


def test_other_statements_see_no_generators(db: ImageRewardDB) -> None:
    db.generator_stats(table(many()))
    assert db.query("generator_stats").height == db.query("human_agreement").height == 0
