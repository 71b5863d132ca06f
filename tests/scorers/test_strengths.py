"""Strengths with ties and covariates: plain Python, closed forms, the likelihood's equations, and what is refused."""

from __future__ import annotations

import itertools
import math
import random
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import strengths as oracle
from oracles.strengths import Row

import irdb_sql
from irdb_sql.errors import ArgumentTypeError, ChoiceError, UnknownOptionError
from irdb_sql.scorers import bradley_terry, davidson, outcomes
from irdb_sql.scorers import errors as score_errors
from irdb_sql.scorers.intervals import student_quantile
from irdb_sql.scorers.options import Resampling

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from irdb_sql import ImageRewardDB


NONE = Resampling(1, 0, 0.95)
NAMES = ["a", "b", "c", "<b>"]


def fitted(
    rows: Sequence[Row],
    resampling: Resampling = NONE,
    *,
    has_ties: bool = True,
    prompts: Sequence[str] = (),
    covariates: pl.DataFrame | None = None,
) -> bradley_terry.FittedStrengths:
    """Fit rows, of a prompt each unless they are given; the covariates of second generators are 0 then."""
    prompts = prompts or [f"p{number}" for number in range(len(rows))]
    ordered = [(*sorted(row[:2]), row.outcome if row.first < row.second else -row.outcome) for row in rows]
    pairs = pl.DataFrame(
        [(*row, prompt) for row, prompt in zip(ordered, prompts, strict=True)],
        ["generator", "other_generator", "outcome", "prompt_id"],
        orient="row",
    )
    if covariates is None and rows[0].differences:
        values = {
            f"x{place}": [of for row in rows for of in (row.differences[place], 0.0)]
            for place in range(len(rows[0].differences))
        }
        names = {
            "generator": [name for row in rows for name in row[:2]],
            "prompt_id": [prompt for prompt in prompts for _ in range(2)],
        }
        covariates = pl.DataFrame({**names, **values})
    generators = pairs["generator"].append(pairs["other_generator"]).unique()
    return bradley_terry.fit_strengths(pairs, generators, resampling, has_ties=has_ties, covariates=covariates)


def assert_equal(actual: bradley_terry.FittedStrengths, expected: oracle.Fit) -> None:
    of_generators = dict(actual.strengths().select("generator", "strength").iter_rows())
    assert of_generators == pytest.approx(expected.strengths, abs=1e-6)
    nu = [expected.nu] if actual.has_ties else []
    assert actual.effects()["estimate"].to_list() == pytest.approx([*expected.coefficients, *nu], abs=1e-6)


outcome_rows = st.lists(
    st.builds(
        lambda pair, outcome: Row(pair[0], pair[1], outcome),
        st.sampled_from([*itertools.permutations(NAMES, 2)]),
        st.sampled_from([1, 1, 0]),
    ),
    min_size=4,
    max_size=30,
)


@settings(max_examples=25)
@given(rows=outcome_rows)
def test_davidsons_fit_equals_plain_python_or_is_refused(rows: list[Row]) -> None:
    if not oracle.has_maximum(rows, has_ties=True):
        with pytest.raises(score_errors.UnidentifiedError):
            fitted(rows)
        return
    actual = fitted(rows)
    assert_equal(actual, oracle.fit(rows, has_ties=True))
    # The likelihood's equations: as many wins and half ties, and ties, are expected as there are.
    strengths = dict(actual.strengths().select("generator", "strength").iter_rows())
    chances = [oracle.chances(oracle.Fit(strengths, (), actual.estimates[-1]), row) for row in rows]
    assert sum(tie for _, tie, _ in chances) == pytest.approx(sum(row.outcome == 0 for row in rows), abs=1e-6)
    for row in actual.strengths().iter_rows(named=True):
        expected = sum(
            (win if of.first == row["generator"] else loss) + tie / 2
            for of, (win, tie, loss) in zip(rows, chances, strict=True)
            if row["generator"] in of[:2]
        )
        assert expected == pytest.approx(row["wins"] + row["ties"] / 2, abs=1e-6)


