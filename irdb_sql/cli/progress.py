"""Tells a person at a terminal that work goes on."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from typing import TYPE_CHECKING, TextIO

import click

from irdb_sql.core.late import late

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from irdb_sql.core import tasks
else:
    tasks = late("irdb_sql.core.tasks")


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person sees what is written; a stream that was closed before the start is None."""
    return stream is not None and stream.isatty()


@contextlib.contextmanager
def shown_waiting(written: Path | None = None) -> Iterator[None]:
    """Show on a terminal that work goes on, once it has taken some seconds, and wipe that away at the end.

    Args:
        written: A file that grows meanwhile, whose size is shown, too.
    """
    if not is_terminal(sys.stderr):
        yield
        return
    ended = threading.Event()

    def show() -> None:
        begun = time.monotonic()
        while not ended.wait(_PATIENCE):
            waited = time.monotonic() - begun
            size = "" if written is None else f", {written.stat().st_size / 1e6:,.0f} MB written"
            click.echo(f"\r\x1b[Kworking, {waited:.0f} s{size}; Ctrl-C stops it", err=True, nl=False)
        if time.monotonic() - begun > _PATIENCE:
            click.echo("\r\x1b[K", err=True, nl=False)

    shower = tasks.Task(show, ended.set).start()
    try:
        yield
    finally:
        ended.set()
        shower.stop()


_PATIENCE = 1.0  # seconds


@contextlib.contextmanager
def shown_progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on a terminal while something long is done."""
    with click.progressbar(length=0, label=label, file=sys.stderr, hidden=not is_terminal(sys.stderr)) as bar:

        def show(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        yield show
