"""The command `irdb generators`: compares image generators by scores of their images, or by people's votes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from irdb_sql.cli.answers import choose_format, format_option, output_option, write_frame
from irdb_sql.cli.data import data_options, open_database, protect_files, select_subset_option
from irdb_sql.cli.notes import collect_warnings, note
from irdb_sql.cli.progress import waiting_indicator
from irdb_sql.cli.scores import interval_options, score_sources
from irdb_sql.scorers.options import TIES, Resampling

if TYPE_CHECKING:
    import polars as pl

    from irdb_sql.scorers.options import Ties


@click.command("generators")
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option("--human-ranking", metavar="FILE", help="Ranking by people: columns generator and human_rank, 1 is best.")
@click.option(
    "--show",
    type=click.Choice(["stats", "wins", "strengths", "effects"]),
    help="Mean scores and ranks; wins of each pair; Bradley-Terry strengths with intervals; or the effects of "
    "--covariates and --ties davidson on these. Default: stats, or wins without FILE.",
)
@click.option(
    "--ties",
    type=click.Choice(TIES),
    default=TIES[0],
    show_default=True,
    help="For strengths and effects: a tie is half a win for both, or an outcome with a parameter (Davidson 1970).",
)
@click.option(
    "--covariates",
    metavar="FILE",
    help="For strengths and effects: columns generator and prompt_id, and numbers that may explain wins.",
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
    ties: Ties,
    covariates: str | None,
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
    irdb generators --data hpdv3/ --show strengths --ties davidson
    irdb generators scores.csv --show effects --covariates places.csv
    """  # noqa: D301 - click keeps the lines behind a backspace as they are
    choose_format(format, output)
    scores = score_sources(files) if files else None
    show = show or ("wins" if scores is None else "stats")
    options: dict[str, Any] = {"ties": ties, "covariates": covariates}
    _check_usage(show, options, has_scores=scores is not None, has_ranking=human_ranking is not None)
    protect_files(Path(path) for path in (human_ranking, covariates) if path is not None)
    notes = []
    opened = open_database(data, is_asked=not files)
    with opened as db, waiting_indicator(), collect_warnings() as warned:
        if show == "wins":
            frame = db.generator_wins(scores)
        elif show == "strengths":
            frame = db.generator_strengths(scores, **options, **intervals)
            notes.append("strengths are natural logarithms, their mean is 0; a difference of d wins 1 / (1 + exp(-d))")
            notes[0] += (
                "" if ties == TIES[0] else " of prompts without a tie; --show effects prints the parameter of ties"
            )
        elif show == "effects":
            frame = db.generator_effects(scores, **options, **intervals)
            notes += _describe_effects(frame)
        else:
            frame = db.generator_stats(scores or [], human_ranking)
        if human_ranking is not None:
            for generators, spearman in db.human_agreement(scores or [], human_ranking).iter_rows():
                correlation = "undefined" if spearman is None else f"{spearman:.4f}"
                notes.append(f"Spearman's correlation with the human ranking of {generators} generators: {correlation}")
    if "upper" in frame.columns and frame["upper"].null_count():
        notes.append(
            "there is no interval where too many resamples of prompts have no finite estimates, or where there are "
            f"fewer than {Resampling(**intervals).fewest:,} resamples"
        )
    write_frame(frame, format, output)
    for text in notes:
        note(f"note: {text}")
    for text in warned:
        note(text)


def _check_usage(show: str, options: dict[str, Any], *, has_scores: bool, has_ranking: bool) -> None:
    """Raise an error about options that do not go together."""
    has_covariates, has_ties = options["covariates"] is not None, options["ties"] != TIES[0]
    faults = {
        "mean scores, and a comparison with a human ranking, need FILE with scores.": not has_scores
        and (show == "stats" or has_ranking),
        "--ties and --covariates need --show strengths or --show effects.": show in ("stats", "wins")
        and (has_covariates or has_ties),
        "--show effects needs --covariates FILE, --ties davidson, or both.": show == "effects"
        and not (has_covariates or has_ties),
    }
    for message, is_so in faults.items():
        if is_so:
            raise click.UsageError(message)


def _describe_effects(frame: pl.DataFrame) -> list[str]:
    """Return notes on what estimates mean."""
    kinds = set(frame["kind"])
    notes = []
    if "covariate" in kinds:
        notes.append("a covariate adds its estimate to the log-odds of a win, per unit that a generator has more of it")
    shares = [nu / (2 + nu) for nu in frame.filter(kind="ties")["estimate"]]
    return notes + [
        f"two equal generators tie on {share:.1%} of prompts, estimate / (2 + estimate)" for share in shares
    ]
