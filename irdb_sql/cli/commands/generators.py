"""The command `irdb generators`: compares image generators by scores of their images, or by people's votes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from irdb_sql.cli.answers import choose_format, format_option, output_option, write_frame
from irdb_sql.cli.data import data_options, open_database, select_subset_option
from irdb_sql.cli.notes import collect_warnings, note
from irdb_sql.cli.progress import waiting_indicator
from irdb_sql.cli.scores import interval_options, score_sources

if TYPE_CHECKING:
    from pathlib import Path


@click.command("generators")
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option("--human-ranking", metavar="FILE", help="Ranking by people: columns generator and human_rank, 1 is best.")
@click.option(
    "--show",
    type=click.Choice(["stats", "wins", "strengths"]),
    help="Mean scores and ranks; wins of each pair; or Bradley-Terry strengths with intervals. Default: stats, or "
    "wins without FILE.",
)
@interval_options
@format_option()
@output_option
@select_subset_option
@data_options
def command(  # noqa: PLR0913 - one parameter per option
    *,
    files: tuple[str, ...],
    data: dict[str, Any],
    human_ranking: str | None,
    show: str | None,
    intervals: dict[str, Any],
    format: str | None,
    output: Path | None,
) -> None:
    """Compare generators, models that make images, by a scorer's scores of their images, or by people's votes.

    FILE holds scores: columns generator, prompt_id and score, one row per image; or those of one
    generator, a result of the ImageReward repository's benchmark for example. NAME=FILE names the generator.
    Without FILE, the votes of --data count.

    \b
    irdb generators scores.csv --human-ranking people.csv
    irdb generators results/*-result.json --show strengths
    irdb generators --data hpdv3/ --show strengths
    """  # noqa: D301 - click keeps the lines behind a backspace as they are
    choose_format(format, output)
    scores = score_sources(files) if files else None
    show = show or ("wins" if scores is None else "stats")
    if scores is None and (show == "stats" or human_ranking is not None):
        message = "mean scores, and a comparison with a human ranking, need FILE with scores."
        raise click.UsageError(message)
    notes = []
    opened = open_database(data, is_asked=not files)
    with opened as db, waiting_indicator(), collect_warnings() as warned:
        if show == "wins":
            frame = db.generator_wins(scores)
        elif show == "strengths":
            frame = db.generator_strengths(scores, **intervals)
            notes.append("strengths are natural logarithms, their mean is 0; a difference of d wins 1 / (1 + exp(-d))")
        else:
            frame = db.generator_stats(scores or [], human_ranking)
        if human_ranking is not None:
            for generators, spearman in db.human_agreement(scores or [], human_ranking).iter_rows():
                correlation = "undefined" if spearman is None else f"{spearman:.4f}"
                notes.append(f"Spearman's correlation with the human ranking of {generators} generators: {correlation}")
    write_frame(frame, format, output)
    for text in notes:
        note(f"note: {text}")
    for text in warned:
        note(text)
