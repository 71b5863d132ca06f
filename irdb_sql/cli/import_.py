"""The command `irdb import`: metadata from the JSON files of parts, and what differs from metadata that is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from irdb_sql.cli.options import FORMATS, choose_format, note, output_option, shown_progress, write_frame
from irdb_sql.sources.local import Source, refuse_source

if TYPE_CHECKING:
    from pathlib import Path

    from irdb_sql.imports.parts import ImportedSplit

_DIFFERENT = 1


@click.command("import")
@click.argument("source", metavar="FOLDER")
@click.option(
    "--metadata",
    type=click.Path(file_okay=False),
    metavar="DIR",
    help="Folder of metadata-*.parquet. Default: FOLDER.",
)
@click.option("--compare", is_flag=True, help="Write no metadata; compare only.")
@click.option("--partial", is_flag=True, help="Write what is there though parts before others are missing.")
@click.option("--format", "form", type=click.Choice(FORMATS), help="Default: what the suffix of -o says, else table.")
@output_option
def import_(  # noqa: PLR0913 - an option each
    source: str, metadata: str | None, *, compare: bool, partial: bool, form: str | None, output: Path | None
) -> None:
    """Make metadata of the JSON files of parts below FOLDER (or a URL), where there is none, and compare it elsewhere.

    These files, such as train_7.json in images/train/train_7.zip, have the rows of the metadata. A metadata file that
    is there is never changed: the answer is what differs from it, and the exit code is 1 if something does.

    \b
    irdb import ImageRewardDB
    irdb import ImageRewardDB --compare -o differences.csv
    """  # noqa: D301 - click keeps the lines behind a backspace as they are
    choose_format(form, output)
    from irdb_sql.imports.parts import import_parts, metadata_folder  # noqa: PLC0415 - `irdb --help` needs no engine

    folder = metadata_folder(source, metadata)
    if output is not None:
        refuse_source(Source((), folder.name, folder), output, None if metadata is None else source)
    with shown_progress("parts") as progress:
        imported = import_parts(source, metadata, write=not compare, partial=partial, progress=progress)
    write_frame(imported.differences, form, output)
    for split in imported.splits:
        note(f"note: {_told(split, imported.differences.filter(split=split.split).height)}")
    if imported.differences.height:
        raise click.exceptions.Exit(_DIFFERENT)


def _told(split: ImportedSplit, differences: int) -> str:
    """Say what has become of a split."""
    from irdb_sql.imports.errors import named  # noqa: PLC0415 - as above

    what = f"{split.rows:,} rows of {len(split.parts)} JSON files of {split.split}"
    missing = f"; no JSON of {named(split.missing)}" if split.missing else ""
    if split.path is None:
        return f"read {what}; there is no metadata to compare with{missing}"
    if split.is_new:
        return f"wrote {what} to {split.path}{missing}"
    return f"compared {what} with {split.path}: {differences:,} differences{missing}"
