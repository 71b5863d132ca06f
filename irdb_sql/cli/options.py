"""What the commands of `irdb` share: the options that name data and output, and how answers and notes are written."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from irdb_sql.cli.errors import TerminalError
from irdb_sql.cli.progress import is_terminal, shown_waiting
from irdb_sql.core.text import printable
from irdb_sql.errors import UnwritableError
from irdb_sql.sources.errors import SourceTargetError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import polars as pl

    from irdb_sql.database.facade import ImageRewardDB

FORMATS = ("table", "csv", "json", "ndjson", "markdown", "parquet")
STANDARD_OUTPUT = Path("standard output")
_SHOWN_ROWS = 60


def note(text: str) -> None:
    """Print a note, on standard error."""
    with contextlib.suppress(OSError):  # an answer does not depend on whether its note can be written
        click.echo(printable(text), err=True)


def data_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that name data, and hand them to it as one, `data`."""

    @click.option(
        "--data",
        "source",
        multiple=True,
        metavar="SOURCE",
        help="Folder as published or its URL, parquet file, or ranking file (.json); several files make one dataset. "
        "Default: $IRDB_DATA, else the embedded synthetic sample.",
    )
    @click.option(
        "--split",
        metavar="NAME",
        help="train, validation or test: the one split to open of a folder; the split of a file's rows.",
    )
    @click.option(
        "--images-root",
        metavar="PLACE",
        help="Folder or URL below which the image paths lie, unpacked or in zips. Default: the place of the data.",
    )
    @click.option(
        "--images",
        metavar="ok|FILE",
        help="Take only images whose file is ok, as far as directories tell, or as the FILE of irdb verify says.",
    )
    @functools.wraps(command)
    def with_data(
        *, source: tuple[str, ...], split: str | None, images_root: str | None, images: str | None, **options: object
    ) -> None:
        if "" in source:
            message = "--data is empty."
            raise click.UsageError(message)
        given = source if len(source) > 1 else source[0] if source else os.environ.get("IRDB_DATA") or None
        command(data={"source": given, "split": split, "images_root": images_root, "images": images}, **options)

    return with_data


def open_database(data: dict[str, Any], **more: Any) -> ImageRewardDB:  # noqa: ANN401 - connect() judges it
    """Open what the options that name data say."""
    from irdb_sql.database.connect import connect  # noqa: PLC0415 - `irdb --help` needs no engine

    if data["source"] is None:
        note("note: no --data given; this is the embedded sample, which is synthetic")
    with shown_waiting():
        db: ImageRewardDB = connect(**data, **more)
    read = click.get_current_context().meta.setdefault(INPUTS, set())
    read |= {path.resolve() for path in db.score_files.values()}
    click.get_current_context().meta[_REFUSES] = db.refuse_target
    return db


_REFUSES = "irdb_sql.refuse_target"
INPUTS = "irdb_sql.inputs"
"""Under which a command keeps the files that it reads, so that none is written over."""


