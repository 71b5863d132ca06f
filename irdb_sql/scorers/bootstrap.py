"""Bootstrap intervals and ranges of ranks, by resampling prompts (a cluster bootstrap).

Each prompt adds a numerator and a denominator to a metric; they are computed once. A resample draws as many prompts as
there are, with replacement. The weight of a prompt is how often it is drawn, and the metric of the resample is the
weighted sum of numerators divided by that of denominators. All scorers are evaluated on the same resamples, so that
their differences are paired.
"""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_BLOCK = 2_000_000
"""Number of weights in a block, which takes 16 MB."""
_MOST_KEPT = 10_000_000
"""Number of weights that are kept for the next evaluation, which take 20 MB; 1,000 resamples of 8k are fewer."""


def resampled_sums(
    matrices: Sequence[Floats], prompt_numbers: Sequence[NDArray[np.int64]], prompts: int, *, resamples: int, seed: int
) -> list[Floats]:
    """Sum columns over resampled prompts.

    The sums are exact, so that they are the same on every machine and with every number of threads: numbers are first
    rounded to so few binary places that no sum is rounded, which for 10,000 prompts changes a mean by less than 1e-11.

    Args:
        matrices: Matrices of one row per prompt, not necessarily of all prompts, and the columns to sum.
        prompt_numbers: For each matrix, the number of each row's prompt, from 0.
        prompts: Number of prompts to draw from.
        resamples: Number of resamples.
        seed: Same seed, same resamples.

    Returns:
        For each matrix, the sums: one row per resample, and the same columns.

    Example:
        >>> sums = resampled_sums([np.array([[1.0], [0.0]])], [np.array([0, 1])], 2, resamples=1000, seed=0)[0]
        >>> sorted({float(total) for total in sums[:, 0]})
        [0.0, 1.0, 2.0]
    """
    if prompts == 0:
        return [np.zeros((resamples, matrix.shape[1])) for matrix in matrices]
    # Equal columns, such as the number of pairs, which is that of every scorer, are summed once.
    distinct = [_distinct_columns(matrix) for matrix in matrices]
    multiples = [
        _whole_multiples(matrix[:, columns], prompts) for matrix, (columns, _) in zip(matrices, distinct, strict=True)
    ]
    sums = [np.empty((resamples, len(columns))) for columns, _ in distinct]
    for start, weights in prompt_weights(prompts, resamples, seed):
        for (matrix, unit), numbers, total in zip(multiples, prompt_numbers, sums, strict=True):
            row_weights = weights if len(numbers) == prompts and _is_range(numbers) else weights[:, numbers]
            total[start : start + len(weights)] = (row_weights @ matrix) * unit
    return [total[:, copies] for total, (_, copies) in zip(sums, distinct, strict=True)]


def _distinct_columns(matrix: Floats) -> tuple[list[int], list[int]]:
    """Return the distinct columns, and the index among them of each column."""
    indices: dict[bytes, int] = {}
    copies = [indices.setdefault(column.tobytes(), len(indices)) for column in matrix.T]
    return [copies.index(number) for number in range(len(indices))], copies


def _whole_multiples(matrix: Floats, prompts: int) -> tuple[Floats, float]:
    """Round numbers to multiples of a power of 2, for exact sums."""
    largest = float(np.abs(matrix).max(initial=0.0)) or 1.0
    unit = 2.0 ** (math.ceil(math.log2(largest * prompts + 1)) - 52)
    return np.rint(matrix / unit), unit


