"""Makes frames of metric estimates: metrics with intervals and ranks, and differences of scorers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from irdb_sql.scorers.bootstrap import difference_intervals, interval, rank_ranges

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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
        shape = group.values.shape
        lower, upper = interval(group.resampled_values.reshape(len(group.resampled_values), -1), confidence)
        best, worst = _rank_ranges(group, confidence)
        parts.append(
            pl.DataFrame(
                {
                    "scorer": np.broadcast_to(np.array(group.scorers, dtype=object), shape).ravel().tolist(),
                    **dict(zip(("split", *by), group.key, strict=True)),
                    "metric": np.repeat(np.array(group.metrics, dtype=object), shape[1]).tolist(),
                    "value": group.values.ravel(),
                    "lower": lower,
                    "upper": upper,
                    "chance": group.chance.ravel(),
                    "rank_best": best.ravel(),
                    "rank_worst": worst.ravel(),
                    "prompts": group.prompts.ravel(),
                    "pairs": group.pairs.ravel(),
                },
                schema=schema,
            )
        )
    rows = pl.concat(parts) if parts else pl.DataFrame(schema=schema)
    whole = pl.col("rank_best", "rank_worst", "pairs")
    return rows.with_columns(pl.col(pl.Float64).fill_nan(None), pl.when(whole >= 0).then(whole).name.keep())


def _rank_ranges(group: MetricEstimates, confidence: float) -> tuple[Wholes, Wholes]:
    """Return each scorer's best and worst rank; -1 for no rank."""
    best = np.full(group.values.shape, -1, dtype=np.int64)
    worst = best.copy()
    for row, metric in enumerate(group.metrics):
        valued = np.flatnonzero(~np.isnan(group.values[row]))
        if metric not in UNRANKED and len(valued):
            best[row, valued], worst[row, valued] = rank_ranges(group.resampled_values[:, row, valued], confidence)
    return best, worst


def _difference_rows(
    estimates: Iterable[MetricEstimates], by: Mapping[str, pl.DataType], confidence: float
) -> pl.DataFrame:
    """Make one row per metric and two scorers, in order."""
    schema: dict[str, pl.DataType] = {
        "scorer": pl.String(), "other_scorer": pl.String(), "split": pl.String(), **by, "metric": pl.String(),
        "difference": pl.Float64(), "lower": pl.Float64(), "upper": pl.Float64(), "separated": pl.Boolean(),
    }  # fmt: skip
    parts = []
    for group in estimates:
        first, second = np.triu_indices(len(group.scorers), k=1)
        scorers = np.array(group.scorers, dtype=object)
        for row, metric in enumerate(group.metrics):
            bounds = [
                (lower, upper) for *_, lower, upper in difference_intervals(group.resampled_values[:, row], confidence)
            ]
            lower, upper = (np.concatenate([[], *side]) for side in (zip(*bounds, strict=True) if bounds else ((), ())))
            parts.append(
                pl.DataFrame(
                    {
                        "scorer": scorers[first].tolist(),
                        "other_scorer": scorers[second].tolist(),
                        **dict(zip(("split", *by), group.key, strict=True)),
                        "metric": metric,
                        "difference": group.values[row, first] - group.values[row, second],
                        "lower": lower,
                        "upper": upper,
                        "separated": (lower > 0) | (upper < 0),
                    },
                    schema=schema,
                )
            )
    rows = pl.concat(parts) if parts else pl.DataFrame(schema=schema)
    separated = pl.when(pl.col("lower").is_not_nan()).then("separated").alias("separated")
    return rows.with_columns(pl.col(pl.Float64).fill_nan(None), separated)
