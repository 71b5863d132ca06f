"""Failures that only a command meets, and the codes with which `irdb` ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irdb_sql.engine.errors import FormatError
from irdb_sql.errors import IrdbError, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

FAILED, NOT_FOUND, INTERRUPTED = 1, 3, 130
"""Exit codes; 0 is fine, and click ends with 2 for wrong usage."""


class TerminalError(FormatError):
    """A format is not made for a terminal."""

    def __init__(self, form: str) -> None:
        super().__init__(f"{form} is no text for a terminal", f"name a file with -o FILE.{form}.")


class UnforeseenError(IrdbError, RuntimeError):
    """Something failed that nothing here foresees."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(
            f"irdb met an error that it does not know: {type(error).__name__}: {error}",
            "set IRDB_DEBUG=1 to see the traceback, and report it.",
        )


class NoTerminalError(IrdbError, OSError):
    """The shell is to be used where no person types."""

    def __init__(self) -> None:
        super().__init__("the shell needs a terminal", "`irdb sql -` answers a statement from standard input.")


class ShellCommandError(IrdbError, ValueError):
    """A line in the shell is no command that there is."""

    def __init__(self, line: str, commands: Iterable[str]) -> None:
        super().__init__(f"no command is called {quoted(line)}", f"there are {', '.join(commands)}.")
