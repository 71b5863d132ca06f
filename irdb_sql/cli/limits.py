"""The options that limit a statement: permission, time, rows, memory and threads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable

_OPTIONS = {
    "trusted": click.option(
        "--trusted", is_flag=True, help="Run any statement, also one that writes, and open any file."
    ),
    "timeout": click.option("--timeout", type=float, metavar="SECONDS", help="Stop the statement after that time."),
    "max_rows": click.option(
        "--max-rows", type=int, metavar="N", help="Return at most N rows, with a note if there are more."
    ),
    "memory_limit": click.option("--memory-limit", metavar="SIZE", help="Memory for the statement, such as 2GB."),
    "threads": click.option("--threads", type=int, metavar="N", help="Threads for the statement."),
}
"""Each option by the name of its value, which `connect` takes."""


def limit_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that limit a statement to a command."""
    for option in reversed(_OPTIONS.values()):
        command = option(command)
    return command


def pop_limits(options: dict[str, Any]) -> dict[str, Any]:
    """Remove the limits from a command's options, and return them."""
    return {name: options.pop(name) for name in _OPTIONS if name in options}
