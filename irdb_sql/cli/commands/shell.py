"""The command `irdb shell`: an interactive SQL shell on a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from irdb_sql.cli.answers import choose_format, encode_for_screen, write_frame
from irdb_sql.cli.data import select_subset_option
from irdb_sql.cli.errors import NoTerminalError
from irdb_sql.cli.limits import limit_options
from irdb_sql.cli.notes import note
from irdb_sql.cli.pager import MOST_ROWS, is_long, show_pages
from irdb_sql.cli.progress import is_terminal, waiting_indicator
from irdb_sql.cli.scores import takes_scored_database
from irdb_sql.core.late import late

if TYPE_CHECKING:
    import asyncio
    from pathlib import Path

    import polars as pl

    from irdb_sql.cli.shell import interpreter, line_editor
    from irdb_sql.database.facade import ImageRewardDB
else:
    asyncio = late("asyncio")
    interpreter = late("irdb_sql.cli.shell.interpreter")
    line_editor = late("irdb_sql.cli.shell.line_editor")


@click.command("shell")
@select_subset_option
@takes_scored_database
@limit_options
def command(db: ImageRewardDB) -> None:
    r"""Run SQL statements interactively, with completion and history; \? in the shell lists its commands.

    Needs a terminal and the extra `shell`. The limits and --trusted are those of irdb sql.
    """
    if not is_terminal(sys.stdin) or not is_terminal(sys.stdout):
        raise NoTerminalError
    editor = line_editor.make_line_editor(db)
    shell = interpreter.Shell(
        db,
        show=lambda frame: _show(frame, is_paged=shell.pages, format=shell.format),
        page=_page,
        save=_save,
        say=note,
        waiting=waiting_indicator,
    )
    note(f"{db!r}\n\\? for help, \\q to quit; a statement ends with ;")
    while not shell.is_over:
        try:
            line = editor.prompt("irdb> ")
        except (KeyboardInterrupt, asyncio.CancelledError):  # Ctrl-C discards the line, or comes just before it
            continue
        except EOFError:
            return
        shell.answer(line)


def _show(frame: pl.DataFrame, *, is_paged: bool, format: str) -> None:
    """Show a frame in the terminal's width, paged if long."""
    text = encode_for_screen(frame, format, MOST_ROWS).decode().rstrip("\n")
    if is_paged:
        _page(text)
    else:
        click.echo(text)


def _page(text: str) -> None:
    if is_long(text):
        show_pages(text)
    else:
        click.echo(text)


def _save(frame: pl.DataFrame, path: Path) -> None:
    write_frame(frame, choose_format(None, path), path)
