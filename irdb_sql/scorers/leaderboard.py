"""Sets what was found about scorers as a leaderboard: a row a scorer, best first."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

METRICS = ("acc_micro", "acc_macro", "acc_eq", "tau_b", "spearman", "best_of_n", "recall@1", "filter@1")
"""What is told, as far as it was judged; ranks are by the first."""

_COVERAGE = ("scored_images", "all_images")
_SIGNED = frozenset({"tau_b", "spearman"})


def leaderboard(metrics: pl.DataFrame, by: Sequence[str] = ()) -> pl.DataFrame:
    """Set metrics as a leaderboard.

    Args:
        metrics: What `evaluate` returned.
        by: The columns that it was grouped by.

    Returns:
        A row a scorer of each split and group, the one with the highest acc_micro first: the ranks that it may have by
        acc_micro, its acc_micro with the bounds of its interval, further metrics, and what is behind acc_micro. Shares
        are between 0 and 1.

    Example:
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     board = leaderboard(db.evaluate(split="test"))
        >>> board.select("rank_best", "rank_worst", "scorer").rows()[:3]
        [(1, 1, 'ceiling'), (2, 2, 'overall_rating'), (3, 4, 'fidelity_rating')]
    """
    keys = ["split", *by]
    board = metrics.filter(metric="acc_micro").select(
        *keys, "scorer", "rank_best", "rank_worst", pl.col("value").alias("acc_micro"), "lower", "upper", "pairs",
        "prompts", *_COVERAGE,
    )  # fmt: skip
    for name in METRICS[1:]:
        values = metrics.filter(metric=name).select(*keys, "scorer", pl.col("value").alias(name))
        if not values.is_empty() or metrics.is_empty():
            board = board.join(values, on=[*keys, "scorer"], how="left", nulls_equal=True, maintain_order="left")
    descending = [False] * len(keys) + [True, False]
    return board.select(pl.exclude(_COVERAGE), *_COVERAGE).sort(
        [*keys, "acc_micro", "scorer"], descending=descending, nulls_last=True
    )


def shown(board: pl.DataFrame) -> pl.DataFrame:
    """Write a leaderboard for a reader: shares in percent, correlations with a sign, ranks as ranges.

    Example:
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     board = shown(leaderboard(db.evaluate(split="test")))
        >>> board.select("rank", "scorer", "acc_micro", "interval").row(1)
        ('2', 'overall_rating', '87.8648 %', '85.28–90.55')
    """  # noqa: RUF002 - the dash of a range
    texts: dict[str, list[str | None] | list[str]] = {
        "rank": [_range(*ranks) for ranks in board.select("rank_best", "rank_worst").iter_rows()],
        "interval": [_interval(*bounds) for bounds in board.select("lower", "upper").iter_rows()],
        "scored": [f"{scored:,} of {images:,}" for scored, images in board.select(_COVERAGE).iter_rows()],
        **{
            name: [_signed(value) if name in _SIGNED else _share(value) for value in board[name]]
            for name in METRICS
            if name in board.columns
        },
    }
    written = board.with_columns(pl.Series(name, values, pl.String) for name, values in texts.items())
    keys = board.columns[: board.columns.index("scorer")]
    first = [*keys, "rank", "scorer", "acc_micro", "interval"]
    return written.select(*first, pl.exclude(*first, "rank_best", "rank_worst", "lower", "upper", *_COVERAGE))


def fitted(board: pl.DataFrame, width: int) -> pl.DataFrame:
    """Leave out the last columns of a shown leaderboard that a terminal has no room for.

    Args:
        board: The leaderboard.
        width: Columns of the terminal.

    Example:
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     board = shown(leaderboard(db.evaluate(split="test")))
        >>> fitted(board, 80).columns
        ['split', 'rank', 'scorer', 'acc_micro', 'interval', 'pairs']
    """
    texts = {name: [_KIND, name, *map(str, board[name].to_list())] for name in board.columns}
    cells = (max(map(len, column)) for column in texts.values())
    ends = itertools.accumulate(cell + len("│  ") for cell in cells)
    return board.select(name for name, end in zip(board.columns, ends, strict=True) if end < width)


_KIND = "varchar"  # the engine writes types below names


def _range(best: int | None, worst: int | None) -> str | None:
    return None if best is None else f"{best}" if best == worst else f"{best}–{worst}"  # noqa: RUF001 - as above


def _interval(lower: float | None, upper: float | None) -> str | None:
    return None if lower is None or upper is None else f"{100 * lower:.2f}–{100 * upper:.2f}"  # noqa: RUF001 - as above


def _share(value: float | None) -> str | None:
    return None if value is None else f"{100 * value:.4f} %"


def _signed(value: float | None) -> str | None:
    return None if value is None else f"{value:+.6f}"
