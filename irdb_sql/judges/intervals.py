"""Adds intervals to the accuracies of judges, of which prompts are the unit."""

from __future__ import annotations

from dataclasses import replace
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from irdb_sql.scorers.intervals import TOLERANCE, MetricIntervals, metric_intervals

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHARES = {
    "consistency": ("consistent", "both_orders"),
    "accuracy_better_first": ("better_first_right", "better_first"),
    "accuracy_worse_first": ("worse_first_right", "worse_first"),
    "consistent_accuracy": ("consistent_right", "consistent"),
}
"""Columns of `judge_accuracy` that are a ratio of two sums, and the columns of `judge_terms` that are summed."""

HALVES = {
    "accuracy": (("better_first_right", "better_first"), ("worse_first_wrong", "worse_first")),
    "first_share": (("toward_first", "decided"), ("toward_second", "decided")),
}
"""Columns that are one half plus half of the difference of two such ratios, whose errors are correlated."""


def with_intervals(accuracies: pl.DataFrame, terms: pl.DataFrame, confidence: float) -> pl.DataFrame:
    """Add a lower and an upper bound behind each accuracy and share.

    Args:
        accuracies: The rows of `judge_accuracy`.
        terms: The rows of `judge_terms`, of the same images, in any order.
        confidence: Share of samples of prompts whose intervals shall hold the value of all prompts.
    """
    terms = terms.with_columns(worse_first_wrong=pl.col("worse_first") - pl.col("worse_first_right"))
    groups = terms.sort("prompt_id").partition_by("judge", "split", as_dict=True)
    keys = accuracies.select("judge", "split").rows()
    rows = [_bounds(groups.get(key, terms.clear()), confidence) for key in keys]
    names = [f"{name}_{side}" for name in (*HALVES, *SHARES) for side in ("lower", "upper")]
    bounds = pl.DataFrame(rows, dict.fromkeys(names, pl.Float64), orient="row").fill_nan(None)
    order = [each for name in accuracies.columns for each in (name, f"{name}_lower", f"{name}_upper")]
    every = pl.concat([accuracies, bounds], how="horizontal")
    return every.select(name for name in order if name in every.columns)


def _bounds(terms: pl.DataFrame, confidence: float) -> list[float]:
    """Return the bounds of `HALVES` and `SHARES`; NaN where fewer than two prompts have the number."""
    bounds: list[float] = []
    for one, other in HALVES.values():
        ((_, _, lower, upper),) = _intervals(terms, [one, other], confidence).differences()
        bounds += [(1 + lower.item()) / 2, (1 + upper.item()) / 2]
    for share in SHARES.values():
        intervals = _intervals(terms, [share], confidence)
        bounds += [intervals.lower.item(), intervals.upper.item()]
    return bounds


def _intervals(terms: pl.DataFrame, ratios: list[tuple[str, str]], confidence: float) -> MetricIntervals:
    """Return the intervals of ratios of sums over prompts, as if each were the same metric of another scorer."""
    table = np.stack([np.stack([terms[name].to_numpy() for name in ratio], axis=1) for ratio in ratios], axis=2)
    table, sums = table.astype(np.float64), table.sum(axis=0, dtype=np.float64)
    no = np.zeros((1, len(ratios)), dtype=bool)
    intervals = metric_intervals(
        table,
        (np.array([0]), np.array([1])),
        (sums[[0]], sums[[1]]),
        lowest=np.zeros(1),
        are_certain=no,
        are_same=np.zeros((len(ratios), len(ratios)), dtype=bool),
        confidence=confidence,
    )
    return _widened(intervals, (table[:, 1] > 0).sum(axis=0), confidence)


def _widened(intervals: MetricIntervals, prompts: NDArray[np.int64], confidence: float) -> MetricIntervals:
    """Widen intervals for what prompts that are all the same do not show.

    If all prompts have the same share, such as one half of a judge that says tie, others may have any other: as many as
    the bound of Wilson for none of the prompts allows. Errors whose correlation is unknown, as one has none, add up.
    """
    values, lower, upper = intervals.values, intervals.lower, intervals.upper
    square = NormalDist().inv_cdf((1 + confidence) / 2) ** 2
    others = square / (prompts + square)
    is_flat = upper - lower < TOLERANCE
    lower, upper = (
        np.where(is_flat, values * (1 - others), lower),
        np.where(is_flat, values + (1 - values) * others, upper),
    )
    has_no_error = is_flat | (values < TOLERANCE) | (values > 1 - TOLERANCE)
    is_unknown = has_no_error[:, :, np.newaxis] | has_no_error[:, np.newaxis, :]
    return replace(intervals, lower=lower, upper=upper, correlations=np.where(is_unknown, -1.0, intervals.correlations))
