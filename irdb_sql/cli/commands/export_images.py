"""The command `irdb export-images`: writes the image files of a query's rows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from irdb_sql.cli.answers import allow_empty_option
from irdb_sql.cli.completion import NameType
from irdb_sql.cli.data import select_subset_option, takes_database
from irdb_sql.cli.limits import limit_options
from irdb_sql.cli.notes import collect_warnings, note, note_written
from irdb_sql.cli.parameters import param_option, parse_json_params, parse_params, read_statement
from irdb_sql.cli.progress import progress_bar, waiting_indicator
from irdb_sql.core.late import late
from irdb_sql.core.text import plural

if TYPE_CHECKING:
    from irdb_sql.core import atomic_write
    from irdb_sql.database.facade import ImageRewardDB
else:
    atomic_write = late("irdb_sql.core.atomic_write")


def _checked(target: Path) -> Path:
    """Return a target that can be written."""
    atomic_write.check_place(target, (".zip", ".tar"))
    return target


@click.command("export-images")
@click.argument(
    "target",
    type=click.Path(path_type=Path),
    metavar="TARGET",
    callback=lambda _context, _argument, path: _checked(path),
)
@click.option("--sql", "text", metavar="TEXT", help="Write the images of this statement's rows.")
@click.option(
    "--query", "name", type=NameType("query"), metavar="NAME", help="Write the images of this named query's rows."
)
@param_option
@click.option(
    "--column", "image_columns", multiple=True, metavar="NAME", help="A column of image paths with its own name."
)
@click.option(
    "--on-error",
    type=click.Choice(["raise", "skip"]),
    default="raise",
    show_default=True,
    help="What to do at an image that is missing or broken.",
)
@allow_empty_option
@select_subset_option
@takes_database
@limit_options
def command(  # noqa: PLR0913 - one parameter per option
    db: ImageRewardDB,
    *,
    target: Path,
    text: str | None,
    name: str | None,
    params: tuple[str, ...],
    image_columns: tuple[str, ...],
    on_error: Any,  # noqa: ANN401 - click has checked it
    allow_empty: bool,
) -> None:
    """Write the images of a query's rows, each once, to TARGET: a new folder, or a .zip or .tar.

    \b
    irdb export-images best.zip --sql "FROM images WHERE split = 'test' AND rank = 1"
    irdb export-images pairs/ --query widest_gaps --param limit=10
    """  # noqa: D301 - click keeps the lines behind a backspace as they are
    if (text is None) == (name is None):
        message = "use either --sql TEXT or --query NAME; --sql 'FROM images' writes all images."
        raise click.UsageError(message)
    with collect_warnings() as notes, waiting_indicator():
        if name is None:
            frame = db.sql(read_statement(text), parse_json_params(params))
        else:
            frame = db.query(name, parse_params(params))
    for warning in notes:
        note(warning)
    with progress_bar("images") as progress:
        written = db.export_images(
            frame, target, image_columns or None, on_error=on_error, allow_empty=allow_empty, progress=progress
        )
    note_written(plural(written, "image"), target)
