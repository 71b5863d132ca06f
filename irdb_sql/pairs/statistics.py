"""Counts pairs and ratings of metadata files in the published layout, as three queries do.

`queries/pairs/pair_counts.sql`, `queries/ratings/rating_stats.sql` and `queries/ratings/rating_agreement.sql` define
what is counted. This module counts the same in NumPy: for small data it takes a fraction of the time in which the
engine plans a statement, and for large data no pair is made. All is counted in whole numbers, from which the same
formulas give the same bits. Other files, and ranks and ratings that are rarely seen, are left to the engine.
`tests/pairs/test_statistics.py` tests that both return the same.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import polars as pl

from irdb_sql.core.thread_pool import CORES, in_order
from irdb_sql.engine.errors import OtherLayoutError
from irdb_sql.pairs.batches import BATCH_ROWS
from irdb_sql.pairs.expand import parse_rank_gap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from irdb_sql.pairs.reader import PromptRows, PublishedFiles

    Group: TypeAlias = tuple[str, str | None]
    """A split and a classification, or None for all images of the split."""
    Counts: TypeAlias = dict[Group, NDArray[np.int64]]

_KINDS = {
    "alignment": "image_text_alignment_rating", "fidelity": "fidelity_rating", "overall": "overall_rating",
}  # fmt: skip
_MOST_RANKS = 16  # of a prompt; 0 stands for an image without a rank
_RATINGS = 8  # 1 to 7, and 0 for an image without one
_DISAGREEING, _TIED, _AGREEING, _UNRATED = range(4)


@dataclass(frozen=True)
class StatisticsChoice:
    """What is counted.

    Attributes:
        split: A split, or several with commas; None counts all splits.
        by_classification: Whether each classification is counted by itself.
        min_rank_gap: Smallest difference in rank of a strict pair.
    """

    split: str | None = None
    by_classification: bool = False
    min_rank_gap: int = 1


def parse_choice(params: Mapping[str, object]) -> StatisticsChoice | None:
    """Return what parameters of a query ask for, or None where the engine is to answer."""
    if params["subset"] is not None:
        return None
    by, min_gap = params["by_classification"], parse_rank_gap(params.get("min_rank_gap"))
    if not isinstance(by, bool | None) or min_gap is None:
        return None
    split = params["split"]
    return StatisticsChoice(None if split is None else str(split), by or False, min_gap)


@dataclass(frozen=True)
class Statistic:
    """A query whose rows are counted here.

    Attributes:
        columns: The columns of images that are read.
        count: Counts a batch of prompts.
        rows: Yields the rows of a group, by its counts.
        schema: The names and types of its columns.
    """

    columns: Sequence[str]
    count: Callable[[_Batch, StatisticsChoice], NDArray[np.int64]]
    rows: Callable[[NDArray[np.int64]], Iterator[tuple[object, ...]]]
    schema: pl.Schema

    def frame(self, files: PublishedFiles, choice: StatisticsChoice) -> pl.DataFrame:
        """Return the rows of the query, in its order.

        Raises:
            OtherLayoutError: A file does not have the published layout, or a value is one that only the engine counts.
            BrokenFileError: A file cannot be read completely.
        """
        read = {*self.columns, "classification"} if choice.by_classification else {*self.columns}
        batches = files.read(choice.split, read, whole=False).prompts(most_rows=BATCH_ROWS)
        found: Counts = {}
        for counts in in_order((partial(self._count, rows, choice) for rows in batches), CORES):
            for group, numbers in counts.items():
                found[group] = found[group] + numbers if group in found else numbers
        ordered = sorted(found.items(), key=lambda pair: (pair[0][0], pair[0][1] is None, pair[0][1] or ""))
        rows = [(*group, *values) for group, numbers in ordered for values in self.rows(numbers)]
        return pl.DataFrame(rows, schema=self.schema, orient="row")

    def _count(self, prompts: PromptRows, choice: StatisticsChoice) -> Counts:
        batch, groups = _make_batch(prompts, by_classification=choice.by_classification)
        return dict(zip(groups, self.count(batch, choice), strict=True))


@dataclass(frozen=True)
class _Batch:
    """A batch of whole prompts.

    Attributes:
        rows: The rows of their images.
        sizes: The number of images of each prompt.
        groups: The number of each prompt's group.
        group_count: How many groups there are.
    """

    rows: pl.DataFrame
    sizes: NDArray[np.int64]
    groups: NDArray[np.int64]
    group_count: int

    def numbers(self, column: str, below: int) -> NDArray[np.int64]:
        """Return a column with 0 for NULL.

        Raises:
            OtherLayoutError: A value is below 1, or not below the given number.
        """
        values = self.rows[column]
        least, most = values.min(), values.max()
        if least is not None and not 1 <= int(str(least)) <= int(str(most)) < below:
            raise OtherLayoutError
        return values.fill_null(0).to_numpy().astype(np.int64)

    def sums(self, keys: NDArray[np.int64], width: int) -> NDArray[np.int64]:
        """Count keys, of which each group has `width`, in an array of a row a group."""
        return np.bincount(keys, minlength=self.group_count * width).reshape(self.group_count, width)


def _make_batch(prompts: PromptRows, *, by_classification: bool) -> tuple[_Batch, list[Group]]:
    """Number the groups of prompts, and return them with the batch.

    Raises:
        OtherLayoutError: The images of a prompt have several classifications.
    """
    rows, sizes = prompts.rows, prompts.sizes
    begins = np.cumsum(sizes) - sizes
    names = ["split"]
    if by_classification:
        names.append("classification")
        lengths = rows["classification"].rle().struct.field("len").to_numpy().astype(np.int64)
        is_begin = np.zeros(rows.height + 1, dtype=bool)
        is_begin[begins] = is_begin[-1] = True
        if not is_begin[np.cumsum(lengths)].all():
            raise OtherLayoutError
    first_rows = rows.select(names)[pl.Series(begins.astype(np.uint32))]
    numbered = first_rows.with_row_index("place").group_by(names, maintain_order=True).agg("place")
    groups = np.zeros(sizes.size, dtype=np.int64)
    for number, places in enumerate(numbered["place"]):
        groups[places.to_numpy()] = number
    keys = [(row[0], row[1] if by_classification else None) for row in numbered.drop("place").iter_rows()]
    return _Batch(rows, sizes, groups, len(keys)), keys


def _count_pairs(batch: _Batch, _choice: StatisticsChoice) -> NDArray[np.int64]:
    """Count prompts, images, ranked images, pairs and tied pairs of each group."""
    ranks = batch.numbers("rank", _MOST_RANKS)
    width = int(ranks.max(initial=0)) + 1
    prompts = np.repeat(np.arange(batch.sizes.size), batch.sizes)
    at_rank = np.bincount(prompts * width + ranks, minlength=batch.sizes.size * width).reshape(-1, width)[:, 1:]
    ranked = at_rank.sum(axis=1)
    of_prompts = (
        np.ones_like(ranked), batch.sizes, ranked, ranked * (ranked - 1) // 2,
        (at_rank * (at_rank - 1)).sum(axis=1) // 2,
    )  # fmt: skip
    sums = [np.bincount(batch.groups, weights=values, minlength=batch.group_count) for values in of_prompts]
    return np.stack(sums, axis=1).astype(np.int64)  # sums of floats are exact up to 2**53


def _pair_rows(numbers: NDArray[np.int64]) -> Iterator[tuple[object, ...]]:
    prompts, images, ranked, pairs, tied = map(int, numbers)
    yield prompts, images, ranked, pairs, pairs - tied, tied


def _count_ratings(batch: _Batch, _choice: StatisticsChoice) -> NDArray[np.int64]:
    """Count the images of each group at each rating of each kind."""
    groups = np.repeat(batch.groups, batch.sizes) * _RATINGS
    counts = [batch.sums(groups + batch.numbers(column, _RATINGS), _RATINGS) for column in _KINDS.values()]
    return np.stack(counts, axis=1)


def _rating_rows(numbers: NDArray[np.int64]) -> Iterator[tuple[object, ...]]:
    for kind, counts in zip(_KINDS, numbers, strict=True):
        missing, *rated = map(int, counts)
        yield (kind, *_describe_ratings(rated, missing))


def _describe_ratings(rated: Sequence[int], missing: int) -> tuple[object, ...]:
    """Return the statistics of ratings, by the formulas of rating_stats.sql."""
    n = sum(rated)
    if not n:
        return (0, missing, *(None for _ in range(6)), *(None for _ in rated))
    total = sum(rating * count for rating, count in enumerate(rated, 1))
    squares = sum(rating * rating * count for rating, count in enumerate(rated, 1))
    ordered = np.cumsum(rated)

    def at(place: int) -> int:
        """Return the rating at a place in ascending order, counted from 0."""
        return int(np.searchsorted(ordered, place, side="right")) + 1

    def quantile(quarters: int) -> float:
        low = at(math.floor((n - 1) * (quarters / 4)))
        high = at(math.ceil((n - 1) * (quarters / 4)))
        return low + (high - low) * float(quarters * (n - 1) % 4) / 4

    std = math.sqrt(float(n * squares - total * total) / (float(n) * (n - 1))) if n > 1 else None
    mode = max(range(len(rated)), key=lambda place: (rated[place], -place)) + 1
    shares = (count / n for count in rated)
    return (n, missing, total / n, std, quantile(1), quantile(2), quantile(3), mode, *shares)


def _count_agreement(batch: _Batch, choice: StatisticsChoice) -> NDArray[np.int64]:
    """Count the strict pairs of each group by what each kind of rating says of them."""
    rank_values = batch.numbers("rank", _MOST_RANKS)
    is_ranked = rank_values > 0
    sizes = np.add.reduceat(is_ranked, np.cumsum(batch.sizes) - batch.sizes, dtype=np.int64)
    ranks = rank_values[is_ranked].astype(np.int8)
    kinds = [batch.numbers(column, _RATINGS)[is_ranked].astype(np.int8) for column in _KINDS.values()]
    prompts = np.repeat(np.arange(sizes.size), sizes)
    groups = np.repeat(batch.groups, sizes)
    min_gap = min(max(choice.min_rank_gap, 1), _MOST_RANKS)
    counts = np.zeros((batch.group_count, len(kinds), 4), dtype=np.int64)
    for shift in range(1, int(sizes.max(initial=1))):
        gaps = ranks[shift:] - ranks[:-shift]
        is_pair = (prompts[shift:] == prompts[:-shift]) & (np.abs(gaps) >= min_gap)
        at = np.flatnonzero(is_pair)
        is_first_better = gaps[at] > 0
        keys = groups[at] * 4
        for kind, ratings in enumerate(kinds):
            one, other = ratings[at], ratings[at + shift]
            said = np.where(is_first_better, np.sign(one - other), np.sign(other - one)) + _TIED
            said[(one == 0) | (other == 0)] = _UNRATED
            counts[:, kind] += batch.sums(keys + said, 4)
    return counts


def _agreement_rows(numbers: NDArray[np.int64]) -> Iterator[tuple[object, ...]]:
    for kind, counts in zip(_KINDS, numbers, strict=True):
        disagreeing, tied, agreeing, unrated = map(int, counts)
        rated = agreeing + tied + disagreeing
        if rated + unrated:
            shares = [count / rated if rated else None for count in (agreeing, tied, disagreeing)]
            yield (kind, rated, agreeing, tied, disagreeing, unrated, *shares)


def _schema(**more: Any) -> pl.Schema:  # noqa: ANN401 - types of Polars are classes or instances
    return pl.Schema({"split": pl.String, "classification": pl.String, **more})


STATISTICS: dict[str, Statistic] = {
    "pair_counts": Statistic(
        ["rank"],
        _count_pairs,
        _pair_rows,
        _schema(
            **dict.fromkeys(("prompts", "images", "ranked_images", "pairs", "strict_pairs", "tied_pairs"), pl.Int64)
        ),
    ),
    "rating_stats": Statistic(
        list(_KINDS.values()),
        _count_ratings,
        _rating_rows,
        _schema(
            kind=pl.String, n=pl.Int64, missing=pl.Int64,
            **dict.fromkeys(("mean", "std", "q1", "median", "q3"), pl.Float64), mode=pl.Int8,
            **{f"share_{rating}": pl.Float64 for rating in range(1, _RATINGS)},
        ),
    ),
    "rating_agreement": Statistic(
        ["rank", *_KINDS.values()],
        _count_agreement,
        _agreement_rows,
        _schema(
            kind=pl.String,
            **dict.fromkeys(("rated_pairs", "agreeing", "tied", "disagreeing", "missing"), pl.Int64),
            **dict.fromkeys(("agreeing_share", "tied_share", "disagreeing_share"), pl.Float64),
        ),
    ),
}  # fmt: skip
"""What is counted here, by the name of its query."""
