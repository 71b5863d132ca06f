"""The command `irdb show`: describes a view, macro or query, and shows its SQL."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

import click

from irdb_sql.cli.answers import format_option, output_option, write, write_frame
from irdb_sql.cli.completion import NameType
from irdb_sql.cli.data import sql_files, takes_database_for_names
from irdb_sql.cli.manual import manual_page
from irdb_sql.cli.progress import is_terminal

if TYPE_CHECKING:
    from pathlib import Path

    from irdb_sql.database.facade import ImageRewardDB


@click.command("show")
@click.argument("name", type=NameType("view", "macro", "query"))
@format_option(text="Write its columns in this format instead.")
@output_option
@takes_database_for_names
def command(db: ImageRewardDB, name: str, format: str | None, output: Path | None) -> None:
    """Show parameters, columns and SQL of the view, macro or query NAME."""
    columns = db.columns(name)
    if format is not None:
        write_frame(columns, format, output)
        return
    is_on_screen = output is None and is_terminal(sys.stdout)
    width = shutil.get_terminal_size().columns if is_on_screen else None
    pages = (manual_page(file, columns, width) for file in sql_files().find(name))
    write("\n\n".join(pages).encode(), output, f"what {name} is")
