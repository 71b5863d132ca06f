"""Evaluates scorers: sums the terms of each metric over prompts, with intervals and tests of differences."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from irdb_sql.scorers.intervals import MetricIntervals, metric_intervals
from irdb_sql.scorers.sign_flips import SignFlips, p_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from irdb_sql.scorers.options import Resampling

    Floats = NDArray[np.float64]
    Wholes = NDArray[np.int64]


@dataclass(frozen=True)
class MetricEstimates:
    """Metrics on a group of prompts: arrays of metrics by scorers.

    Attributes:
        key: The split, and the values by which prompts were grouped.
        metrics: Names of the metrics.
        are_ranked: Whether each metric ranks scorers, as a higher value is better.
        scorers: Names of the scorers.
        intervals: The metrics, NaN where the denominator is 0, and the bounds of their intervals.
        p_values: For each two scorers, how likely they would differ as much if they were equally good: an array of
            metrics, scorers and scorers, of which those with a later scorer are filled; else NaN.
        chance: The expected metrics of random scores.
        prompts: Number of prompts that each metric is of.
        pairs: Number of pairs that each metric is of; below 0 for metrics of ranks, which are of no pairs.
    """

    key: tuple[Any, ...]
    metrics: Sequence[str]
    are_ranked: NDArray[np.bool_]
    scorers: Sequence[str]
    intervals: MetricIntervals
    p_values: Floats
    chance: Floats
    prompts: Wholes
    pairs: Wholes


def evaluate(
    rows: pl.DataFrame, terms: pl.DataFrame, scope: EvaluationScope, resampling: Resampling
) -> Iterator[MetricEstimates]:
    """Evaluate scorers on each split, and on each group of its prompts.

    Args:
        rows: The scorer, split, prompt_id and first_row of each row of `terms`, and the columns by which prompts are
            grouped.
        terms: The rows of the macro `prompt_terms`.
        scope: The scorers, splits, metrics and groups.
        resampling: The confidence of intervals, and the number and seed of random flips of signs.

    Yields:
        The estimates of each split and group, in the order of both, groups by NULL last.
    """
    table = _TermTable.of(terms, scope.metrics)
    # Prompts are numbered in the order of their ids, so that the order of rows in the files changes no interval.
    prompts = rows.select("first_row", "split", "prompt_id").unique("first_row").sort("split", "prompt_id")
    prompts = prompts.with_columns(prompt=pl.int_range(pl.len()).over("split"))
    numbered = rows.select(
        "split",
        "first_row",
        *(pl.col(name).alias(f"by {number}") for number, name in enumerate(scope.by)),
        pl.int_range(pl.len()).alias("row"),
        pl.col("scorer").replace_strict(scope.scorers, range(len(scope.scorers)), return_dtype=pl.Int64),
    ).join(prompts.select("first_row", "prompt"), on="first_row", how="left", maintain_order="left")
    for split in scope.splits:
        ids = prompts.filter(pl.col("split") == split)["prompt_id"].to_list()
        flips = SignFlips(ids, resamples=resampling.resamples, seed=resampling.seed)
        of_split = numbered.filter(pl.col("split") == split)
        yield from _evaluate_split(split, of_split, table, scope, (flips, resampling.confidence))


@dataclass(frozen=True)
class EvaluationScope:
    """The scorers, splits, metrics and groups of an evaluation.

    Attributes:
        scorers: Names of the scorers, sorted; one without any score has no values.
        splits: Names of the splits, sorted.
        metrics: Rows of the view `evaluated_metrics`, which name the terms of each.
        by: Columns whose values make groups.
    """

    scorers: Sequence[str]
    splits: Sequence[str]
    metrics: pl.DataFrame
    by: Sequence[str]


@dataclass(frozen=True)
class _TermTable:
    """The terms of metrics (numerators, denominators, counts), for each prompt and scorer.

    Attributes:
        numbers: One row per scorer and prompt, and one column per term.
        summed: Number of leading terms to sum with flipped signs: those that are numerators or denominators.
        numerators: Index of the term that is each metric's numerator.
        denominators: Index of its denominator.
        chances: Index of its expected numerator for random scores.
        pairs: Index of its number of pairs; below 0 where it has none.
        lowest: The lowest value that a metric can have; NaN where it has no bounds.
        fingerprints: One number per scorer and prompt, of all terms, so that equal scorers are known as such.
    """

    numbers: Floats
    summed: int
    numerators: Wholes
    denominators: Wholes
    chances: Wholes
    pairs: Wholes
    lowest: Floats
    fingerprints: NDArray[np.uint64]

    @classmethod
    def of(cls, terms: pl.DataFrame, metrics: pl.DataFrame) -> _TermTable:
        ratios = dict.fromkeys([*metrics["numerator"], *metrics["denominator"]])
        names = list(dict.fromkeys([*ratios, *metrics["chance"], *metrics["pairs"].drop_nulls()]))
        index = {term: number for number, term in enumerate(names)}
        numerators, denominators, chances, pairs = (
            np.array([index.get(term, -1) for term in metrics[role]], dtype=np.int64)
            for role in ("numerator", "denominator", "chance", "pairs")
        )
        numbers = terms.select(names).to_numpy(order="c")
        fingerprints = terms.select(pl.col(pl.Float64)).hash_rows().to_numpy()
        return cls(
            numbers,
            len(ratios),
            numerators,
            denominators,
            chances,
            pairs,
            metrics["lowest"].cast(pl.Float64).fill_null(math.nan).to_numpy(),
            fingerprints,
        )


def _evaluate_split(
    split: str, rows: pl.DataFrame, terms: _TermTable, scope: EvaluationScope, test: tuple[SignFlips, float]
) -> Iterator[MetricEstimates]:
    keys = ["split", *(f"by {number}" for number in range(len(scope.by)))]
    rows_by_key = rows.sort(*keys, "row", nulls_last=True).partition_by(keys, maintain_order=True, as_dict=True)
    if not rows_by_key and not scope.by:
        rows_by_key = {(split,): rows}
    for key, group_rows in rows_by_key.items():
        yield _Group(group_rows, terms, scope).estimates(key, *test)


class _Group:
    """A group of a split's prompts, with the terms of each scorer.

    Args:
        rows: Number of the prompt, of the scorer and of the row of the terms, for each of these.
        terms: The terms of all prompts.
        scope: The scorers and metrics.
    """

    def __init__(self, rows: pl.DataFrame, terms: _TermTable, scope: EvaluationScope) -> None:
        self.prompts, self._table_row = np.unique(rows["prompt"].to_numpy(), return_inverse=True)
        self._term_row = rows["row"].to_numpy()
        self._scorer = rows["scorer"].to_numpy()
        self._terms = terms
        self._scope = scope

    def _by_prompt(self, numbers: NDArray[Any]) -> NDArray[Any]:
        """Return numbers of each scorer and prompt as an array of prompts, any further axes, and scorers."""
        filled = np.zeros((len(self.prompts), *numbers.shape[1:], len(self._scope.scorers)), numbers.dtype)
        filled[self._table_row, ..., self._scorer] = numbers[self._term_row]
        return filled

    def estimates(self, key: tuple[Any, ...], flips: SignFlips, confidence: float) -> MetricEstimates:
        """Estimate each metric of each scorer."""
        terms, scorers = self._terms, len(self._scope.scorers)
        table: Floats = self._by_prompt(terms.numbers)
        totals = _exact_sums(table)
        prompts = (table > 0).sum(axis=0)[terms.denominators]
        # A metric of ranks has no pairs: minus its number of rows stands for that.
        without_pairs = -np.bincount(self._scorer, minlength=scorers)
        pairs = np.where((terms.pairs < 0)[:, np.newaxis], without_pairs, totals[terms.pairs].astype(np.int64))
        sums = (totals[terms.numerators], totals[terms.denominators])
        fingerprints = self._by_prompt(terms.fingerprints)
        are_same = np.array([(fingerprints == fingerprints[:, [one]]).all(axis=0) for one in range(scorers)])
        roles = (terms.numerators, terms.denominators)
        intervals = metric_intervals(
            table, roles, sums, lowest=terms.lowest, are_certain=totals[terms.chances] == sums[1],
            are_same=are_same, confidence=confidence,
        )  # fmt: skip
        flipped, are_all = flips.sums(
            table[:, : terms.summed].reshape(len(table), terms.summed * scorers), self.prompts
        )
        flipped = flipped.reshape(len(flipped), terms.summed, scorers)
        with np.errstate(invalid="ignore", divide="ignore"):  # 0 / 0 is NaN: no value
            chance = totals[terms.chances] / sums[1]
        return MetricEstimates(
            key=key,
            metrics=self._scope.metrics["metric"].to_list(),
            are_ranked=self._scope.metrics["higher_is_better"].fill_null(value=False).to_numpy(),
            scorers=self._scope.scorers,
            intervals=intervals,
            p_values=p_values(table, roles, (flipped, are_all), sums),
            chance=chance,
            prompts=prompts,
            pairs=pairs,
        )


def _exact_sums(table: Floats) -> Floats:
    """Sum each column to the same bits in any order of rows."""
    scaled = table * _UNIT
    high = np.rint(scaled)
    # All factors are powers of 2, so that it does not matter which of them are multiplied first.
    low = np.rint(np.multiply(np.subtract(scaled, high, out=scaled), _UNIT, out=scaled), out=scaled)
    return np.asarray(high.sum(axis=0) / _UNIT + low.sum(axis=0) / _UNIT / _UNIT)


_UNIT = 2.0**26  # sums of about 100 million whole multiples of 1 / _UNIT are exact
