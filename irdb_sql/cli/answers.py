"""The options --format and --output, and functions that write answers."""

from __future__ import annotations

import functools
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import click

from irdb_sql.cli.data import check_target, sql_files
from irdb_sql.cli.errors import TerminalError
from irdb_sql.cli.notes import collect_warnings, note, note_written
from irdb_sql.cli.pager import can_page, is_long, most_rows, show_pages
from irdb_sql.cli.progress import is_terminal, waiting_indicator
from irdb_sql.core.late import late
from irdb_sql.core.text import plural
from irdb_sql.engine.formats import FORMATS, SUFFIXES, encode, escape_formulas, write_parquet
from irdb_sql.errors import UnwritableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import polars as pl

    from irdb_sql.core import atomic_write
    from irdb_sql.database.facade import ImageRewardDB
    from irdb_sql.engine.screen.rows import TextRows
else:
    atomic_write = late("irdb_sql.core.atomic_write")

STANDARD_OUTPUT = Path("standard output")
TEXT_FORMATS = ("table", "vertical", "markdown")
"""Formats for people to read."""

_ALIASES = {"md": "markdown"}
_SPREADSHEET_TEXTS = ("csv", "tsv")

_CSV_SAFE = "irdb_sql.csv_safe"


def format_option(
    formats: Iterable[str] = FORMATS, text: str = "Default: by the suffix of -o, else table."
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make the option that names a format, and --csv-safe if one of them is CSV.

    Args:
        formats: Its choices.
        text: Its help.
    """
    names = [*formats]
    aliases = {alias: name for alias, name in _ALIASES.items() if name in names}
    choice = click.option(
        "--format",
        "format",
        type=click.Choice([*names, *aliases]),
        callback=lambda _context, _option, name: aliases.get(name, name),
        help=text,
    )
    return (lambda command: choice(_csv_safe_option(command))) if "csv" in names else choice


_csv_safe_option = click.option(
    "--csv-safe",
    is_flag=True,
    expose_value=False,
    callback=lambda context, _option, is_safe: context.meta.update({_CSV_SAFE: is_safe}),
    help="Put ' before text in CSV or TSV that a spreadsheet would take for a formula.",
)


allow_empty_option = click.option("--allow-empty", is_flag=True, help="Write it also where it holds nothing.")

output_option = click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    callback=lambda _context, _option, path: _checked_output(path),
    metavar="FILE",
    help="Write to FILE, atomically. Default, or -: standard output.",
)


def _checked_output(output: Path | None) -> Path | None:
    """Return an output path that can be written, or None for standard output."""
    if output is None or output == Path("-"):
        return None
    atomic_write.check_target(output, streams=True)
    return output


def writes_frame(command: Callable[..., pl.DataFrame]) -> Callable[..., None]:
    """Add --format and --output to a command, and write its frame."""
    return _with_writing(command, streams=False)


class Wanted(NamedTuple):
    """How rows are written, for commands that can return them in several forms.

    Attributes:
        is_lazy: Whether a lazy frame is streamed to a file.
        is_text: Whether they are shown as texts, for which no frame is needed.
        most: How many rows of texts are shown; None shows all.
    """

    is_lazy: bool
    is_text: bool
    most: int | None


def streams_frame(command: Callable[..., pl.DataFrame | pl.LazyFrame | TextRows]) -> Callable[..., None]:
    """Add the options of `writes_frame`, and pass `wanted`; lazy frames are streamed to parquet."""
    return _with_writing(command, streams=True)


def _with_writing(command: Callable[..., Any], *, streams: bool) -> Callable[..., None]:
    @format_option()
    @output_option
    @functools.wraps(command)
    def write_answer(*args: Any, format: str | None, output: Path | None, **options: Any) -> None:  # noqa: ANN401 - the command checks them
        written_form = choose_format(format, output)
        if streams:
            is_file = output is not None and (output.is_file() or not output.exists())
            is_text = written_form in ("table", "vertical")
            most = most_rows() if output is None and is_terminal(sys.stdout) else None
            options["wanted"] = Wanted(written_form == "parquet" and is_file, is_text, most)
        with collect_warnings() as notes:
            with waiting_indicator():
                frame = command(*args, **options)
            if output is not None and not hasattr(frame, "height"):
                check_target(output)
                rows = write_parquet(frame, output, waiting_indicator)
                note_written(plural(rows, "row"), output)
                has_rows = rows > 0
            else:
                has_rows = frame.height > 0 or not frame.width  # a trusted statement may return no columns
                if frame.width:
                    write_frame(frame, written_form, output)
        for text in notes if has_rows else [*notes, "note: the answer has no rows"]:
            note(text)

    return write_answer


def note_if_empty(db: ImageRewardDB, **selection: object) -> None:
    """Say that an answer which has rows anyway, such as counts of 0, is about no image."""
    if not db.query("totals", selection)["images"].item():
        note("note: no image is selected, so that every count is 0")


def choose_format(format: str | None, output: Path | None) -> str:
    """Return the named format, or that of a file's suffix.

    Raises:
        TerminalError: The format is binary, and the output a terminal.
        MissingPackageError: A package for the format is not installed.
    """
    named = None if output is None or is_stream(output) else output.suffix.lower()
    if format is None and output is not None and named not in (None, *SUFFIXES):
        message = f"the suffix of {output.name!r} is of no format; use {', '.join(SUFFIXES)}, or --format."
        raise click.UsageError(message)
    format = format or ("table" if named is None else SUFFIXES[named])
    FORMATS[format].check()
    if FORMATS[format].is_binary and output is None and is_terminal(sys.stdout):
        raise TerminalError(format)
    if format not in _SPREADSHEET_TEXTS and _is_csv_safe():
        message = f"--csv-safe is for CSV, and the format is {format}."
        raise click.UsageError(message)
    return format


def is_stream(output: Path) -> bool:
    """Whether an output is a pipe or device without suffix, such as /dev/stdout, and no file."""
    return not output.suffix and output.exists() and not (output.is_file() or output.is_dir())


def _is_csv_safe() -> bool:
    context = click.get_current_context(silent=True)
    return context is not None and bool(context.meta.get(_CSV_SAFE))


def write_frame(
    frame: pl.DataFrame | TextRows, format: str | None, output: Path | None, important: Sequence[str] = ()
) -> None:
    """Write a frame to a file, standard output or terminal.

    Args:
        frame: The frame.
        format: The format; None takes that of the file's suffix.
        output: The file.
        important: Columns that a narrow terminal keeps, the most important first; by default those of the headers.
    """
    format = choose_format(format, output)
    frame = escape_formulas(cast("pl.DataFrame", frame)) if _is_csv_safe() else frame
    if output is None and is_terminal(sys.stdout):
        write(encode_for_screen(frame, format, most_rows(), important), None, "rows")
    else:
        write(encode(frame, format), output, plural(frame.height, "row"))


def encode_for_screen(frame: pl.DataFrame | TextRows, format: str, rows: int, important: Sequence[str] = ()) -> bytes:
    """Encode a frame for the terminal, which shows the most important columns of a table."""
    width = shutil.get_terminal_size().columns
    important = important or sql_files().important_columns(frame.columns)
    return encode(frame, format, width=width, rows=rows, important=important)


def write(content: bytes, output: Path | None, what: str) -> None:
    """Write to a file and say so, or to standard output if none is named: page by page if longer than the terminal.

    Args:
        content: What is written.
        output: The file.
        what: What the content is, such as "3 rows".

    Raises:
        UnwritableError: Standard output is closed, or the disk is full.
    """
    if output is not None:
        check_target(output)
        atomic_write.write_file(output, content)
        note_written(what, output)
        return
    if sys.stdout is None:
        raise UnwritableError(STANDARD_OUTPUT, "it is closed")
    if can_page() and is_long(text := content.decode(errors="replace")):
        show_pages(text)
        return
    try:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # otherwise Python fails again at exit
        if not isinstance(error, BrokenPipeError):  # a closed pipe means that its reader, such as head, needs no more
            raise UnwritableError(STANDARD_OUTPUT, error.strerror or str(error)) from error
