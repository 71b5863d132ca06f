"""Shows progress on a terminal: a waiting line, and progress bars."""

from __future__ import annotations

import contextlib
import shutil
import sys
import threading
import time
from typing import TYPE_CHECKING, TextIO

import click

from irdb_sql.core.late import late

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from irdb_sql.cli import last_step
    from irdb_sql.core import tasks
else:
    last_step = late("irdb_sql.cli.last_step")
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
    step = last_step.LastStep()

    def show() -> None:
        start = time.monotonic()
        while not ended.wait(_DELAY):
            elapsed = time.monotonic() - start
            size = "" if output is None else f", {output.stat().st_size / 1e6:,.0f} MB written"
            text = f"working, {elapsed:.0f} s{size}{step.text}; Ctrl-C stops it"
            click.echo(f"\r\x1b[K{text[: shutil.get_terminal_size().columns - 1]}", err=True, nl=False)
        if time.monotonic() - start > _DELAY:
            click.echo("\r\x1b[K", err=True, nl=False)

    with step.listening():
        task = tasks.Task(show, ended.set).start()
        try:
            yield
        finally:
            ended.set()
            task.stop()


_DELAY = 1.0  # seconds


@contextlib.contextmanager
def progress_bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """Show a progress bar on a terminal."""
    with click.progressbar(length=0, label=label, file=sys.stderr, hidden=not is_terminal(sys.stderr)) as bar:

        def show(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        yield show
