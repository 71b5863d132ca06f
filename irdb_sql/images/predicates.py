"""Splits the predicates of a filter, so that those about metadata run before images are read."""

from __future__ import annotations

import json

import polars as pl


def conjuncts(predicate: pl.Expr) -> list[pl.Expr]:
    """Split a predicate `a & b & c` into its parts."""
    try:
        tree = json.loads(predicate.meta.serialize(format="json"))
    except (pl.exceptions.PolarsError, ValueError):  # an expression that calls Python cannot be serialized
        return [predicate]
    if not isinstance(tree, dict) or tree.get("BinaryExpr", {}).get("op") != "And":
        return [predicate]
    return [part for each in predicate.meta.pop() for part in conjuncts(each)]


def looks_at_one_row(predicate: pl.Expr) -> bool:
    """Whether a predicate surely depends on single rows only."""
    try:
        return predicate.meta.is_row_separable()
    except pl.exceptions.PolarsError:  # it has selectors
        return False
