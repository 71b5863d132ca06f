"""The options of scores and intervals, and notes about unusable scores."""

from __future__ import annotations

import functools
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from irdb_sql.cli.data import data_options, open_database, protect_files
from irdb_sql.cli.limits import pop_limits
from irdb_sql.cli.notes import note
from irdb_sql.core.late import late
from irdb_sql.core.regular_files import is_file
from irdb_sql.core.splits import split_names
from irdb_sql.errors import quoted
from irdb_sql.scorers.options import CONFIDENCE, MISSING, RESAMPLES, SEED, make_resampling, score_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    import polars as pl

    from irdb_sql.database.facade import ImageRewardDB
    from irdb_sql.sources import errors as source_errors
else:
    source_errors = late("irdb_sql.sources.errors")


def score_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options for reading scores to a command."""
    missing = click.option(
        "--missing",
        type=click.Choice(MISSING),
        default="error",
        show_default=True,
        help="What to do with unusable scores, and images without a score.",
    )
    ranking = click.option(
        "--ranking-file", metavar="FILE", help="Ranking file whose order the rewards of test.py have. Default: --data."
    )
    return missing(ranking(command))


def takes_scored_database(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options of data and scores, and pass the database."""
    return _with_scored_database(command, open_database)


def takes_scored_splits(command: Callable[..., None]) -> Callable[..., None]:
    """Add the same options to a command that asks about --split by itself, so that scores of other splits are known."""
    return _with_scored_database(command, open_all_splits)


def _with_scored_database(
    command: Callable[..., None], open_data: Callable[..., AbstractContextManager[ImageRewardDB]]
) -> Callable[..., None]:

    @click.option(
        "--scores",
        multiple=True,
        metavar="FILE",
        help="Scores for the view scores, in the formats of irdb evaluate; NAME=FILE names the scorer.",
    )
    @score_options
    @data_options
    @functools.wraps(command)
    def with_database(
        *, data: dict[str, Any], scores: tuple[str, ...], missing: str, ranking_file: str | None, **options: object
    ) -> None:
        score_arguments: dict[str, Any] = {
            "scores": score_sources(scores),
            "missing": missing,
            "ranking_file": ranking_file,
        }
        open_named = open_data if scores else open_database
        with open_named(data, **score_arguments, **pop_limits(options)) as db:
            if scores and missing == "drop":
                for text in describe_dropped_scores(db.score_coverage()):
                    note(f"note: {text}")
            command(db, **options)

    return with_database


@contextmanager
def open_all_splits(data: dict[str, Any], **options: Any) -> Iterator[ImageRewardDB]:  # noqa: ANN401 - connect() checks them
    """Open every split of a folder, so that scores of other splits than the evaluated ones are known.

    Args:
        data: As `data_options` passes it on; of a folder, its splits are those to evaluate.
        **options: Further arguments of `connect`.

    Raises:
        NoMetadataError: The folder has none of these splits.
    """
    source, split = data["source"], data["split"]
    # Path would raise an error for a name that is too long.
    is_folder = source is None or not isinstance(source, str) or os.path.isdir(source)  # noqa: PTH112
    with open_database(data | {"split": None} if is_folder else data, **options) as db:
        names = split_names(split)
        if is_folder and not any(file.split is None or file.split in names for file in db.source.files):
            raise source_errors.NoMetadataError(db.source.folder, [f"metadata-{name}.parquet" for name in names])
        yield db


def score_sources(files: tuple[str, ...]) -> list[str | dict[str, str]] | None:
    """Parse FILE and NAME=FILE into scores for the facade, None without files, and protect the files.

    Raises:
        click.UsageError: A name is given to two files, or a file is listed twice.
    """
    sources: list[str | dict[str, str]] = []
    names: set[str] = set()
    for file in files:
        name, _, path = file.partition("=")
        is_named = name and path and "://" not in name and not is_file(file)
        sources.append({name: path} if is_named else file)
        key = name if is_named else file
        if key in names:
            fault = "names two files; give each a name of its own" if is_named else "is listed twice; name it once"
            message = f"{quoted(key)} {fault}."
            raise click.UsageError(message)
        names.add(key)
    protect_files(score_files(sources).values())
    return sources or None


def describe_dropped_scores(coverage: pl.DataFrame) -> list[str]:
    """Describe images without a score, and unusable scores.

    Args:
        coverage: The frame that `ImageRewardDB.score_coverage` returns.
    """
    notes = []
    for scorer, split, images, scored, _, *faults in coverage.iter_rows():
        if scored < images:
            notes.append(f"{quoted(scorer)} has a score for {scored:,} of the {images:,} images of {split}")
        if any(faults):
            listed = ", ".join(
                f"{count:,} {name.removesuffix('_scores')}"
                for name, count in zip(coverage.columns[5:], faults, strict=True)
                if count
            )
            notes.append(f"scores of {quoted(scorer)} that cannot be used for {split}: {listed}")
    return notes


resamples_option = click.option(
    "--resamples", type=int, default=RESAMPLES, show_default=True, help="How often prompts are drawn or exchanged."
)
seed_option = click.option("--seed", type=int, default=SEED, show_default=True, help="Same seed, same draws.")
confidence_option = click.option(
    "--confidence", type=float, default=CONFIDENCE, show_default=True, help="Share of intervals that hold the truth."
)


def interval_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options of intervals to a command, as dict `intervals`."""

    @resamples_option
    @seed_option
    @confidence_option
    @functools.wraps(command)
    def with_intervals(*, resamples: int, seed: int, confidence: float, **options: object) -> None:
        intervals = make_resampling({"resamples": resamples, "seed": seed, "confidence": confidence})
        command(intervals=intervals._asdict(), **options)

    return with_intervals