def prompt_weights(prompts: int, resamples: int, seed: int) -> Iterator[tuple[int, Floats]]:
    """Draw prompts with replacement, and yield how often each is drawn.

    Args:
        prompts: Number of prompts.
        resamples: Number of resamples, each of as many prompts.
        seed: Same seed, same weights, on every machine.

    Yields:
        The number of a block's first resample, and the block: one row per resample and one column per prompt.
    """
    rows = max(1, min(resamples, _BLOCK // max(prompts, 1)))
    if prompts < _MOST_COUNTED and prompts * resamples <= _MOST_KEPT:
        counts = _kept_counts(prompts, resamples, seed)
        for start in range(0, resamples, rows):
            yield start, counts[start : start + rows].astype(np.float64)
        return
    draw = _make_draw(prompts, seed)
    for start in range(0, resamples, rows):
        weights = np.empty((min(rows, resamples - start), prompts))
        for row in weights:
            row[:] = draw()
        yield start, weights


_MOST_COUNTED = 2**16


@functools.lru_cache(maxsize=3)  # one a split: a report evaluates the same prompts four times
def _kept_counts(prompts: int, resamples: int, seed: int) -> NDArray[np.uint16]:
    """Return how often each prompt is drawn, one row per resample."""
    draw = _make_draw(prompts, seed)
    counts = np.empty((resamples, prompts), dtype=np.uint16)
    for row in counts:
        row[:] = draw()
    return counts


def _make_draw(prompts: int, seed: int) -> Callable[[], NDArray[np.int64]]:
    """Return a function that draws prompts for the next resample, and counts how often each is drawn."""
    # NumPy keeps the numbers of RandomState the same for ever; those of its newer generators may change.
    random = np.random.RandomState(seed)
    return lambda: np.bincount(random.randint(0, prompts, size=prompts), minlength=prompts)


def _is_range(numbers: NDArray[np.int64]) -> bool:
    return bool(np.array_equal(numbers, np.arange(len(numbers))))


def interval(values: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Return the percentile interval of each column.

    Args:
        values: One row per resample, and columns of any number of axes; NaN where a resample has no value.
        confidence: Share of resamples between the bounds.

    Returns:
        Lower and upper bound of each column; NaN where no resample has a value.
    """
    # Sorting whole columns is faster than partitioning them; NaN comes last.
    ordered = np.sort(np.ascontiguousarray(np.moveaxis(values, 0, -1)), axis=-1)
    counts = (~np.isnan(ordered)).sum(axis=-1)
    lower, upper = (_quantiles(ordered, counts, share) for share in ((1 - confidence) / 2, (1 + confidence) / 2))
    return lower, upper


def _quantiles(ordered: Floats, counts: NDArray[np.int64], share: float) -> Floats:
    """Interpolate a quantile of the values before NaN along the last axis."""
    position = share * np.maximum(counts - 1, 0)
    low = np.floor(position).astype(np.int64)
    high = np.minimum(low + 1, np.maximum(counts - 1, 0))
    below, above = (np.take_along_axis(ordered, place[..., np.newaxis], axis=-1)[..., 0] for place in (low, high))
    return np.asarray(below + (above - below) * (position - low))


def rank_ranges(values: Floats, confidence: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the best and worst rank of each competitor that resamples allow.

    A competitor is better than another if the interval of their paired difference lies above 0. Its best rank comes
    after all competitors that are better than it, its worst rank before all that it is better than.

    Args:
        values: One row per resample; the last axis has one place per competitor, and axes between have one per metric.
            Higher is better; NaN where there is no value.
        confidence: Share of resamples in each interval of a difference.

    Example:
        >>> best, worst = rank_ranges(np.array([[3.0, 1.0, 2.0], [4.0, 2.0, 1.0]]), 0.95)
        >>> best.tolist(), worst.tolist()
        ([1, 2, 2], [1, 3, 3])
    """
    size = values.shape[-1]
    better = np.zeros((*values.shape[1:], size), dtype=bool)
    for first, others, lower, upper in difference_intervals(values, confidence):
        better[..., first, others] = lower > 0
        better[..., others, first] = upper < 0
    return 1 + better.sum(axis=-2), size - better.sum(axis=-1)


def difference_intervals(values: Floats, confidence: float) -> Iterator[tuple[int, slice, Floats, Floats]]:
    """Compare every two competitors, one with all later ones at a time, so that memory does not grow with their square.

    Args:
        values: As `rank_ranges` takes them.
        confidence: Share of resamples in each interval of a difference.

    Yields:
        The number of a competitor, those of the others, and the bounds of the differences, itself minus another.
    """
    for first in range(values.shape[-1] - 1):
        others = slice(first + 1, None)
        yield first, others, *interval(values[..., first, np.newaxis] - values[..., others], confidence)
