"""The command `irdb sql`: answers a statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from irdb_sql.cli.answers import streams_frame
from irdb_sql.cli.limits import limit_options
from irdb_sql.cli.parameters import param_option, statement_text, typed_values
from irdb_sql.cli.scores import takes_scored_database

if TYPE_CHECKING:
    import polars as pl

    from irdb_sql.database.facade import ImageRewardDB


@click.command("sql")
@click.argument("text")
@click.option("--isolated", is_flag=True, help="Run it in a process of its own, which is killed at its limits.")
@param_option
@takes_scored_database
@limit_options
@streams_frame
def command(
    db: ImageRewardDB, text: str, params: tuple[str, ...], *, isolated: bool, lazy: bool
) -> pl.DataFrame | pl.LazyFrame:
    """Answer a SQL statement TEXT; - reads it from standard input.

    Unless --trusted, it is one statement that reads, and it reads nothing but the data.
    A --param is a number, true, false or null where it is written like one in JSON, else text.

    \b
    irdb sql "FROM pair_counts()"
    irdb sql 'FROM preference_pairs(in_split := $split)' --param split=test -o pairs.parquet
    """  # noqa: D301 - click keeps the lines behind a backspace as they are
    # A trusted statement may do something, which must not happen once to know its columns and once for its rows.
    lazy = lazy and not isolated and not click.get_current_context().params["trusted"]
    return db.sql(statement_text(text), typed_values(params), isolated=isolated, lazy=lazy)
