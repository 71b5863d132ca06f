"""Labels of columns for readers, which columns are shares, and which scorers are baselines or limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

BASELINE_NAMES = (
    "ceiling", "floor", "random", "uuid", "prompt_length", "position", "overall_rating", "alignment_rating",
    "fidelity_rating",
)  # fmt: skip
"""The scorers of the view `baseline_scores`."""

LIMITS = ("ceiling", "floor", "prompt_length")
"""Baselines that order all pairs as people did, the other way round, or not at all, which is known beforehand."""


def contenders(scorers: Iterable[str]) -> list[str]:
    """List the scorers that are no baselines; where all are baselines, those that are no limits.

    Example:
        >>> contenders(["ceiling", "overall_rating", "mine"]), contenders(["ceiling", "overall_rating"])
        (['mine'], ['overall_rating'])
    """
    names = list(scorers)
    given = [name for name in names if name not in BASELINE_NAMES]
    return given or [name for name in names if name not in LIMITS]


def heading(column: str) -> str:
    """Format the name of a column for a reader, with its unit; names of metrics and p-values stay as they are.

    Example:
        >>> heading("strict_pairs"), heading("acc_micro_difference"), heading("score_gap")
        ('strict pairs', 'acc_micro difference', 'score gap in standard deviations')
    """
    if column.startswith(_METRICS):
        return column.removesuffix("_difference") + (" difference" if column.endswith("_difference") else "")
    plain = column.replace("_", " ")
    return f"{plain} in {_UNITS[column]}" if column in _UNITS else plain


def caption(column: str, value: str) -> str:
    """Format a column and its value for a reader, as part of a sentence.

    Example:
        >>> caption("score_gap", "1.2"), caption("rank", "1")
        ('score gap 1.2 standard deviations', 'rank 1')
    """
    unit = f" {_UNITS[column]}" if column in _UNITS else ""
    return f"{column.replace('_', ' ')} {value}{unit}"


def is_share(column: str) -> bool:
    """Return whether a column has shares, which readers get in percent.

    Example:
        >>> is_share("tied_share"), is_share("ceiling_accuracy"), is_share("mean")
        (True, True, False)
    """
    return column.startswith(_SHARES) or column.endswith(("_share", "accuracy"))


_UNITS = {"score_gap": "standard deviations", "other_score_gap": "standard deviations"}
_SHARES = ("share_", "acc_", "recall", "filter", "best_of_n", "lower", "upper", "chance")
_METRICS = ("acc_", "tau_", "best_of_n", "recall@", "filter@", "p_")
"""What the names of metrics and of p-values begin with."""
