"""How far people agree, in plain Python from its definitions: one annotator, one half or one order after the other.

Imports nothing of ours. Votes of a pair are a list of 1 (for the first image), -1 (for the second) and 0 (a tie).
"""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Judged = dict[str, list[tuple[str, Fraction, Fraction]]]
"""For each ceiling, one (prompt, number of judgements, right ones) per pair of images."""


def majority(votes: Iterable[int]) -> int:
    total = sum(votes)
    return (total > 0) - (total < 0)


def right(judgement: int, label: int) -> Fraction:
    return Fraction(1, 2) if judgement == 0 else Fraction(int(judgement == label))


def judgements(pairs: Iterable[tuple[str, Sequence[int]]]) -> Judged:
    """Of pairs of a prompt and votes."""
    judged: Judged = defaultdict(list)
    for prompt, votes in pairs:
        found: dict[str, list[tuple[Fraction, Fraction]]] = defaultdict(list)
        for place, vote in enumerate(votes):
            others = [*votes[:place], *votes[place + 1 :]]
            if others and (label := majority(votes)):
                found["annotator_label"].append((Fraction(1), right(vote, label)))
            if label := majority(others):
                found["annotator_others"].append((Fraction(1), right(vote, label)))
            if vote and others:
                agreeing = sum((right(other, vote) for other in others), Fraction(0))
                found["annotator_pairs"].append((Fraction(1), agreeing / len(others)))
        if (agreement := half_agreement(votes)) is not None:
            found["split_halves"].append((Fraction(1), agreement))
        for ceiling, of in found.items():
            judged[ceiling].append((prompt, sum((n for n, _ in of), Fraction(0)), sum((r for _, r in of), Fraction(0))))
    return judged


def half_agreement(votes: Sequence[int]) -> Fraction | None:
    """Over all ways to draw one half, and another of the same size from the rest."""
    size, places = len(votes) // 2, range(len(votes))
    found = [
        right(majority(votes[place] for place in other), label)
        for half in itertools.combinations(places, size)
        if (label := majority(votes[place] for place in half))
        for other in itertools.combinations(sorted(set(places) - set(half)), size)
    ]
    return sum(found, Fraction(0)) / len(found) if size and found else None


def accuracy(judged: Sequence[tuple[str, Fraction, Fraction]]) -> Fraction:
    return sum((r for _, _, r in judged), Fraction(0)) / sum((n for _, n, _ in judged), Fraction(0))


def bounds(judged: Sequence[tuple[str, Fraction, Fraction]], quantile: float) -> tuple[float, float] | None:
    """Wilson's bounds for as many trials as have the variance over prompts."""
    sums: dict[str, list[Fraction]] = defaultdict(lambda: [Fraction(0), Fraction(0)])
    for prompt, number, correct in judged:
        sums[prompt] = [sums[prompt][0] + number, sums[prompt][1] + correct]
    draws, prompts, value = sum(number for _, number, _ in judged), len(sums), accuracy(judged)
    if prompts < 2:
        return None
    variance = sum(((correct - value * number) / draws) ** 2 for number, correct in sums.values())
    if value in (0, 1):
        trials = Fraction(prompts)
    else:
        trials = value * (1 - value) / variance * (prompts - 1) / prompts if variance else Fraction(draws)
    return wilson(float(value), float(trials), quantile)


def wilson(share: float, trials: float, quantile: float) -> tuple[float, float]:
    """The two shares from which this one is `quantile` standard errors away: roots of a quadratic equation."""
    a = 1 + quantile**2 / trials
    b = -2 * share - quantile**2 / trials
    root = math.sqrt(max(b * b - 4 * a * share**2, 0))
    return max((-b - root) / (2 * a), 0.0), min((-b + root) / (2 * a), 1.0)


def alpha(pairs: Sequence[Sequence[int]]) -> tuple[float, float] | None:
    """Observed disagreement, and the mean of that expected over all ways to call one image of each pair the first."""
    units = [votes for votes in pairs if len(votes) > 1]
    values = sum(map(len, units))
    if not units:
        return None
    observed = Fraction(0)
    for votes in units:
        differing = sum(one != other for one, other in itertools.permutations(votes, 2))
        observed += Fraction(differing, len(votes) - 1)
    expected = Fraction(0)
    orders = list(itertools.product((1, -1), repeat=len(units)))
    for order in orders:
        counts = Counter(sign * vote for sign, votes in zip(order, units, strict=True) for vote in votes)
        differing = values * values - sum(count * count for count in counts.values())
        expected += Fraction(differing, values * (values - 1))
    return float(observed / values), float(expected / len(orders))
