"""Rows as the texts that the engine writes, from a frame or from a statement whose answer needs no frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from irdb_sql.core.late import late

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl
    from duckdb import DuckDBPyRelation

    from irdb_sql.engine import frames
else:
    frames = late("irdb_sql.engine.frames")

_PLAIN = (
    "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "FLOAT",
    "DOUBLE", "VARCHAR",
)  # fmt: skip
"""Types that a frame has, too, so that their values are written in the same way."""


@dataclass(frozen=True)
class TextRows:
    """Rows as texts.

    Attributes:
        columns: The names of the columns.
        types: Their types, as the engine writes them.
        values: The values of the first rows; None for NULL.
        height: The number of all rows.
    """

    columns: Sequence[str]
    types: Sequence[str]
    values: Sequence[tuple[str | None, ...]]
    height: int

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.columns)


def rows_of_frame(frame: pl.DataFrame, most: int | None) -> TextRows:
    """Return the rows of a frame as texts, at most the first `most`."""
    shown = frame.clone() if most is None else frame.head(most)
    # Names that differ in case only are one in SQL.
    shown.columns = [f"column_{index}" for index in range(frame.width)]
    with duckdb.connect() as connection:
        relation = connection.from_arrow(frames.arrow_stream(shown))
        types = [str(duck_type) for duck_type in relation.types]
        return TextRows(frame.columns, types, _texts(relation), frame.height)


def rows_of_relation(relation: DuckDBPyRelation | None, most: int | None) -> TextRows | None:
    """Return the rows of a relation as texts.

    Args:
        relation: The relation, of a statement that may run twice.
        most: How many rows there may be; None takes any number.

    Returns:
        The rows; None where a frame is needed: of other types, names that are one in SQL, or more rows.
    """
    if relation is None:
        return None
    names, types = relation.columns, [str(duck_type) for duck_type in relation.types]
    if len({name.lower() for name in names}) < len(names) or not {*types} <= {*_PLAIN}:
        return None
    values = _texts(relation if most is None else relation.limit(most + 1))
    return None if most is not None and len(values) > most else TextRows(names, types, values, len(values))


def _texts(relation: DuckDBPyRelation) -> list[tuple[str | None, ...]]:
    casts = [duckdb.ColumnExpression(name).cast("VARCHAR").alias(name) for name in relation.columns]
    return relation.select(*casts).fetchall()
