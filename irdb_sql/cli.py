"""The command line, `irdb`: answers go to standard output or a file, notes and errors to standard error.

Exit codes: 0 fine, 1 refused or failed, 2 wrong usage, 3 data not found, 130 interrupted.
"""

from __future__ import annotations

import contextlib
import functools
import os
import shlex
import shutil
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from irdb_sql.errors import IrdbError, NotFoundError, TerminalError, UnforeseenError, UnwritableError
from irdb_sql.manual import manual_page
from irdb_sql.parameters import json_scalar, named_values
from irdb_sql.printable import printable
from irdb_sql.waiting import is_terminal, shown_waiting

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from irdb_sql.database import ImageRewardDB

FAILED, NOT_FOUND, INTERRUPTED = 1, 3, 130
FORMATS = ("table", "csv", "json", "ndjson", "markdown", "parquet")
_SHOWN_ROWS = 60


def main() -> None:
    """Run the command line and exit with its code."""
    try:
        _run()
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        _note("interrupted")
        sys.exit(INTERRUPTED)
    except IrdbError as error:
        _note(f"error: {error}")
        sys.exit(NOT_FOUND if isinstance(error, NotFoundError) else FAILED)


def _run() -> None:
    """Run the command; what nobody foresaw becomes a sentence, too."""
    try:
        code = irdb.main(prog_name="irdb", standalone_mode=False)
    except (KeyboardInterrupt, SystemExit, click.ClickException, click.Abort, IrdbError):
        raise
    except OSError as error:  # --help and --version print by themselves
        if error.filename is not None:
            raise UnforeseenError(error) from error
        raise UnwritableError(_STANDARD_OUTPUT, error.strerror or str(error)) from error
    except BaseException as error:  # a panic of Polars is no Exception
        if "IRDB_DEBUG" in os.environ:
            raise
        raise UnforeseenError(error) from error
    if code:  # of --help and --version, which click ends early
        sys.exit(code)


