"""Sets what was found about scorers as frames: metrics with intervals and ranks, and differences of scorers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from irdb_sql.scorers.bootstrap import interval, rank_ranges

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from irdb_sql.scorers.evaluate import Judgement, Wholes
    from irdb_sql.scorers.session import ScoreSession

UNRANKED = frozenset({"scorer_ties"})
"""Metrics of which neither more nor less is better."""


def metrics_frame(session: ScoreSession) -> pl.DataFrame:
    """Judge every scorer and set a row a metric and scorer, in the order of split, groups, metric and scorer."""
    judgements, by = session.judged()
    used = session.coverage.select(
        "scorer",
        "split",
        "scored_images",
        all_images="images",
        unused_scores=pl.sum_horizontal(pl.col("^.*_scores$")),
    )
    epsilon = pl.when(pl.col("metric") == "acc_eq").then(pl.col("epsilon").fill_null(0.0)).alias("epsilon")
    return (
        _metric_rows(judgements, by, session.confidence)
        .join(session.epsilons, on="scorer", how="left", maintain_order="left")
        .with_columns(epsilon)
        .join(used, on=["scorer", "split"], how="left", maintain_order="left")
    )


def differences_frame(session: ScoreSession) -> pl.DataFrame:
    """Judge every scorer and set a row a metric and two scorers, in the order of split, groups, metric and scorers."""
    return _difference_rows(*session.judged(), session.confidence)


def _metric_rows(judgements: Iterable[Judgement], by: Mapping[str, pl.DataType], confidence: float) -> pl.DataFrame:
    """Set judgements as rows: split, groups, metric and scorer, in this order."""
    schema: dict[str, pl.DataType] = {
        "scorer": pl.String(), "split": pl.String(), **by, "metric": pl.String(), "value": pl.Float64(),
        "lower": pl.Float64(), "upper": pl.Float64(), "chance": pl.Float64(), "rank_best": pl.Int64(),
        "rank_worst": pl.Int64(), "prompts": pl.Int64(), "pairs": pl.Int64(),
    }  # fmt: skip
    parts = []
    for found in judgements:
        shape = found.values.shape
        lower, upper = interval(found.draws.reshape(len(found.draws), -1), confidence)
        best, worst = _rank_ranges(found, confidence)
        parts.append(
            pl.DataFrame(
                {
                    "scorer": np.broadcast_to(np.array(found.scorers, dtype=object), shape).ravel().tolist(),
                    **dict(zip(("split", *by), found.key, strict=True)),
                    "metric": np.repeat(np.array(found.metrics, dtype=object), shape[1]).tolist(),
                    "value": found.values.ravel(),
                    "lower": lower,
                    "upper": upper,
                    "chance": found.chance.ravel(),
                    "rank_best": best.ravel(),
                    "rank_worst": worst.ravel(),
                    "prompts": found.prompts.ravel(),
                    "pairs": found.pairs.ravel(),
                },
                schema=schema,
            )
        )
    rows = pl.concat(parts) if parts else pl.DataFrame(schema=schema)
    whole = pl.col("rank_best", "rank_worst", "pairs")
    return rows.with_columns(pl.col(pl.Float64).fill_nan(None), pl.when(whole >= 0).then(whole).name.keep())


def _rank_ranges(found: Judgement, confidence: float) -> tuple[Wholes, Wholes]:
    """Return the best and the worst rank that each scorer may have; -1 where it has none."""
    best = np.full(found.values.shape, -1, dtype=np.int64)
    worst = best.copy()
    for row, metric in enumerate(found.metrics):
        known = np.flatnonzero(~np.isnan(found.values[row]))
        if metric not in UNRANKED and len(known):
            best[row, known], worst[row, known] = rank_ranges(found.draws[:, row, known], confidence)
    return best, worst


def _difference_rows(judgements: Iterable[Judgement], by: Mapping[str, pl.DataType], confidence: float) -> pl.DataFrame:
    """Set the differences of scorers as rows: split, groups, metric and the two scorers, in this order."""
    schema: dict[str, pl.DataType] = {
        "scorer": pl.String(), "other_scorer": pl.String(), "split": pl.String(), **by, "metric": pl.String(),
        "difference": pl.Float64(), "lower": pl.Float64(), "upper": pl.Float64(), "separated": pl.Boolean(),
    }  # fmt: skip
    parts = []
    for found in judgements:
        ones, others = np.triu_indices(len(found.scorers), k=1)
        scorers = np.array(found.scorers, dtype=object)
        for row, metric in enumerate(found.metrics):
            lower, upper = interval(found.draws[:, row, ones] - found.draws[:, row, others], confidence)
            parts.append(
                pl.DataFrame(
                    {
                        "scorer": scorers[ones].tolist(),
                        "other_scorer": scorers[others].tolist(),
                        **dict(zip(("split", *by), found.key, strict=True)),
                        "metric": metric,
                        "difference": found.values[row, ones] - found.values[row, others],
                        "lower": lower,
                        "upper": upper,
                        "separated": (lower > 0) | (upper < 0),
                    },
                    schema=schema,
                )
            )
    rows = pl.concat(parts) if parts else pl.DataFrame(schema=schema)
    rows = rows.with_columns(pl.col(pl.Float64).fill_nan(None))
    return rows.with_columns(pl.when(pl.col("lower").is_not_null()).then("separated").alias("separated"))
