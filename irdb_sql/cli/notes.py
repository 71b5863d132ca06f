"""Prints notes on standard error, so that standard output holds answers alone."""

from __future__ import annotations

import contextlib
import re
import shutil
import sys
import textwrap
import warnings
from typing import TYPE_CHECKING

import click

from irdb_sql.cli.progress import is_terminal
from irdb_sql.core.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def note(text: str) -> None:
    """Print a note, on standard error, whose lines break between words on a terminal."""
    text = printable(text)
    if is_terminal(sys.stderr):
        text = break_lines(text, shutil.get_terminal_size().columns)
    with contextlib.suppress(OSError):  # an answer does not depend on whether its note can be written
        click.echo(text, err=True)


def note_written(what: str, target: Path, next_step: str = "") -> None:
    """Say what was written to which file or folder, and what can be done with it."""
    note(f"note: wrote {what} to {target}{next_step and f'; {next_step}'}")


def break_lines(text: str, width: int) -> str:
    r"""Break the lines of a text between words, but no command in `…`, and no line with a position marked below.

    Example:
        >>> print(break_lines("note: one two three\n  four five\nrun `pip install 'x[a] @ b'`.", 12))
        note: one
        two three
          four five
        run
        `pip install 'x[a] @ b'`.
    """
    return "\n".join(
        line
        if len(line) <= width or line.startswith("LINE ")
        else textwrap.fill(
            _COMMAND.sub(lambda command: command[0].replace(" ", _KEPT_BLANK), line),
            width,
            subsequent_indent=" " * len(_INDENT.match(line)[0]),  # type: ignore[index]  # it matches any line
            break_long_words=False,
            break_on_hyphens=False,
        ).replace(_KEPT_BLANK, " ")
        for line in text.split("\n")
    )


_COMMAND = re.compile("`[^`]*`")
_KEPT_BLANK = "\0"  # which no printable text has
_INDENT = re.compile(r"\s*(?:\S+ {2,}(?=\S))?")  # blanks, and a word in a column of its own


@contextlib.contextmanager
def collect_warnings() -> Iterator[list[str]]:
    """Collect warnings as notes, to be printed after the answer."""
    notes: list[str] = []
    with warnings.catch_warnings(record=True, category=UserWarning) as recorded:
        yield notes
    notes += [f"note: {warning.message}" for warning in recorded]
