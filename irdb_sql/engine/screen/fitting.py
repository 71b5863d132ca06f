"""Chooses the columns that fit a terminal, the most important first, and how wide each is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from irdb_sql.engine.screen.text import text_width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from irdb_sql.engine.screen.cells import Column

BORDER, FRAME = 3, 1
"""Cells that a column takes beside its own, and that a table takes beside its columns."""

_LEAST_TEXT = 16  # cells of a column of text, in which a path or a sentence can still be read
_FIRST_COLUMNS = 3  # that may be so narrow; the others do not take the room of these
_LEAST_OTHER_TEXT = 24


def fit_columns(columns: Sequence[Column], width: int | None, important: Sequence[str] = ()) -> dict[int, int]:
    """Return the indexes of the columns to show, in their order, and the width of each.

    Args:
        columns: The columns.
        width: Width of the terminal in cells; None shows all columns as wide as they are.
        important: Names of columns, the most important first; the others come after them, in their order, and columns
            without any value last.
    """
    if width is None:
        return {index: max(_whole_width(column), text_width(column.type)) for index, column in enumerate(columns)}
    ranks = {name: rank for rank, name in reversed(list(enumerate(important)))}
    order = sorted(
        range(len(columns)),
        key=lambda index: (columns[index].is_empty, ranks.get(columns[index].name, len(ranks))),
    )
    widths: dict[int, int] = {}
    left = width - FRAME
    for index in order:
        least = _least_width(columns[index], _LEAST_TEXT if len(widths) < _FIRST_COLUMNS else _LEAST_OTHER_TEXT)
        if not widths:
            least = max(1, min(least, left - BORDER))  # one column is always shown
        if least + BORDER <= left:
            widths[index] = least
            left -= least + BORDER
    _share_out(columns, widths, left)
    return dict(sorted(widths.items()))


def _whole_width(column: Column) -> int:
    return max(column.width, text_width(column.name))


def _least_width(column: Column, least_text: int) -> int:
    """Return the width at which the values can be read and the name breaks between its words."""
    name = max(map(text_width, re.findall(r"[^_\s]*[_\s]?", column.name)), default=0)
    return max(min(column.width, least_text) if column.is_wrapped else column.width, min(name, least_text))


def _share_out(columns: Sequence[Column], widths: dict[int, int], left: int) -> None:
    """Widen columns by the cells that are left, each in proportion to what it lacks."""
    lacking = {index: max(0, _whole_width(columns[index]) - width) for index, width in widths.items()}
    total = sum(lacking.values())
    for index, lack in lacking.items():
        widths[index] += lack * min(left, total) // max(total, 1)
