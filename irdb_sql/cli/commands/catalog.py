"""The command `irdb catalog`: writes a DuckDB file with every view and macro over the data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from irdb_sql.cli.data import select_subset_option
from irdb_sql.cli.notes import note_written
from irdb_sql.cli.progress import waiting_indicator
from irdb_sql.cli.scores import takes_scored_database
from irdb_sql.core.late import late

if TYPE_CHECKING:
    from irdb_sql.core import atomic_write
    from irdb_sql.database.facade import ImageRewardDB
else:
    atomic_write = late("irdb_sql.core.atomic_write")


def _checked(target: Path) -> Path:
    """Return a target that can be written."""
    if target == Path("-"):
        message = "a catalog cannot go to standard output; name a file."
        raise click.UsageError(message)
    atomic_write.check_target(target)
    return target


@click.command("catalog")
@click.argument(
    "target",
    type=click.Path(path_type=Path),
    metavar="FILE.duckdb",
    callback=lambda _context, _argument, path: _checked(path),
)
@click.option("--copy", is_flag=True, help="Copy the rows of the data into FILE, instead of the paths of its files.")
@click.option("--relative", is_flag=True, help="Store the paths of the data's files relative to the folder of FILE.")
@select_subset_option
@takes_scored_database
def command(db: ImageRewardDB, target: Path, *, copy: bool, relative: bool) -> None:
    """Write FILE.duckdb with every view and macro over the data, for other tools that open DuckDB files.

    \b
    irdb catalog irdb.duckdb
    duckdb irdb.duckdb "FROM pair_counts()"
    """  # noqa: D301 - click keeps the lines behind a backspace as they are
    with waiting_indicator():
        db.write_catalog(target, copy=copy, relative=relative)
    note_written("views and macros", target, "DuckDB 1.4 and newer open it")
