"""The command `irdb query`: answers a named query."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from irdb_sql.cli.answers import Wanted, streams_frame
from irdb_sql.cli.completion import NameType
from irdb_sql.cli.data import protect_files, select_subset_option
from irdb_sql.cli.parameters import param_option, parse_params
from irdb_sql.cli.scores import takes_scored_database

if TYPE_CHECKING:
    import polars as pl

    from irdb_sql.database.facade import ImageRewardDB


@click.command("query")
@click.argument("name", type=NameType("query", has_files=True), metavar="NAME|FILE.sql")
@param_option
@select_subset_option
@takes_scored_database
@streams_frame
def command(db: ImageRewardDB, name: str, params: tuple[str, ...], *, wanted: Wanted) -> pl.DataFrame | pl.LazyFrame:
    """Answer the named query NAME, or the SELECT of FILE.sql; `irdb list` lists queries.

    \b
    irdb query rank_gaps --param split=test
    irdb query mine.sql --param split=test
    """  # noqa: D301 - click keeps the lines behind a backspace as they are
    query = Path(name) if name.lower().endswith(".sql") else name
    if isinstance(query, Path):
        protect_files([query])
    return db.query(query, parse_params(params), lazy=wanted.is_lazy)
