"""Judges scorers: sums what prompts add to each metric, for all prompts and for each resample of them."""

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
class Judgement:
    """What is found about the scorers on some prompts of a split; arrays have a row a metric and a column a scorer.

    Attributes:
        key: The split, and the values by which prompts were grouped.
        metrics: Names of the metrics.
        scorers: Names of the scorers.
        values: The metrics; NaN where nothing is behind one.
        chance: What random scores would give.
        prompts: How many prompts are behind each.
        pairs: How many pairs are; below 0 for metrics of places.
        draws: The metrics of each resample: resamples, metrics, scorers; NaN where fewer than two prompts are behind
            one.
    """

    key: tuple[Any, ...]
    metrics: Sequence[str]
    scorers: Sequence[str]
    values: Floats
    chance: Floats
    prompts: Wholes
    pairs: Wholes
    draws: Floats


def judge(
    rows: pl.DataFrame,
    terms: pl.DataFrame,
    subjects: Subjects,
    resampling: Resampling,
) -> Iterator[Judgement]:
    """Judge scorers on each split, and on each group of its prompts.

    Args:
        rows: What tells the rows of `terms` apart, and the columns by which prompts are grouped.
        terms: The rows of the macro `prompt_terms`.
        subjects: Whom to judge, on what.
        resampling: How intervals are made. All groups of a split are judged on the same resamples of its prompts.

    Yields:
        A judgement a split and group, in the order of both, groups without a value last.
    """
    table = _TermTable.of(terms, subjects.metrics)
    numbered = rows.select(
        "split",
        *(pl.col(name).alias(f"by {number}") for number, name in enumerate(subjects.by)),
        pl.int_range(pl.len()).alias("row"),
        # By name, so that the order of rows in the files changes no interval.
        pl.col("prompt_id").rank("dense").over("split").cast(pl.Int64).alias("prompt") - 1,
        pl.col("scorer").replace_strict(subjects.scorers, range(len(subjects.scorers)), return_dtype=pl.Int64),
    )
    for split in subjects.splits:
        yield from _judged_split(split, numbered.filter(pl.col("split") == split), table, subjects, resampling)


@dataclass(frozen=True)
class Subjects:
    """Whom to judge, and on what.

    Attributes:
        scorers: Names of the scorers, in their order; one that has scored nothing is judged, too, and has no values.
        splits: Names of the splits, in their order.
        metrics: Rows of the view `metrics`, which name the terms of each.
        by: Columns whose values make groups.
    """

    scorers: Sequence[str]
    splits: Sequence[str]
    metrics: pl.DataFrame
    by: Sequence[str]


@dataclass(frozen=True)
class _TermTable:
    """What prompts add to the terms that metrics are made of.

    Attributes:
        numbers: A row a scorer and prompt, and a column a term.
        resampled: How many of the terms, the first ones, are numerators or denominators, and summed for each resample.
        numerators: Which term is the numerator of each metric.
        denominators: Which term is its denominator.
        chances: Which term is its numerator by chance.
        pairs: Which term counts its pairs; below 0 where none does.
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
        place = {term: number for number, term in enumerate(names)}
        roles = (
            np.array([place.get(term, -1) for term in metrics[role]], dtype=np.int64)
            for role in ("numerator", "denominator", "chance", "pairs")
        )
        return cls(terms.select(names).to_numpy(order="c"), len(ratios), *roles)


def _judged_split(
    split: str, rows: pl.DataFrame, terms: _TermTable, subjects: Subjects, resampling: Resampling
) -> Iterator[Judgement]:
    keys = ["split", *(f"by {number}" for number in range(len(subjects.by)))]
    groups = rows.sort(*keys, "row", nulls_last=True).partition_by(keys, maintain_order=True, as_dict=True)
    if not groups and not subjects.by:
        groups = {(split,): rows}
    parts = [(key, _Group(part, terms, subjects)) for key, part in groups.items()]
    prompts = rows["prompt"].n_unique()
    held = 8 * resampling.resamples * (terms.resampled + len(subjects.metrics)) * max(len(subjects.scorers), 1)
    room = max(1, _HELD // held)
    for start in range(0, len(parts), room):
        batch = parts[start : start + room]
        tables = [group.table() for _, group in batch]
        sums = resampled_sums(
            [table[:, : terms.resampled * len(subjects.scorers)] for table in tables],
            [group.prompts for _, group in batch],
            prompts,
            resamples=resampling.resamples,
            seed=resampling.seed,
        )
        for (key, group), table, drawn in zip(batch, tables, sums, strict=True):
            yield group.judgement(key, table, drawn)


_HELD = 64_000_000
"""Bytes of resampled sums and metrics to hold at a time; groups beyond that are judged after those before."""


class _Group:
    """Some prompts of a split, and what they add to each term of each scorer.

    Args:
        rows: The row of the term table of each prompt and scorer.
        terms: The terms.
        subjects: Whom to judge.
    """

    def __init__(self, rows: pl.DataFrame, terms: _TermTable, subjects: Subjects) -> None:
        self.prompts, self._place = np.unique(rows["prompt"].to_numpy(), return_inverse=True)
        self._row = rows["row"].to_numpy()
        self._scorer = rows["scorer"].to_numpy()
        self._terms = terms
        self._subjects = subjects

    def table(self) -> Floats:
        """Set what the prompts add to the terms: a row a prompt, a column a term and scorer."""
        numbers, scorers = self._terms.numbers, len(self._subjects.scorers)
        filled = np.zeros((len(self.prompts), numbers.shape[1], scorers))
        filled[self._place, :, self._scorer] = numbers[self._row]
        return filled.reshape(len(self.prompts), numbers.shape[1] * scorers)

    def judgement(self, key: tuple[Any, ...], table: Floats, drawn: Floats) -> Judgement:
        """Judge the scorers, given the table and the resampled sums of its first columns."""
        terms, scorers = self._terms, len(self._subjects.scorers)
        totals = _exact_sums(table).reshape(-1, scorers)
        prompts = (table > 0).sum(axis=0).reshape(-1, scorers)[terms.denominators]
        # A metric of places has no pairs, which counts each of its rows as -1.
        without_pairs = -np.bincount(self._scorer, minlength=scorers)
        pairs = np.where((terms.pairs < 0)[:, np.newaxis], without_pairs, totals[terms.pairs].astype(np.int64))
        with np.errstate(invalid="ignore"):  # nothing divided by nothing is NaN, which is meant
            sums = drawn.reshape(-1, terms.resampled, scorers)
            draws = sums[:, terms.numerators] / sums[:, terms.denominators]
            draws[:, prompts <= 1] = np.nan  # one prompt varies in nothing
            return Judgement(
                key=key,
                metrics=self._subjects.metrics["metric"].to_list(),
                scorers=self._subjects.scorers,
                values=totals[terms.numerators] / totals[terms.denominators],
                chance=totals[terms.chances] / totals[terms.denominators],
                prompts=prompts,
                pairs=pairs,
                draws=draws,
            )


def _exact_sums(table: Floats) -> Floats:
    """Sum each column with one rounding at the end: the same bits in any order of rows."""
    high = np.rint(table * _UNIT) / _UNIT
    low = np.rint((table - high) * _UNIT * _UNIT) / _UNIT / _UNIT
    return np.asarray(high.sum(axis=0) + low.sum(axis=0))


_UNIT = 2.0**26  # sums of some hundred million whole multiples of 1 / _UNIT are exact
