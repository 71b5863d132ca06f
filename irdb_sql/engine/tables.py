"""Draws a result as a table for the terminal."""

from __future__ import annotations

import contextlib
import io
import unicodedata
from typing import TYPE_CHECKING

import duckdb

from irdb_sql.core.text import printable
from irdb_sql.engine.frames import stream_of

if TYPE_CHECKING:
    import polars as pl


def draw_table(rows: pl.DataFrame, width: int | None, shown: int | None) -> str:
    """Draw rows as the engine's own terminal table, safe to print, with the number of rows in its last line.

    Args:
        rows: What to draw.
        width: Columns of the terminal; None shows every value whole.
        shown: How many rows to show at most; None shows all.
    """
    drawn = io.StringIO()
    with duckdb.connect() as connection, contextlib.redirect_stdout(drawn):
        connection.from_arrow(stream_of(rows)).show(
            max_width=width or _UNLIMITED,
            max_col_width=max(width // 3, _NARROWEST) if width else _UNLIMITED,
            max_rows=max(rows.height, 1) if shown is None else shown,
        )
    text = printable(drawn.getvalue().rstrip("\n"))
    if text.rpartition("\n")[2].startswith("└"):  # the engine counts only what it does not show whole
        text += f"\n  {rows.height} {'row' if rows.height == 1 else 'rows'}"
    return "\n".join(_cropped(line, width) if width else line for line in text.split("\n")) + "\n"


def _cropped(line: str, width: int) -> str:
    """Cut a line that is wider than the terminal: the engine draws no table narrower than 80 columns."""
    cells = 0
    for place, character in enumerate(line):
        cells += 2 if unicodedata.east_asian_width(character) in "WF" else not unicodedata.combining(character)
        if cells > width:
            return f"{line[: place - 1]}…"
    return line


_NARROWEST = 16
_UNLIMITED = 1_000_000
