"""The commands of `irdb` that judge scorers and generators."""

from __future__ import annotations

import functools
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from irdb_sql.cli.options import (
    FORMATS,
    choose_format,
    data_options,
    dropped_scores,
    note,
    open_database,
    output_option,
    score_options,
    score_sources,
    write_frame,
)
from irdb_sql.cli.progress import is_terminal, shown_waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import polars as pl

_READ = ("table", "markdown")
"""Formats for reading."""


def _with_resampling(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of intervals, and hand them to it as one, `intervals`."""

    @click.option("--resamples", type=int, default=1000, show_default=True, help="How often prompts are drawn anew.")
    @click.option("--seed", type=int, default=0, show_default=True, help="Same seed, same intervals.")
    @click.option("--confidence", type=float, default=0.95, show_default=True, help="Share of them in an interval.")
    @functools.wraps(command)
    def with_intervals(*, resamples: int, seed: int, confidence: float, **options: object) -> None:
        command(intervals={"resamples": resamples, "seed": seed, "confidence": confidence}, **options)

    return with_intervals


_format_option = click.option(
    "--format", "form", type=click.Choice(FORMATS), help="Default: what the suffix of -o says, else table."
)


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option("--subset", metavar="NAME", help="1k, 2k, 4k or 8k: only that published subset.")
@click.option(
    "--by",
    multiple=True,
    metavar="NAME",
    help="Rows for each classification, part, number of images, or rank_gap; may be given several times.",
)
@score_options
@_with_resampling
@click.option("--tune-ties-on", metavar="SPLIT", help="Find each scorer's ε of acc_eq on SPLIT. Default: ε is 0.")
@click.option("--allow-same-split", is_flag=True, help="Let ties be tuned on the split that is reported.")
@click.option(
    "--show",
    type=click.Choice(["leaderboard", "metrics", "differences", "coverage"]),
    help="Default: leaderboard as a table or Markdown, metrics in the other formats.",
)
@_format_option
@output_option
@data_options
def evaluate(  # noqa: PLR0913 - an option each
    *,
    files: tuple[str, ...],
    data: dict[str, Any],
    intervals: dict[str, Any],
    show: str | None,
    form: str | None,
    output: Path | None,
    **options: Any,  # noqa: ANN401 - the facade judges them
) -> None:
    """Judge how well scorers agree with people, by every metric, with intervals.

    FILE holds scores: parquet, CSV, JSON or NDJSON, long (columns scorer, image_path, score) or wide
    (image_path and a column a scorer), or rewards as test.py of the ImageReward repository writes them.
    Images go by path, file name or UUID. NAME=FILE names the scorer. The word baselines, or no FILE, is
    for the scorers that need no model. --split is the split to judge; others can still be tuned on.

    \b
    irdb evaluate
    irdb evaluate scores.csv baselines --split test --by classification
    irdb evaluate scores.parquet --split test --tune-ties-on validation -o metrics.csv
    """  # noqa: D301 - click keeps the lines behind a backspace as they are
    form = choose_format(form, output)
    show = show or ("leaderboard" if form in _READ else "metrics")
    scores, split = score_sources(files), data["split"]
    whole = data["source"] is None or not isinstance(data["source"], str) or Path(data["source"]).is_dir()
    restricted = {"split": split, "subset": options["subset"], "ranking_file": options["ranking_file"]}
    notes: list[str] = []
    with open_database(data | {"split": None} if whole else data) as db, shown_waiting():
        if show == "coverage":
            frame = db.score_coverage(scores, **restricted)
        elif show == "differences":
            frame = db.scorer_differences(scores, split=split, **intervals, **options)
        else:
            frame = db.evaluate(scores, split=split, **intervals, **options)
        if options["missing"] == "drop":
            notes = dropped_scores(frame if show == "coverage" else db.score_coverage(scores, **restricted))
    if show in ("leaderboard", "metrics"):
        notes += _notes(frame, options["tune_ties_on"], **intervals)
    if show == "leaderboard":
        frame, more = _board(frame, options["by"], form, output)
        notes += more
    write_frame(frame, form, output)
    for text in notes:
        note(f"note: {text}")


def _board(
    metrics: pl.DataFrame, by: tuple[str, ...], form: str, output: Path | None
) -> tuple[pl.DataFrame, Sequence[str]]:
    """Set metrics as a leaderboard; one to read is written in percent, and as far as a terminal has room."""
    from irdb_sql.scorers.leaderboard import fitted, leaderboard, shown  # noqa: PLC0415 - `irdb --help` needs no engine

    board = leaderboard(metrics, list(dict.fromkeys(by)))
    if form not in _READ:
        return board, ()
    board = shown(board)
    board = board.drop("split") if board["split"].n_unique() == 1 else board
    if form != "table" or output is not None or not is_terminal(sys.stdout):
        return board, ()
    fitting = fitted(board, shutil.get_terminal_size().columns)
    left = board.width - fitting.width
    return fitting, [f"{left} further columns need a wider terminal, or -o FILE"] if left else ()


def _notes(metrics: pl.DataFrame, tuned_on: str | None, *, resamples: int, seed: int, confidence: float) -> list[str]:
    """Say what was given in vain, which images have no score, and what intervals, ranks and ε are."""
    splits = ", ".join(metrics["split"].unique(maintain_order=True)) or "no prompt"
    share = f"{100 * confidence:.10g} %"
    notes = [f"judged on {splits}; intervals hold {share} of {resamples:,} resamples of the prompts, seed {seed}"]
    if tuned_on is not None:
        notes.append(f"acc_eq takes the ε of each scorer that was best on {tuned_on}")
    return [*notes, "ranks that overlap cannot be told apart; irdb query metrics explains all"]


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--human-ranking", metavar="FILE", help="What people say: columns generator and human_rank, 1 is best.")
@click.option(
    "--show",
    type=click.Choice(["stats", "wins", "strengths"]),
    default="stats",
    show_default=True,
    help="Mean scores and ranks; wins of each two; or Bradley-Terry strengths with intervals.",
)
@_with_resampling
@_format_option
@output_option
def generators(  # noqa: PLR0913 - an option each
    *,
    files: tuple[str, ...],
    human_ranking: str | None,
    show: str,
    intervals: dict[str, Any],
    form: str | None,
    output: Path | None,
) -> None:
    """Compare generators, models that make images, by a scorer's numbers for their images.

    FILE holds scores: columns generator, prompt_id and score, a row an image; or it is of one generator, a
    result of the ImageReward repository's benchmark for example. NAME=FILE names the generator.

    \b
    irdb generators scores.csv --human-ranking people.csv
    irdb generators results/*-result.json --show strengths
    """  # noqa: D301 - as above
    from irdb_sql.database.connect import connect  # noqa: PLC0415 - `irdb --help` needs no engine

    choose_format(form, output)
    scores = score_sources(files) or []
    notes = []
    with connect() as db, shown_waiting():
        if show == "wins":
            frame = db.generator_wins(scores)
        elif show == "strengths":
            frame = db.generator_strengths(scores, **intervals)
            notes.append("strengths are natural logarithms, their mean is 0; a difference of d wins 1 / (1 + exp(-d))")
        else:
            frame = db.generator_stats(scores, human_ranking)
        if human_ranking is not None:
            for generators, spearman in db.human_agreement(scores, human_ranking).iter_rows():
                told = "cannot be told" if spearman is None else f"{spearman:.4f}"
                notes.append(f"Spearman's correlation with the human ranking of {generators} generators: {told}")
    write_frame(frame, form, output)
    for text in notes:
        note(f"note: {text}")
