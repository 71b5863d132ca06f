"""Keeps the last step that was told, for the waiting line of a terminal."""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING

from irdb_sql.core.steps import logger
from irdb_sql.core.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator


class LastStep(logging.Handler):
    """The last step that was told.

    Attributes:
        text: What the waiting line shows of it; empty before the first.
    """

    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the text of a step."""
        self.text = f": {printable(record.getMessage())}"

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Keep the steps that are told in a block."""
        steps = logger()
        level = steps.level
        steps.addHandler(self)
        steps.setLevel(logging.INFO)
        try:
            yield
        finally:
            steps.removeHandler(self)
            steps.setLevel(level)
