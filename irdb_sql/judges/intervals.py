"""Adds intervals to the accuracies of judges, of which prompts are the unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from irdb_sql.scorers.intervals import metric_intervals

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SHARES = {
    "accuracy_better_first": ("better_first_right", "better_first"),
    "accuracy_worse_first": ("worse_first_right", "worse_first"),
    "consistency": ("consistent", "both_orders"),
    "consistent_accuracy": ("consistent_right", "consistent"),
    "first_share": ("named_first", "decided"),
}
"""Columns of `judge_accuracy` that are a ratio of two sums, and the columns of `judge_terms` that are summed."""


def with_intervals(accuracies: pl.DataFrame, terms: pl.DataFrame, confidence: float) -> pl.DataFrame:
    """Add a lower and an upper bound behind each accuracy and share.

    Args:
        accuracies: The rows of `judge_accuracy`.
        terms: The rows of `judge_terms`, of the same images, in any order.
        confidence: Share of samples of prompts whose intervals shall hold the value of all prompts.
    """
    groups = terms.sort("prompt_id").partition_by("judge", "split", as_dict=True)
    bounds = []
    for key in accuracies.select("judge", "split").iter_rows():
        lower, upper = _bounds(groups.get(key, terms.clear()), confidence)
        bounds.append(
            {f"{name}_lower": bound for name, bound in zip(_NAMES, lower, strict=True)}
            | {f"{name}_upper": bound for name, bound in zip(_NAMES, upper, strict=True)}
        )
    columns = [f"{name}_{side}" for name in _NAMES for side in ("lower", "upper")]
    of_rows = pl.DataFrame(bounds, dict.fromkeys(columns, pl.Float64)).fill_nan(None)
    order = [each for name in accuracies.columns for each in (name, f"{name}_lower", f"{name}_upper")]
    every = pl.concat([accuracies, of_rows], how="horizontal")
    return every.select(name for name in order if name in every.columns)


_NAMES = ("accuracy", *SHARES)


def _bounds(terms: pl.DataFrame, confidence: float) -> tuple[list[float], list[float]]:
    """Return the lower and the upper bound of each of `_NAMES`; NaN where fewer than two prompts have it."""
    both = mean_of_orders(terms)
    shares = [terms.select(pl.col(pair).cast(pl.Float64)).to_numpy() for pair in SHARES.values()]
    table = np.concatenate([both, *shares], axis=1)[:, :, np.newaxis]
    numerators = np.arange(0, table.shape[1], 2)
    totals = table.sum(axis=0)
    is_no = np.zeros((numerators.size, 1), dtype=bool)
    intervals = metric_intervals(
        table,
        (numerators, numerators + 1),
        (totals[numerators], totals[numerators + 1]),
        lowest=np.zeros(numerators.size),
        are_certain=is_no,
        are_same=np.ones((1, 1), dtype=bool),
        confidence=confidence,
    )
    return intervals.lower.ravel().tolist(), intervals.upper.ravel().tolist()


def mean_of_orders(terms: pl.DataFrame) -> Floats:
    """Return numerators and denominators of prompts, whose ratio of sums is the mean accuracy of both orders.

    Each order has the same weight. The numerators differ from weighted counts of right judgements by what makes their
    residuals those of the mean of two ratios; where all pairs are shown in both orders, they do not differ.
    """
    right = terms.select("better_first_right", "worse_first_right").to_numpy()
    shown = terms.select(pl.col("better_first", "worse_first").cast(pl.Float64)).to_numpy()
    totals = shown.sum(axis=0)
    if not totals.all():
        return np.zeros((terms.height, 2))
    accuracies = right.sum(axis=0) / totals
    weights = totals.sum() / (4 * totals)
    from_mean = accuracies - accuracies.mean()
    return np.stack([((right - from_mean * shown) * weights).sum(axis=1), (shown * weights).sum(axis=1)], axis=1)
