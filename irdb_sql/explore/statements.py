"""Runs statements that a reader types: isolated, within limits of time, memory and rows."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from irdb_sql.database.opening import details_of
from irdb_sql.engine.limits import Limits

if TYPE_CHECKING:
    import polars as pl

    from irdb_sql.database.facade import ImageRewardDB

SECONDS, MEMORY = 30, "2GB"
"""Limits of a statement."""

MOST_ROWS = 10_000
"""Rows of an answer that a page can show; a download has all."""


def run_statement(db: ImageRewardDB, text: str, most_rows: int | None) -> pl.DataFrame:
    """Return the rows of a statement, in a process of its own where the system has what it takes (Linux).

    Elsewhere it runs in this process, by the same rules, and in the time that the database was opened with.

    Args:
        db: The database.
        text: The statement.
        most_rows: One row more is returned if there are more; None returns all.

    Raises:
        QueryError: The engine refuses the statement or fails.
        StatementError: It is not one statement that reads.
        IsolationError: The process needed more time or memory than it may have.
    """
    if sys.platform != "linux":
        rows = db.sql(text, lazy=True)
        return (rows if most_rows is None else rows.head(most_rows + 1)).collect()
    return details_of(db).run_isolated(text, None, Limits(timeout=SECONDS, memory_limit=MEMORY, max_rows=most_rows))
