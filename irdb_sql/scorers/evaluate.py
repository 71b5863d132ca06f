"""Judges scorers: sums what prompts add to each metric, for all prompts and for each resample of them."""

from __future__ import annotations

import math
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
    figures: pl.DataFrame,
    subjects: Subjects,
    resampling: Resampling,
) -> Iterator[Judgement]:
    """Judge scorers on each split, and on each group of its prompts.

    Args:
        rows: What tells the rows of `figures` apart, and the columns by which prompts are grouped.
        figures: The rows of the macro `prompt_figures`.
        subjects: Whom to judge, on what.
        resampling: How intervals are made. All groups of a split are judged on the same resamples of its prompts.

    Yields:
        A judgement a split and group, in the order of both, groups without a value last.
    """
    table = _FigureTable.of(figures, subjects.metrics)
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
        metrics: Names of the metrics, in the order of the lists of figures.
        by: Columns whose values make groups.
    """

    scorers: Sequence[str]
    splits: Sequence[str]
    metrics: Sequence[str]
    by: Sequence[str]


@dataclass(frozen=True)
class _FigureTable:
    """What prompts add to metrics: matrices with a row a scorer and prompt, and a column a metric."""

    numerators: Floats
    denominators: Floats
    chances: Floats
    pairs: Wholes

    @classmethod
    def of(cls, figures: pl.DataFrame, metrics: Sequence[str]) -> _FigureTable:
        def matrix(name: str) -> NDArray[Any]:
            # A metric of places has no pairs.
            numbers = figures[name].explode(empty_as_null=False).fill_null(-1)
            return numbers.to_numpy().reshape(-1, len(metrics))

        pairs = matrix("pairs").astype(np.int64)
        return cls(matrix("numerators"), matrix("denominators"), matrix("chances"), pairs)


def _judged_split(
    split: str, rows: pl.DataFrame, table: _FigureTable, subjects: Subjects, resampling: Resampling
) -> Iterator[Judgement]:
    keys = ["split", *(f"by {number}" for number in range(len(subjects.by)))]
    groups = rows.sort(*keys, "row", nulls_last=True).partition_by(keys, maintain_order=True, as_dict=True)
    if not groups and not subjects.by:
        groups = {(split,): rows}
    parts = [(key, _Group(part, table, subjects)) for key, part in groups.items()]
    prompts = rows["prompt"].n_unique()
    room = max(1, _HELD // (16 * resampling.resamples * len(subjects.metrics) * max(len(subjects.scorers), 1)))
    for start in range(0, len(parts), room):
        batch = parts[start : start + room]
        sums = resampled_sums(
            [group.table for _, group in batch],
            [group.prompts for _, group in batch],
            prompts,
            resamples=resampling.resamples,
            seed=resampling.seed,
        )
        for (key, group), drawn in zip(batch, sums, strict=True):
            yield group.judgement(key, drawn)


_HELD = 64_000_000
"""Bytes of resampled sums to hold at a time; groups beyond that are judged after those before."""


class _Group:
    """Some prompts of a split, and what they add to each metric of each scorer.

    Args:
        rows: The row of the figure table of each prompt and scorer.
        figures: The figures.
        subjects: Whom to judge.
    """

    def __init__(self, rows: pl.DataFrame, figures: _FigureTable, subjects: Subjects) -> None:
        self.prompts, self._place = np.unique(rows["prompt"].to_numpy(), return_inverse=True)
        self._row = rows["row"].to_numpy()
        self._scorer = rows["scorer"].to_numpy()
        self._figures = figures
        self._subjects = subjects
        self._shape = (len(subjects.metrics), len(subjects.scorers))

    @property
    def table(self) -> Floats:
        """Numerators and denominators side by side: a row a prompt, a column a metric and scorer."""
        return np.hstack([self._matrix(self._figures.numerators), self._matrix(self._figures.denominators)])

    def judgement(self, key: tuple[Any, ...], drawn: Floats) -> Judgement:
        """Judge the scorers, given the resampled sums of the table's columns."""
        of_prompts = self._matrix(self._figures.denominators)
        total, weight, chance = (
            _exact_sums(table).reshape(self._shape)
            for table in (self._matrix(self._figures.numerators), of_prompts, self._matrix(self._figures.chances))
        )
        prompts = (of_prompts > 0).sum(axis=0).reshape(self._shape)
        pairs = [self._figures.pairs[self._row[self._scorer == one]].sum(axis=0) for one in range(self._shape[1])]
        with np.errstate(invalid="ignore"):  # nothing divided by nothing is NaN, which is meant
            numerators, denominators = (half.reshape(-1, *self._shape) for half in np.hsplit(drawn, 2))
            draws = numerators / denominators
            draws[:, prompts <= 1] = np.nan  # one prompt varies in nothing
            return Judgement(
                key=key,
                metrics=self._subjects.metrics,
                scorers=self._subjects.scorers,
                values=total / weight,
                chance=chance / weight,
                prompts=prompts,
                pairs=np.array(pairs, dtype=np.int64).reshape(self._shape[::-1]).T,
                draws=draws,
            )

    def _matrix(self, figures: Floats) -> Floats:
        filled = np.zeros((len(self.prompts), *self._shape))
        filled[self._place, :, self._scorer] = figures[self._row]
        return filled.reshape(len(self.prompts), math.prod(self._shape))


def _exact_sums(table: Floats) -> Floats:
    """Sum each column with one rounding at the end: the same bits in any order of rows."""
    high = np.rint(table * _UNIT) / _UNIT
    low = np.rint((table - high) * _UNIT * _UNIT) / _UNIT / _UNIT
    return np.asarray(high.sum(axis=0) + low.sum(axis=0))


_UNIT = 2.0**26  # sums of some hundred million whole multiples of 1 / _UNIT are exact