def _note(text: str) -> None:
    with contextlib.suppress(OSError):  # an answer does not depend on whether its note can be written
        click.echo(printable(text), err=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(version("irdb-sql"), prog_name="irdb")
def irdb() -> None:
    """Ask ImageRewardDB: people's rankings and ratings of generated images.

    Answers go to standard output or a file, notes to standard error. Exit codes: 0 fine, 1 refused or
    failed, 2 wrong usage, 3 data not found, 130 interrupted.
    """


def _asks_data(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that name data, and hand it the open database."""

    @click.option(
        "--data",
        multiple=True,
        metavar="SOURCE",
        help="Folder as published, parquet file, or ranking file (.json); several files make one dataset. "
        "Default: $IRDB_DATA, else the embedded synthetic sample.",
    )
    @click.option(
        "--split",
        metavar="NAME",
        help="train, validation or test: the one split to open of a folder; the split of a file's rows.",
    )
    @functools.wraps(command)
    def with_data(*, data: tuple[str, ...], split: Any, **options: object) -> None:  # noqa: ANN401 - connect() judges it
        from irdb_sql.database import connect  # noqa: PLC0415 - `irdb --help` needs no engine

        if "" in data:
            message = "--data is empty."
            raise click.UsageError(message)
        source = data if len(data) > 1 else data[0] if data else os.environ.get("IRDB_DATA")
        if not source:
            _note("note: no --data given; this is the embedded sample, which is synthetic")
        with shown_waiting():
            db = connect(source or None, split=split)
        with db:
            command(db, **options)

    return with_data


def _writes_frame(command: Callable[..., pl.DataFrame]) -> Callable[..., None]:
    """Give a command the options that say how to write, and write the frame that it returns."""

    @click.option(
        "--format",
        "form",
        type=click.Choice(FORMATS),
        help="Default: what the suffix of -o says, else table.",
    )
    @_output_option
    @functools.wraps(command)
    def writing(*args: Any, form: str | None, output: Path | None, **options: Any) -> None:  # noqa: ANN401 - passed on
        with shown_waiting():
            frame = command(*args, **options)
        _write_frame(frame, form, output)

    return writing


_output_option = click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    callback=lambda _context, _option, path: None if path == Path("-") else path,
    metavar="FILE",
    help="Write to FILE, which appears at once and whole; - or nothing: standard output.",
)


def _write_frame(frame: pl.DataFrame, form: str | None, output: Path | None) -> None:
    from irdb_sql.formats import SUFFIXES, encode  # noqa: PLC0415 - `irdb --help` needs no engine

    if form is None and output is not None and output.suffix.lower() not in SUFFIXES:
        message = f"the name {output.name!r} tells no format; add --format, or one of {', '.join(SUFFIXES)}."
        raise click.UsageError(message)
    form = form or (SUFFIXES[output.suffix.lower()] if output else "table")
    terminal = output is None and is_terminal(sys.stdout)
    if terminal and form == "parquet":
        raise TerminalError(form)
    width = shutil.get_terminal_size().columns if terminal else None
    _write(encode(frame, form, width=width, rows=_SHOWN_ROWS if terminal else None), output)


_STANDARD_OUTPUT = Path("standard output")


def _write(content: bytes, output: Path | None) -> None:
    from irdb_sql.outfiles import write_file  # noqa: PLC0415 - needed by few commands

    if output is not None:
        write_file(output, content)
        return
    if sys.stdout is None:
        raise UnwritableError(_STANDARD_OUTPUT, "it is closed")
    try:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python fails again as it exits
        if not isinstance(error, BrokenPipeError):  # that is a reader who has seen enough
            raise UnwritableError(_STANDARD_OUTPUT, error.strerror or str(error)) from error


_param_option = click.option(
    "--param", "params", multiple=True, metavar="NAME=VALUE", help="Value of $NAME; may be given several times."
)


@irdb.command()
@click.argument("text")
@_param_option
@_asks_data
@_writes_frame
def sql(db: ImageRewardDB, text: str, params: tuple[str, ...]) -> pl.DataFrame:
    """Answer a SQL statement TEXT; - reads it from standard input.

    A --param is a number, true, false or null where it is written like one in JSON, else text.

    \b
    irdb sql "FROM pair_counts()"
    irdb sql 'FROM preference_pairs(in_split := $split)' --param split=test -o pairs.parquet
    """  # noqa: D301 - click keeps the lines behind a backspace as they are
    if text == "-":
        text = _read_standard_input()
    return db.sql(text, {name: json_scalar(value) for name, value in named_values(params).items()} or None)


def _read_standard_input() -> str:
    try:
        return "" if sys.stdin is None else sys.stdin.buffer.read().decode()
    except UnicodeDecodeError as error:
        message = f"standard input is not UTF-8: {error}."
        raise click.UsageError(message) from error


@irdb.command()
@click.argument("name")
@_param_option
@_asks_data
@_writes_frame
def query(db: ImageRewardDB, name: str, params: tuple[str, ...]) -> pl.DataFrame:
    """Answer the named query NAME; `irdb list` names them all.

    \b
    irdb query rank_gaps --param split=test
    """  # noqa: D301 - as above
    return db.query(name, lazy=False, **named_values(params))


@irdb.command("list")
@_asks_data
@_writes_frame
def list_(db: ImageRewardDB) -> pl.DataFrame:
    """List the views, macros and queries there are."""
    return db.catalog().select("kind", "name", "summary")


@irdb.command()
@click.argument("name")
@click.option("--format", "form", type=click.Choice(FORMATS), help="Write its columns in this format instead.")
@_output_option
@_asks_data
def show(db: ImageRewardDB, name: str, form: str | None, output: Path | None) -> None:
    """Show what NAME takes and returns, and its SQL."""
    columns = db.columns(name)
    if form is not None:
        _write_frame(columns, form, output)
        return
    from irdb_sql import sqlfiles  # noqa: PLC0415 - `irdb --help` needs no engine

    pages = (manual_page(file, columns) for file in sqlfiles.load().named(name))
    _write("\n\n".join(pages).encode(), output)


@irdb.command()
@click.argument("name", default="summary")
@click.option("--format", "form", type=click.Choice(["markdown"]), default="markdown", help="Default: markdown.")
@_output_option
@_asks_data
def report(db: ImageRewardDB, name: str, form: str, output: Path | None) -> None:  # noqa: ARG001 - one format so far
    """Write the report NAME, `summary` by default, as Markdown."""
    from irdb_sql.report import render  # noqa: PLC0415 - Jinja2 is for reports

    with shown_waiting():
        text = render(db, name)
    _write(text.encode(), output)


@irdb.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@click.option(
    "--subset",
    type=click.Choice(["1k", "2k", "4k", "8k"]),
    default="1k",
    show_default=True,
    help="Published subset to look like: 4, 8, 16 or 32 parts of train, and validation and test whole.",
)
@click.option("--images", is_flag=True, help="Also write small WebP images, in zips as published.")
@click.option("--seed", type=int, default=0, show_default=True, help="Same seed, same dataset.")
def sample(folder: Path, subset: str, *, images: bool, seed: int) -> None:
    """Write a synthetic dataset in the published layout to the new folder DIR."""
    from irdb_sql.sample import SUBSETS, write_sample  # noqa: PLC0415 - needed by this command only

    shape = SUBSETS[subset]
    total = sum(sum(split.prompts) for split in shape.values())
    with click.progressbar(length=total, label="prompts", file=sys.stderr, hidden=not is_terminal(sys.stderr)) as bar:
        write_sample(folder, shape, images=images, seed=seed, progress=lambda done, _total: bar.update(done - bar.pos))
    _note(f"note: wrote {total:,} synthetic prompts; ask them with --data {shlex.quote(str(folder))}")
