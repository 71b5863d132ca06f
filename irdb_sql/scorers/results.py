"""Makes frames of metric estimates: metrics with intervals and ranks, and differences of scorers."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from irdb_sql.scorers.intervals import rank_ranges
from irdb_sql.scorers.sign_flips import clusters, holm

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from irdb_sql.scorers.evaluate import Floats, MetricEstimates, Wholes
    from irdb_sql.scorers.session import ScoreSession


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
    return _difference_rows(*session.metric_estimates())


def _metric_rows(
    estimates: Iterable[MetricEstimates], by: Mapping[str, pl.DataType], confidence: float
) -> pl.DataFrame:
    """Make one row per metric and scorer, in order."""
    schema: dict[str, pl.DataType] = {
        "scorer": pl.String(), "split": pl.String(), **by, "metric": pl.String(), "value": pl.Float64(),
        "lower": pl.Float64(), "upper": pl.Float64(), "chance": pl.Float64(), "rank_best": pl.Int64(),
        "rank_worst": pl.Int64(), "cluster": pl.Int64(), "prompts": pl.Int64(), "pairs": pl.Int64(),
    }  # fmt: skip
    parts = []
    for group in estimates:
        values = group.intervals.values
        metrics, scorers = values.shape
        numbers = (
            values,
            group.intervals.lower,
            group.intervals.upper,
            group.chance,
            *_ranks(group, confidence),
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
    whole = pl.col("rank_best", "rank_worst", "cluster", "pairs")
    return rows.with_columns(pl.col(pl.Float64).fill_nan(None), pl.when(whole >= 0).then(whole).name.keep())


def _make_frame(parts: Sequence[Sequence[list[Any]]], schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """Make one frame of the columns of many groups, which is faster than a frame for each."""
    columns = ([value for part in parts for value in part[number]] for number in range(len(schema)))
    return pl.DataFrame(dict(zip(schema, columns, strict=True)), schema=schema)


def _ranks(group: MetricEstimates, confidence: float) -> tuple[Wholes, Wholes, Wholes]:
    """Return each scorer's best and worst rank and the number of its cluster; -1 for none."""
    values = group.intervals.values
    best, worst = rank_ranges(group.intervals.differences(), values.shape)
    has_value = ~np.isnan(values)
    worst = worst - (~has_value).sum(axis=1, keepdims=True)  # scorers without a value are no competitors
    is_ranked = has_value & group.are_ranked[:, np.newaxis]
    first, second = np.triu_indices(values.shape[1], k=1)
    are_different = np.zeros(group.p_values.shape, dtype=bool)
    are_different[:, first, second] = are_different[:, second, first] = _corrected(group) <= 1 - confidence
    numbers = clusters(values, are_different)
    return np.where(is_ranked, best, -1), np.where(is_ranked, worst, -1), np.where(is_ranked, numbers, -1)


def _corrected(group: MetricEstimates) -> Floats:
    """Return p-values of every two scorers, corrected for the number of comparisons of a metric."""
    first, second = np.triu_indices(group.p_values.shape[1], k=1)
    return holm(group.p_values[:, first, second])


def _difference_rows(estimates: Iterable[MetricEstimates], by: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """Make one row per metric and two scorers, in order."""
    schema: dict[str, pl.DataType] = {
        "scorer": pl.String(), "other_scorer": pl.String(), "split": pl.String(), **by, "metric": pl.String(),
        "difference": pl.Float64(), "lower": pl.Float64(), "upper": pl.Float64(), "p_value": pl.Float64(),
        "p_holm": pl.Float64(),
    }  # fmt: skip
    parts = []
    for group in estimates:
        values = group.intervals.values
        metrics, scorers = values.shape
        first, second = np.triu_indices(scorers, k=1)
        pairs = list(itertools.combinations(group.scorers, 2))
        bounds = (np.stack(both) for _, _, *both in group.intervals.differences())
        lower, upper = np.concatenate([np.empty((2, metrics, 0)), *bounds], axis=-1)
        difference = values[:, first] - values[:, second]
        tests = (group.p_values[:, first, second], _corrected(group))
        parts.append(
            (
                [scorer for scorer, _ in pairs] * metrics,
                [scorer for _, scorer in pairs] * metrics,
                *([value] * difference.size for value in group.key),
                [metric for metric in group.metrics for _ in pairs],
                *(array.ravel().tolist() for array in (difference, lower, upper, *tests)),
            )
        )
    rows = _make_frame(parts, schema)
    is_separated = (pl.col("lower") > 0) | (pl.col("upper") < 0)
    separated = pl.when(pl.col("lower").is_not_nan()).then(is_separated).alias("separated")
    return rows.with_columns(separated).with_columns(pl.col(pl.Float64).fill_nan(None))
