"""The command `irdb evaluate`: how well scorers agree with people."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from irdb_sql.cli.answers import choose_format, format_option, output_option, write_frame
from irdb_sql.cli.data import data_options, open_database, subset_name_option
from irdb_sql.cli.notes import note
from irdb_sql.cli.progress import is_terminal, shown_waiting
from irdb_sql.cli.scores import dropped_scores, interval_options, score_options, score_sources
from irdb_sql.core.late import late

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from irdb_sql.scorers import leaderboard as boards
else:
    boards = late("irdb_sql.scorers.leaderboard")

_READ = ("table", "markdown")
"""Formats for reading."""


@click.command("evaluate")
@click.argument("files", nargs=-1, metavar="[FILE]...")
@subset_name_option
@click.option(
    "--by",
    multiple=True,
    metavar="NAME",
    help="Rows for each classification, part, number of images, or rank_gap; may be given several times.",
)
@score_options
@interval_options
@click.option("--tune-ties-on", metavar="SPLIT", help="Find each scorer's ε of acc_eq on SPLIT. Default: ε is 0.")
@click.option("--allow-same-split", is_flag=True, help="Let ties be tuned on the split that is reported.")
@click.option(
    "--show",
    type=click.Choice(["leaderboard", "metrics", "differences", "coverage"]),
    help="Default: leaderboard as a table or Markdown, metrics in the other formats.",
)
@format_option()
@output_option
@data_options
def command(  # noqa: PLR0913 - an option each
    *,
    files: tuple[str, ...],
    data: dict[str, Any],
    intervals: dict[str, Any],
    show: str | None,
    form: str | None,
    output: Path | None,
    **options: Any,  # noqa: ANN401 - the facade checks them
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
    restricted = {"split": split, "subset": options["subset"], "ranking_file": options["ranking_file"]}
    notes: list[str] = []
    with open_database(data | {"split": None} if _is_folder(data["source"]) else data) as db, shown_waiting():
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
        frame, more = _leaderboard(frame, options["by"], form, output)
        notes += more
    write_frame(frame, form, output)
    for text in notes:
        note(f"note: {text}")


def _is_folder(source: str | tuple[str, ...] | None) -> bool:
    """Whether data has several splits, of which those that are not judged can still be tuned on."""
    return source is None or not isinstance(source, str) or Path(source).is_dir()


def _leaderboard(
    metrics: pl.DataFrame, by: tuple[str, ...], form: str, output: Path | None
) -> tuple[pl.DataFrame, Sequence[str]]:
    """Set metrics as a leaderboard; one to read is written in percent, and as far as a terminal has room."""
    board = boards.leaderboard(metrics, list(dict.fromkeys(by)))
    if form not in _READ:
        return board, ()
    board = boards.shown(board)
    board = board.drop("split") if board["split"].n_unique() == 1 else board
    if form != "table" or output is not None or not is_terminal(sys.stdout):
        return board, ()
    fitting = boards.fitted(board, shutil.get_terminal_size().columns)
    left = board.width - fitting.width
    return fitting, [f"{left} further columns need a wider terminal, or -o FILE"] if left else ()


def _notes(metrics: pl.DataFrame, tuned_on: str | None, *, resamples: int, seed: int, confidence: float) -> list[str]:
    """Say what was judged, and what intervals, ranks and ε are."""
    splits = ", ".join(metrics["split"].unique(maintain_order=True)) or "no prompt"
    share = f"{100 * confidence:.10g} %"
    notes = [f"judged on {splits}; intervals hold {share} of {resamples:,} resamples of the prompts, seed {seed}"]
    if tuned_on is not None:
        notes.append(f"acc_eq takes the ε of each scorer that was best on {tuned_on}")
    return [*notes, "ranks that overlap cannot be told apart; irdb query metrics explains all"]
