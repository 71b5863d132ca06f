"""Joins labels, by which an evaluation is grouped, to the rows of prompts or images."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from irdb_sql.scorers.errors import ScoreColumnError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def join_labels(rows: pl.DataFrame, labels: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """Join the user's columns to prompts, and return their names."""
    keys = [name for name in ("split", "prompt_id") if name in labels.columns]
    names = [name for name in labels.columns if name not in keys]
    if (problem := next(_label_problems(labels, keys, names), None)) is not None:
        hint = "pass prompt_id, split if ids repeat, and columns to group by."
        raise ScoreColumnError("by", problem, labels.columns, hint)
    labels = labels.with_columns(pl.col(keys).cast(pl.String))
    if rows.height and rows.join(labels, on=keys, how="semi").is_empty():
        raise ScoreColumnError("by", "has no evaluated prompt", labels.columns, "check its prompt_id and split.")
    return rows.drop(names, strict=False).join(labels, on=keys, how="left", maintain_order="left"), names


def _label_problems(labels: pl.DataFrame, keys: Sequence[str], names: Sequence[str]) -> Iterator[str]:
    if "prompt_id" not in keys:
        yield "has no column prompt_id"
    if not names:
        yield "has no column to group by beside prompt_id and split"
    yield from (f"has a column {name!r}, which is a column of the result" for name in names if name in _RESERVED)
    for name in names:
        if labels.schema[name].is_nested() or labels.schema[name] == pl.Object:
            yield f"has a column {name!r} of nested values"
    if labels.select(keys).is_duplicated().any():
        yield "has several rows for a prompt"


_RESERVED = (
    "scorer", "first_row", "metric", "value", "lower", "upper", "chance", "rank_best", "rank_worst", "cluster",
    "prompts", "pairs", "epsilon", "scored_images", "all_images", "unused_scores", "other_scorer", "difference",
    "p_value", "p_holm", "separated",
)  # fmt: skip
