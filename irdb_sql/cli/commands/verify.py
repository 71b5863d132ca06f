"""The command `irdb verify`: reads every image and reports its status."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from irdb_sql.cli.answers import choose_format, format_option, output_option, write_frame
from irdb_sql.cli.data import check_target, select_subset_option, takes_database
from irdb_sql.cli.errors import FAILED
from irdb_sql.cli.notes import note
from irdb_sql.cli.progress import progress_bar

if TYPE_CHECKING:
    from pathlib import Path

    from irdb_sql.database.facade import ImageRewardDB


@click.command("verify")
@click.option("--decode", is_flag=True, help="Also decode each image, which detects damage with a correct CRC-32.")
@click.option("--measure", is_flag=True, help="Also decode each image, and show its brightness, sharpness and more.")
@click.option("--all", "is_all", is_flag=True, help="Also show the images that are ok; a FILE of -o always has all.")
@format_option()
@output_option
@select_subset_option
@takes_database
def command(  # noqa: PLR0913 - one argument per option
    db: ImageRewardDB, format: str | None, output: Path | None, *, decode: bool, measure: bool, is_all: bool
) -> None:
    """Read every image and show those that are not ok; exit with 1 if there are any.

    With -o FILE, progress is saved in FILE.unfinished, and the same command resumes an interrupted run.

    \b
    irdb verify
    irdb verify --decode -o verified.parquet
    irdb query pairs --images verified.parquet -o pairs.parquet
    irdb verify --measure -o measured.parquet
    irdb query score_confounds --scores scores.csv --measures measured.parquet
    """  # noqa: D301 - click keeps the lines behind a backspace as they are
    choose_format(format, output)
    if output is not None:
        check_target(output)
    journal = None if output is None else output.with_name(f"{output.name}.unfinished")
    try:
        with progress_bar("images") as progress:
            files = db.image_files(verify=True, decode=decode, measure=measure, journal=journal, progress=progress)
    except KeyboardInterrupt:
        if journal is not None and journal.exists():
            note(f"note: run the same command again to resume from {journal}")
        raise
    is_whole = is_all or measure or output is not None  # such a file is what --images and --measures take
    write_frame(files if is_whole else files.filter(files["status"] != "ok"), format, output)
    if journal is not None:
        journal.unlink(missing_ok=True)
    counts = dict(files["status"].value_counts(sort=True).iter_rows())
    good = counts.pop("ok", 0)
    bad = "".join(f", {count:,} {status.replace('_', ' ')}" for status, count in sorted(counts.items()))
    note(f"note: {good:,} of {files.height:,} images are ok{bad}")
    if twice := files.filter((files["status"] == "ok") & files["detail"].is_not_null()).height:
        note(f"note: {twice:,} images are at several places, of which one is read; the column detail names the others")
    if counts:
        raise click.exceptions.Exit(FAILED)
