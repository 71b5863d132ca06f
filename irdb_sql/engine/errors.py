"""Failures of sessions: statements, their limits, what a safe one refuses, formats, and tables of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irdb_sql.errors import MANY_NAMES, IrdbError, nearest, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class UnknownNameError(IrdbError, LookupError):
    """A name is none of the catalogue's."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        known = list(known)
        few = f"there is {' and '.join(known)}." if len(known) < MANY_NAMES else "`irdb list` lists every name."
        super().__init__(f"unknown {kind} {quoted(name)}", nearest(name, known) or few)


class UnknownParameterError(IrdbError, TypeError):
    """A query does not take a parameter of this name."""

    def __init__(self, query: str, name: str, known: Iterable[str]) -> None:
        known = list(known)
        takes = f"it takes {', '.join(known)}." if known else "it takes none."
        super().__init__(f"query {quoted(query)} has no parameter {quoted(name)}", nearest(name, known) or takes)


class QueryError(IrdbError, ValueError):
    """The engine refused a statement or failed while it ran; its own text is kept whole."""

    def __init__(self, engine_text: str, hint: str | None = None) -> None:
        super().__init__(engine_text, hint or _next_step(engine_text))


class FrameTypeError(QueryError, TypeError):
    """A column of a result has a type that a Polars frame cannot hold."""

    def __init__(self, column: str, kind: object) -> None:
        super().__init__(
            f"column {quoted(column)} has the type {kind}, which a Polars frame cannot hold",
            "cast it in the statement, as in CAST(… AS VARCHAR).",
        )


class FrameValueError(QueryError, ValueError):
    """A column of a result holds a date that Polars cannot show; it would panic."""

    def __init__(self, column: str) -> None:
        super().__init__(
            f"column {quoted(column)} holds infinity, or a date outside the years -262143 to 262142, "
            "which a Polars frame cannot show",
            "cast it in the statement, as in CAST(… AS VARCHAR).",
        )


class ParameterValueError(QueryError):
    """A query failed with the values that its parameters were given."""

    def __init__(self, query: str, params: Mapping[str, object], engine_text: str) -> None:
        given = ", ".join(f"{name}={quoted(value)}" for name, value in params.items())
        super().__init__(
            f"query {quoted(query)} failed with {given}: {engine_text}",
            f"`irdb show {query}` tells what each parameter is.",
        )


class StatementError(IrdbError, ValueError):
    """A text is not one statement that reads."""

    def __init__(self, found: str) -> None:
        super().__init__(
            f"expected one statement that reads, but found {found}",
            "list the columns of the PIVOT, as in PIVOT … ON x IN ('a', 'b')."
            if "MULTI" in found
            else "pass a single SELECT, FROM, WITH, VALUES, DESCRIBE, SUMMARIZE or SHOW.",
        )


class ClosedError(IrdbError, RuntimeError):
    """The database was closed before it was asked."""

    def __init__(self) -> None:
        super().__init__("this database is closed", "collect lazy frames inside the `with` block, or connect again.")


class FormatError(IrdbError, ValueError):
    """A result cannot be written in the format that was asked for."""


class NestedBinaryError(FormatError):
    """A text format meets binary values inside lists or structs."""

    def __init__(self, column: str, kind: object) -> None:
        super().__init__(
            f"column {quoted(column)} holds binary values in a {kind}, which a text format cannot write",
            "select them as columns of their own, or write parquet.",
        )


class FarDateError(FormatError):
    """A text format meets a date that has no usual spelling; Polars would panic."""

    def __init__(self, column: str) -> None:
        super().__init__(
            f"column {quoted(column)} holds a date outside the years 1 to 9999, or infinity",
            "cast it in the statement, as in CAST(… AS VARCHAR), or write parquet.",
        )


def _next_step(engine_text: str) -> str:
    """Find the hint that fits what the engine says."""
    for words, hint in _NEXT_STEPS.items():
        if words in engine_text:
            return hint
    return "correct the statement or its values."


_NEXT_STEPS = {
    "Values were not provided": "give each $name a value: params in Python, --param NAME=VALUE on the command line.",
    "excess parameters": "pass only the parameters that the text names.",
    "Catalog Error": "`irdb list` lists the views and macros there are.",
    "Binder Error": "`irdb show NAME` tells what a view or macro takes and returns.",
    "IO Error": "check the path; if it is a file of the source, it has gone since it was opened: connect again.",
}


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
