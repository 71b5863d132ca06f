"""The command `irdb download`: fetches the dataset, or goes on where that stopped."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from irdb_sql.cli.notes import note
from irdb_sql.cli.progress import shown_progress, shown_waiting
from irdb_sql.core.late import late
from irdb_sql.core.schema import SPLITS, SUBSETS
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
    default="8k",
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
@click.option("--repository", default=DATASET, show_default=True, metavar="OWNER/NAME", help="Whence.")
def command(  # noqa: PLR0913 - an option each
    folder: Path, *, subset: str, splits: tuple[str, ...], images: bool, revision: str, repository: str
) -> None:
    """Download ImageRewardDB to DIR, or go on where an earlier download stopped.

    Everything is of one commit, which DIR/irdb-download.json keeps and reports tell. The environment variable
    HF_ENDPOINT names a mirror.

    \b
    irdb download ImageRewardDB
    irdb download ImageRewardDB --split test --images
    irdb report --data ImageRewardDB
    """  # noqa: D301 - click keeps the lines behind a backspace as they are
    with shown_waiting():
        plan = planning.plan_download(
            folder, subset=subset, splits=splits, images=images, revision=revision, repository=repository
        )
    note(f"note: {plan.describe()}")
    try:
        with shown_progress("downloading") as progress:
            running.run(plan, progress)
    except KeyboardInterrupt:
        note("note: the same command goes on where this one stopped")
        raise
    note(f"note: all of it is in {folder}; ask it with --data {shlex.quote(str(folder))}")
