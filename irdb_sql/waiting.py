"""Tells a person at a terminal that work goes on."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from typing import TYPE_CHECKING, TextIO

import click

if TYPE_CHECKING:
    from collections.abc import Iterator


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person sees what is written; a stream that was closed before the start is None."""
    return stream is not None and stream.isatty()


@contextlib.contextmanager
def shown_waiting() -> Iterator[None]:
    """Show on a terminal that work goes on, once it has taken some seconds, and wipe that away at the end."""
    if not is_terminal(sys.stderr):
        yield
        return
    ended = threading.Event()

    def show() -> None:
        begun = time.monotonic()
        while not ended.wait(_PATIENCE):
            waited = time.monotonic() - begun
            click.echo(f"\r\x1b[Kworking, {waited:.0f} s; Ctrl-C stops it", err=True, nl=False)
        if time.monotonic() - begun > _PATIENCE:
            click.echo("\r\x1b[K", err=True, nl=False)

    shower = threading.Thread(target=show, daemon=True)
    shower.start()
    try:
        yield
    finally:
        ended.set()
        shower.join()


_PATIENCE = 1.0  # seconds
