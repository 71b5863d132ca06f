"""The command line, `irdb`: answers go to standard output or a file, notes and errors to standard error.

Exit codes: 0 fine, 1 refused or failed, 2 wrong usage, 3 data not found, 130 interrupted.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from irdb_sql.cli.audit import audit
from irdb_sql.cli.download import download
from irdb_sql.cli.errors import UnforeseenError
from irdb_sql.cli.export import check_split, export
from irdb_sql.cli.import_ import import_
from irdb_sql.cli.manual import manual_page
from irdb_sql.cli.options import (
    FORMATS,
    STANDARD_OUTPUT,
    asks_data,
    asks_scores,
    choose_format,
    limit_options,
    note,
    noted_warnings,
    output_option,
    param_option,
    read_standard_input,
    shown_progress,
    streams_frame,
    write,
    write_frame,
    writes_frame,
)
from irdb_sql.cli.parameters import json_scalar, named_values
from irdb_sql.cli.progress import shown_waiting
from irdb_sql.cli.report import report
from irdb_sql.cli.scorers import evaluate, generators
from irdb_sql.cli.shell import shell
from irdb_sql.errors import IrdbError, NotFoundError, UnwritableError

if TYPE_CHECKING:
    import polars as pl

    from irdb_sql.database.facade import ImageRewardDB

FAILED, NOT_FOUND, INTERRUPTED = 1, 3, 130


def main() -> NoReturn:
    """Run the command line and end the process with its code."""
    code = _code()
    atexit._run_exitfuncs()  # noqa: SLF001 - what Python does at its end
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):  # closed, or gone, which was told before
            stream.flush()
    os._exit(code)  # to take the libraries down one by one would take as long as many a statement


def _code() -> int:
    """Run the command line and return its exit code, once all that is to be said is said."""
    try:
        return _run()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        note("interrupted")
        return INTERRUPTED
    except IrdbError as error:
        note(f"error: {error}")
        return NOT_FOUND if isinstance(error, NotFoundError) else FAILED


def _run() -> int:
    """Run the command; what nobody foresaw becomes a sentence, too."""
    try:
        code: int | None = irdb.main(prog_name="irdb", standalone_mode=False)
    except (KeyboardInterrupt, SystemExit, click.ClickException, click.Abort, IrdbError):
        raise
    except OSError as error:  # --help and --version print by themselves
        if error.filename is not None:
            raise UnforeseenError(error) from error
        raise UnwritableError(STANDARD_OUTPUT, error.strerror or str(error)) from error
    except BaseException as error:  # a panic of Polars is no Exception
        if _came_of_interrupt(error):
            raise KeyboardInterrupt from error
        if "IRDB_DEBUG" in os.environ:
            raise
        raise UnforeseenError(error) from error
    return code or 0


def _came_of_interrupt(error: BaseException | None) -> bool:
    """Whether an error is what Ctrl-C made of a library that it came upon at a bad moment."""
    return error is not None and (isinstance(error, KeyboardInterrupt) or _came_of_interrupt(error.__context__))


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="irdb-sql", prog_name="irdb")
def irdb() -> None:
    """Ask ImageRewardDB: people's rankings and ratings of generated images.

    Answers go to standard output or a file, notes to standard error. Exit codes: 0 fine, 1 refused or
    failed, 2 wrong usage, 3 data not found, 130 interrupted.
    """


@irdb.command()
@click.argument("text")
@click.option("--isolated", is_flag=True, help="Run it in a process of its own, which is killed at its limits.")
@param_option
@asks_scores
@limit_options
@streams_frame
def sql(
    db: ImageRewardDB, text: str, params: tuple[str, ...], *, isolated: bool, lazy: bool
) -> pl.DataFrame | pl.LazyFrame:
    """Answer a SQL statement TEXT; - reads it from standard input.

    Unless --trusted, it is one statement that reads, and it reads nothing but the data.
    A --param is a number, true, false or null where it is written like one in JSON, else text.

    \b
    irdb sql "FROM pair_counts()"
    irdb sql 'FROM preference_pairs(in_split := $split)' --param split=test -o pairs.parquet
    """  # noqa: D301 - click keeps the lines behind a backspace as they are
    # A trusted statement may do something, which must not happen once to know its columns and once for its rows.
    lazy = lazy and not isolated and not click.get_current_context().params["trusted"]
    return db.sql(_statement(text), _values(params), isolated=isolated, lazy=lazy)


def _statement(text: str | None) -> str:
    return read_standard_input() if text is None or text == "-" else text


def _values(params: tuple[str, ...]) -> dict[str, object] | None:
    return {name: json_scalar(value) for name, value in named_values(params).items()} or None


@irdb.command()
@click.argument("name")
@param_option
@asks_scores
@streams_frame
def query(db: ImageRewardDB, name: str, params: tuple[str, ...], *, lazy: bool) -> pl.DataFrame | pl.LazyFrame:
    """Answer the named query NAME; `irdb list` names them all.

    \b
    irdb query rank_gaps --param split=test
    """  # noqa: D301 - as above
    return db.query(name, named_values(params), lazy=lazy)


@irdb.command("list")
@asks_data
@writes_frame
def list_(db: ImageRewardDB) -> pl.DataFrame:
    """List the views, macros and queries there are."""
    return db.catalog().select("kind", "name", "summary")


@irdb.command()
@click.argument("name")
@click.option("--format", "form", type=click.Choice(FORMATS), help="Write its columns in this format instead.")
@output_option
@asks_data
def show(db: ImageRewardDB, name: str, form: str | None, output: Path | None) -> None:
    """Show what NAME takes and returns, and its SQL."""
    columns = db.columns(name)
    if form is not None:
        write_frame(columns, form, output)
        return
    from irdb_sql.core import catalog as sqlfiles  # noqa: PLC0415 - `irdb --help` needs no engine

    pages = (manual_page(file, columns) for file in sqlfiles.load().named(name))
    write("\n\n".join(pages).encode(), output)


@irdb.command()
@click.option("--decode", is_flag=True, help="Also decode each image, which finds damage that no CRC tells.")
@click.option("--format", "form", type=click.Choice(FORMATS), help="Default: what the suffix of -o says, else table.")
@output_option
@asks_data
def verify(db: ImageRewardDB, form: str | None, output: Path | None, *, decode: bool) -> None:
    """Read every image and say which are whole; exit with 1 if some are not.

    With -o FILE, what is done is kept in FILE.unfinished meanwhile, and the same command goes on from there.

    \b
    irdb verify --decode -o verified.parquet
    irdb query pairs --images verified.parquet -o pairs.parquet
    """  # noqa: D301 - as above
    choose_format(form, output)
    if output is not None:
        db.refuse_target(output)
    journal = None if output is None else output.with_name(f"{output.name}.unfinished")
    try:
        with shown_progress("images") as progress:
            files = db.image_files(verify=True, decode=decode, journal=journal, progress=progress)
    except KeyboardInterrupt:
        if journal is not None and journal.exists():
            note(f"note: the same command goes on where this one stopped, as {journal} tells")
        raise
    write_frame(files, form, output)
    if journal is not None:
        journal.unlink(missing_ok=True)
    counts = dict(files["status"].value_counts(sort=True).iter_rows())
    good = counts.pop("ok", 0)
    bad = "".join(f", {count:,} {status.replace('_', ' ')}" for status, count in sorted(counts.items()))
    note(f"note: {good:,} of {files.height:,} images are ok{bad}")
    if counts:
        raise click.exceptions.Exit(FAILED)


@irdb.command("export-images")
@click.argument("target", type=click.Path(path_type=Path), metavar="TARGET")
@click.option("--sql", "text", metavar="TEXT", help="Take the images of this statement's rows.")
@click.option("--query", "name", metavar="NAME", help="Take the images of this named query's rows.")
@param_option
@click.option("--column", "columns", multiple=True, metavar="NAME", help="A column of paths with a name of its own.")
@click.option(
    "--on-error",
    type=click.Choice(["raise", "skip"]),
    default="raise",
    show_default=True,
    help="What to do at an image that is missing or broken.",
)
@asks_data
@limit_options
def export_images(  # noqa: PLR0913 - an option each
    db: ImageRewardDB,
    *,
    target: Path,
    text: str | None,
    name: str | None,
    params: tuple[str, ...],
    columns: tuple[str, ...],
    on_error: Any,  # noqa: ANN401 - click has checked it
) -> None:
    """Write the images of a query's rows, each once, to TARGET: a new folder, or a .zip or .tar.

    \b
    irdb export-images best.zip --sql "FROM images WHERE split = 'test' AND rank = 1"
    irdb export-images pairs/ --query widest_gaps --param limit=10
    """  # noqa: D301 - as above
    if (text is None) == (name is None):
        message = "give either --sql TEXT or --query NAME; --sql 'FROM images' takes all."
        raise click.UsageError(message)
    with noted_warnings() as notes, shown_waiting():
        frame = db.sql(_statement(text), _values(params)) if name is None else db.query(name, named_values(params))
    for found in notes:
        note(found)
    with shown_progress("images") as progress:
        written = db.export_images(frame, target, columns or None, on_error=on_error, progress=progress)
    note(f"note: wrote {written:,} images to {target}")


@irdb.command()
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.duckdb")
@click.option("--copy", is_flag=True, help="Hold the rows of the data, and not the paths of its files.")
@click.option("--relative", is_flag=True, help="Name the data's files relative to the folder of FILE.")
@asks_scores
def catalog(db: ImageRewardDB, target: Path, *, copy: bool, relative: bool) -> None:
    """Write FILE.duckdb with every view and macro over the data, for other tools that open DuckDB files.

    \b
    irdb catalog irdb.duckdb
    duckdb irdb.duckdb "FROM pair_counts()"
    """  # noqa: D301 - as above
    with shown_waiting():
        db.write_catalog(target, copy=copy, relative=relative)
    note(f"note: wrote {target}; DuckDB 1.4 and newer open it")


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
    from irdb_sql.sources.sample.dataset import SUBSETS, write_sample  # noqa: PLC0415 - needed by this command only

    shape = SUBSETS[subset]
    total = sum(sum(split.prompts) for split in shape.values())
    with shown_progress("prompts") as progress:
        write_sample(folder, shape, images=images, seed=seed, progress=progress)
    note(f"note: wrote {total:,} synthetic prompts; ask them with --data {shlex.quote(str(folder))}")


irdb.add_command(audit)
irdb.add_command(check_split)
irdb.add_command(download)
irdb.add_command(evaluate)
irdb.add_command(export)
irdb.add_command(generators)
irdb.add_command(import_)
irdb.add_command(report)
irdb.add_command(shell)
