"""Errors of statements and their limits, of the sandbox, of output formats and of registered tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irdb_sql.engine.advice import MORE_MEMORY, find_advice
from irdb_sql.errors import MANY_NAMES, IrdbError, quoted, suggest_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class UnknownNameError(IrdbError, LookupError):
    """The catalog has no view, macro or query of this name."""

    def __init__(self, kind: str, name: str, names: Iterable[str], hint: str = "") -> None:
        names = list(names)
        listed = f"it is one of {', '.join(names)}." if len(names) < MANY_NAMES else "`irdb list` lists every name."
        super().__init__(f"unknown {kind} {quoted(name)}", hint or suggest_name(name, names) or listed)


class UnknownParameterError(IrdbError, TypeError):
    """A query has no parameter of this name."""

    def __init__(self, query: str, name: str, names: Iterable[str]) -> None:
        names = list(names)
        hint = f"its parameters are {', '.join(names)}." if names else "it has no parameters."
        super().__init__(f"query {quoted(query)} has no parameter {quoted(name)}", suggest_name(name, names) or hint)


class QueryError(IrdbError, ValueError):
    """The engine refused a statement or failed to run it."""

    def __init__(self, engine_text: str, hint: str | None = None) -> None:
        super().__init__(engine_text, find_advice(engine_text) if hint is None else hint)


class FrameTypeError(QueryError, TypeError):
    """A column of a result has a type that Polars lacks."""

    def __init__(self, column: str, duck_type: object) -> None:
        super().__init__(
            f"column {quoted(column)} has the type {duck_type}, which a Polars frame cannot hold",
            "cast it in the statement, as in CAST(… AS VARCHAR).",
        )


class FrameValueError(QueryError, ValueError):
    """A column of a result holds a date that makes Polars panic."""

    def __init__(self, column: str) -> None:
        super().__init__(
            f"column {quoted(column)} holds infinity, or a date outside the years -262143 to 262142, "
            "which a Polars frame cannot show",
            "cast it in the statement, as in CAST(… AS VARCHAR).",
        )


class FrameNameError(IrdbError, ValueError):
    """A column of a frame has a name that the engine cannot have."""

    def __init__(self, column: str) -> None:
        hint = "rename the column, for example with frame.rename({…})."
        super().__init__(f"a column is called {quoted(column)}, with a NUL character in its name", hint)


class ParameterValueError(QueryError):
    """A query failed with these values of its parameters."""

    def __init__(self, query: str, params: Mapping[str, object], engine_text: str) -> None:
        values = ", ".join(f"{name}={quoted(value)}" for name, value in params.items())
        super().__init__(
            f"query {quoted(query)} failed with {values}: {engine_text}",
            f"`irdb show {query}` describes each parameter.",
        )


class StatementError(IrdbError, ValueError):
    """A text is not one read-only statement."""

    def __init__(self, description: str) -> None:
        super().__init__(
            f"expected one read-only statement, but got {description}",
            "list the columns of the PIVOT, as in PIVOT … ON x IN ('a', 'b')."
            if "MULTI" in description
            else "pass a single SELECT, FROM, WITH, VALUES, DESCRIBE, SUMMARIZE or SHOW.",
        )


class ClosedError(IrdbError, RuntimeError):
    """The database is closed."""

    def __init__(self) -> None:
        super().__init__("this database is closed", "collect lazy frames inside the `with` block, or connect again.")


class FormatError(IrdbError, ValueError):
    """A result cannot be written in an output format."""


class NestedBinaryError(FormatError):
    """A text format cannot write binary values inside lists or structs."""

    def __init__(self, column: str) -> None:
        hint = "select them as columns of their own, or write parquet."
        super().__init__(f"column {quoted(column)} holds binary values inside lists or structs, as no text can", hint)


class FarDateError(FormatError):
    """A text format cannot write a date, which makes Polars panic."""

    def __init__(self, column: str) -> None:
        super().__init__(
            f"column {quoted(column)} holds infinity, or a date outside the years 1 to 9999",
            "cast it in the statement, as in CAST(… AS VARCHAR), or write parquet.",
        )


class ExcelLimitError(FormatError):
    """A result is too large for an Excel file."""

    def __init__(self, size: str, limit: str) -> None:
        hint = "select less, or write another format, such as parquet."
        super().__init__(f"an Excel file cannot hold {size}, at most {limit}", hint)


class RowsCutWarning(UserWarning):
    """A result has more rows than `max_rows`; only the first are returned."""

    def __init__(self, max_rows: int) -> None:
        super().__init__(f"there are more than {max_rows:,} rows, and only the first {max_rows:,} are returned")


class LimitError(IrdbError, ValueError):
    """The engine refuses a limit."""

    def __init__(self, text: str) -> None:
        super().__init__(text, "set memory_limit to a size such as '2GB', and threads to a whole number.")


class PicklingError(IrdbError, TypeError):
    """A database is to be pickled, such as for another process."""

    def __init__(self) -> None:
        super().__init__(
            "a database cannot be pickled, as it is of this process",
            "connect in the other process, to the same source.",
        )


class ForkError(IrdbError, RuntimeError):
    """A process uses a database of the process that it was forked from, whose threads it does not have."""

    def __init__(self) -> None:
        super().__init__(
            "this process was forked from one that uses irdb_sql, and has none of its threads",
            "start workers with `spawn` or `forkserver`, as in multiprocessing.get_context('spawn') or "
            "DataLoader(multiprocessing_context='spawn'), and connect in each.",
        )


class TimeLimitError(IrdbError, TimeoutError):
    """A statement ran longer than its limit."""

    def __init__(self, seconds: float | None) -> None:
        super().__init__(
            f"the statement was stopped after {seconds} s, its time limit",
            "select less, or raise the limit: timeout= in Python, --timeout on the command line.",
        )


class IsolationError(IrdbError, RuntimeError):
    """A statement in a separate process has no answer."""


class NoProcessError(IsolationError):
    """This system has no limits for a separate process."""

    def __init__(self) -> None:
        super().__init__(
            "a statement can run in a separate process only on Linux", "leave out isolated=True (--isolated)."
        )


class ProcessMemoryError(IsolationError, MemoryError):
    """A separate process needed more memory than its limit."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__(f"the statement needed more memory than its limit of {max_bytes:,} bytes", MORE_MEMORY)


