"""The options that limit a statement: what it may do, and how much time, rows, memory and threads it may take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable

_OPTIONS = {
    "trusted": click.option(
        "--trusted", is_flag=True, help="Run any statement, also one that writes, and open any file."
    ),
    "timeout": click.option("--timeout", type=float, metavar="SECONDS", help="Stop after so long."),
    "max_rows": click.option(
        "--max-rows", type=int, metavar="N", help="Return no more rows, and say so where there are more."
    ),
    "memory_limit": click.option("--memory-limit", metavar="SIZE", help="Memory for the statement, such as 2GB."),
    "threads": click.option("--threads", type=int, metavar="N", help="Threads for the statement."),
}
"""Each option by the name of its value, which `connect` takes."""


def limit_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that limit a statement."""
    for option in reversed(_OPTIONS.values()):
        command = option(command)
    return command


def pop_limits(options: dict[str, object]) -> dict[str, object]:
    """Move the limits out of a command's options."""
    return {name: options.pop(name) for name in _OPTIONS if name in options}
