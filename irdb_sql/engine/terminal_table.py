"""Draws rows as a table for a terminal."""

from __future__ import annotations

import contextlib
import io
import unicodedata
from typing import TYPE_CHECKING

import duckdb

from irdb_sql.core.text import printable
from irdb_sql.engine.frames import arrow_stream

if TYPE_CHECKING:
    import polars as pl


def draw_table(rows: pl.DataFrame, width: int | None, max_rows: int | None) -> str:
    """Draw rows as a table for terminals, with their number.

    Args:
        rows: The rows.
        width: Width of the terminal in characters; None shows every value whole.
        max_rows: How many rows to show at most; None shows all.
    """
    output = io.StringIO()
    with duckdb.connect() as connection, contextlib.redirect_stdout(output):
        connection.from_arrow(arrow_stream(rows)).show(
            max_width=width or _UNLIMITED,
            max_col_width=max(width // 3, _MIN_COLUMN_WIDTH) if width else _UNLIMITED,
            max_rows=max(rows.height, 1) if max_rows is None else max_rows,
        )
    text = printable(output.getvalue().rstrip("\n"))
    if text.rpartition("\n")[2].startswith("└"):  # DuckDB counts rows only where it hides some
        text += f"\n  {rows.height} {'row' if rows.height == 1 else 'rows'}"
    return "\n".join(_crop(line, width) if width else line for line in text.split("\n")) + "\n"


def _crop(line: str, width: int) -> str:
    """Crop a line, because DuckDB's tables are at least 80 characters wide."""
    cells = 0
    for index, character in enumerate(line):
        cells += 2 if unicodedata.east_asian_width(character) in "WF" else not unicodedata.combining(character)
        if cells > width:
            return f"{line[: index - 1]}…"
    return line


_MIN_COLUMN_WIDTH = 16
_UNLIMITED = 1_000_000
