"""Makes a leaderboard of metrics: one row per scorer, best first."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import polars as pl

from irdb_sql.core.estimates import count_digits, describe_estimate, describe_p_value

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
        ('2', 'overall_rating', '87.9 % [84.8, 90.4]', '88.0 %', '+0.913')
    """
    keys = board.columns[: board.columns.index("scorer")]
    metrics = [name for name in board.columns if name not in (*keys, *_OTHERS)]
    digits = count_digits(board.select("lower", "upper").iter_rows())
    texts: dict[str, list[str | None] | list[str]] = {
        "rank": [_describe_range(*ranks) for ranks in board.select("rank_best", "rank_worst").iter_rows()],
        "scored": [f"{scored:,} of {images:,}" for scored, images in board.select(_COVERAGE).iter_rows()],
        **{name: [_describe(value, digits, name) for value in board[name]] for name in metrics},
    }
    first_metric = board.select(metrics[0], "lower", "upper").iter_rows()
    texts[metrics[0]] = [_describe(value, digits, metrics[0], *bounds) for value, *bounds in first_metric]
    described = board.with_columns(pl.Series(name, values, pl.String) for name, values in texts.items())
    first = [*keys, "rank", "scorer", metrics[0], "cluster"]
    if board["scorer"].n_unique() == 1:
        described = described.drop(first.pop())
    return described.select(*first, pl.exclude(*first, "rank_best", "rank_worst", "lower", "upper", *_COVERAGE))


def describe_differences(differences: pl.DataFrame) -> pl.DataFrame:
    """Describe differences of scorers: in percentage points, or as numbers of a signed metric, with intervals.

    They have the digits that the narrowest interval supports; no p-value is shown as 0.

    Args:
        differences: The frame that `scorer_differences` returned.

    Example:
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     rows = describe_differences(db.scorer_differences(split="test", metric="acc_micro"))
        >>> rows.filter(scorer="overall_rating", other_scorer="random").select("difference", "p_holm").row(0)
        ('+41.9 points [+34.9, +48.6]', '< 0.001')
    """
    digits = count_digits(differences.select("lower", "upper").iter_rows())
    described = [
        None
        if difference is None
        else describe_estimate(
            difference, lower, upper, digits=digits, scale="signed" if metric in _SIGNED else "signed share"
        )
        for metric, difference, lower, upper in differences.select("metric", "difference", "lower", "upper").iter_rows()
    ]
    texts = {
        name: [None if value is None else describe_p_value(value) for value in values]
        for name, values in differences.select("p_value", "p_holm").to_dict(as_series=False).items()
    }
    last = ("difference", "separated", "p_holm", "p_value")
    return differences.with_columns(
        pl.Series("difference", described, pl.String),
        *(pl.Series(name, values, pl.String) for name, values in texts.items()),
    ).select(pl.exclude("lower", "upper", *last), *last)


def find_below_chance(metrics: pl.DataFrame, names: Sequence[str] | None = None) -> list[tuple[str, str, str]]:
    """Find scorers whose interval lies below chance, by the first metric of a leaderboard.

    Args:
        metrics: The frame that `evaluate` returned, without groups.
        names: The metrics of the leaderboard. None takes `METRICS`.

    Returns:
        The scorer, the split, and its value beside that of chance.

    Example:
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     metrics = db.evaluate(split="test", metric="acc_micro")
        >>> find_below_chance(metrics)[0]
        ('floor', 'test', 'acc_micro is 0.0 % [0.0, 7.4], by chance 50.0 %')
    """
    first = (names or METRICS)[0]
    rows = metrics.filter(
        pl.col("metric") == first, pl.col("rank_best").is_not_null(), pl.col("upper") < pl.col("chance")
    )
    return [
        (scorer, split, f"{first} is {_describe(value, 1, first, *bounds)}, by chance {_describe(chance, 1, first)}")
        for scorer, split, value, *bounds, chance in rows.select(
            "scorer", "split", "value", "lower", "upper", "chance"
        ).iter_rows()
    ]


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


def _describe(value: float | None, digits: int, metric: str, *bounds: float | None) -> str | None:
    if value is None:
        return None
    return describe_estimate(value, *bounds, digits=digits, scale="signed" if metric in _SIGNED else "share")
