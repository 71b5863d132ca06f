"""Counts how good the image is that a scorer picks among n of a prompt, in NumPy.

`queries/metrics/best_of_n_picks.sql` defines it. This module computes the same to the last bit in a fraction of the
time: prompts of as many images are rows of one array, where the engine makes a row per image and n. Prompts of more
images than published ones are left to the engine. `tests/scorers/test_picks.py` tests that both return the same.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import polars as pl

from irdb_sql.core.thread_pool import CORES, in_order
from irdb_sql.engine.errors import OtherLayoutError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from irdb_sql.engine.protocol import QueryEngine

    Floats: TypeAlias = NDArray[np.float64]
    Wholes: TypeAlias = NDArray[np.int64]
    _Labels: TypeAlias = tuple[NDArray[np.int8], NDArray[np.int8]]
    """The ranks and the overall ratings of prompts, each a row of its images; 0 for no rating."""

_MEANS = ("expected_rank", "oracle_rank", "random_rank", "expected_rating", "oracle_rating", "random_rating")
SCHEMA = pl.Schema({
    "scorer": pl.String, "split": pl.String, "n": pl.Int64, **dict.fromkeys(_MEANS, pl.Float64),
    "prompts": pl.Int64, "rated_prompts": pl.Int64,
})  # fmt: skip
_MOST = 9
"""Images of a prompt, and their largest rank and rating: the sums below are of numbers that 64 bits can hold."""
_UNIT = 10**18  # exact_mean.sql rounds to 18 decimal places
_HALF_BITS = 32


@dataclass
class _Sums:
    """Sums over the prompts of a split that have n images or more, as whole multiples of one `_UNIT`-th."""

    ranks: list[int] = field(default_factory=lambda: [0, 0, 0])
    ratings: list[int] = field(default_factory=lambda: [0, 0, 0])
    prompts: int = 0
    rated_prompts: int = 0

    def means(self) -> list[float | None]:
        """Return the means in the order of the columns; None where there is no prompt."""
        means: list[float | None] = [total / _UNIT / self.prompts for total in self.ranks]
        return means + [total / _UNIT / self.rated_prompts if self.rated_prompts else None for total in self.ratings]


def best_of_n_picks(engine: QueryEngine, images: Sequence[object]) -> pl.DataFrame:
    """Return the rows of best_of_n_picks, in the order of split, scorer and n.

    Args:
        engine: The engine with the scores.
        images: The split and the subset whose prompts are counted; None for all.

    Raises:
        OtherLayoutError: A prompt, a rank or a rating is one that only the engine counts.
    """
    with engine.session() as session:
        scores = session.call("ranked_scores", [None, *images])
    by_scorer = scores.partition_by("scorer", include_key=False, as_dict=True)
    known: dict[object, list[Wholes]] = {}
    counts = (partial(_count_scorer, rows, known) for rows in by_scorer.values())
    rows = [
        (scorer, split, n, *sums.means(), sums.prompts, sums.rated_prompts)
        for (scorer,), found in zip(by_scorer, in_order(counts, CORES), strict=True)
        for (split, n), sums in found.items()
    ]
    return pl.DataFrame(rows, SCHEMA, orient="row").sort("split", "scorer", "n")


def _count_scorer(scores: pl.DataFrame, known: dict[object, list[Wholes]]) -> Mapping[tuple[str, int], _Sums]:
    """Return the sums of one scorer, by split and n; `known` is as of `_pick`."""
    _check_values(scores)
    _, prompts, sizes = np.unique(scores["first_row"].to_numpy(), return_inverse=True, return_counts=True)
    if sizes.max(initial=0) > _MOST:
        raise OtherLayoutError
    order = np.argsort(prompts, kind="stable")
    begins = np.cumsum(sizes) - sizes
    splits = scores["split"].unique().to_list()
    codes = scores["split"].replace_strict(splits, range(len(splits)), return_dtype=pl.Int64).to_numpy()[order[begins]]
    numbers, ranks, ratings = (scores[name].fill_null(0).to_numpy() for name in ("score", "rank", "overall_rating"))
    found: dict[tuple[str, int], _Sums] = defaultdict(_Sums)
    for size in np.unique(sizes):
        of_size = np.flatnonzero(sizes == size)
        rows = order[begins[of_size][:, np.newaxis] + np.arange(size)]
        picks = _pick(numbers[rows], (ranks[rows], ratings[rows]), known)
        for code in np.unique(codes[of_size]):
            _add(found, splits[code], picks, codes[of_size] == code)
    return found


def _check_values(scores: pl.DataFrame) -> None:
    for name in ("rank", "overall_rating"):
        if not scores[name].drop_nulls().is_between(1, _MOST).all():
            raise OtherLayoutError


@dataclass(frozen=True)
class _Picks:
    """What is picked of prompts of as many images.

    Attributes:
        ranks: The expected rank that the scorer, people and chance pick: arrays of a prompt and n.
        ratings: Likewise the overall rating.
        is_rated: Which prompts have a rating of each image.
    """

    ranks: Sequence[Wholes]
    ratings: Sequence[Wholes]
    is_rated: NDArray[np.bool_]


def _pick(scores: Floats, labels: _Labels, known: dict[object, list[Wholes]]) -> _Picks:
    """Compute what is picked of prompts, each a row of its images, by the formulas of best_of_n_picks.sql.

    Args:
        scores: The scores.
        labels: The ranks and the overall ratings.
        known: What people and chance pick, by the labels: most scorers have scores of the same images.
    """
    key = (labels[0].shape, *(values.tobytes() for values in labels))
    if key not in known:
        of_people = _expect(-labels[0], labels)
        known[key] = [picked for pair in zip(of_people, map(_at_random, labels), strict=True) for picked in pair]
    best_rank, mean_rank, best_rating, mean_rating = known[key]
    rank, rating = _expect(scores, labels)
    return _Picks((rank, best_rank, mean_rank), (rating, best_rating, mean_rating), np.all(labels[1] > 0, axis=1))


def _expect(order: NDArray[Any], labels: _Labels) -> list[Wholes]:
    """Return the expected rank and rating of the image of highest order among n, for each prompt and n."""
    size = order.shape[1]
    below, tied = _places(order)
    drawn = _drawn_shares(size)
    shares = (drawn[below + tied] - drawn[below]) / tied[..., np.newaxis]
    sums = (_decimals(shares * values[..., np.newaxis]).sum(axis=1) for values in labels)
    return [_decimals(_nearest(total) / size * size) for total in sums]


def _at_random(values: NDArray[np.int8]) -> Wholes:
    """Return the mean of the values of each prompt, for each n."""
    size = values.shape[1]
    means = _decimals(values.sum(axis=1, dtype=np.float64) / size)
    return np.repeat(means[:, np.newaxis], size, axis=1)


def _places(values: NDArray[Any]) -> tuple[Wholes, Wholes]:
    """Count, for each value of a row, those of the row that are lower, and those that are the same."""
    one, other = values[:, :, np.newaxis], values[:, np.newaxis, :]
    return np.count_nonzero(other < one, axis=2), np.count_nonzero(other == one, axis=2)


def _drawn_shares(size: int) -> Floats:
    """Return drawn_share.sql of `size` images: an array of the number of some, and of n from 1."""
    some, drawn = np.arange(size + 1)[:, np.newaxis], np.arange(size)
    return np.cumprod(np.maximum(some - drawn, 0) / (size - drawn), axis=1)


def _decimals(values: Floats) -> Wholes:
    """Round numbers from 0 to 9 to multiples of one `_UNIT`-th, halves upwards, as the engine does."""
    scaled = values * _UNIT
    rounded = np.rint(scaled)
    result: Wholes = (rounded + (scaled - rounded == 0.5)).astype(np.int64)  # noqa: PLR2004 - a half
    return result


def _nearest(decimals: Wholes) -> Floats:
    """Return the nearest float of each multiple of one `_UNIT`-th, as the engine does: NumPy would round twice."""
    different, places = np.unique(decimals, return_inverse=True)
    floats = np.array([number / _UNIT for number in different.tolist()], np.float64)
    return floats[places.reshape(decimals.shape)]


def _add(found: dict[tuple[str, int], _Sums], split: str, picks: _Picks, is_selected: NDArray[np.bool_]) -> None:
    """Add the selected prompts to the sums of their split."""
    is_rated = is_selected & picks.is_rated
    ranks = list(zip(*(_exact_sums(values[is_selected]) for values in picks.ranks), strict=True))
    ratings = list(zip(*(_exact_sums(values[is_rated]) for values in picks.ratings), strict=True))
    for n, (of_ranks, of_ratings) in enumerate(zip(ranks, ratings, strict=True), start=1):
        sums = found[split, n]
        sums.ranks = [total + more for total, more in zip(sums.ranks, of_ranks, strict=True)]
        sums.ratings = [total + more for total, more in zip(sums.ratings, of_ratings, strict=True)]
        sums.prompts += int(is_selected.sum())
        sums.rated_prompts += int(is_rated.sum())


def _exact_sums(decimals: Wholes) -> Iterator[int]:
    """Sum each column, in halves of its bits that cannot overflow."""
    high = (decimals >> _HALF_BITS).sum(axis=0).tolist()
    low = (decimals & (1 << _HALF_BITS) - 1).sum(axis=0).tolist()
    return ((one << _HALF_BITS) + other for one, other in zip(high, low, strict=True))
