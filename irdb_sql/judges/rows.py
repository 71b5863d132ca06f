"""Makes the rows of the view `judgement_rows` from tables of judgements."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from irdb_sql.scorers.errors import NoScorersError, ScoreColumnError
from irdb_sql.scorers.names import row_names, table_name

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
            raise ScoreColumnError(table.source, f"has no column {name}", table.frame.columns, hint)
    first, second, verdict = (table.texts(str(column)) for column in columns.values())
    judge, prompt_id = table.column("judge"), table.column("prompt_id")
    texts = pl.DataFrame({"first_image": first, "second_image": second, "verdict": verdict})
    return texts.select(
        judge=pl.lit(table_name(table, "judge")) if judge is None else row_names(table, judge, "judge", "judgements"),
        first_image="first_image",
        second_image="second_image",
        prompt_id=pl.lit(None, pl.String) if prompt_id is None else table.texts(prompt_id),
        verdict="verdict",
        source=pl.lit(table.source),
        source_row=pl.int_range(1, pl.len() + 1, dtype=pl.Int64),
    )
