"""Makes frames of metric estimates: metrics with intervals and ranks, and differences of scorers."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from irdb_sql.scorers.bootstrap import difference_intervals, interval, rank_ranges

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from irdb_sql.scorers.evaluate import MetricEstimates, Wholes
    from irdb_sql.scorers.session import ScoreSession

UNRANKED = frozenset({"scorer_ties"})
"""Metrics of which neither a high nor a low value is better."""


def metrics_frame(session: ScoreSession) -> pl.DataFrame:
    """Evaluate all scorers: one row per split, group, metric and scorer."""
    estimates, by = session.metric_estimates()
    coverage = session.coverage.select(
        "scorer", "split", "scored_images", all_images="images", unused_scores=pl.sum_horizontal("^.*_scores$")
    )
    epsilon = pl.when(pl.col("metric") == "acc_eq").then(pl.col("epsilon").fill_null(0.0)).alias("epsilon")
    return (
        _metric_rows(estimates, by, session.confidence)
        .join(session.epsilons, on="scorer", how="left", maintain_order="left")
        .with_columns(epsilon)
        .join(coverage, on=["scorer", "split"], how="left", maintain_order="left")
    )


def differences_frame(session: ScoreSession) -> pl.DataFrame:
    """Compare all scorers: one row per split, group, metric and two scorers."""
    return _difference_rows(*session.metric_estimates(), session.confidence)


def _metric_rows(
    estimates: Iterable[MetricEstimates], by: Mapping[str, pl.DataType], confidence: float
) -> pl.DataFrame:
    """Make one row per metric and scorer, in order."""
    schema: dict[str, pl.DataType] = {
        "scorer": pl.String(), "split": pl.String(), **by, "metric": pl.String(), "value": pl.Float64(),
        "lower": pl.Float64(), "upper": pl.Float64(), "chance": pl.Float64(), "rank_best": pl.Int64(),
        "rank_worst": pl.Int64(), "prompts": pl.Int64(), "pairs": pl.Int64(),
    }  # fmt: skip
    parts = []
    for group in estimates:
        metrics, scorers = group.values.shape
        numbers = (
            group.values,
            *interval(group.resampled_values, confidence),
            group.chance,
            *_rank_ranges(group, confidence),
            group.prompts,
            group.pairs,
        )
        keys = ([value] * (metrics * scorers) for value in group.key)
        parts.append(
            (
                list(group.scorers) * metrics,
                *keys,
                [metric for metric in group.metrics for _ in range(scorers)],
                *(array.ravel().tolist() for array in numbers),
            )
        )
    rows = _make_frame(parts, schema)
    whole = pl.col("rank_best", "rank_worst", "pairs")
    return rows.with_columns(pl.col(pl.Float64).fill_nan(None), pl.when(whole >= 0).then(whole).name.keep())


def _make_frame(parts: Sequence[Sequence[list[Any]]], schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """Make one frame of the columns of many groups, which is faster than a frame for each."""
    columns = ([value for part in parts for value in part[number]] for number in range(len(schema)))
    return pl.DataFrame(dict(zip(schema, columns, strict=True)), schema=schema)


def _rank_ranges(group: MetricEstimates, confidence: float) -> tuple[Wholes, Wholes]:
    """Return each scorer's best and worst rank; -1 for no rank."""
    best, worst = rank_ranges(group.resampled_values, confidence)
    has_value = ~np.isnan(group.values)
    worst = worst - (~has_value).sum(axis=1, keepdims=True)  # scorers without a value are no competitors
    is_ranked = has_value & np.array([[metric not in UNRANKED] for metric in group.metrics], dtype=bool)
    return np.where(is_ranked, best, -1), np.where(is_ranked, worst, -1)


def _difference_rows(
    estimates: Iterable[MetricEstimates], by: Mapping[str, pl.DataType], confidence: float
) -> pl.DataFrame:
    """Make one row per metric and two scorers, in order."""
    schema: dict[str, pl.DataType] = {
        "scorer": pl.String(), "other_scorer": pl.String(), "split": pl.String(), **by, "metric": pl.String(),
        "difference": pl.Float64(), "lower": pl.Float64(), "upper": pl.Float64(),
    }  # fmt: skip
    parts = []
    for group in estimates:
        metrics, scorers = group.values.shape
        first, second = np.triu_indices(scorers, k=1)
        pairs = list(itertools.combinations(group.scorers, 2))
        bounds = (np.stack(both) for _, _, *both in difference_intervals(group.resampled_values, confidence))
        lower, upper = np.concatenate([np.empty((2, metrics, 0)), *bounds], axis=-1)
        difference = group.values[:, first] - group.values[:, second]
        parts.append(
            (
                [scorer for scorer, _ in pairs] * metrics,
                [scorer for _, scorer in pairs] * metrics,
                *([value] * difference.size for value in group.key),
                [metric for metric in group.metrics for _ in pairs],
                *(array.ravel().tolist() for array in (difference, lower, upper)),
            )
        )
    rows = _make_frame(parts, schema)
    is_separated = (pl.col("lower") > 0) | (pl.col("upper") < 0)
    separated = pl.when(pl.col("lower").is_not_nan()).then(is_separated).alias("separated")
    return rows.with_columns(separated).with_columns(pl.col(pl.Float64).fill_nan(None))
