"""The command `irdb sample`: writes a synthetic dataset."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from irdb_sql.cli.notes import note
from irdb_sql.cli.progress import progress_bar
from irdb_sql.core.late import late
from irdb_sql.core.schema import SUBSETS

if TYPE_CHECKING:
    from irdb_sql.sources.sample import dataset
else:
    dataset = late("irdb_sql.sources.sample.dataset")


@click.command("sample")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@click.option(
    "--subset",
    type=click.Choice(SUBSETS),
    default="1k",
    show_default=True,
    help="Published subset to imitate: 4, 8, 16 or 32 parts of train, and all of validation and test.",
)
@click.option("--images", is_flag=True, help="Also write small WebP images, in zips as published.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the dataset: same seed, same files.")
def command(folder: Path, subset: str, *, images: bool, seed: int) -> None:
    """Write a synthetic dataset in the published layout to the new folder DIR."""
    shape = dataset.SUBSETS[subset]
    total = sum(sum(split.prompts) for split in shape.values())
    with progress_bar("prompts") as progress:
        dataset.write_sample(folder, shape, images=images, seed=seed, progress=progress)
    note(f"note: wrote {total:,} synthetic prompts; query them with --data {shlex.quote(str(folder))}")
