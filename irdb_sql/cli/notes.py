"""Prints notes on standard error, so that standard output holds answers alone."""

from __future__ import annotations

import contextlib
import warnings
from typing import TYPE_CHECKING

import click

from irdb_sql.core.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator


def note(text: str) -> None:
    """Print a note, on standard error."""
    with contextlib.suppress(OSError):  # an answer does not depend on whether its note can be written
        click.echo(printable(text), err=True)


@contextlib.contextmanager
def collect_warnings() -> Iterator[list[str]]:
    """Collect warnings as notes, to be printed after the answer."""
    notes: list[str] = []
    with warnings.catch_warnings(record=True, category=UserWarning) as recorded:
        yield notes
    notes += [f"note: {warning.message}" for warning in recorded]
