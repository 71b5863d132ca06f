"""Makes the rows of the view `judgement_rows` from tables of judgements."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from irdb_sql.errors import quoted
from irdb_sql.scorers.errors import NoScorersError, ScoreColumnError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from irdb_sql.scorers.tables import ScoreTable

JUDGEMENT_ROWS = {
    "judge": pl.String,
    "first_image": pl.String,
    "second_image": pl.String,
    "prompt_id": pl.String,
    "verdict": pl.String,
    "source": pl.String,
    "source_row": pl.Int64,
}


def judgement_rows(tables: Sequence[ScoreTable]) -> pl.DataFrame:
    """Make one row per judgement from tables, numbered in their order.

    A table has columns first_path, second_path and verdict, and may have judge and prompt_id. Several tables may be of
    the same judge, such as one for each order.

    Raises:
        ScoreColumnError: A table lacks a column, or does not name its judge.
        NoScorersError: There are no rows.
    """
    rows = pl.concat([pl.DataFrame(schema=JUDGEMENT_ROWS), *map(_table_rows, tables)])
    if rows.is_empty():
        raise NoScorersError(table.source for table in tables)
    return rows.with_row_index("judgement_number", offset=1).with_columns(pl.col("judgement_number").cast(pl.Int64))


def _table_rows(table: ScoreTable) -> pl.DataFrame:
    columns = {name: table.column(name) for name in ("first_path", "second_path", "verdict")}
    for name, column in columns.items():
        if column is None:
            hint = "call its columns first_path, second_path (in the order shown) and verdict: first, second or tie."
            raise _column_error(table, f"has no column {name}", hint)
    first, second, verdict = (table.texts(str(column)) for column in columns.values())
    judge, prompt_id = table.column("judge"), table.column("prompt_id")
    texts = pl.DataFrame({"first_image": first, "second_image": second, "verdict": verdict})
    return texts.select(
        judge=_judge_name(table) if judge is None else _judge_names(table, judge),
        first_image="first_image",
        second_image="second_image",
        prompt_id=pl.lit(None, pl.String) if prompt_id is None else table.texts(prompt_id),
        verdict="verdict",
        source=pl.lit(table.source),
        source_row=pl.int_range(1, pl.len() + 1, dtype=pl.Int64),
    )


def _judge_name(table: ScoreTable) -> pl.Expr:
    name = table.name or table.stem
    if not name:
        raise _column_error(table, "does not name its judge", "add a column judge, or pass {name: table}.")
    return pl.lit(name)


def _judge_names(table: ScoreTable, column: str) -> pl.Expr | pl.Series:
    names = table.texts(column)
    unnamed = (names.is_null() | (names == "")).arg_true()
    if len(unnamed):
        raise _column_error(table, f"names no judge in row {unnamed[0] + 1:,}", "name a judge in every row.")
    if table.name is None:
        return names
    if names.n_unique() > 1:
        problem = f"is called {quoted(table.name)} and has judgements of several judges"
        raise _column_error(table, problem, "pass it without a name.")
    return pl.lit(table.name)


def _column_error(table: ScoreTable, problem: str, hint: str) -> ScoreColumnError:
    return ScoreColumnError(table.source, problem, table.frame.columns, hint)
