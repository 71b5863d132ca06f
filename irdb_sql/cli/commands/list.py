"""The command `irdb list`: lists views, macros and queries."""

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
    """List all views, macros and queries."""
    return db.catalog().select("kind", "name", "summary")