@settings(max_examples=20)
@given(
    rows=st.lists(
        st.builds(
            lambda outcome, x: Row("a", "b", outcome, (float(x),)), st.sampled_from([1, -1, 0]), st.integers(-2, 2)
        ),
        min_size=2,
        max_size=14,
    )
)
def test_an_effect_of_a_covariate_equals_plain_python_or_is_refused(rows: list[Row]) -> None:
    is_constant = len({row.differences for row in rows}) == 1
    met = oracle.has_maximum(rows, has_ties=False)
    if not met or is_constant or oracle.is_separated(rows):
        with pytest.raises(score_errors.ScoreError):
            fitted(rows, has_ties=False)
        return
    assert_equal(fitted(rows, has_ties=False), oracle.fit(rows, has_ties=False))


@pytest.mark.parametrize(("wins", "losses", "ties"), [(3, 1, 1), (5, 5, 2), (2, 7, 30), (400, 1, 1), (4, 2, 0)])
def test_two_generators_have_a_closed_form(wins: int, losses: int, ties: int) -> None:
    rows = [Row("a", "b", outcome) for outcome, count in ((1, wins), (-1, losses), (0, ties)) for _ in range(count)]
    actual = fitted(rows)
    assert actual.estimates[0] - actual.estimates[1] == pytest.approx(math.log(wins / losses), abs=1e-9)
    assert actual.estimates[2] == pytest.approx(ties / math.sqrt(wins * losses), abs=1e-9)


def random_rows(seed: int, number: int, covariates: int) -> list[Row]:
    draw = random.Random(seed)  # noqa: S311 - a sample, no secret
    levels = dict(zip(NAMES, (0.8, 0.3, -0.2, -0.9), strict=True))
    rows = []
    for _ in range(number):
        first, second = draw.sample(NAMES, 2)
        differences = tuple([draw.choice((-1.0, 0.0, 1.0)), draw.gauss(0, 2)][:covariates])
        gap = levels[first] - levels[second] + sum(differences) / 2 + draw.gauss(0, 1.5)
        rows.append(Row(first, second, 0 if abs(gap) < 0.5 else 1 if gap > 0 else -1, differences))
    return rows


@pytest.mark.parametrize("has_ties", [True, False])
@pytest.mark.parametrize("covariates", [0, 1, 2])
def test_intervals_are_those_of_a_naive_bootstrap_of_prompts(covariates: int, *, has_ties: bool) -> None:
    rows = random_rows(covariates, 150, covariates)
    draw = random.Random(covariates)  # noqa: S311 - a sample, no secret
    table: dict[tuple[str, str], tuple[float, ...]] = {}
    rows, prompts = [], []
    for prompt in (f"p{number:02}" for number in range(40)):
        of = {name: (float(draw.choice((1, 2))), draw.gauss(0, 1))[:covariates] for name in draw.sample(NAMES, 3)}
        table |= {(name, prompt): values for name, values in of.items()}
        for first, second in itertools.combinations(of, 2):
            differences = tuple(x - y for x, y in zip(of[first], of[second], strict=True))
            rows.append(Row(first, second, draw.choice((1, 0, -1)), differences))
            prompts.append(prompt)
    frame = pl.DataFrame(
        [(*key, *values) for key, values in table.items()],
        ["generator", "prompt_id", "x", "y"][: 2 + covariates],
        orient="row",
    )
    actual = fitted(
        rows, Resampling(6, 3, 0.6), has_ties=has_ties, prompts=prompts, covariates=frame if covariates else None
    )
    assert_equal(actual, oracle.fit(rows, has_ties=has_ties))
    names, random_state, resampled = sorted(set(prompts)), np.random.RandomState(3), []
    for _ in range(6):
        drawn = [names[place] for place in random_state.randint(0, len(names), size=len(names))]
        fit = oracle.fit(
            [row for name in drawn for row, prompt in zip(rows, prompts, strict=True) if prompt == name],
            has_ties=has_ties,
        )
        resampled.append([*(fit.strengths[name] for name in sorted(NAMES)), *fit.coefficients, *[fit.nu] * has_ties])
    lower, upper = np.quantile(np.array(resampled)[:, :4], [0.2, 0.8], axis=0)
    bounds = actual.strengths().sort("generator").select("lower", "upper").rows()
    assert bounds == [pytest.approx(both, abs=1e-6) for both in zip(lower, upper, strict=True)]
    for row, values in zip(actual.effects().iter_rows(named=True), np.array(resampled).T[4:], strict=True):
        distance = student_quantile(39, 0.6) * np.std(values)
        lowest = 0 if row["kind"] == "ties" else -math.inf
        expected = (max(row["estimate"] - distance, lowest), row["estimate"] + distance)
        assert (row["lower"], row["upper"]) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("covariates", [0, 2])