def asks_data(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that name data, and hand it the open database."""

    @data_options
    @functools.wraps(command)
    def with_database(*, data: dict[str, Any], **options: object) -> None:
        with open_database(data, **_limits(options)) as db:
            command(db, **options)

    return with_database


def asks_scores(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that name data and scores, and hand it the open database."""

    @click.option(
        "--scores",
        multiple=True,
        metavar="FILE",
        help="Scores that the view scores is to hold, as irdb evaluate takes them; NAME=FILE names the scorer.",
    )
    @score_options
    @data_options
    @functools.wraps(command)
    def with_scores(
        *, data: dict[str, Any], scores: tuple[str, ...], missing: str, ranking_file: str | None, **options: object
    ) -> None:
        taken = {"scores": score_sources(scores), "missing": missing, "ranking_file": ranking_file}
        with open_database(data, **taken, **_limits(options)) as db:
            if scores and missing == "drop":
                for text in dropped_scores(db.score_coverage()):
                    note(f"note: {text}")
            command(db, **options)

    return with_scores


_LIMITS = ("trusted", "timeout", "max_rows", "memory_limit", "threads")


def _limits(options: dict[str, object]) -> dict[str, object]:
    """Take limits out of a command's options."""
    return {name: options.pop(name) for name in _LIMITS if name in options}


def limit_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say what a statement may do and take."""
    for option in reversed(
        (
            click.option("--trusted", is_flag=True, help="Run any statement, also one that writes, and open any file."),
            click.option("--timeout", type=float, metavar="SECONDS", help="Stop after so long."),
            click.option(
                "--max-rows", type=int, metavar="N", help="Return no more rows, and say so where there are more."
            ),
            click.option("--memory-limit", metavar="SIZE", help="Memory for the statement, such as 2GB."),
            click.option("--threads", type=int, metavar="N", help="Threads for the statement."),
        )
    ):
        command = option(command)
    return command


def score_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say how to take scores."""
    missing = click.option(
        "--missing",
        type=click.Choice(["error", "drop"]),
        default="error",
        show_default=True,
        help="What to do with scores that cannot be used, and images without one.",
    )
    ranking = click.option(
        "--ranking-file", metavar="FILE", help="Ranking file whose order rewards of test.py are in. Default: --data."
    )
    return missing(ranking(command))


def dropped_scores(coverage: pl.DataFrame) -> list[str]:
    """Say which images have no score, and how many of the scores that were given are of no use."""
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


def score_sources(files: tuple[str, ...]) -> list[str | dict[str, str]] | None:
    """Turn FILE and NAME=FILE into scores as the facade takes them; nothing is None."""
    sources: list[str | dict[str, str]] = []
    for file in files:
        name, _, path = file.partition("=")
        sources.append({name: path} if name and path and not Path(file).exists() else file)
    return sources or None


@contextlib.contextmanager
def noted_warnings() -> Iterator[list[str]]:
    """Collect warnings as notes, to be printed behind what they are about."""
    notes: list[str] = []
    with warnings.catch_warnings(record=True, category=UserWarning) as warned:
        yield notes
    notes += [f"note: {warning.message}" for warning in warned]


def writes_frame(command: Callable[..., pl.DataFrame]) -> Callable[..., None]:
    """Give a command the options that say how to write, and write the frame that it returns."""
    return _writing(command, streams=False)


def streams_frame(command: Callable[..., pl.DataFrame | pl.LazyFrame]) -> Callable[..., None]:
    """Do as `writes_frame`, but ask the command for a lazy frame where a parquet file can be written as rows come."""
    return _writing(command, streams=True)


def _writing(command: Callable[..., Any], *, streams: bool) -> Callable[..., None]:
    @click.option(
        "--format",
        "form",
        type=click.Choice(FORMATS),
        help="Default: what the suffix of -o says, else table.",
    )
    @output_option
    @functools.wraps(command)
    def writing(*args: Any, form: str | None, output: Path | None, **options: Any) -> None:  # noqa: ANN401 - passed on
        chosen = choose_format(form, output)
        if streams:
            options["lazy"] = chosen == "parquet" and output is not None and (output.is_file() or not output.exists())
        with noted_warnings() as notes:
            with shown_waiting():
                frame = command(*args, **options)
            if output is not None and not hasattr(frame, "height"):
                _stream(frame, output)
            elif frame.width:  # a statement that is trusted may return nothing
                write_frame(frame, chosen, output)
        for text in notes:
            note(text)

    return writing


def _stream(frame: pl.LazyFrame, output: Path) -> None:
    from irdb_sql.engine.formats import write_parquet  # noqa: PLC0415 - `irdb --help` needs no engine

    refuse_target(output)
    write_parquet(frame, output, shown_waiting)


output_option = click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    callback=lambda _context, _option, path: None if path == Path("-") else path,
    metavar="FILE",
    help="Write to FILE, which appears at once and whole; - or nothing: standard output.",
)


def choose_format(form: str | None, output: Path | None) -> str:
    """Return the format that is asked for, or that the name of a file means."""
    from irdb_sql.engine.formats import SUFFIXES  # noqa: PLC0415 - `irdb --help` needs no engine

    if form is None and output is not None and output.suffix.lower() not in SUFFIXES:
        message = f"the name {output.name!r} tells no format; add --format, or one of {', '.join(SUFFIXES)}."
        raise click.UsageError(message)
    form = form or (SUFFIXES[output.suffix.lower()] if output else "table")
    if form == "parquet" and output is None and is_terminal(sys.stdout):
        raise TerminalError(form)
    return form


def write_frame(frame: pl.DataFrame, form: str | None, output: Path | None) -> None:
    """Write a frame to a file or standard output; on a terminal it fits the width."""
    from irdb_sql.engine.formats import encode  # noqa: PLC0415 - `irdb --help` needs no engine

    form = choose_format(form, output)
    terminal = output is None and is_terminal(sys.stdout)
    width = shutil.get_terminal_size().columns if terminal else None
    write(encode(frame, form, width=width, rows=_SHOWN_ROWS if terminal else None), output)


def write(content: bytes, output: Path | None) -> None:
    """Write to a file, or to standard output if none is named."""
    from irdb_sql.core.atomic_write import write_file  # noqa: PLC0415 - needed by few commands

    if output is not None:
        refuse_target(output)
        write_file(output, content)
        return
    if sys.stdout is None:
        raise UnwritableError(STANDARD_OUTPUT, "it is closed")
    try:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python fails again as it exits
        if not isinstance(error, BrokenPipeError):  # that is a reader who has seen enough
            raise UnwritableError(STANDARD_OUTPUT, error.strerror or str(error)) from error


def refuse_target(output: Path) -> None:
    """Refuse to write over what the command reads."""
    if output.resolve() in click.get_current_context().meta.get(INPUTS, ()):
        raise SourceTargetError(output)
    if (refuse := click.get_current_context().meta.get(_REFUSES)) is not None:
        refuse(output)


param_option = click.option(
    "--param", "params", multiple=True, metavar="NAME=VALUE", help="Value of $NAME; may be given several times."
)


def read_standard_input() -> str:
    """Read a statement from standard input."""
    try:
        return "" if sys.stdin is None else sys.stdin.buffer.read().decode()
    except UnicodeDecodeError as error:
        message = f"standard input is not UTF-8: {error}."
        raise click.UsageError(message) from error


@contextlib.contextmanager
def shown_progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on a terminal while something long is done."""
    with click.progressbar(length=0, label=label, file=sys.stderr, hidden=not is_terminal(sys.stderr)) as bar:

        def show(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        yield show
