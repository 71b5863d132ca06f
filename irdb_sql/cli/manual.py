"""Writes the page that `irdb show` prints about a view, macro or query."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irdb_sql.cli.notes import break_lines

if TYPE_CHECKING:
    from collections.abc import Collection

    import polars as pl

    from irdb_sql.core.catalog import SqlFile


def manual_page(file: SqlFile, columns: pl.DataFrame, width: int | None = None) -> str:
    """Describe a file's name, parameters, columns and SQL.

    Args:
        file: The file.
        columns: Columns of everything with its name, as `ImageRewardDB.columns` returns them.
        width: Width of the terminal, between whose words the lines above the SQL break; None does not break them.
    """
    lines = [f"{file.kind} {file.signature}", "", f"  {file.summary}"]
    if file.notes:
        lines.append(f"  {file.notes}")
    if file.params:
        lines += ["", "Parameters:", *_aligned(file.params.items())]
    file_columns = [(column, kind) for owner, column, kind in columns.rows() if owner == file.kind]
    if file_columns:
        lines += ["", "Columns:", *_aligned(file_columns)]
    if width is not None:
        lines = [break_lines(line, width) for line in lines]
    lines += ["", "SQL:", "", *(f"  {line}".rstrip() for line in file.text.splitlines())]
    return "\n".join(lines) + "\n"


def _aligned(pairs: Collection[tuple[str, str]]) -> list[str]:
    width = max(len(name) for name, _ in pairs)
    return [f"  {name:<{width}}  {meaning}" for name, meaning in pairs]
