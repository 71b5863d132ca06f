"""Describes the accuracies of judges, and what their judgements count for, to people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from irdb_sql.core.estimates import describe_estimate
from irdb_sql.errors import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping


def describe_accuracies(accuracies: pl.DataFrame) -> pl.DataFrame:
    """Write accuracies and shares in percent with their intervals, a column each.

    Args:
        accuracies: The frame that `judge_accuracy` returned.

    Example:
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     shown = db.pairs(split="test").select(first_path="better_path", second_path="worse_path")
        ...     accuracies = db.judge_accuracy({"mine": shown.with_columns(verdict=pl.lit("first"))}, split="test")
        >>> describe_accuracies(accuracies).select("judge", "accuracy_better_first", "pairs", "both_orders").row(0)
        ('mine', '100.00 % [92.59, 100.00]', '651 of 651', 0)
    """
    shares = [name.removesuffix("_lower") for name in accuracies.columns if name.endswith("_lower")]
    rows = accuracies.rows(named=True)
    texts = {name: [_describe_share(row, name) for row in rows] for name in shares}
    texts["pairs"] = [f"{row['pairs']:,} of {row['strict_pairs']:,}" for row in rows]
    described = accuracies.with_columns(pl.Series(name, values, pl.String) for name, values in texts.items())
    return described.select(pl.exclude("^.*_(lower|upper)$", "strict_pairs", "coverage"))


def _describe_share(row: Mapping[str, float | None], name: str) -> str | None:
    value, lower, upper = row[name], row[f"{name}_lower"], row[f"{name}_upper"]
    if value is None:
        return None
    return describe_estimate(value, lower, upper, digits=2)


def describe_unused(coverage: pl.DataFrame) -> list[str]:
    """Describe the judgements of each judge that do not count, by reason.

    Args:
        coverage: The frame that `judgement_coverage` returned.
    """
    notes = []
    for row in coverage.iter_rows(named=True):
        listed = ", ".join(f"{row[name]:,} {reason}" for name, reason in _REASONS.items() if row[name])
        if listed:
            notes.append(f"judgements of {quoted(row['judge'])} that do not count: {listed}")
    return notes


_REASONS = {
    "tied_judgements": "on pairs that people tied",
    "uncompared_judgements": "on pairs that people did not compare",
    "outside_judgements": "on images of another split or subset, or left out",
    "unknown_judgements": "on unknown images",
    "same_judgements": "on one image twice",
    "apart_judgements": "on images of different prompts",
    "ambiguous_judgements": "on images of several prompts, without prompt_id",
    "unclear_judgements": "without a clear verdict",
    "conflicting_judgements": "that contradict others",
    "repeated_judgements": "given again",
}