def test_sparse_counts_and_small_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch, covariates: int) -> None:
    rows = random_rows(5, 80, covariates)
    expected = fitted(rows, Resampling(30, 0, 0.9))
    monkeypatch.setattr(outcomes, "_SPARSE", 0 if covariates == 0 else 1000)
    monkeypatch.setattr(davidson, "_BLOCK", 1)
    monkeypatch.setattr(bradley_terry, "_BLOCK", 1)
    actual = fitted(rows, Resampling(30, 0, 0.9))
    assert actual.resampled == pytest.approx(expected.resampled, abs=1e-9)
    assert (
        actual.strengths()
        .drop("strength", "lower", "upper")
        .equals(expected.strengths().drop("strength", "lower", "upper"))
    )


def test_units_and_offsets_of_covariates_change_only_their_estimates() -> None:
    rows = random_rows(1, 120, 2)
    expected = fitted(rows, Resampling(20, 0, 0.9))
    for unit, of_a in ((1e-90, 0.0), (1e90, 0.0), (1.0, 1e6)):
        # What is added for one generator on all prompts is a part of its strength.
        moved = [
            row._replace(
                differences=(
                    row.differences[0],
                    unit * (row.differences[1] + of_a * ((row.first == "a") - (row.second == "a"))),
                )
            )
            for row in rows
        ]
        actual = fitted(moved, Resampling(20, 0, 0.9))
        scale = np.ones(7)
        scale[5] = unit
        shift = np.zeros((21, 7))
        every = np.vstack([expected.estimates, expected.resampled])
        shift[:, :4] = -of_a * every[:, [5]] * (np.array(actual.generators) == "a")
        shift[:, :4] -= shift[:, :4].mean(axis=1, keepdims=True)
        assert np.vstack([actual.estimates, actual.resampled]) * scale == pytest.approx(
            every + shift, rel=1e-7, abs=1e-6
        )


def test_one_outlier_of_a_covariate_does_not_stop_the_fit() -> None:
    rows = random_rows(2, 120, 2)
    rows[0] = rows[0]._replace(differences=(0.0, 1e6))
    actual = fitted(rows, Resampling(40, 0, 0.9))
    assert_equal(actual, oracle.fit(rows, has_ties=True))
    assert (
        len(actual.resampled) == 40
    )  # also those without the outlier, which is a million times as large as the others


def test_without_ties_both_models_are_the_same() -> None:
    rows = [row for row in random_rows(3, 100, 1) if row.outcome]
    half, davidsons = (fitted(rows, Resampling(20, 0, 0.9), has_ties=has_ties) for has_ties in (False, True))
    assert half.strengths().equals(davidsons.strengths())
    assert davidsons.effects().row(-1) == ("ties", "ties", 0.0, 0.0, 0.0)


def test_strong_generators_in_a_chain_are_fitted() -> None:
    chain = [f"g{place}" for place in range(8)]
    rows = [Row(*pair, outcome) for pair in itertools.pairwise(chain) for outcome in [1] * 500 + [0, -1]]
    strengths = dict(fitted(rows).strengths().select("generator", "strength").iter_rows())
    gaps = [strengths[one] - strengths[other] for one, other in itertools.pairwise(chain)]
    assert gaps == pytest.approx([math.log(500)] * 7, abs=1e-9)
    rare = fitted([*(Row("a", "b", outcome) for outcome in [1, -1, 0] * 2_000), Row("a", "c", 1), Row("a", "c", -1)])
    assert rare.strengths()["strength"].to_list() == pytest.approx([0, 0, 0], abs=1e-9)


