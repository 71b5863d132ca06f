"""The command `irdb download`: downloads the dataset, or resumes a download."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from irdb_sql.cli.notes import note
from irdb_sql.cli.progress import progress_bar, waiting_indicator
from irdb_sql.core.late import late
from irdb_sql.core.schema import SPLITS, SUBSETS, WHOLE_TRAIN
from irdb_sql.storage.errors import DATASET

if TYPE_CHECKING:
    from irdb_sql.sources.download import plan as planning
    from irdb_sql.sources.download import run as running
else:
    planning = late("irdb_sql.sources.download.plan")
    running = late("irdb_sql.sources.download.run")


@click.command("download")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "--subset",
    type=click.Choice(SUBSETS),
    default=WHOLE_TRAIN,
    show_default=True,
    help="Images of the first 4, 8, 16 or 32 parts of train; metadata, validation and test are always whole.",
)
@click.option(
    "--split", "splits", type=click.Choice(SPLITS), multiple=True, help="Only this split; may be given several times."
)
@click.option("--images", is_flag=True, help="Also download images, as zips; otherwise metadata alone.")
@click.option(
    "--revision", default="main", show_default=True, metavar="NAME", help="Branch, tag or commit of the repository."
)
@click.option("--repository", default=DATASET, show_default=True, metavar="OWNER/NAME", help="Repository of the hub.")
def command(  # noqa: PLR0913 - one parameter per option
    folder: Path, *, subset: str, splits: tuple[str, ...], images: bool, revision: str, repository: str
) -> None:
    """Download ImageRewardDB to DIR, or resume an interrupted download.

    All files are of one commit, which DIR/irdb-download.json records and reports name. The environment variable
    HF_ENDPOINT names a mirror.

    \b
    irdb download ImageRewardDB
    irdb download ImageRewardDB --split test --images
    irdb report --data ImageRewardDB
    """  # noqa: D301 - click keeps the lines behind a backspace as they are
    with waiting_indicator():
        plan = planning.plan_download(
            folder, subset=subset, splits=splits, images=images, revision=revision, repository=repository
        )
    note(f"note: {plan.describe()}")
    try:
        with progress_bar("downloading") as progress:
            running.run(plan, progress)
    except KeyboardInterrupt:
        note("note: run the same command again to resume the download")
        raise
    note(f"note: the dataset is in {folder}; query it with --data {shlex.quote(str(folder))}")
