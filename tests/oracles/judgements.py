"""What is concluded from scores beside the metrics, in plain Python from its definitions: one pair, or one draw, after the other.

Imports nothing of ours. A pair is (score of the better image, score of the worse one); images of a prompt are (rank, score, rating).
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Pair = tuple[float, float]


def mean(numbers: Iterable[float]) -> float:
    listed = list(numbers)
    return math.fsum(listed) / len(listed)


def picks(images: Sequence[tuple[int, float, int | None]], n: int) -> tuple[float, float, float]:
    """Mean rank of the pick among n images, of the best-ranked one, and of all: over every draw, ties shared."""
    found, best = [], []
    for drawn in itertools.combinations(images, n):
        highest = max(score for _, score, _ in drawn)
        found.append(mean(rank for rank, score, _ in drawn if score == highest))
        best.append(min(rank for rank, _, _ in drawn))
    return mean(found), mean(best), mean(rank for rank, _, _ in images)


def picked_ratings(images: Sequence[tuple[int, float, int | None]], n: int) -> tuple[float, float, float] | None:
    ratings = [rating for _, _, rating in images]
    if None in ratings:
        return None
    found, best = [], []
    for drawn in itertools.combinations(images, n):
        highest = max(score for _, score, _ in drawn)
        lowest = min(rank for rank, _, _ in drawn)
        found.append(mean(rating or 0 for _, score, rating in drawn if score == highest))
        best.append(mean(rating or 0 for rank, _, rating in drawn if rank == lowest))
    return mean(found), mean(best), mean(rating or 0 for rating in ratings)


def loss(odds: float) -> float:
    """Minus the logarithm of 1 / (1 + exp(-odds))."""
    return math.log1p(math.exp(-odds)) if odds > 0 else -odds + math.log1p(math.exp(odds))


def probability(odds: float) -> float:
    return math.exp(-loss(odds))


def temperature(pairs: Sequence[Pair]) -> tuple[float, float] | None:
    """The temperature with the smallest log loss among all of the grid, the highest of as good ones, and that loss."""
    numbers = [score for pair in pairs for score in pair]
    largest = max(numbers) - min(numbers) if numbers else 0
    if largest == 0:
        return None
    found = []
    for eighths in range(-20 * 8, 4 * 8 + 1):
        of = 2 ** (eighths / 8) * largest
        found.append((mean(round(loss((better - worse) / of), 18) for better, worse in pairs), -of))
    smallest, negative = min(found)
    return -negative, smallest


def calibration(pairs: Sequence[Pair], of: float) -> dict[str, float]:
    """Log loss, Brier score, expected calibration error, overconfidence and accuracy."""
    odds = [(better - worse) / of for better, worse in pairs]
    sure = [max(probability(x), probability(-x)) for x in odds]
    right = [1.0 if better > worse else 0.0 if better < worse else 0.5 for better, worse in pairs]
    bins = defaultdict(list)
    for confidence, is_right in zip(sure, right, strict=True):
        bins[min(int((confidence - 0.5) * 20), 9)].append((confidence, is_right))
    error = math.fsum(
        abs(math.fsum(c for c, _ in of_bin) - math.fsum(r for _, r in of_bin)) for of_bin in bins.values()
    )
    return {
        "log_loss": mean(loss(x) for x in odds),
        "brier": mean((1 - probability(x)) ** 2 for x in odds),
        "ece": error / len(pairs),
        "overconfidence": mean(sure) - mean(right),
        "accuracy": mean(right),
    }


def soft_labels(votes: Sequence[tuple[float, float]]) -> dict[str, float]:
    """Of pairs of a share of votes for the better image, and log odds."""

    def entropy(share: float) -> float:
        return -math.fsum(p * math.log(p) for p in (share, 1 - share) if p > 0)

    return {
        "expected_accuracy": mean(s if x > 0 else 1 - s if x < 0 else 0.5 for s, x in votes),
        "best_accuracy": mean(max(s, 1 - s) for s, _ in votes),
        "log_loss": mean(s * loss(x) + (1 - s) * loss(-x) for s, x in votes),
        "entropy": mean(entropy(s) for s, _ in votes),
    }
