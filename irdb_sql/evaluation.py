"""Judges scorers: sums what prompts add to each metric, for all prompts and for each resample of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from irdb_sql.resampling import resampled_sums

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from irdb_sql.score_options import Resampling

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
        draws: The metrics of each resample: resamples, metrics, scorers.
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
    rows: pl.DataFrame, figures: pa.Table, metrics: Sequence[str], by: Sequence[str], resampling: Resampling
) -> list[Judgement]:
    """Judge scorers on each split, and on each group of its prompts.

    Args:
        rows: What tells the rows of `figures` apart, and the columns of `by`.
        figures: The rows of the macro `prompt_figures`.
        metrics: Names of all metrics, in the order of the lists of figures.
        by: Columns whose values make groups.
        resampling: How intervals are made. All groups of a split are judged on the same resamples of its prompts.

    Returns:
        A judgement a split and group, in the order of both, groups without a value last.
    """
    if rows.is_empty():
        return []
    table = _FigureTable.of(figures, metrics)
    rows = rows.with_row_index("row")
    return [
        judgement
        for split in sorted(rows["split"].unique())
        for judgement in _judged_split(rows.filter(pl.col("split") == split), table, by, resampling)
    ]


@dataclass(frozen=True)
class _FigureTable:
    """What prompts add to metrics: matrices with a row a scorer and prompt, and a column a metric."""

    metrics: Sequence[str]
    numerators: Floats
    denominators: Floats
    chances: Floats
    pairs: Wholes

    @classmethod
    def of(cls, figures: pa.Table, metrics: Sequence[str]) -> _FigureTable:
        def matrix(name: str) -> NDArray[Any]:
            chunks = [chunk.flatten() for chunk in figures[name].chunks]
            # A metric of places has no pairs, in any prompt.
            return np.concatenate([chunk.fill_null(-1).to_numpy() for chunk in chunks]).reshape(figures.num_rows, -1)

        numerators = matrix("numerators")
        told = metrics[: numerators.shape[1]]
        return cls(told, numerators, matrix("denominators"), matrix("chances"), matrix("pairs"))


def _judged_split(
    rows: pl.DataFrame, table: _FigureTable, by: Sequence[str], resampling: Resampling
) -> list[Judgement]:
    scorers = sorted(rows["scorer"].unique())
    keys = ["split", *by]
    numbered = rows.select(
        *keys,
        "row",
        scorer_number=pl.col("scorer").rank("dense").cast(pl.Int64) - 1,
        # By name, so that the order of rows in the files changes no interval.
        prompt=pl.col("prompt_id").rank("dense").cast(pl.Int64) - 1,
    )
    groups = numbered.select(keys).unique().sort(keys, nulls_last=True).with_row_index("group")
    grouped = numbered.join(groups, on=keys, nulls_equal=True).sort("group", "row")
    parts = [_Group(part, table, len(scorers)) for part in grouped.partition_by("group", maintain_order=True)]
    sums = resampled_sums(
        [group.table for group in parts],
        [group.prompts for group in parts],
        numbered["prompt"].n_unique(),
        resamples=resampling.resamples,
        seed=resampling.seed,
    )
    return [
        group.judgement(key, scorers, drawn)
        for key, group, drawn in zip(groups.select(keys).iter_rows(), parts, sums, strict=True)
    ]


class _Group:
    """Some prompts of a split, and what they add to each metric of each scorer.

    Args:
        rows: Numbers of scorer and prompt, and the row of the figure table.
        figures: The figures.
        scorers: How many scorers there are.
    """

    def __init__(self, rows: pl.DataFrame, figures: _FigureTable, scorers: int) -> None:
        self.prompts, self._place = np.unique(rows["prompt"].to_numpy(), return_inverse=True)
        self._row = rows["row"].to_numpy()
        self._scorer = rows["scorer_number"].to_numpy()
        self._figures = figures
        self._shape = (len(figures.metrics), scorers)

    @property
    def table(self) -> Floats:
        """Numerators and denominators side by side: a row a prompt, a column a metric and scorer."""
        return np.hstack([self._matrix(self._figures.numerators), self._matrix(self._figures.denominators)])

    def judgement(self, key: tuple[Any, ...], scorers: Sequence[str], drawn: Floats) -> Judgement:
        """Judge the scorers, given the resampled sums of the table's columns."""
        numerators, denominators = (half.reshape(-1, *self._shape) for half in np.hsplit(drawn, 2))
        of_prompts = self._matrix(self._figures.denominators)
        total, weight, chance = (
            _exact_sums(table).reshape(self._shape)
            for table in (self._matrix(self._figures.numerators), of_prompts, self._matrix(self._figures.chances))
        )
        pairs = np.array(
            [self._figures.pairs[self._row[self._scorer == one]].sum(axis=0) for one in range(len(scorers))]
        )
        with np.errstate(invalid="ignore"):  # nothing divided by nothing is NaN, which is meant
            return Judgement(
                key=key,
                metrics=self._figures.metrics,
                scorers=scorers,
                values=total / weight,
                chance=chance / weight,
                prompts=(of_prompts > 0).sum(axis=0).reshape(self._shape),
                pairs=pairs.T,
                draws=numerators / denominators,
            )

    def _matrix(self, figures: Floats) -> Floats:
        filled = np.zeros((len(self.prompts), *self._shape))
        filled[self._place, :, self._scorer] = figures[self._row]
        return filled.reshape(len(self.prompts), -1)


def _exact_sums(table: Floats) -> Floats:
    """Sum each column with one rounding at the end: the same bits in any order of rows."""
    high = np.rint(table * _UNIT) / _UNIT
    low = np.rint((table - high) * _UNIT * _UNIT) / _UNIT / _UNIT
    return np.asarray(high.sum(axis=0) + low.sum(axis=0))


_UNIT = 2.0**26  # sums of some hundred million whole multiples of 1 / _UNIT are exact
