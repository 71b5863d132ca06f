"""The command `irdb import`: imports metadata from the JSON files of parts, and compares it with existing files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from irdb_sql.cli.answers import choose_format, format_option, output_option, write_frame
from irdb_sql.cli.errors import FAILED
from irdb_sql.cli.notes import note
from irdb_sql.cli.progress import progress_bar
from irdb_sql.core.late import late

if TYPE_CHECKING:
    from pathlib import Path

    from irdb_sql.imports import errors as import_errors
    from irdb_sql.imports import parts
    from irdb_sql.sources import local
else:
    import_errors = late("irdb_sql.imports.errors")
    parts = late("irdb_sql.imports.parts")
    local = late("irdb_sql.sources.local")


@click.command("import")
@click.argument("source", metavar="FOLDER")
@click.option(
    "--metadata",
    type=click.Path(file_okay=False),
    metavar="DIR",
    help="Folder of metadata-*.parquet. Default: FOLDER.",
)
@click.option("--compare", is_flag=True, help="Compare only; write no metadata.")
@click.option("--partial", is_flag=True, help="Write metadata even if parts between others are missing.")
@format_option()
@output_option
def command(  # noqa: PLR0913 - one parameter per option
    source: str, metadata: str | None, *, compare: bool, partial: bool, format: str | None, output: Path | None
) -> None:
    """Make missing metadata from the JSON files in the zips below FOLDER, and compare existing metadata.

    FOLDER may be a URL. Each zip of images, such as images/train/train_7.zip, is one part and has a JSON file with the
    same rows as the metadata. An existing metadata file is never changed: the output lists the differences between it
    and the JSON files, and the exit code is 1 if there are any.

    \b
    irdb import ImageRewardDB
    irdb import ImageRewardDB --compare -o differences.csv
    """  # noqa: D301 - click keeps the lines behind a backspace as they are
    choose_format(format, output)
    folder = parts.metadata_folder(source, metadata)
    if output is not None:
        local.check_not_source(local.Source((), folder.name, folder), output, None if metadata is None else source)
    with progress_bar("parts") as progress:
        imported = parts.import_parts(source, metadata, write=not compare, partial=partial, progress=progress)
    write_frame(imported.differences, format, output)
    for split in imported.splits:
        note(f"note: {_describe(split, imported.differences.filter(split=split.split).height)}")
    if imported.differences.height:
        raise click.exceptions.Exit(FAILED)


def _describe(split: parts.ImportedSplit, differences: int) -> str:
    """Describe the result of importing a split."""
    rows = f"{split.rows:,} rows of {len(split.parts)} JSON files of {split.split}"
    missing = f"; no JSON of {import_errors.describe_parts(split.missing)}" if split.missing else ""
    if split.path is None:
        return f"read {rows}; there is no metadata to compare with{missing}"
    if split.is_new:
        return f"wrote {rows} to {split.path}{missing}"
    return f"compared {rows} with {split.path}: {differences:,} differences{missing}"
