"""Evaluates scorers: sums the terms of each metric over prompts, and over each resample of the prompts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from irdb_sql.scorers.bootstrap import resampled_sums

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
        scorers: Names of the scorers.
        values: The metrics; NaN where the denominator is 0.
        chance: The expected metrics of random scores.
        prompts: Number of prompts that each metric is of.
        pairs: Number of pairs that each metric is of; below 0 for metrics of ranks, which are of no pairs.
        resampled_values: The metrics of each resample: an array of resamples, metrics and scorers; NaN for metrics of
            fewer than two prompts.
    """

    key: tuple[Any, ...]
    metrics: Sequence[str]
    scorers: Sequence[str]
    values: Floats
    chance: Floats
    prompts: Wholes
    pairs: Wholes
    resampled_values: Floats


def evaluate(
    rows: pl.DataFrame, terms: pl.DataFrame, scope: EvaluationScope, resampling: Resampling
) -> Iterator[MetricEstimates]:
    """Evaluate scorers on each split, and on each group of its prompts.

    Args:
        rows: The scorer, split and prompt_id of each row of `terms`, and the columns by which prompts are grouped.
        terms: The rows of the macro `prompt_terms`.
        scope: The scorers, splits, metrics and groups.
        resampling: Number of resamples, and their seed. All groups of a split use the same resamples of its prompts.

    Yields:
        The estimates of each split and group, in the order of both, groups by NULL last.
    """
    table = _TermTable.of(terms, scope.metrics)
    numbered = rows.select(
        "split",
        *(pl.col(name).alias(f"by {number}") for number, name in enumerate(scope.by)),
        pl.int_range(pl.len()).alias("row"),
        # Prompts are numbered in the order of their ids, so that the order of rows in the files changes no interval.
        pl.col("prompt_id").rank("dense").over("split").cast(pl.Int64).alias("prompt") - 1,
        pl.col("scorer").replace_strict(scope.scorers, range(len(scope.scorers)), return_dtype=pl.Int64),
    )
    for split in scope.splits:
        yield from _evaluate_split(split, numbered.filter(pl.col("split") == split), table, scope, resampling)


@dataclass(frozen=True)
class EvaluationScope:
    """The scorers, splits, metrics and groups of an evaluation.

    Attributes:
        scorers: Names of the scorers, sorted; one without any score has no values.
        splits: Names of the splits, sorted.
        metrics: Rows of the view `metrics`, which name the terms of each.
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
        resampled: Number of leading terms to sum for each resample: those that are numerators or denominators.
        numerators: Index of the term that is each metric's numerator.
        denominators: Index of its denominator.
        chances: Index of its expected numerator for random scores.
        pairs: Index of its number of pairs; below 0 where it has none.
    """

    numbers: Floats
    resampled: int
    numerators: Wholes
    denominators: Wholes
    chances: Wholes
    pairs: Wholes

    @classmethod
    def of(cls, terms: pl.DataFrame, metrics: pl.DataFrame) -> _TermTable:
        ratios = dict.fromkeys([*metrics["numerator"], *metrics["denominator"]])
        names = list(dict.fromkeys([*ratios, *metrics["chance"], *metrics["pairs"].drop_nulls()]))
        index = {term: number for number, term in enumerate(names)}
        roles = (
            np.array([index.get(term, -1) for term in metrics[role]], dtype=np.int64)
            for role in ("numerator", "denominator", "chance", "pairs")
        )
        return cls(terms.select(names).to_numpy(order="c"), len(ratios), *roles)


def _evaluate_split(
    split: str, rows: pl.DataFrame, terms: _TermTable, scope: EvaluationScope, resampling: Resampling
) -> Iterator[MetricEstimates]:
    keys = ["split", *(f"by {number}" for number in range(len(scope.by)))]
    rows_by_key = rows.sort(*keys, "row", nulls_last=True).partition_by(keys, maintain_order=True, as_dict=True)
    if not rows_by_key and not scope.by:
        rows_by_key = {(split,): rows}
    groups = [(key, _Group(group_rows, terms, scope)) for key, group_rows in rows_by_key.items()]
    prompts = rows["prompt"].n_unique()
    group_bytes = 8 * resampling.resamples * (terms.resampled + len(scope.metrics)) * max(len(scope.scorers), 1)
    batch_size = max(1, _BATCH_BYTES // group_bytes)
    for start in range(0, len(groups), batch_size):
        batch = groups[start : start + batch_size]
        tables = [group.table() for _, group in batch]
        sums = resampled_sums(
            [table[:, : terms.resampled * len(scope.scorers)] for table in tables],
            [group.prompts for _, group in batch],
            prompts,
            resamples=resampling.resamples,
            seed=resampling.seed,
        )
        for (key, group), table, group_sums in zip(batch, tables, sums, strict=True):
            yield group.estimates(key, table, group_sums)


_BATCH_BYTES = 64_000_000
"""Bytes of resampled sums and metrics to hold at a time: groups are evaluated in batches of that size."""


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

    def table(self) -> Floats:
        """Return terms: one row per prompt, one column per term and scorer."""
        numbers, scorers = self._terms.numbers, len(self._scope.scorers)
        filled = np.zeros((len(self.prompts), numbers.shape[1], scorers))
        filled[self._table_row, :, self._scorer] = numbers[self._term_row]
        return filled.reshape(len(self.prompts), numbers.shape[1] * scorers)

    def estimates(self, key: tuple[Any, ...], table: Floats, resampled: Floats) -> MetricEstimates:
        """Compute metrics from the table and resampled sums of leading columns."""
        terms, scorers = self._terms, len(self._scope.scorers)
        totals = _exact_sums(table).reshape(-1, scorers)
        prompts = (table > 0).sum(axis=0).reshape(-1, scorers)[terms.denominators]
        # A metric of ranks has no pairs: minus its number of rows stands for that.
        without_pairs = -np.bincount(self._scorer, minlength=scorers)
        pairs = np.where((terms.pairs < 0)[:, np.newaxis], without_pairs, totals[terms.pairs].astype(np.int64))
        with np.errstate(invalid="ignore"):  # 0 / 0 is NaN: no value
            sums = resampled.reshape(-1, terms.resampled, scorers)
            resampled_values = sums[:, terms.numerators] / sums[:, terms.denominators]
            resampled_values[:, prompts <= 1] = np.nan  # all resamples of a single prompt are the same
            return MetricEstimates(
                key=key,
                metrics=self._scope.metrics["metric"].to_list(),
                scorers=self._scope.scorers,
                values=totals[terms.numerators] / totals[terms.denominators],
                chance=totals[terms.chances] / totals[terms.denominators],
                prompts=prompts,
                pairs=pairs,
                resampled_values=resampled_values,
            )


def _exact_sums(table: Floats) -> Floats:
    """Sum each column to the same bits in any order of rows."""
    high = np.rint(table * _UNIT) / _UNIT
    low = np.rint((table - high) * _UNIT * _UNIT) / _UNIT / _UNIT
    return np.asarray(high.sum(axis=0) + low.sum(axis=0))


_UNIT = 2.0**26  # sums of about 100 million whole multiples of 1 / _UNIT are exact
