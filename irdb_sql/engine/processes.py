"""Knows whether a process was forked from one that uses the engine, whose threads it does not have."""

from __future__ import annotations

import os

from irdb_sql.engine.errors import ForkError

PROCESSES: set[int] = set()
"""The process that has had connections; in a forked one, that of its parent."""


def is_forked() -> bool:
    """Whether this process was forked from one with a connection, whose threads it does not have."""
    return bool(PROCESSES) and os.getpid() not in PROCESSES


def check_process() -> None:
    """Raise a ForkError in a process that was forked from one with a connection: it would wait for its threads."""
    if is_forked():
        raise ForkError
