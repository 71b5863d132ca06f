"""Makes a leaderboard of metrics: one row per scorer, best first."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

METRICS = ("acc_micro", "acc_macro", "acc_eq", "tau_b", "spearman", "best_of_n", "recall@1", "filter@1")
"""Metrics of a leaderboard unless others are named."""

_COVERAGE = ("scored_images", "all_images")
_OTHERS = ("scorer", "rank_best", "rank_worst", "cluster", "lower", "upper", "pairs", "prompts", *_COVERAGE)
_SIGNED = frozenset({"tau_b", "spearman"})


def leaderboard(metrics: pl.DataFrame, by: Sequence[str] = (), names: Sequence[str] | None = None) -> pl.DataFrame:
    """Make a leaderboard of metrics.

    Args:
        metrics: The frame that `evaluate` returned.
        by: The columns that it was grouped by.
        names: The metrics to show, as far as they were evaluated; ranks are by the first. None takes `METRICS`.

    Returns:
        One row per scorer of each split and group, the highest value of the first metric first: the best and worst rank
        and the cluster by it, its value with the bounds of its interval, further metrics, and the numbers of pairs,
        prompts and images of the first metric. Shares are between 0 and 1.

    Example:
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     board = leaderboard(db.evaluate(split="test"))
        >>> board.select("rank_best", "rank_worst", "scorer").rows()[:3]
        [(1, 1, 'ceiling'), (2, 2, 'overall_rating'), (3, 4, 'fidelity_rating')]
    """
    keys = ["split", *by]
    first, *others = names or METRICS
    board = metrics.filter(metric=first).select(
        *keys, "scorer", "rank_best", "rank_worst", "cluster", pl.col("value").alias(first), "lower", "upper", "pairs",
        "prompts", *_COVERAGE,
    )  # fmt: skip
    for name in others:
        values = metrics.filter(metric=name).select(*keys, "scorer", pl.col("value").alias(name))
        if not values.is_empty() or metrics.is_empty():
            board = board.join(values, on=[*keys, "scorer"], how="left", nulls_equal=True, maintain_order="left")
    descending = [False] * len(keys) + [True, False]
    return board.select(pl.exclude(_COVERAGE), *_COVERAGE).sort(
        [*keys, first, "scorer"], descending=descending, nulls_last=True
    )


def describe_leaderboard(board: pl.DataFrame) -> pl.DataFrame:
    """Describe a leaderboard: shares in percent, with intervals, signed correlations, ranges of ranks.

    Shares have the digits that their narrowest interval supports, at least one after the point; correlations have two
    more.

    Example:
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     board = describe_leaderboard(leaderboard(db.evaluate(split="test")))
        >>> board.select("rank", "scorer", "acc_micro", "acc_macro", "tau_b").row(1)
        ('2', 'overall_rating', '87.9 % (84.8–90.4)', '88.0 %', '+0.913')
    """  # noqa: RUF002 - the en dash of a range
    keys = board.columns[: board.columns.index("scorer")]
    metrics = [name for name in board.columns if name not in (*keys, *_OTHERS)]
    digits = _count_digits(board)
    texts: dict[str, list[str | None] | list[str]] = {
        "rank": [_describe_range(*ranks) for ranks in board.select("rank_best", "rank_worst").iter_rows()],
        "scored": [f"{scored:,} of {images:,}" for scored, images in board.select(_COVERAGE).iter_rows()],
        **{name: [_describe_value(name, value, digits) for value in board[name]] for name in metrics},
    }
    texts[metrics[0]] = [
        value and value + _describe_interval(metrics[0], lower, upper, digits)
        for value, lower, upper in zip(texts[metrics[0]], board["lower"], board["upper"], strict=True)
    ]
    described = board.with_columns(pl.Series(name, values, pl.String) for name, values in texts.items())
    first = [*keys, "rank", "scorer", metrics[0], "cluster"]
    if board["scorer"].n_unique() == 1:
        described = described.drop(first.pop())
    return described.select(*first, pl.exclude(*first, "rank_best", "rank_worst", "lower", "upper", *_COVERAGE))


def fit_to_width(board: pl.DataFrame, width: int) -> pl.DataFrame:
    """Drop the last columns of a described leaderboard that exceed a width.

    Args:
        board: The leaderboard.
        width: Width of the terminal in characters.

    Example:
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     board = describe_leaderboard(leaderboard(db.evaluate(split="test")))
        >>> fit_to_width(board, 80).columns
        ['split', 'rank', 'scorer', 'acc_micro', 'cluster']
    """
    texts = {name: [_KIND, name, *map(str, board[name].to_list())] for name in board.columns}
    cells = (max(map(len, column)) for column in texts.values())
    ends = itertools.accumulate(cell + len("│  ") for cell in cells)
    return board.select(name for name, end in zip(board.columns, ends, strict=True) if end < width)


_KIND = "varchar"  # a printed table has the type below each name


def _describe_range(best: int | None, worst: int | None) -> str | None:
    return None if best is None else f"{best}" if best == worst else f"{best}–{worst}"  # noqa: RUF001 - the en dash of a range


def _count_digits(board: pl.DataFrame) -> int:
    """Return the digits of a percentage after the point: one more where intervals are a tenth as wide."""
    widths = (100 * (board["upper"] - board["lower"]) / 2).drop_nulls()
    narrowest = widths.filter(widths > 0).min()
    return 1 if narrowest is None else max(1, min(4, math.floor(1.5 - math.log10(float(str(narrowest))))))


def _describe_interval(metric: str, lower: float | None, upper: float | None, digits: int) -> str:
    if lower is None or upper is None:
        return ""
    bounds = [_describe_value(metric, bound, digits) or "" for bound in (lower, upper)]
    between = " to " if metric in _SIGNED else "–"  # noqa: RUF001 - the en dash of a range
    return f" ({between.join(bound.removesuffix(' %') for bound in bounds)})"


def _describe_value(metric: str, value: float | None, digits: int) -> str | None:
    if value is None:
        return None
    return f"{value:+.{digits + 2}f}" if metric in _SIGNED else f"{100 * value:.{digits}f} %"
