"""The command `irdb judge`: how well judges, models that compare two images, agree with people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from irdb_sql.cli.answers import TEXT_FORMATS, choose_format, format_option, output_option, write_frame
from irdb_sql.cli.data import data_options, subset_name_option
from irdb_sql.cli.notes import collect_warnings, note
from irdb_sql.cli.progress import waiting_indicator
from irdb_sql.cli.scores import confidence_option, open_all_splits, score_sources
from irdb_sql.core.late import late
from irdb_sql.errors import quoted
from irdb_sql.scorers.options import MISSING, make_resampling

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from irdb_sql.judges import description as descriptions
else:
    pl = late("polars")
    descriptions = late("irdb_sql.judges.description")


@click.command("judge")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@subset_name_option
@click.option(
    "--show",
    type=click.Choice(["accuracy", "pairs", "coverage"]),
    default="accuracy",
    show_default=True,
    help="Accuracies of each judge with intervals; each pair with its verdicts; or what the judgements count for.",
)
@click.option(
    "--missing",
    type=click.Choice(MISSING),
    default="error",
    show_default=True,
    help="What to do with unusable judgements.",
)
@confidence_option
@format_option()
@output_option
@data_options
def command(  # noqa: PLR0913 - one parameter per option
    *,
    files: tuple[str, ...],
    data: dict[str, Any],
    subset: str | None,
    show: str,
    missing: Any,  # noqa: ANN401 - a word that click has checked
    confidence: float,
    format: str | None,
    output: Path | None,
) -> None:
    """Compare judges, models that say which of two images is better, with people.

    FILE holds judgements: parquet, CSV, JSON or NDJSON, with the columns first_path and second_path (the
    images in the order shown) and verdict (first, second or tie; A, B and C are read, too, numbers are not).
    A column judge, NAME=FILE or the name of FILE names the judge. Show a judge each pair in both orders: a
    preference for a place, and contradictions, are seen only there. A tie is half right.

    \b
    irdb judge gpt.csv --split test
    irdb judge forward.jsonl reverse.jsonl --show pairs -o pairs.csv
    """  # noqa: D301 - click keeps the lines behind a backspace as they are
    format = choose_format(format, output)
    confidence = make_resampling({"confidence": confidence}).confidence
    judgements, images = score_sources(files) or [], {"split": data["split"], "subset": subset}
    with open_all_splits(data) as db, waiting_indicator(), collect_warnings() as warned:
        coverage = db.judgement_coverage(judgements, **images)
        if show == "coverage":
            frame = coverage
        elif show == "pairs":
            frame = db.judged_pairs(judgements, missing=missing, **images)
        else:
            frame = db.judge_accuracy(judgements, missing=missing, confidence=confidence, **images)
    notes = descriptions.describe_unused(coverage)
    if show == "accuracy":
        notes = [*_accuracy_notes(frame, confidence), *notes]
        frame = descriptions.describe_accuracies(frame) if format in TEXT_FORMATS else frame
    write_frame(frame, format, output)
    for text in notes:
        note(f"note: {text}")
    for text in warned:
        note(text)


def _accuracy_notes(accuracies: pl.DataFrame, confidence: float) -> list[str]:
    """Describe intervals, and pairs that were not judged, or in one order only."""
    chance = "chance is 0.5 of each accuracy and share, and a first_share of 0.5 is no preference for a place"
    notes = [f"intervals of {100 * confidence:.10g} % over prompts; {chance}"]
    judges = set()
    for row in accuracies.filter(pl.col("pairs") > 0).iter_rows(named=True):
        judges.add(row["judge"])
        if row["pairs"] < row["strict_pairs"] or row["both_orders"] < row["pairs"]:
            pairs = f"{row['pairs']:,} of the {row['strict_pairs']:,} strict pairs of {row['split']}"
            notes.append(f"{quoted(row['judge'])} judged {pairs}, {row['both_orders']:,} of them in both orders")
    others = [name for name in accuracies["judge"].unique().sort() if name not in judges]
    notes += [f"{quoted(name)} judged no strict pair" for name in others]
    return notes