class AnswerSizeError(IsolationError, MemoryError):
    """The rows of a separate process need more memory than its limit."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__(
            f"the rows of the statement need more than {max_bytes:,} bytes, its limit of memory",
            "add LIMIT or select fewer columns, or raise the limit: memory_limit= in Python, --memory-limit on the "
            "command line.",
        )


class ProcessKilledError(IsolationError):
    """A separate process was killed before its answer was whole."""

    def __init__(self) -> None:
        super().__init__(
            "the separate process of the statement was killed (SIGKILL), so its rows are incomplete and not returned",
            "the system does this when memory runs out: select less, or lower the limit, memory_limit= in Python, "
            "--memory-limit on the command line.",
        )


class ProcessCrashError(IsolationError):
    """A separate process crashed."""

    def __init__(self, reason: str, last_line: str = "") -> None:
        super().__init__(
            f"the statement crashed its separate process ({reason}{f', {quoted(last_line)}' if last_line else ''})",
            "write the statement otherwise; this database still works.",
        )


class LazyIsolationError(IrdbError, ValueError):
    """The options `isolated` and `lazy` exclude each other."""

    def __init__(self) -> None:
        super().__init__("a statement in a separate process cannot be lazy", "leave out lazy=True or isolated=True.")


class UnsafeError(StatementError):
    """A statement reads more than the data, or changes the session."""

    def __init__(self, kind: str, name: str) -> None:
        is_file = kind == "file" or (kind == "function" and name.lower().startswith("read_"))
        IrdbError.__init__(
            self,
            f"a safe session refuses the {kind} {quoted(name)}",
            (
                "pass scores as scores=FILE (--scores FILE), and other tables with db.register(name, frame)"
                if is_file
                else "write it as lambda x: …"
                if name == "->"
                else "query the views and macros of `irdb list`"
            )
            + "; in your own scripts you can pass trusted=True (--trusted).",
        )


class ArgumentError(QueryError, TypeError):
    """A parameter has a value that a macro does not accept."""

    def __init__(self, value: object, duck_type: str, parameter: str, macro: str, argument: str) -> None:
        super().__init__(
            f"parameter ${parameter} is {quoted(value)}, but {argument} of the macro {macro} is {duck_type}",
            f"`irdb show {macro}` describes each parameter.",
        )


class ArgumentNameError(QueryError, TypeError):
    """A call names an argument that its macro lacks."""

    def __init__(self, signature: str, argument: str, names: Iterable[str], mark: str = "") -> None:
        macro, names = signature.partition("(")[0], list(names)
        meant = f"in_{argument.lower()}"
        suggestion = (
            f"did you mean {quoted(meant)}?"
            if meant in names
            else suggest_name(argument, names) or suggest_name(meant, names)
        )
        super().__init__(
            f"Binder Error: the macro {quoted(macro)} has no argument {quoted(argument)}{mark}",
            f"{suggestion} call {signature}; `irdb show {macro}` describes each parameter.".lstrip(),
        )


class TableNameError(IrdbError, ValueError):
    """A name is not valid for a registered table, or unknown."""

    def __init__(self, name: object, reason: str) -> None:
        super().__init__(
            f"{quoted(name)} {reason}",
            "a table is registered under a name of letters, digits and _ that `irdb list` does not list.",
        )


class TableTypeError(IrdbError, TypeError):
    """A table cannot be registered."""

    def __init__(self, name: str, reason: str, hint: str | None = None) -> None:
        super().__init__(
            f"the table {quoted(name)} cannot be registered: {reason}",
            hint or "pass a table of Polars, pandas or Arrow, of columns of numbers, texts, dates, or lists of them.",
        )


class OtherLayoutError(Exception):
    """A file without the published layout, which the engine reads instead."""
