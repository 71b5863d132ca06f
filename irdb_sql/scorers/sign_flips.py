"""Tests whether two scorers differ, by exchanging them on random prompts (a paired permutation test).

If two scorers were equally good, it would not matter which of them gave the scores of a prompt. So the two are
exchanged on each prompt or not, by the flip of a sign, which is the same for all scorers and metrics. The p-value is
the share of flips after which a metric differs at least as much as it does. Few prompts are exchanged in all ways; for
many prompts signs are drawn by MD5. The model is PERM-BOTH (Deutsch et al. 2021, arXiv 2104.00054).
"""

from __future__ import annotations

import functools
import hashlib
import math
from typing import TYPE_CHECKING

import numpy as np

from irdb_sql.scorers.intervals import TOLERANCE, metric_blocks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Wholes = NDArray[np.int64]
    Bits = NDArray[np.uint8]

MOST_EXACT = 12
"""Most prompts that are exchanged in all ways, which are 4,096."""
_BLOCK = 2_000_000
"""Number of signs in a block, which takes 16 MB."""


class SignFlips:
    """Random signs of prompts, the same for every scorer, metric and group of prompts.

    Args:
        prompts: The ids of the prompts.
        resamples: Number of flips.
        seed: Same seed, same flips.

    Example:
        >>> flips = SignFlips(["a", "b", "c"], resamples=1000, seed=0)
        >>> sums, are_all = flips.sums(np.array([[1.0], [2.0]]), np.array([0, 2]))
        >>> sums[:, 0].tolist(), are_all
        ([-3.0, -1.0, 1.0, 3.0], True)
    """

    def __init__(self, prompts: Sequence[str], *, resamples: int, seed: int) -> None:
        self._prompts = tuple(prompts)
        self._resamples = resamples
        self._seed = seed

    @functools.cached_property
    def _drawn(self) -> Bits:
        draw = _kept_bits if len(self._prompts) <= _MOST_KEPT else _draw_bits
        return draw(self._prompts, self._resamples, self._seed)

    def sums(self, table: Floats, places: Wholes) -> tuple[Floats, bool]:
        """Sum columns over prompts with flipped signs.

        Args:
            table: One row per prompt of a group, and the columns to sum.
            places: Which prompts these are.

        Returns:
            The sums, one row per flip and the same columns, and whether these are all ways to flip the signs.
        """
        are_all = len(table) <= MOST_EXACT
        # Equal columns, such as the number of pairs, which is that of every scorer, are summed once.
        distinct: dict[bytes, int] = {}
        copies = [distinct.setdefault(column.tobytes(), len(distinct)) for column in table.T]
        columns = [copies.index(number) for number in range(len(distinct))]
        multiples, unit = _whole_multiples(table[:, columns], len(table))
        bits = _all_bits(len(table)) if are_all else self._drawn[places]
        flips = 2 ** len(table) if are_all else self._resamples
        sums, whole = np.empty((flips, len(columns))), multiples.sum(axis=0)
        rows = 8 * max(1, _BLOCK // (8 * max(len(table), 1)))
        for start in range(0, flips, rows):
            stop = min(start + rows, flips)
            block = bits[:, start // 8 : -(-stop // 8)]
            stays = np.unpackbits(block, axis=1, bitorder="little")[:, : stop - start].T
            sums[start:stop] = (2 * (stays.astype(np.float64) @ multiples) - whole) * unit
        return sums[:, copies], are_all


def _whole_multiples(matrix: Floats, prompts: int) -> tuple[Floats, float]:
    """Round numbers to multiples of a power of 2, the second value, so that sums over prompts are exact.

    So they are the same on every machine and with every number of threads; for 10,000 prompts, this changes a mean by
    less than 1e-11.
    """
    largest = float(np.abs(matrix).max(initial=0.0)) or 1.0
    unit = 2.0 ** (math.ceil(math.log2(largest * prompts + 1)) - 52)
    return np.rint(matrix / unit), unit


def _all_bits(prompts: int) -> Bits:
    """Return all ways to flip the signs: a row of bits per prompt, which are set where the sign stays."""
    ways = np.arange(2**prompts) >> np.arange(prompts)[:, np.newaxis] & 1
    return np.packbits(ways.astype(np.uint8), axis=1, bitorder="little")


_MOST_KEPT = 2**16


def _draw_bits(prompts: tuple[str, ...], resamples: int, seed: int) -> Bits:
    """Draw signs: those of 128 flips are the MD5 of the seed, the number of the block and the id of the prompt."""
    digests = (
        b"".join(hashlib.md5(f"{seed}:{block}:{prompt}".encode(), usedforsecurity=False).digest() for prompt in prompts)
        for block in range(-(-resamples // 128))
    )
    return np.hstack([np.frombuffer(block, np.uint8).reshape(len(prompts), 16) for block in digests])


_kept_bits = functools.lru_cache(maxsize=3)(_draw_bits)  # one a split: a report tests the same prompts several times


def p_values(
    table: Floats, roles: tuple[Wholes, Wholes], flips: tuple[Floats, bool], sums: tuple[Floats, Floats]
) -> Floats:
    """Return how likely every two scorers would differ as much if they were equally good.

    Args:
        table: What each prompt adds to each term: an array of prompts, terms and scorers.
        roles: The term that is the numerator of each metric, and that which is its denominator.
        flips: The terms that are summed with flipped signs, an array of flips, terms and scorers, and whether these are
            all ways to flip the signs.
        sums: The sums of numerators and of denominators: arrays of metrics and scorers.

    Returns:
        An array of metrics, scorers and scorers, of which those with a later scorer are filled; NaN elsewhere, and
        where there is no metric.
    """
    flipped, are_all = flips
    metrics, scorers = sums[0].shape
    result = np.full((metrics, scorers, scorers), np.nan)
    bounds = _tail_bounds(table, roles, sums)
    with np.errstate(invalid="ignore", divide="ignore"):
        values = sums[0] / sums[1]
        for first in range(scorers - 1):
            others = slice(first + 1, None)
            observed = np.abs(values[:, [first]] - values[:, others])
            exchanged = []
            for side in (1, -1):
                above, below = (
                    total[:, [first]]
                    + total[:, others]
                    + side * (flipped[:, role][:, :, [first]] - flipped[:, role][:, :, others])
                    for role, total in zip(roles, sums, strict=True)
                )
                exchanged.append(above / below)
            # A flip after which a scorer has no value counts as a difference that is as large.
            as_large = (~(np.abs(exchanged[0] - exchanged[1]) < observed - TOLERANCE)).sum(axis=0)
            count = len(flipped)
            share = as_large / count if are_all else (as_large + 1) / (count + 1)  # Phipson and Smyth 2010
            if not are_all:
                share = np.fmin(share, bounds[:, first, others])
            result[:, first, others] = np.where(np.isnan(observed), np.nan, share)
    return result


def _tail_bounds(table: Floats, roles: tuple[Wholes, Wholes], sums: tuple[Floats, Floats]) -> Floats:
    """Return what p-values cannot exceed, for those below one in as many flips; NaN where two denominators differ.

    A sum with random signs is at least as large as it is with a probability of at most 2 exp(-sum ** 2 / (2 times the
    sum of squares)) (Hoeffding 1963).
    """
    scorers = table.shape[2]
    bounds = np.full((*sums[0].shape, scorers), np.nan)
    for some, numerators, denominators in metric_blocks(table, roles):
        for first in range(scorers - 1):
            squares = ((numerators[:, :, [first]] - numerators[:, :, first + 1 :]) ** 2).sum(axis=0)
            is_shared = (denominators[:, :, [first]] == denominators[:, :, first + 1 :]).all(axis=0)
            total = (sums[0][some, [first]] - sums[0][some, first + 1 :]) ** 2
            with np.errstate(invalid="ignore", divide="ignore"):
                bound = 2 * np.exp(-total / (2 * squares))
            bounds[some, first, first + 1 :] = np.where(is_shared, bound, np.nan)
    return bounds


def holm(p_values: Floats) -> Floats:
    """Correct p-values of several comparisons, along the last axis (Holm 1979, 10.2307/4615733).

    Args:
        p_values: The p-values; NaN where there is none.

    Example:
        >>> holm(np.array([0.04, 0.01, np.nan, 0.03])).tolist()
        [0.06, 0.03, nan, 0.06]
    """
    counts = (~np.isnan(p_values)).sum(axis=-1, keepdims=True)
    order = np.argsort(p_values, axis=-1)  # NaN comes last
    ordered = np.take_along_axis(p_values, order, axis=-1)
    factors = counts - np.arange(p_values.shape[-1])
    corrected = np.minimum(np.maximum.accumulate(ordered * factors, axis=-1), 1.0)
    result = np.empty_like(corrected)
    np.put_along_axis(result, order, np.where(np.isnan(ordered), np.nan, corrected), axis=-1)
    return result


def clusters(values: Floats, are_different: NDArray[np.bool_]) -> Wholes:
    """Number the clusters of scorers that are not told apart, from the best.

    Going down from the highest value, a scorer begins a new cluster if a scorer of the current one differs from it.

    Args:
        values: The metrics: an array of metrics and scorers; NaN where there is none.
        are_different: Which two scorers differ, for each metric.

    Returns:
        The number of each scorer's cluster, from 1; 0 where it has no value.

    Example:
        >>> different = np.array([[[False, False, True], [False, False, False], [True, False, False]]])
        >>> clusters(np.array([[0.9, 0.8, 0.7]]), different).tolist()
        [[1, 1, 2]]
    """
    numbers = np.zeros(values.shape, dtype=np.int64)
    for metric, row in enumerate(values):
        members: list[int] = []
        number = 1
        for scorer in np.argsort(-row, kind="stable"):
            if np.isnan(row[scorer]):
                break
            if are_different[metric, members, scorer].any():
                members, number = [], number + 1
            members.append(int(scorer))
            numbers[metric, scorer] = number
    return numbers
