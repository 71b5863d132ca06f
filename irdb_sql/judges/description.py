"""Describes the accuracies of judges, and what their judgements count for, to people."""

from __future__ import annotations

import polars as pl

from irdb_sql.core.estimates import count_digits, describe_estimate
from irdb_sql.errors import quoted


def describe_accuracies(accuracies: pl.DataFrame) -> pl.DataFrame:
    """Write accuracies and shares in percent with their intervals, a column each.

    They have the digits that the narrowest interval supports, at least one after the point.

    Args:
        accuracies: The frame that `judge_accuracy` returned.

    Example:
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     shown = db.pairs(split="test").select(first_path="better_path", second_path="worse_path")
        ...     accuracies = db.judge_accuracy({"mine": shown.with_columns(verdict=pl.lit("first"))}, split="test")
        >>> describe_accuracies(accuracies).select("judge", "accuracy_better_first", "pairs", "both_orders").row(0)
        ('mine', '100.0 % [92.6, 100.0]', '651 of 651', 0)
    """
    shares = [name.removesuffix("_lower") for name in accuracies.columns if name.endswith("_lower")]
    bounds = {name: (f"{name}_lower", f"{name}_upper") for name in shares}
    digits = count_digits(row for names in bounds.values() for row in accuracies.select(names).iter_rows())
    texts: dict[str, list[str | None] | list[str]] = {
        name: [
            None if value is None else describe_estimate(value, lower, upper, digits=digits)
            for value, lower, upper in accuracies.select(name, *bounds[name]).iter_rows()
        ]
        for name in shares
    }
    texts["pairs"] = [
        f"{judged:,} of {all_:,}" for judged, all_ in accuracies.select("pairs", "strict_pairs").iter_rows()
    ]
    described = accuracies.with_columns(pl.Series(name, values, pl.String) for name, values in texts.items())
    return described.select("judge", "split", *shares, "pairs", "both_orders", "judge_ties", "prompts")


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
