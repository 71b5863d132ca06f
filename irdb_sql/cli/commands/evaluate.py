"""The command `irdb evaluate`: how well scorers agree with people."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING, Any

import click

from irdb_sql.charts.labels import BASELINE_NAMES
from irdb_sql.cli.answers import TEXT_FORMATS, choose_format, format_option, output_option, write_frame
from irdb_sql.cli.data import data_options, subset_name_option
from irdb_sql.cli.notes import collect_warnings, note
from irdb_sql.cli.progress import is_terminal, waiting_indicator
from irdb_sql.cli.scores import (
    describe_dropped_scores,
    interval_options,
    open_all_splits,
    score_options,
    score_sources,
)
from irdb_sql.core.late import late
from irdb_sql.errors import quoted
from irdb_sql.scorers.options import BASELINES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import polars as pl

    from irdb_sql.scorers import leaderboard as boards
else:
    boards = late("irdb_sql.scorers.leaderboard")


@click.command("evaluate")
@click.argument("files", nargs=-1, metavar="[FILE]...")
@subset_name_option
@click.option(
    "--by",
    multiple=True,
    metavar="NAME",
    help="Rows for each classification, part, number of images, or rank_gap; may be given several times.",
)
@click.option(
    "--metric",
    "metrics",
    multiple=True,
    metavar="NAME",
    help="Only this metric; may be given several times. The first ranks the leaderboard.",
)
@click.option(
    "--protocol",
    metavar="NAME",
    help="The number that a published script would print, or all; irdb query protocols explains them.",
)
@score_options
@interval_options
@click.option("--tune-ties-on", metavar="SPLIT", help="Tune each scorer's ε of acc_eq on SPLIT. Default: ε is 0.")
@click.option("--allow-same-split", is_flag=True, help="Allow ε to be tuned on the evaluated split.")
@click.option(
    "--show",
    type=click.Choice(["leaderboard", "metrics", "differences", "coverage"]),
    help="Default: leaderboard as a table or Markdown, metrics in the other formats.",
)
@format_option()
@output_option
@data_options
def command(  # noqa: PLR0913 - one parameter per option
    *,
    files: tuple[str, ...],
    data: dict[str, Any],
    intervals: dict[str, Any],
    metrics: tuple[str, ...],
    show: str | None,
    format: str | None,
    output: Path | None,
    **options: Any,  # noqa: ANN401 - the facade checks them
) -> None:
    """Evaluate how well scorers agree with people, by every metric, with intervals.

    FILE holds scores: parquet, CSV, JSON or NDJSON, long (columns scorer, image_path, score) or wide
    (image_path and one column per scorer), or rewards as test.py of the ImageReward repository writes them.
    Images are matched by path, file name or UUID. NAME=FILE names the scorer of a file with one, so that
    files with the same column can be compared. The word baselines, or no FILE, means the scorers that need
    no model. --split is the split to evaluate; ε is tuned on others.

    \b
    irdb evaluate
    irdb evaluate scores.csv baselines --split test --by classification
    irdb evaluate mine=a.csv theirs=b.csv --split test --show differences
    irdb evaluate scores.parquet --split test --tune-ties-on validation -o metrics.csv
    """  # noqa: D301 - click keeps the lines behind a backspace as they are
    format = choose_format(format, output)
    if options["protocol"] is not None and (show is not None or metrics or options["by"]):
        raise click.UsageError("--protocol takes the place of --show, --metric and --by.")
    show = show or ("leaderboard" if format in TEXT_FORMATS else "metrics")
    scores, split = score_sources(files), data["split"]
    restricted = {"split": split, "subset": options["subset"], "ranking_file": options["ranking_file"]}
    notes: list[str] = []
    with open_all_splits(data) as db, waiting_indicator(), collect_warnings() as warned:
        if show == "coverage":
            frame = db.score_coverage(scores, **restricted)
        elif show == "differences":
            frame = db.scorer_differences(scores, split=split, metric=metrics or None, **intervals, **options)
        else:
            show = "protocol" if options["protocol"] is not None else show
            frame = db.evaluate(scores, split=split, metric=metrics or None, **intervals, **options)
        if options["missing"] == "drop":
            notes = describe_dropped_scores(frame if show == "coverage" else db.score_coverage(scores, **restricted))
    if show in ("leaderboard", "metrics"):
        notes += _notes(frame, options["tune_ties_on"], **intervals)
        notes += () if options["by"] else _below_chance(frame, files, metrics)
    if show == "leaderboard":
        frame, more = _leaderboard(frame, options["by"], metrics, format, output)
        notes += more
    if show == "differences" and format in TEXT_FORMATS:
        frame = boards.describe_differences(frame)
        frame = frame.drop("split") if frame["split"].n_unique() == 1 else frame
        notes += [_DIFFERENCES.format(100 * intervals["confidence"]), _P_VALUES]
    write_frame(frame, format, output, _important(frame) if show == "differences" else ())
    for text in notes:
        note(f"note: {text}")
    for text in warned:
        note(text)


_DIFFERENCES = (
    "a difference is the scorer's value minus the other's, with its interval of {:.10g} %; points are percentage "
    "points, and separated says that 0 is outside the interval"
)
_P_VALUES = (
    "p_holm is p_value, corrected for the number of pairs of scorers of the same metric and split, not for the number "
    "of metrics"
)


def _important(differences: pl.DataFrame) -> list[str]:
    """Return the columns of differences that a narrow terminal keeps, the most important first."""
    keys = [name for name in ("metric", "split") if name in differences and differences[name].n_unique() > 1]
    return ["difference", "scorer", "other_scorer", *keys, "separated", "p_holm"]


def _leaderboard(
    metrics: pl.DataFrame, by: tuple[str, ...], names: tuple[str, ...], format: str, output: Path | None
) -> tuple[pl.DataFrame, Sequence[str]]:
    """Return a leaderboard of metrics, and notes about hidden columns."""
    board = boards.leaderboard(metrics, list(dict.fromkeys(by)), list(dict.fromkeys(names)))
    if format not in TEXT_FORMATS:
        return board, ()
    board = boards.describe_leaderboard(board)
    board = board.drop("split") if board["split"].n_unique() == 1 else board
    if format != "table" or output is not None or not is_terminal(sys.stdout):
        return board, ()
    fitting = boards.fit_to_width(board, shutil.get_terminal_size().columns)
    left_out = ", ".join(board.columns[fitting.width :])
    return fitting, [f"the terminal is too narrow for {left_out}; --format vertical shows them"] if left_out else ()


def _below_chance(metrics: pl.DataFrame, files: tuple[str, ...], names: tuple[str, ...]) -> Sequence[str]:
    """Describe scorers of files that are worse than chance, as if their higher scores were the worse ones."""
    rows = boards.find_below_chance(metrics, names or None) if files else ()
    if rows and BASELINES in files:
        rows = [row for row in rows if row[0] not in BASELINE_NAMES]
    return [
        f"{quoted(scorer)} is below chance on {split}: {text}; check that its higher scores are the better ones, and "
        "that few are equal"
        for scorer, split, text in rows
    ]


def _notes(metrics: pl.DataFrame, tuned_on: str | None, *, resamples: int, seed: int, confidence: float) -> list[str]:
    """Describe the splits, intervals, ranks and ε of metrics."""
    splits = ", ".join(metrics["split"].unique(maintain_order=True)) or "no prompt"
    share = f"{100 * confidence:.10g} %"
    notes = [
        f"evaluated on {splits}; intervals of {share} over prompts; clusters by {resamples:,} exchanges, seed {seed}"
    ]
    if tuned_on is not None:
        notes.append(f"acc_eq uses the ε of each scorer that was best on {tuned_on}")
    explanation = "irdb query metrics explains each metric"
    is_compared = metrics["scorer"].n_unique() > 1
    return [*notes, f"scorers with overlapping ranks are not separated; {explanation}" if is_compared else explanation]
