"""Strengths with ties and covariates: plain Python, closed forms, the likelihood's equations, and what is refused."""

from __future__ import annotations

import itertools
import math
import random
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import strengths as oracle
from oracles.strengths import Row

from irdb_sql.scorers import bradley_terry
from irdb_sql.scorers import errors as score_errors
from irdb_sql.scorers.options import Resampling

if TYPE_CHECKING:
    from collections.abc import Sequence


NONE = Resampling(1, 0, 0.95)
NAMES = ["a", "b", "c", "<b>"]


def fitted(
    rows: Sequence[Row], resampling: Resampling = NONE, *, has_ties: bool = True, prompts: Sequence[str] | None = None
) -> bradley_terry.FittedStrengths:
    """Fit rows of a prompt each; the covariates of second generators are 0."""
    prompts = prompts or [f"p{number}" for number in range(len(rows))]
    ordered = [
        row if row.first < row.second else Row(row.second, row.first, -row.outcome, tuple(-x for x in row.differences))
        for row in rows
    ]
    pairs = pl.DataFrame(
        [(row.first, row.second, prompt, row.outcome) for row, prompt in zip(ordered, prompts, strict=True)],
        {"generator": pl.String, "other_generator": pl.String, "prompt_id": pl.String, "outcome": pl.Int32},
        orient="row",
    )
    names = pairs["generator"].append(pairs["other_generator"]).unique()
    covariates = None
    if rows and rows[0].differences:
        covariates = pl.DataFrame(
            {
                "generator": [name for row in ordered for name in row[:2]],
                "prompt_id": [prompt for prompt in prompts for _ in range(2)],
                **{
                    f"x{place}": [value for row in ordered for value in (row.differences[place], 0.0)]
                    for place in range(len(rows[0].differences))
                },
            }
        )
    return bradley_terry.fit_strengths(pairs, names, resampling, has_ties=has_ties, covariates=covariates)


def assert_equal(actual: bradley_terry.FittedStrengths, expected: oracle.Fit) -> None:
    of_generators = dict(actual.strengths().select("generator", "strength").iter_rows())
    assert of_generators == pytest.approx(expected.strengths, abs=1e-6)
    nu = [expected.nu] if actual.has_ties else []
    assert actual.effects()["estimate"].to_list() == pytest.approx([*expected.coefficients, *nu], abs=1e-6)


outcome_rows = st.lists(
    st.builds(
        lambda pair, outcome: Row(*pair, outcome),
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


@settings(max_examples=40)
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
