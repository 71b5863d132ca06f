"""The options that give scores and make intervals, and what is noted of scores that are of no use."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from irdb_sql.cli.data import data_options, open_database
from irdb_sql.cli.limits import pop_limits
from irdb_sql.cli.notes import note
from irdb_sql.scorers.options import CONFIDENCE, MISSING, RESAMPLES, SEED

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl


def score_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say how scores are read."""
    missing = click.option(
        "--missing",
        type=click.Choice(MISSING),
        default="error",
        show_default=True,
        help="What to do with scores that cannot be used, and images without one.",
    )
    ranking = click.option(
        "--ranking-file", metavar="FILE", help="Ranking file whose order rewards of test.py are in. Default: --data."
    )
    return missing(ranking(command))


def takes_scored_database(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that name data and scores, and pass it the open database."""

    @click.option(
        "--scores",
        multiple=True,
        metavar="FILE",
        help="Scores that the view scores is to hold, as irdb evaluate takes them; NAME=FILE names the scorer.",
    )
    @score_options
    @data_options
    @functools.wraps(command)
    def with_database(
        *, data: dict[str, Any], scores: tuple[str, ...], missing: str, ranking_file: str | None, **options: object
    ) -> None:
        of_scores = {"scores": score_sources(scores), "missing": missing, "ranking_file": ranking_file}
        with open_database(data, **of_scores, **pop_limits(options)) as db:
            if scores and missing == "drop":
                for text in dropped_scores(db.score_coverage()):
                    note(f"note: {text}")
            command(db, **options)

    return with_database


def score_sources(files: tuple[str, ...]) -> list[str | dict[str, str]] | None:
    """Turn FILE and NAME=FILE into scores as the facade takes them; no file is None."""
    sources: list[str | dict[str, str]] = []
    for file in files:
        name, _, path = file.partition("=")
        sources.append({name: path} if name and path and not Path(file).exists() else file)
    return sources or None


def dropped_scores(coverage: pl.DataFrame) -> list[str]:
    """Say which images have no score, and how many of the given scores cannot be used.

    Args:
        coverage: As `ImageRewardDB.score_coverage` returns it.
    """
    notes = []
    for scorer, split, images, scored, _, *faults in coverage.iter_rows():
        if scored < images:
            notes.append(f"{scorer} has a score for {scored:,} of the {images:,} images of {split}")
        if any(faults):
            listed = ", ".join(
                f"{count:,} {name.removesuffix('_scores')}"
                for name, count in zip(coverage.columns[5:], faults, strict=True)
                if count
            )
            notes.append(f"scores of {scorer} that cannot be used for {split}: {listed}")
    return notes


resamples_option = click.option(
    "--resamples", type=int, default=RESAMPLES, show_default=True, help="How often prompts are drawn anew."
)
seed_option = click.option("--seed", type=int, default=SEED, show_default=True, help="Same seed, same intervals.")


def interval_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of intervals, and pass their values on as one dict, `intervals`."""

    @resamples_option
    @seed_option
    @click.option(
        "--confidence", type=float, default=CONFIDENCE, show_default=True, help="Share of them in an interval."
    )
    @functools.wraps(command)
    def with_intervals(*, resamples: int, seed: int, confidence: float, **options: object) -> None:
        command(intervals={"resamples": resamples, "seed": seed, "confidence": confidence}, **options)

    return with_intervals
