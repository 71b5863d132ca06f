"""Strengths of generators in plain Python: Davidson's likelihood, climbed one parameter at a time."""

from __future__ import annotations

import itertools
import math
from typing import NamedTuple


class Row(NamedTuple):
    """What happened between two generators on a prompt: 1 if first won, -1 if second did, 0 for a tie."""

    first: str
    second: str
    outcome: int
    differences: tuple[float, ...] = ()


class Fit(NamedTuple):
    strengths: dict[str, float]
    coefficients: tuple[float, ...]
    nu: float


def chances(fit: Fit, row: Row) -> tuple[float, float, float]:
    """Return the probabilities of a win, a tie and a loss of the first generator (Davidson 1970)."""
    gap = fit.strengths[row.first] - fit.strengths[row.second]
    gap += sum(by * of for by, of in zip(fit.coefficients, row.differences, strict=True))
    small = math.exp(-abs(gap) / 2)  # the square root of the odds of who is weaker
    total = 1 + small**2 + fit.nu * small
    better, worse = 1 / total, small**2 / total
    return (better if gap > 0 else worse), fit.nu * small / total, (worse if gap > 0 else better)


def fit(rows: list[Row], *, has_ties: bool) -> Fit:
    """Maximise the likelihood; without a parameter of ties, a tie is half a win for both."""
    names = sorted({name for row in rows for name in row[:2]})
    covariates = len(rows[0].differences)
    estimates = [0.0] * (len(names) + covariates + 1)
    nu_place = len(names) + covariates
    fits_nu = has_ties and any(row.outcome == 0 for row in rows)

    def current() -> Fit:
        nu = math.exp(estimates[nu_place]) if fits_nu else 0.0
        return Fit(dict(zip(names, estimates, strict=False)), tuple(estimates[len(names) : nu_place]), nu)

    for _ in range(100_000):
        largest = 0.0
        for place in range(nu_place + fits_nu):
            slope = curvature = 0.0
            now = current()
            for row in rows:
                win, tie, loss = chances(now, row)
                if place == nu_place:
                    slope += (row.outcome == 0) - tie
                    curvature += tie * (1 - tie)
                    continue
                if place < len(names):
                    by = float((names[place] == row.first) - (names[place] == row.second))
                else:
                    by = row.differences[place - len(names)]
                slope += by * (row.outcome - win + loss) / 2
                curvature += by * by * (win + loss - (win - loss) ** 2) / 4
            step = max(-1.0, min(1.0, slope / curvature))
            estimates[place] += step
            largest = max(largest, abs(step))
        if largest < 1e-10:
            break
    centre = sum(estimates[: len(names)]) / len(names)
    for place in range(len(names)):
        estimates[place] -= centre
    return current()


def has_maximum(rows: list[Row], *, has_ties: bool) -> bool:
    """Whether the likelihood without covariates has one: each generator reaches each other one by wins and ties, and if
    ties have a parameter, some circle along wins has more of them than of ties, or there are none."""
    names = sorted({name for row in rows for name in row[:2]})
    lengths = dict.fromkeys(itertools.product(names, repeat=2), math.inf)
    for row in rows:
        winner, loser = (row.first, row.second) if row.outcome >= 0 else (row.second, row.first)
        lengths[winner, loser] = min(lengths[winner, loser], -1 if row.outcome else 1)
        if row.outcome == 0:
            lengths[loser, winner] = min(lengths[loser, winner], 1)
    for middle, one, other in itertools.product(names, repeat=3):
        lengths[one, other] = min(lengths[one, other], lengths[one, middle] + lengths[middle, other])
    if len(names) < 2 or any(lengths[pair] == math.inf for pair in itertools.permutations(names, 2)):
        return False
    return not has_ties or all(row.outcome for row in rows) or any(lengths[name, name] < 0 for name in names)


def is_separated(rows: list[Row]) -> bool:
    """Whether of two generators, a sum of a constant and the covariate predicts every win, and is 0 for each tie."""
    return any(
        all(
            sign * row.outcome * (row.differences[0] - border) >= 0 if row.outcome else row.differences[0] == border
            for row in rows
        )
        for sign in (1, -1)
        for border in {row.differences[0] for row in rows}
    )
