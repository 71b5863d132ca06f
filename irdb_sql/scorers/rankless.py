"""Tells which metrics have no value where people voted on pairs and ranked no images."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import polars as pl

from irdb_sql.scorers.errors import RanklessMetricsWarning

if TYPE_CHECKING:
    from collections.abc import Sequence


def warn_of_rankless(terms: pl.DataFrame, metrics: pl.DataFrame, splits: Sequence[str]) -> None:
    """Warn of the metrics that are NULL in a split because its pairs are of votes.

    Args:
        terms: The rows of the macro `prompt_terms`.
        metrics: The rows of the evaluated metrics of the view `evaluated_metrics`.
        splits: The evaluated splits.
    """
    sums = terms.group_by("split").agg(pl.col("prompts", "all_pairs").sum())
    rankless = sums.filter(prompts=0).filter(pl.col("all_pairs") > 0)["split"]
    for split in splits:
        if split in rankless:
            totals = (
                terms.filter(split=split).select(metrics["denominator"].unique().to_list()).sum().row(0, named=True)
            )
            names = [name for name, term in metrics.select("metric", "denominator").iter_rows() if not totals[term]]
            if names:
                warnings.warn(RanklessMetricsWarning(split, names), stacklevel=2)
