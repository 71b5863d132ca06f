"""Errors of the command line, and its exit codes."""

from __future__ import annotations

from irdb_sql.engine.errors import FormatError
from irdb_sql.errors import IrdbError, quoted, without_secrets

FAILED, NOT_FOUND, INTERRUPTED = 1, 3, 130
"""Exit codes; 0 is fine, and click ends with 2 for wrong usage."""


class TerminalError(FormatError):
    """A binary format would be printed on a terminal."""

    def __init__(self, format: str) -> None:
        super().__init__(
            f"{format} is a binary format and cannot be shown on a terminal",
            f"write a file with -o FILE.{format}.",
        )


class UnforeseenError(IrdbError, RuntimeError):
    """An unexpected error, probably a bug."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(
            f"irdb failed with an unexpected error: {type(error).__name__}: {without_secrets(str(error))}",
            "set the environment variable IRDB_DEBUG=1 to see the traceback, and report it.",
        )


class NoTerminalError(IrdbError, OSError):
    """The shell is started without a terminal."""

    def __init__(self) -> None:
        super().__init__("the shell needs a terminal", "`irdb sql -` answers a statement from standard input.")


class ShellCommandError(IrdbError, ValueError):
    """A line in the shell is no command."""

    def __init__(self, line: str, problem: str) -> None:
        typed = quoted(line).replace("\\\\", "\\")  # the one backslash that was typed
        super().__init__(f"{typed} {problem}", "type \\? for a list of all commands.")
