"""The command `irdb sample`: writes a synthetic dataset."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from irdb_sql.cli.notes import note_written
from irdb_sql.cli.progress import progress_bar
from irdb_sql.core.late import late
from irdb_sql.core.schema import SUBSETS
from irdb_sql.sources.sample.layouts.base import SampleOptions
from irdb_sql.sources.sample.layouts.registry import layout_samples, write_layout_sample

if TYPE_CHECKING:
    from irdb_sql.sources.sample import dataset
else:
    dataset = late("irdb_sql.sources.sample.dataset")

_SUBSET, _PAIRS = "1k", 600


@click.command("sample")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@click.option(
    "--subset",
    type=click.Choice(SUBSETS),
    help="Published subset to imitate: 4, 8, 16 or 32 parts of train, and all of validation and test.  "
    f"[default: {_SUBSET}]",
)
@click.option("--layout", type=click.Choice([*layout_samples()]), help="Write files of this layout with votes instead.")
@click.option(
    "--pairs", type=click.IntRange(min=1), help=f"Pairs of a layout's files, over all splits.  [default: {_PAIRS}]"
)
@click.option(
    "--images", is_flag=True, help="Also write small WebP images: in zips as published, or as a layout names."
)
@click.option("--no-bytes", is_flag=True, help="Leave out the columns of images, of a layout that has them.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the dataset: same seed, same files.")
def command(  # noqa: PLR0913 - one parameter per option
    folder: Path, subset: str | None, layout: str | None, pairs: int | None, *, images: bool, no_bytes: bool, seed: int
) -> None:
    """Write a synthetic dataset in the published layout, or one with votes, to the new folder DIR."""
    if (message := _find_conflict(subset, layout, pairs, images=images, no_bytes=no_bytes)) is not None:
        raise click.UsageError(message)
    if layout is None:
        shape = dataset.SUBSETS[subset or _SUBSET]
        total = sum(sum(split.prompts) for split in shape.values())
        with progress_bar("prompts") as progress:
            dataset.write_sample(folder, shape, images=images, seed=seed, progress=progress)
        what = f"{total:,} synthetic prompts"
    else:
        options = SampleOptions(pairs or _PAIRS, images=images, has_bytes=not no_bytes, seed=seed)
        with progress_bar("pairs") as progress:
            write_layout_sample(folder, layout, options, progress)
        what = f"{options.pairs:,} synthetic pairs in the layout {layout}"
    note_written(what, folder, f"query them with --data {shlex.quote(str(folder))}")


def _find_conflict(
    subset: str | None, layout: str | None, pairs: int | None, *, images: bool, no_bytes: bool
) -> str | None:
    """Say which options do not fit together, and what to do; None if all do."""
    if layout is None:
        if pairs is not None:
            return "--pairs is the size of a layout with votes; name one with --layout, or choose a --subset instead."
        return "--no-bytes is for a layout with columns of images; name one with --layout." if no_bytes else None
    if subset is not None:
        return f"--subset is a size of ImageRewardDB, not of the layout {layout}; choose the size with --pairs."
    has_bytes = layout_samples()[layout].has_bytes_columns
    if images and has_bytes:
        return f"the layout {layout} has its images in columns, not in files; leave out --images."
    if no_bytes and not has_bytes:
        return f"the layout {layout} has no columns of images; leave out --no-bytes."
    return None
