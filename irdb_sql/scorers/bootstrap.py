"""Intervals by resampling prompts: a cluster bootstrap that only counts.

What a prompt adds to a metric is a numerator and a denominator, found once. A resample draws as many prompts as there
are, with replacement; how often each is drawn are its weights, and the metric of the resample is the weighted sum of
numerators over that of denominators. All scorers are judged on the same resamples, so that their differences are
paired.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_BLOCK = 2_000_000
"""Weights held at a time; a block of them takes 16 MB."""


def resampled_sums(
    parts: Sequence[Floats], places: Sequence[NDArray[np.int64]], prompts: int, *, resamples: int, seed: int
) -> list[Floats]:
    """Sum columns over resampled prompts.

    The sums are exact, so that they are the same on every machine and with every number of threads: numbers are first
    rounded to so many binary places that no sum can lose one, which for 10,000 prompts changes a mean by less than
    1e-11.

    Args:
        parts: Matrices with a row for some prompt each and the columns to sum.
        places: Which prompt each row of a matrix belongs to.
        prompts: How many prompts there are to draw from.
        resamples: How many times to draw.
        seed: Same seed, same resamples.

    Returns:
        For each matrix one with a row a resample, and the same columns.

    Example:
        >>> draws = resampled_sums([np.array([[1.0], [0.0]])], [np.array([0, 1])], 2, resamples=1000, seed=0)[0]
        >>> sorted({float(total) for total in draws[:, 0]})
        [0.0, 1.0, 2.0]
    """
    if prompts == 0:
        return [np.zeros((resamples, part.shape[1])) for part in parts]
    # Columns that are the same, such as the number of pairs beside each scorer, are summed once.
    distinct = [_distinct_columns(part) for part in parts]
    whole = [_whole(part[:, columns], prompts) for part, (columns, _) in zip(parts, distinct, strict=True)]
    sums = [np.empty((resamples, len(columns))) for columns, _ in distinct]
    for start, weights in prompt_weights(prompts, resamples, seed):
        for (part, unit), place, total in zip(whole, places, sums, strict=True):
            drawn = weights if len(place) == prompts and _is_all(place) else weights[:, place]
            total[start : start + len(weights)] = (drawn @ part) * unit
    return [total[:, copies] for total, (_, copies) in zip(sums, distinct, strict=True)]


def _distinct_columns(part: Floats) -> tuple[list[int], list[int]]:
    """Tell which columns differ, and for each column which of those it is."""
    known: dict[bytes, int] = {}
    copies = [known.setdefault(column.tobytes(), len(known)) for column in part.T]
    return [copies.index(number) for number in range(len(known))], copies


def _whole(part: Floats, prompts: int) -> tuple[Floats, float]:
    """Write numbers as whole multiples of a unit, a power of 2, small enough that sums of them are exact."""
    largest = float(np.abs(part).max(initial=0.0)) or 1.0
    unit = 2.0 ** (math.ceil(math.log2(largest * prompts + 1)) - 52)
    return np.rint(part / unit), unit


def prompt_weights(prompts: int, resamples: int, seed: int) -> Iterator[tuple[int, Floats]]:
    """Draw prompts with replacement, and yield how often each is drawn.

    Args:
        prompts: How many prompts there are.
        resamples: How many times to draw as many.
        seed: Same seed, same weights, on every machine.

    Yields:
        The number of the first resample of a block, and the block: a row a resample and a column a prompt.
    """
    # NumPy keeps the numbers of RandomState the same for ever; those of its newer generators may change.
    random = np.random.RandomState(seed)
    rows = max(1, min(resamples, _BLOCK // max(prompts, 1)))
    for start in range(0, resamples, rows):
        weights = np.empty((min(rows, resamples - start), prompts))
        for row in weights:
            row[:] = np.bincount(random.randint(0, prompts, size=prompts), minlength=prompts)
        yield start, weights


def _is_all(place: NDArray[np.int64]) -> bool:
    return bool(np.array_equal(place, np.arange(len(place))))


def interval(values: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Return the bounds that leave out equally many resamples on both sides (percentile intervals).

    Args:
        values: A row a resample; NaN where a resample has nothing to tell.
        confidence: Share of resamples between the bounds.

    Returns:
        Lower and upper bound of each column; NaN where no resample has a value.
    """
    ordered = np.sort(
        np.ascontiguousarray(values.T), axis=1
    )  # whole columns: faster than to look for the ends; NaN last
    known = (~np.isnan(ordered)).sum(axis=1)
    lower, upper = (_at(ordered, known, share) for share in ((1 - confidence) / 2, (1 + confidence) / 2))
    return lower, upper


def _at(ordered: Floats, known: NDArray[np.int64], share: float) -> Floats:
    """Interpolate between the two values beside a share of the known ones of each row."""
    place = share * np.maximum(known - 1, 0)
    low = np.floor(place).astype(np.int64)
    high = np.minimum(low + 1, np.maximum(known - 1, 0))
    rows = np.arange(len(ordered))
    below, above = ordered[rows, low], ordered[rows, high]
    return np.asarray(below + (above - below) * (place - low))


def rank_ranges(values: Floats, confidence: float) -> tuple[list[int], list[int]]:
    """Return the best and the worst rank that each of some competitors may have, as far as resamples tell them apart.

    One is better than another if the interval of their paired difference lies above 0. A competitor's best rank is
    behind all those that are better than it, its worst before all those that it is better than.

    Args:
        values: A row a resample and a column a competitor, higher is better; NaN where a resample has nothing to tell.
        confidence: Of the intervals of differences.

    Example:
        >>> rank_ranges(np.array([[3.0, 1.0, 2.0], [4.0, 2.0, 1.0]]), 0.95)
        ([1, 2, 2], [1, 3, 3])
    """
    size = values.shape[1]
    ones, others = np.triu_indices(size, k=1)
    lower, upper = interval(values[:, ones] - values[:, others], confidence)
    better = np.zeros((size, size), dtype=bool)
    better[ones, others] = lower > 0
    better[others, ones] = upper < 0
    return (1 + better.sum(axis=0)).tolist(), (size - better.sum(axis=1)).tolist()
