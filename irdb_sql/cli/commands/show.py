"""The command `irdb show`: describes a view, macro or query, and shows its SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from irdb_sql.cli.answers import format_option, output_option, write, write_frame
from irdb_sql.cli.data import takes_database
from irdb_sql.cli.manual import manual_page
from irdb_sql.core.late import late

if TYPE_CHECKING:
    from pathlib import Path

    from irdb_sql.core import catalog
    from irdb_sql.database.facade import ImageRewardDB
else:
    catalog = late("irdb_sql.core.catalog")


@click.command("show")
@click.argument("name")
@format_option(text="Write its columns in this format instead.")
@output_option
@takes_database
def command(db: ImageRewardDB, name: str, format: str | None, output: Path | None) -> None:
    """Show parameters, columns and SQL of the view, macro or query NAME."""
    columns = db.columns(name)
    if format is not None:
        write_frame(columns, format, output)
        return
    pages = (manual_page(file, columns) for file in catalog.load().find(name))
    write("\n\n".join(pages).encode(), output)
