"""The rows of a chart, in values and names that Vega-Lite, JSON and XML can hold."""

from __future__ import annotations

import datetime as dt
import decimal
import hashlib
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from irdb_sql.core.markdown import one_line
from irdb_sql.core.text import REPLACEMENT

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


@dataclass(frozen=True)
class ChartData:
    """The rows of a chart.

    Attributes:
        columns: Names of the columns.
        types: Their Polars types, as text.
        numeric: Whether each column has numbers.
        rows: The rows, by column.
    """

    columns: Sequence[str]
    types: Sequence[str]
    numeric: Sequence[bool]
    rows: Sequence[dict[str, Any]]

    def is_numeric(self, column: str) -> bool:
        """Return whether a column has numbers."""
        return dict(zip(self.columns, self.numeric, strict=True))[column]


def field_name(column: str) -> str:
    """Return the field that holds a column: Vega-Lite takes some characters for a path, or cannot quote them."""
    plain = re.sub(r"[\\.\[\]'\"]", "_", column)
    return column if plain == column else f"{plain}_{hashlib.sha256(column.encode()).hexdigest()[:8]}"


def drawable_row(row: dict[str, Any], columns: Collection[str | None]) -> dict[str, Any]:
    """Return those of a row's columns that a chart needs, by field, with values that can be drawn."""
    return {field_name(column): drawable_value(value) for column, value in row.items() if column in columns}


def drawable_value(value: object) -> object:
    """Return a value as JSON and XML have it: NaN and infinity are no numbers there."""
    if isinstance(value, str):
        return _UNDRAWABLE.sub(REPLACEMENT, one_line(value))
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        return str(value)
    if isinstance(value, decimal.Decimal):
        value = float(value)
    return None if isinstance(value, float) and not math.isfinite(value) else value


_UNDRAWABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML does not have: the library ends the whole process at one."""
