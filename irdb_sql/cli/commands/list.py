"""The command `irdb list`: names what SQL can ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from irdb_sql.cli.answers import writes_frame
from irdb_sql.cli.data import takes_database

if TYPE_CHECKING:
    import polars as pl

    from irdb_sql.database.facade import ImageRewardDB


@click.command("list")
@takes_database
@writes_frame
def command(db: ImageRewardDB) -> pl.DataFrame:
    """List the views, macros and queries there are."""
    return db.catalog().select("kind", "name", "summary")
