"""The command `irdb query`: answers a named query."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from irdb_sql.cli.answers import streams_frame
from irdb_sql.cli.parameters import param_option, parse_params
from irdb_sql.cli.scores import takes_scored_database

if TYPE_CHECKING:
    import polars as pl

    from irdb_sql.database.facade import ImageRewardDB


@click.command("query")
@click.argument("name")
@param_option
@takes_scored_database
@streams_frame
def command(db: ImageRewardDB, name: str, params: tuple[str, ...], *, lazy: bool) -> pl.DataFrame | pl.LazyFrame:
    """Answer the named query NAME; `irdb list` names them all.

    \b
    irdb query rank_gaps --param split=test
    """  # noqa: D301 - click keeps the lines behind a backspace as they are
    return db.query(name, parse_params(params), lazy=lazy)
