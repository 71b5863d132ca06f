"""The command `irdb verify`: reads every image and says which are whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from irdb_sql.cli.answers import choose_format, format_option, output_option, write_frame
from irdb_sql.cli.data import takes_database
from irdb_sql.cli.errors import FAILED
from irdb_sql.cli.notes import note
from irdb_sql.cli.progress import shown_progress

if TYPE_CHECKING:
    from pathlib import Path

    from irdb_sql.database.facade import ImageRewardDB


@click.command("verify")
@click.option("--decode", is_flag=True, help="Also decode each image, which finds damage that no CRC tells.")
@format_option()
@output_option
@takes_database
def command(db: ImageRewardDB, form: str | None, output: Path | None, *, decode: bool) -> None:
    """Read every image and say which are whole; exit with 1 if some are not.

    With -o FILE, what is done is kept in FILE.unfinished meanwhile, and the same command goes on from there.

    \b
    irdb verify --decode -o verified.parquet
    irdb query pairs --images verified.parquet -o pairs.parquet
    """  # noqa: D301 - click keeps the lines behind a backspace as they are
    choose_format(form, output)
    if output is not None:
        db.check_target(output)
    journal = None if output is None else output.with_name(f"{output.name}.unfinished")
    try:
        with shown_progress("images") as progress:
            files = db.image_files(verify=True, decode=decode, journal=journal, progress=progress)
    except KeyboardInterrupt:
        if journal is not None and journal.exists():
            note(f"note: the same command goes on where this one stopped, as {journal} tells")
        raise
    write_frame(files, form, output)
    if journal is not None:
        journal.unlink(missing_ok=True)
    counts = dict(files["status"].value_counts(sort=True).iter_rows())
    good = counts.pop("ok", 0)
    bad = "".join(f", {count:,} {status.replace('_', ' ')}" for status, count in sorted(counts.items()))
    note(f"note: {good:,} of {files.height:,} images are ok{bad}")
    if counts:
        raise click.exceptions.Exit(FAILED)
