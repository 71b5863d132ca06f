"""Runs relations of the engine as Arrow rows that a frame can hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
from duckdb.sqltypes import DuckDBPyType

from irdb_sql.errors import FrameTypeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duckdb import DuckDBPyRelation


def rows_of(relation: DuckDBPyRelation | None, limit: int | None = None) -> pa.Table:
    """Run a relation whose columns a frame can hold, under names that differ; a statement without rows has none."""
    if relation is None:
        return pa.table({})
    limited = relation if limit is None else relation.limit(limit)
    for name, kind in zip(relation.columns, relation.types, strict=True):
        try:
            is_foreign = _is_foreign(kind)
        except RecursionError as error:
            raise FrameTypeError(name, "type of too many levels") from error
        if is_foreign:
            raise FrameTypeError(name, kind)
    return limited.to_arrow_table().rename_columns(distinct(relation.columns))


def _is_foreign(kind: DuckDBPyType) -> bool:
    if kind.id in _FOREIGN:
        return True
    nested = [child for _, child in kind.children] if kind.id in _NESTED else []
    return any(_is_foreign(child) for child in nested if isinstance(child, DuckDBPyType))


_FOREIGN = ("interval", "union", "uhugeint", "bignum", "bit", "variant", "geometry")
_NESTED = ("list", "array", "struct", "map")


def distinct(names: Sequence[str]) -> list[str]:
    """Number a name that stands there already: a, a_1, or the next one that is free."""
    distinct: list[str] = []
    for name in names:
        free, number = name, 0
        while free in distinct or (number and free in names):
            number += 1
            free = f"{name}_{number}"
        distinct.append(free)
    return distinct