@pytest.mark.parametrize(
    ("rows", "ties"),
    [
        ([Row("a", "b", 0)] * 3, "ties"),  # only ties
        ([Row("a", "b", 1)] * 3 + [Row("a", "b", 0)], "ties"),  # nu = 1 / sqrt(3 x 0)
        # a beats b beats c and c ties with a twice: as many ties as wins on the only circle
        ([Row("a", "b", 1), Row("b", "c", 0), Row("c", "a", 0), Row("c", "d", 1), Row("d", "c", 0)], "ties"),
        ([Row("a", "b", 1, (2.0,)), Row("a", "b", 1, (1.0,)), Row("a", "b", -1, (-1.0,))], "the covariates 'x0'"),
        ([Row("a", "b", 1, (2.0,)), Row("a", "b", 0, (1.0,)), Row("a", "b", -1, (1.0,))], "the covariates 'x0'"),
    ],
)
def test_effects_without_finite_estimates_are_refused(rows: list[Row], ties: str) -> None:
    with pytest.raises(
        score_errors.UnidentifiedError, match=f"^strengths cannot be computed with (a probability of )?{ties}:"
    ):
        fitted(rows)


SCORES = pl.DataFrame(
    [("a", "p", 1.0), ("b", "p", 2.0), ("a", "q", 2.0), ("b", "q", 1.0), ("a", "r", 2.0), ("b", "r", 1.0), ("a", "s", 1.0),
     ("b", "s", 1.0), ("a", "t", 1.0), ("b", "t", 2.0), ("a", "u", 2.0), ("b", "u", 1.0)],
    schema=["generator", "prompt_id", "score"], orient="row",
)  # fmt: skip
PLACES = SCORES.select("generator", "prompt_id", place=pl.Series([1, 2, 2, 1, 1, 2, 1, 2, 2, 1, 2, 1]))


def test_covariates_are_read_like_scores(db: ImageRewardDB, tmp_path: Path) -> None:
    # Of prompts where a had place 1 and b place 2, each won one, and tied on one: gap - effect = log(1.5 / 1.5). Of those
    # where they had the other's, a won two and b one: gap + effect = log(2 / 1).
    expected = db.generator_effects(SCORES, covariates=PLACES, resamples=5)
    assert expected["estimate"].to_list() == pytest.approx([math.log(2) / 2], abs=1e-9)
    gap = db.generator_strengths(SCORES, covariates=PLACES, resamples=5)["strength"].to_list()
    assert gap == pytest.approx([math.log(2) / 4, -math.log(2) / 4], abs=1e-9)
    assert expected.schema == bradley_terry.EFFECTS
    file = tmp_path / "places.CSV"
    file.write_text(
        PLACES.rename({"generator": "Generator", "prompt_id": "PROMPT_ID", "place": "Strength"}).reverse().write_csv()
    )
    sources: tuple[Any, ...] = (file, str(file), [file], PLACES.rename({"place": "Strength"}).to_arrow())
    for source in sources:
        actual = db.generator_effects(SCORES.reverse(), covariates=source, resamples=5)
        assert actual.drop("effect").equals(expected.drop("effect"))
        assert actual["effect"].to_list() == ["Strength"]
    strengths = db.generator_strengths(SCORES, covariates=PLACES, ties="davidson", resamples=5)
    assert strengths.schema == bradley_terry.STRENGTHS
    assert db.generator_effects(SCORES, covariates=PLACES, ties="davidson", resamples=5)["kind"].to_list() == [
        "covariate",
        "ties",
    ]


def with_values(*values: Any) -> pl.DataFrame:
    return PLACES.with_columns(place=pl.Series([*values, *[1] * (PLACES.height - len(values))], strict=False))


