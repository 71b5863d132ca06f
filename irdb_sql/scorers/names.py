"""Names the scorers, judges or generators that a table is of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from irdb_sql.errors import quoted
from irdb_sql.scorers.errors import ScoreColumnError

if TYPE_CHECKING:
    from irdb_sql.scorers.tables import ScoreTable


def table_name(table: ScoreTable, kind: str) -> str:
    """Return the name that the caller, or else the name of the file, gives to a table of one judge or generator.

    Args:
        table: The table.
        kind: What it is of, such as judge.

    Raises:
        ScoreColumnError: Nothing names it.
    """
    name = table.name or table.stem
    if not name:
        hint = f"add a column {kind}, or pass {{name: table}}."
        raise ScoreColumnError(table.source, f"does not name its {kind}", table.frame.columns, hint)
    return name


def row_names(table: ScoreTable, column: str, kind: str, rows: str) -> pl.Expr | pl.Series:
    """Return the name of each row: that in a column, or that of the table if all rows are of one.

    Args:
        table: The table.
        column: The column of names.
        kind: What has the names, such as scorer.
        rows: What the rows are, such as scores.

    Raises:
        ScoreColumnError: A row has no name, or the table has a name and rows of several.
    """
    names, columns = table.texts(column), table.frame.columns
    unnamed = (names.is_null() | (names == "")).arg_true()
    if len(unnamed):
        problem = f"names no {kind} in row {unnamed[0] + 1:,}"
        raise ScoreColumnError(table.source, problem, columns, f"name a {kind} in every row.")
    if table.name is None:
        return names
    if names.n_unique() > 1:
        problem = f"is called {quoted(table.name)} and has {rows} of several {kind}s"
        raise ScoreColumnError(
            table.source, problem, columns, f"a name is for one {kind}; pass this one without a name."
        )
    return pl.lit(table.name)
