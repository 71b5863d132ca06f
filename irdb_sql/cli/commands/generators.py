"""The command `irdb generators`: compares image generators by scores of their images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from irdb_sql.cli.answers import choose_format, format_option, output_option, write_frame
from irdb_sql.cli.notes import note
from irdb_sql.cli.progress import waiting_indicator
from irdb_sql.cli.scores import interval_options, score_sources
from irdb_sql.core.late import late

if TYPE_CHECKING:
    from pathlib import Path

    from irdb_sql.database import connect as connecting
else:
    connecting = late("irdb_sql.database.connect")


@click.command("generators")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--human-ranking", metavar="FILE", help="Ranking by people: columns generator and human_rank, 1 is best.")
@click.option(
    "--show",
    type=click.Choice(["stats", "wins", "strengths"]),
    default="stats",
    show_default=True,
    help="Mean scores and ranks; wins of each pair; or Bradley-Terry strengths with intervals.",
)
@interval_options
@format_option()
@output_option
def command(  # noqa: PLR0913 - one parameter per option
    *,
    files: tuple[str, ...],
    human_ranking: str | None,
    show: str,
    intervals: dict[str, Any],
    format: str | None,
    output: Path | None,
) -> None:
    """Compare generators, models that make images, by a scorer's scores of their images.

    FILE holds scores: columns generator, prompt_id and score, one row per image; or those of one
    generator, a result of the ImageReward repository's benchmark for example. NAME=FILE names the generator.

    \b
    irdb generators scores.csv --human-ranking people.csv
    irdb generators results/*-result.json --show strengths
    """  # noqa: D301 - click keeps the lines behind a backspace as they are
    choose_format(format, output)
    scores = score_sources(files) or []
    notes = []
    with connecting.connect() as db, waiting_indicator():
        if show == "wins":
            frame = db.generator_wins(scores)
        elif show == "strengths":
            frame = db.generator_strengths(scores, **intervals)
            notes.append("strengths are natural logarithms, their mean is 0; a difference of d wins 1 / (1 + exp(-d))")
        else:
            frame = db.generator_stats(scores, human_ranking)
        if human_ranking is not None:
            for generators, spearman in db.human_agreement(scores, human_ranking).iter_rows():
                correlation = "undefined" if spearman is None else f"{spearman:.4f}"
                notes.append(f"Spearman's correlation with the human ranking of {generators} generators: {correlation}")
    write_frame(frame, format, output)
    for text in notes:
        note(f"note: {text}")
