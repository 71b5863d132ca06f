"""Failures of sessions: limits, what a safe one refuses, tables of one's own, and the shell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irdb_sql.errors import IrdbError, QueryError, StatementError, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable


class RowsCutWarning(UserWarning):
    """A result has more rows than it may have, and only the first are returned."""

    def __init__(self, most: int) -> None:
        super().__init__(f"there are more than {most:,} rows, and only the first {most:,} are returned")


class LimitError(IrdbError, ValueError):
    """The engine does not take a limit."""

    def __init__(self, text: str) -> None:
        super().__init__(text, "give memory_limit as in '2GB', and threads as a whole number.")


class TimeLimitError(IrdbError, TimeoutError):
    """A statement took longer than it may."""

    def __init__(self, seconds: float | None) -> None:
        super().__init__(
            f"the statement was stopped after {seconds} s, the time that one may take",
            "ask for less, or raise the limit: timeout= in Python, --timeout on the command line.",
        )


class IsolationError(IrdbError, RuntimeError):
    """A process of its own ended without an answer, or cannot be had."""

    def __init__(self, code: int | None, complaint: str = "") -> None:
        super().__init__(
            "a process of its own needs Linux"
            if code is None
            else f"the process of the statement ended without an answer, for want of memory for example (code {code}"
            f"{f', {complaint}' if complaint else ''})",
            "ask for less, or raise memory_limit= (--memory-limit).",
        )


class LazyIsolationError(IrdbError, ValueError):
    """A statement is to run in a process of its own and lazily."""

    def __init__(self) -> None:
        super().__init__("a process of its own answers at once, not lazily", "leave out lazy=True or isolated=True.")


class ShellCommandError(IrdbError, ValueError):
    """A line in the shell is no command that there is."""

    def __init__(self, typed: str, commands: Iterable[str]) -> None:
        super().__init__(f"no command is called {quoted(typed)}", f"there are {', '.join(commands)}.")


class NoTerminalError(IrdbError, OSError):
    """The shell is to be used where no person types."""

    def __init__(self) -> None:
        super().__init__("the shell needs a terminal", "`irdb sql -` answers a statement from standard input.")


class UnsafeError(StatementError):
    """A statement reads what is no part of the data, or changes the session."""

    def __init__(self, kind: str, name: str) -> None:
        IrdbError.__init__(
            self,
            f"a safe session does not take the {kind} {quoted(name)}",
            "ask the views and macros that `irdb list` names; a script of one's own may pass trusted=True (--trusted).",
        )


class ArgumentError(QueryError, TypeError):
    """A parameter has a value that the macro which it is given to does not take."""

    def __init__(self, value: object, kind: str, parameter: str, macro: str, argument: str) -> None:
        super().__init__(
            f"parameter ${parameter} is {quoted(value)}, and {macro} takes {kind} as {argument}",
            f"`irdb show {macro}` tells what each parameter is.",
        )


class TableNameError(IrdbError, ValueError):
    """A table cannot have a name."""

    def __init__(self, name: object, *, taken: bool) -> None:
        super().__init__(
            f"{quoted(name)} is the name of a view, macro or query"
            if taken
            else f"no table can be called {quoted(name)} here",
            "take a name of letters, digits and _ that `irdb list` does not list.",
        )


class TableTypeError(IrdbError, TypeError):
    """A table cannot be registered."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f"what is to be registered as {quoted(name)} is no table that can be held: {reason}",
            "pass a table of Polars, pandas or Arrow.",
        )


class NotPublishedError(Exception):
    """A file is not as published: the engine is to be asked, which reads any, or says what is wrong with it."""
