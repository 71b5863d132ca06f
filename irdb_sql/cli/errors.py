"""Errors of the command line, and its exit codes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from irdb_sql.engine.errors import FormatError, UnknownNameError, UnknownParameterError
from irdb_sql.errors import (
    LONGEST_VALUE,
    ChoiceError,
    IrdbError,
    NotFoundError,
    RangeError,
    UnknownOptionError,
    UnknownSplitError,
    UnknownSubsetError,
    quoted,
    suggest_name,
    without_secrets,
)

if TYPE_CHECKING:
    from collections.abc import Collection

FAILED, WRONG_USAGE, NOT_FOUND, INTERRUPTED = 1, 2, 3, 130
"""Exit codes; 0 is fine."""

_OF_USAGE = (
    ChoiceError, RangeError, UnknownNameError, UnknownOptionError, UnknownParameterError, UnknownSplitError,
    UnknownSubsetError,
)  # fmt: skip
"""Errors about a name or value as it was typed."""


def exit_code(error: IrdbError) -> int:
    """Return the exit code of an error.

    Example:
        >>> exit_code(UnknownSplitError("tset"))
        2
    """
    return WRONG_USAGE if isinstance(error, _OF_USAGE) else NOT_FOUND if isinstance(error, NotFoundError) else FAILED


def describe_usage_error(error: click.UsageError) -> str:
    """Describe wrong usage: how the command is called, the error, and a hint."""
    context = error.ctx
    usage = "" if context is None else f"{context.get_usage()}\n\n"
    sentence = error.message if isinstance(error, _WITH_GUESSES) else error.format_message()
    hint = (
        _find_usage_hint(error) or f"`{'irdb' if context is None else context.command_path} --help` explains its usage."
    )
    return cut_words(f"{usage}Error: {sentence}\n\nHint: {hint}\n")


_WITH_GUESSES = (click.NoSuchOption, click.exceptions.NoSuchCommand)  # click guesses words that have little in common


def _find_usage_hint(error: click.UsageError) -> str:
    """Return the hint of the error behind it, or the nearest word that is allowed, or ""."""
    if isinstance(error.__cause__, IrdbError):
        return error.__cause__.hint
    if isinstance(error, click.NoSuchOption):
        return suggest_name(error.option_name, error.possibilities or ())
    if isinstance(error, click.exceptions.NoSuchCommand):
        return suggest_name(error.command_name, error.possibilities or ())
    if isinstance(error, click.BadParameter) and error.param is not None and isinstance(error.param.type, click.Choice):
        given = _GIVEN_CHOICE.match(error.message)  # none where the argument is missing
        return "" if given is None else suggest_name(given[1], map(str, error.param.type.choices))
    return ""


_GIVEN_CHOICE = re.compile("'([^']*)' is not")


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
