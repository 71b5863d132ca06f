"""Draws rows as a table that fits a terminal, or with one column a line."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from irdb_sql.engine.screen.cells import make_columns
from irdb_sql.engine.screen.fitting import fit_columns
from irdb_sql.engine.screen.rows import TextRows, rows_of_frame
from irdb_sql.engine.screen.text import pad, text_width, wrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import polars as pl


_MOST_LINES = 6
"""Lines of a value in a table; --format vertical shows all of it."""


def draw_table(
    rows: pl.DataFrame | TextRows, width: int | None, max_rows: int | None, important: Sequence[str] = ()
) -> str:
    """Draw rows as a table, with their number.

    Columns of text are wrapped where the width is small. Columns that do not fit are left out, the least important
    ones, and named below the table.

    Args:
        rows: The rows.
        width: Width of the terminal in cells; None shows every column and value whole.
        max_rows: How many rows to show at most; None shows all.
        important: Names of columns, the most important first.
    """
    columns = make_columns(_as_texts(rows, max_rows))
    widths = fit_columns(columns, width, important)
    shown = [columns[index] for index in widths]
    sizes = list(widths.values())
    most_lines = None if width is None else _MOST_LINES
    values = [
        [wrap(cell, max(size, 2), most_lines) for cell in column.cells]
        for column, size in zip(shown, sizes, strict=True)
    ]
    has_rules = sum(any(len(lines) > 1 for lines in cells) for cells in values) > 1
    lines = [
        _rule(sizes, "┌┬┐"),
        *_row([wrap(column.name, max(size, 2)) for column, size in zip(shown, sizes, strict=True)], sizes, "^"),
        *_row([wrap(column.type, max(size, 2), 1) for column, size in zip(shown, sizes, strict=True)], sizes, "^"),
    ]
    aligned = "".join(">" if column.is_number else "<" for column in shown)
    for number, row in enumerate(zip(*values, strict=True)):
        if number == 0 or has_rules:
            lines.append(_rule(sizes, "├┼┤"))
        lines += _row(row, sizes, aligned)
    lines.append(_rule(sizes, "└┴┘"))
    left_out = [column.name for index, column in enumerate(columns) if index not in widths]
    return "\n".join([*lines, *_footer(rows.height, max_rows, width, left_out)]) + "\n"


def draw_vertical(rows: pl.DataFrame | TextRows, width: int | None, max_rows: int | None) -> str:
    """Draw rows with one column a line and every value whole, with their number.

    Args:
        rows: The rows.
        width: Width of the terminal in cells, in which values are wrapped; None does not wrap them.
        max_rows: How many rows to show at most; None shows all.

    Example:
        >>> import polars as pl
        >>> print(draw_vertical(pl.DataFrame({"split": ["test"], "pairs": [736]}), None, None), end="")
        ── row 1 ──
        split  test
        pairs  736
          1 row
    """
    columns = make_columns(_as_texts(rows, max_rows))
    names = max((text_width(column.name) for column in columns), default=0)
    if width is not None:
        names = min(names, width // 3)
    lines: list[str] = []
    for number in range(len(columns[0].cells)):
        title = f"── row {number + 1} "
        lines.append(title + "─" * (2 if width is None else max(2, width - len(title))))
        for column in columns:
            name, value = [column.name], [column.cells[number]]
            if width is not None:
                name = wrap(column.name, max(names, 2))
                value = wrap(column.cells[number], max(width - names - 2, 2))
            pairs = itertools.zip_longest(name, value, fillvalue="")
            lines += [f"{pad(left, names)}  {right}".rstrip() for left, right in pairs]
    return "\n".join([*lines, *_footer(rows.height, max_rows, width, [])]) + "\n"


def _as_texts(rows: pl.DataFrame | TextRows, most: int | None) -> TextRows:
    return rows if isinstance(rows, TextRows) else rows_of_frame(rows, most)


def _rule(sizes: Sequence[int], corners: str) -> str:
    start, cross, end = [*corners]
    return start + cross.join("─" * (size + 2) for size in sizes) + end


def _row(cells: Sequence[Sequence[str]], sizes: Sequence[int], aligned: str) -> Iterator[str]:
    """Yield the lines of a row of wrapped cells, each aligned by its character, or all by the one."""
    for parts in itertools.zip_longest(*cells, fillvalue=""):
        padded = (pad(part, size, align) for part, size, align in zip(parts, sizes, itertools.cycle(aligned)))
        yield f"│ {' │ '.join(padded)} │"


def _footer(height: int, max_rows: int | None, width: int | None, left_out: Sequence[str]) -> Iterable[str]:
    """Yield the columns that are left out, and the number of rows."""
    if left_out:
        text = f"without {', '.join(left_out)}: --format vertical shows them, and \\x in the shell"
        yield from (f"  {line}" for line in wrap(text, max((width or 0) - 2, 2)))
    count = f"  {height} {'row' if height == 1 else 'rows'}"
    yield count if max_rows is None or height <= max_rows else f"{count} ({max_rows} shown)"
