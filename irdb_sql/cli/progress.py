"""Shows progress on a terminal: a waiting line, and progress bars."""

from __future__ import annotations

import contextlib
import logging
import shutil
import sys
import threading
import time
from typing import TYPE_CHECKING, TextIO

import click

from irdb_sql.core.late import late
from irdb_sql.core.steps import LOGGER
from irdb_sql.core.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from irdb_sql.core import tasks
else:
    tasks = late("irdb_sql.core.tasks")


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a stream is an open terminal; None is closed."""
    return stream is not None and stream.isatty()


@contextlib.contextmanager
def waiting_indicator(output: Path | None = None) -> Iterator[None]:
    """Show on a terminal, after a second, how long the work takes and at which step it is.

    Args:
        output: A growing file whose size is shown, too.
    """
    if not is_terminal(sys.stderr):
        yield
        return
    ended = threading.Event()
    last_step = _LastStep()

    def show() -> None:
        start = time.monotonic()
        while not ended.wait(_DELAY):
            elapsed = time.monotonic() - start
            size = "" if output is None else f", {output.stat().st_size / 1e6:,.0f} MB written"
            text = f"working, {elapsed:.0f} s{size}{last_step.text}; Ctrl-C stops it"
            click.echo(f"\r\x1b[K{text[: shutil.get_terminal_size().columns - 1]}", err=True, nl=False)
        if time.monotonic() - start > _DELAY:
            click.echo("\r\x1b[K", err=True, nl=False)

    level = LOGGER.level
    LOGGER.addHandler(last_step)
    LOGGER.setLevel(logging.INFO)
    task = tasks.Task(show, ended.set).start()
    try:
        yield
    finally:
        ended.set()
        task.stop()
        LOGGER.removeHandler(last_step)
        LOGGER.setLevel(level)


class _LastStep(logging.Handler):
    """Keeps the last step that was told."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the text of a step."""
        self.text = f": {printable(record.getMessage())}"


_DELAY = 1.0  # seconds


@contextlib.contextmanager
def progress_bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """Show a progress bar on a terminal."""
    with click.progressbar(length=0, label=label, file=sys.stderr, hidden=not is_terminal(sys.stderr)) as bar:

        def show(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        yield show