@pytest.mark.parametrize(
    ("covariates", "words"),
    [
        (PLACES.drop("place"), "'the table' has no column of a covariate"),
        (PLACES.drop("generator"), "has no column generator"),
        (PLACES.drop("prompt_id"), "has no column prompt_id"),
        (with_values("x"), "hold 'x' in row 1 of the column 'place'"),
        (with_values(1.0, None), "hold NULL in row 2 of the column 'place'"),
        (with_values(math.nan), "hold 'nan' in row 1"),
        (with_values(math.inf), "hold 'inf' in row 1"),
        (with_values(1e300), "hold '1e+300' in row 1"),
        (with_values(1e-300), "hold '1e-300' in row 1"),
        (PLACES.with_columns(place=pl.col("place") == 1), "hold 'True' in row 1 of the column 'place'"),
        (PLACES.head(7), "have no row of the generator 'a' and the prompt 't'; 5 of the 12 that are compared lack one"),
        (
            pl.concat([PLACES, PLACES.head(1)]),
            "several rows of the same generator and prompt: row 1 is of the generator 'a'",
        ),
        (
            PLACES.with_columns(generator=pl.lit("z")),
            "name a generator that is not compared: row 1 is of the generator 'z'",
        ),
        (
            PLACES.with_columns(prompt_id=None),
            "name no generator, or no prompt: row 1 is of the generator 'a' and the prompt NULL",
        ),
        (with_values(), "do not tell the effect of 'place' from strengths"),
        (
            PLACES.with_columns(place=pl.col("generator") == "a").with_columns(pl.col("place").cast(int)),
            "effect of 'place'",
        ),
        (PLACES.with_columns(place=pl.col("prompt_id").str.len_chars()), "do not tell the effect of 'place'"),
        (PLACES.with_columns(other=3 * pl.col("place") + 0.1), "do not tell the effect of 'other'"),
        ({"x": PLACES, "y": PLACES}, "covariates cannot be of the type dict"),
        ([], "covariates cannot be of the type list"),
    ],
)
def test_covariates_that_cannot_be_used_are_refused(db: ImageRewardDB, covariates: Any, words: str) -> None:
    with pytest.raises((score_errors.ScoreError, ArgumentTypeError)) as raised:
        db.generator_strengths(SCORES, covariates=covariates, resamples=1)
    assert words in str(raised.value)


def test_wrong_options_are_refused(db: ImageRewardDB) -> None:
    wrong: Any = db
    with pytest.raises(ChoiceError, match="ties cannot be 'none'"):
        wrong.generator_strengths(SCORES, ties="none")
    with pytest.raises(UnknownOptionError, match="tie"):
        wrong.generator_strengths(SCORES, tie="half")
    with pytest.raises(ArgumentTypeError, match="pass covariates, or ties='davidson', which have effects"):
        db.generator_effects(SCORES)
    with pytest.raises(score_errors.ScoresNotFoundError):
        db.generator_effects(SCORES, covariates="nowhere.csv")
    with pytest.raises(score_errors.FewGeneratorsError):
        db.generator_effects(SCORES.filter(generator="a"), covariates=PLACES.clear())
    apart = SCORES.with_columns(pl.col("prompt_id") + pl.col("generator"))
    with pytest.raises(score_errors.UnidentifiedError, match="'b' share no prompt with 'a'"):
        db.generator_effects(apart, covariates=PLACES.clear())


def test_votes_have_covariates_too(tmp_path: Path) -> None:
    draw = random.Random(0)  # noqa: S311 - a sample, no secret
    rows = ["prompt,first,second,first_votes,second_votes,model_1,model_2"]
    rows += [f"p{n},{2 * n}.png,{2 * n + 1}.png,{draw.choice(['1,0', '0,1', '1,1'])},x,y" for n in range(30)]
    (tmp_path / "votes.csv").write_text("\n".join(rows))
    with irdb_sql.connect(tmp_path / "votes.csv") as db:
        pairs = db.query("generator_pairs")
        keys = {"generator": ["x", "y"] * 30, "prompt_id": [prompt for prompt in pairs["prompt_id"] for _ in "xy"]}
        places = pl.DataFrame({**keys, "place": [draw.random() for _ in range(60)]})
        effects = db.generator_effects(covariates=places, ties="davidson", resamples=3)
    assert effects["effect"].to_list() == ["place", "ties"]
    differences = [one - other for one, other in zip(places["place"][::2], places["place"][1::2], strict=True)]
    compared = [Row("x", "y", outcome, (by,)) for outcome, by in zip(pairs["outcome"], differences, strict=True)]
    expected = oracle.fit(compared, has_ties=True)
    assert effects["estimate"].to_list() == pytest.approx([*expected.coefficients, expected.nu], abs=1e-6)
