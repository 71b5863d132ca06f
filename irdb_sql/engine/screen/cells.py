"""Converts rows to the texts of a table: names, types and values of columns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from irdb_sql.engine.frames import arrow_stream
from irdb_sql.engine.screen.text import safe_line, text_width

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        name: Its name, safe to show.
        type: Its type, as the engine writes it in tables.
        is_number: Whether it holds numbers, which are aligned right.
        is_wrapped: Whether its values may be broken into lines, as text may.
        cells: Its values as texts, safe to show.
        width: Width of the widest value.
        is_empty: Whether there are rows, and none has a value.
    """

    name: str
    type: str
    is_number: bool
    is_wrapped: bool
    cells: list[str]
    width: int
    is_empty: bool


def make_columns(rows: pl.DataFrame) -> list[Column]:
    """Return the columns of rows as texts."""
    numbered = rows.clone()
    numbered.columns = [
        f"column_{index}" for index in range(rows.width)
    ]  # names that differ in case only are one in SQL
    with duckdb.connect() as connection:
        relation = connection.from_arrow(arrow_stream(numbered))
        types = [str(duck_type) for duck_type in relation.types]
        casts = [duckdb.ColumnExpression(name).cast("VARCHAR").alias(name) for name in numbered.columns]
        values = relation.select(*casts).fetchall()
    columns = []
    for index, (name, duck_type) in enumerate(zip(rows.columns, types, strict=True)):
        cells = ["NULL" if row[index] is None else safe_line(row[index]) for row in values]
        is_number = rows.dtypes[index].is_numeric()
        columns.append(
            Column(
                name=safe_line(name),
                type=safe_line(_NUMBER.sub(lambda match: _NUMBERS[match[0]], duck_type).lower()),
                is_number=is_number,
                is_wrapped=rows.dtypes[index].is_nested() or duck_type in _TEXT or duck_type.startswith("ENUM"),
                cells=cells,
                width=max(map(text_width, cells), default=0),
                is_empty=bool(cells) and all(row[index] is None for row in values),
            )
        )
    return columns


_TEXT = ("VARCHAR", "BLOB")
_NUMBERS = {
    "TINYINT": "int8", "SMALLINT": "int16", "INTEGER": "int32", "BIGINT": "int64", "HUGEINT": "int128",
    "UTINYINT": "uint8", "USMALLINT": "uint16", "UINTEGER": "uint32", "UBIGINT": "uint64", "UHUGEINT": "uint128",
}  # fmt: skip
_NUMBER = re.compile(rf"\b({'|'.join(_NUMBERS)})\b")
