"""Shows text on a terminal, page by page if it is longer than the screen."""

from __future__ import annotations

import os
import shutil
import sys

import click

from irdb_sql.cli.progress import is_terminal

_MARGIN = 2  # lines of the prompt, before and after the answer
MOST_ROWS = 10_000
"""Rows of a table that are shown with a pager."""
_ROWS_AT_ONCE = 60


def can_page() -> bool:
    """Whether a person can turn pages: keyboard and screen are a terminal."""
    return is_terminal(sys.stdin) and is_terminal(sys.stdout)


def most_rows() -> int:
    """Return how many rows of a table a terminal shows."""
    return MOST_ROWS if can_page() else _ROWS_AT_ONCE


def is_long(text: str) -> bool:
    """Whether a text has more lines than the screen."""
    return text.count("\n") > shutil.get_terminal_size().lines - _MARGIN


def show_pages(text: str) -> None:
    """Show a text in the pager that $PAGER names, by default less."""
    os.environ.setdefault("LESS", "FRX")  # colours as they are, and the text remains when the pager ends
    click.echo_via_pager(text.removesuffix("\n"))
