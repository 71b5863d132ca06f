"""Tells which step long work is at, as records of the logger `irdb_sql.steps`, which a program may show.

The command line shows the last of them. A script sees them with `logging.basicConfig(level=logging.INFO)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from irdb_sql.core.late import late

if TYPE_CHECKING:
    import logging
else:
    logging = late("logging")  # takes longer to import than a short command has steps


def tell_step(kind: str, number: int, total: int, name: str) -> None:
    """Log that a step begins.

    Args:
        kind: What a step is, such as `check`.
        number: Its number, from 1.
        total: The number of all steps.
        name: Its name.
    """
    logger().info("%s %d of %d, %s", kind, number, total, name)


def logger() -> logging.Logger:
    """Return the logger of steps."""
    return logging.getLogger("irdb_sql.steps")
