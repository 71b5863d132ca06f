"""Converts rows to the texts of a table: names, types and values of columns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from irdb_sql.engine.screen.text import safe_line, text_width

if TYPE_CHECKING:
    from irdb_sql.engine.screen.rows import TextRows


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


def make_columns(rows: TextRows) -> list[Column]:
    """Return the columns of rows, safe to show."""
    columns = []
    for index, (name, duck_type) in enumerate(zip(rows.columns, rows.types, strict=True)):
        values = [row[index] for row in rows.values]
        cells = ["NULL" if value is None else safe_line(value) for value in values]
        columns.append(
            Column(
                name=safe_line(name),
                type=safe_line(_short_type(duck_type).lower()),
                is_number=duck_type.startswith((*_INTEGERS, "FLOAT", "DOUBLE", "DECIMAL"))
                and not _is_nested(duck_type),
                is_wrapped=_is_nested(duck_type) or duck_type in _TEXT or duck_type.startswith("ENUM"),
                cells=cells,
                width=max(map(text_width, cells), default=0),
                is_empty=bool(cells) and all(value is None for value in values),
            )
        )
    return columns


def _short_type(duck_type: str) -> str:
    """Return a type with the short names of integers."""
    if duck_type.isalpha():  # most are one word, for which no pattern has to be compiled
        return _INTEGERS.get(duck_type, duck_type)
    return re.sub(_INTEGER, lambda match: _INTEGERS[match[0]], duck_type)


def _is_nested(duck_type: str) -> bool:
    return duck_type.endswith("]") or duck_type.startswith(("STRUCT(", "MAP("))


_TEXT = ("VARCHAR", "BLOB")
_INTEGERS = {
    "TINYINT": "int8", "SMALLINT": "int16", "INTEGER": "int32", "BIGINT": "int64", "HUGEINT": "int128",
    "UTINYINT": "uint8", "USMALLINT": "uint16", "UINTEGER": "uint32", "UBIGINT": "uint64", "UHUGEINT": "uint128",
}  # fmt: skip
_INTEGER = rf"\b({'|'.join(_INTEGERS)})\b"
