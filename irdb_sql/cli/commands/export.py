"""The command `irdb export`: writes the data in the shapes that trainers read."""

from __future__ import annotations

import functools
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from irdb_sql.cli.answers import allow_empty_option
from irdb_sql.cli.data import data_options, open_database, subset_option
from irdb_sql.cli.notes import note, note_written
from irdb_sql.cli.progress import progress_bar
from irdb_sql.core.atomic_write import check_place
from irdb_sql.core.text import plural
from irdb_sql.errors import without_secrets
from irdb_sql.exports.formats import EXPORT_FORMATS, SHARD_BYTES, SUFFIXES, WEIGHTS, describe_formats

if TYPE_CHECKING:
    from collections.abc import Callable

    from irdb_sql.database.facade import ImageRewardDB

_HELP = f"""Write the data as FORMAT to OUT, atomically, with a manifest of counts and hashes.

\b
{describe_formats()}

\b
irdb export pairs -o pairs/
irdb export ranking --split test -o test.json
irdb export pairs --sample 0:0.9 -o most/
irdb export pairs --sample 0.9:1 -o rest/
irdb check-split most/ rest/
"""
_MEGABYTE = 1_000_000


def _takes_export_database(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that name data, and --ok-images-only, to a command."""

    @click.option("--ok-images-only", is_flag=True, help="The same as --images ok.")
    @data_options
    @functools.wraps(command)
    def with_database(*, data: dict[str, Any], target: Path, ok_images_only: bool, **options: object) -> None:
        if target == Path("-"):
            message = "an export cannot go to standard output; choose a file or folder with -o."
            raise click.UsageError(message)
        check_place(target, SUFFIXES)
        if ok_images_only and data["images"] not in (None, "ok"):
            message = "--ok-images-only means --images ok; drop one of the two options."
            raise click.UsageError(message)
        if ok_images_only:
            data["images"] = "ok"
        with open_database(data) as db:
            command(db, split=data["split"], target=target, **options)

    return with_database


class _SampleType(click.ParamType):  # type: ignore[type-arg]  # generic for mypy alone
    """A share, or a range in 0 to 1."""

    name = "share"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 - click's own signature
        """Parse SHARE or BEGIN:END."""
        begin, colon, end = str(value).partition(":")
        try:
            return (float(begin), float(end)) if colon else float(begin)
        except ValueError:
            self.fail(f"{value!r} is neither a share, as 0.1, nor a range, as 0.9:1.", param, ctx)


@click.command("export", help=_HELP)
@click.argument("format", type=click.Choice(list(EXPORT_FORMATS)), metavar="FORMAT")
@click.option(
    "-o",
    "--output",
    "target",
    type=click.Path(path_type=Path),
    required=True,
    metavar="OUT",
    help="A file of one split, with the suffix of its kind, or a new folder, with files of each split.",
)
@subset_option
@click.option("--no-images", is_flag=True, help="Write paths instead of bytes in the columns of images.")
@click.option(
    "--sample",
    type=_SampleType(),
    default=1.0,
    metavar="SHARE|BEGIN:END",
    help="Only prompts whose random number is below SHARE, or in [BEGIN, END). 0:0.9 and 0.9:1 share no text.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the random numbers.")
@click.option("--stratified", is_flag=True, help="Sample the same share of each classification of a split.")
@click.option(
    "--min-rank-gap", type=int, default=1, show_default=True, metavar="N", help="Pairs: smallest difference in rank."
)
@click.option("--keep-ties", is_flag=True, help="pickscore, hpdv3: include tied pairs.")
@click.option("--per-prompt", type=int, metavar="N", help="Pairs: at most N of each prompt, sampled by --seed.")
@click.option("--weights", type=click.Choice(WEIGHTS), help="Pairs: add weights, equal per prompt or per pair.")
@click.option(
    "--shard-size", type=click.IntRange(min=1), default=SHARD_BYTES // _MEGABYTE, show_default=True, metavar="MB",
    help="Size of a file in a folder after which another one begins.",
)  # fmt: skip
@allow_empty_option
@_takes_export_database
def command(db: ImageRewardDB, *, format: str, target: Path, no_images: bool, shard_size: int, **options: Any) -> None:  # noqa: ANN401 - the facade checks them
    """Write an export, and note what it holds."""
    with progress_bar("prompts") as progress:
        manifest = db.export(
            format, target, images=not no_images, shard_bytes=shard_size * _MEGABYTE,
            progress=progress, command=shlex.join(["irdb", *map(without_secrets, sys.argv[1:])]), **options,
        )  # fmt: skip
    totals = manifest["totals"]
    if left_out := manifest["source"]["images_left_out"]:
        note(f"note: {left_out:,} images of the data are left out by --images or --classification")
    rows: dict[str, int] = {}
    for file in manifest["files"]:
        rows[file["split"]] = rows.get(file["split"], 0) + file["rows"]
    for split in (split for split, number in rows.items() if not number):
        note(f"note: no rows of {split} match the options; its file is empty")
    rows_written, prompts, images = (plural(totals[f"{noun}s"], noun) for noun in ("row", "prompt", "image"))
    size = f"{plural(len(manifest['files']), 'file')}, {totals['bytes'] / 1e6:,.1f} MB"
    note_written(f"{rows_written} of {prompts} and {images} ({size})", target)
