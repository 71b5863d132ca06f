"""Errors of the command line, and its exit codes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from irdb_sql.engine.errors import FormatError
from irdb_sql.errors import LONGEST_VALUE, IrdbError, NotFoundError, quoted, suggest_name, without_secrets

if TYPE_CHECKING:
    from collections.abc import Collection

FAILED, NOT_FOUND, INTERRUPTED = 1, 3, 130
"""Exit codes; 0 is fine, and click ends with 2 for wrong usage."""


def cut_words(text: str) -> str:
    """Cut words of others' messages that are longer than any value that is shown.

    Example:
        >>> cut_words(f"No such command {400 * 'x'}.") == f"No such command {300 * 'x'}…"
        True
    """
    return re.sub(rf"\S{{{LONGEST_VALUE + 1},}}", lambda word: f"{word[0][:LONGEST_VALUE]}…", text)


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
            f"irdb failed with an unexpected error: {type(error).__name__}: {cut_words(without_secrets(str(error)))}",
            "set the environment variable IRDB_DEBUG=1 to see the traceback, and report it.",
        )


class MemoryLimitError(IrdbError, RuntimeError):
    """The system gives the process too little memory."""

    def __init__(self, allowed: int | None = None) -> None:
        if allowed is None:
            super().__init__("the memory is not enough for this", "ask for less at a time, or use a larger machine.")
        else:
            super().__init__(
                f"the process gets too little memory: its limit of address space (ulimit -v) is "
                f"{allowed // 10**6:,} MB",
                f"allow at least {LEAST_ADDRESS_SPACE // 10**6:,} MB; --memory-limit limits what statements use.",
            )


LEAST_ADDRESS_SPACE = 2_000_000_000
"""Bytes of address space with which the libraries load; with less, they abort the process."""


class FunctionNotFoundError(NotFoundError):
    """There is no such module, or no such function in it."""

    def __init__(self, module: str, name: str | None, functions: Collection[str]) -> None:
        if name is None:
            super().__init__(
                f"no module is called {quoted(module)}",
                "name one in the current folder, or an installed one, without .py: MODULE:FUNCTION.",
            )
        else:
            listed = ", ".join(map(quoted, functions)) or "none"
            super().__init__(
                f"the module {quoted(module)} has no function {quoted(name)}",
                suggest_name(name, functions) or f"its functions are: {listed}.",
            )


class ModuleImportError(IrdbError, ImportError):
    """A module of the user's raises an error when it is imported, which is the cause of this one."""

    def __init__(self, module: str, error: BaseException) -> None:
        super().__init__(
            f"the module {quoted(module)} cannot be imported: {type(error).__name__}: {error}",
            f"correct it until `python -c 'import {module}'` works.",
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
