"""Has the engine understand a statement: fits values to the macros that take them, and marks what is wrong."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import duckdb

from irdb_sql.engine.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from duckdb import DuckDBPyConnection, DuckDBPyRelation

Params: TypeAlias = "Mapping[str, Any] | Sequence[Any] | None"
_CALL = re.compile(r"Macro \"?(\w+)\(?\)?\"? does not support the supplied arguments")


def bound(
    cursor: DuckDBPyConnection, text: str, params: Params, define: Callable[[str], None]
) -> tuple[DuckDBPyRelation | None, Params]:
    """Return a statement's relation, and its parameters as they were taken.

    A macro takes no text for a number, so that text is cast to what the macro takes.

    Args:
        cursor: Where what the text names is defined.
        text: The statement.
        params: Values of its parameters.
        define: Defines a macro.

    Raises:
        ArgumentError: A value cannot be what the macro that it is given to takes.
        duckdb.Error: The engine does not understand the statement; its text marks the place, where it knows one.
    """
    try:
        return cursor.sql(text, params=params), params
    except (duckdb.BinderException, duckdb.CatalogException) as error:
        if params and _CALL.search(str(error)):
            define("macro_arguments")
            fitted = _fitted(cursor, text, params)
            with contextlib.suppress(duckdb.BinderException):
                return cursor.sql(text, params=fitted), fitted
        raise _marked(cursor, text, params, error) from None


def _fitted(cursor: DuckDBPyConnection, text: str, params: Mapping[str, Any] | Sequence[Any]) -> Params:
    values = dict(params) if isinstance(params, Mapping) else {str(n): value for n, value in enumerate(params, start=1)}
    names = {name.lower(): name for name in values}
    for parameter, macro, argument, kind in sorted(cursor.table_function("macro_arguments", [text]).fetchall()):
        name = names.get(parameter.lower(), parameter)
        if values.get(name) is not None:
            values[name] = _cast(cursor, values[name], kind, (name, macro, argument))
    return values if isinstance(params, Mapping) else list(values.values())


def _cast(cursor: DuckDBPyConnection, value: object, kind: str, place: tuple[str, str, str]) -> object:
    """Cast text to a type, and any value if that changes nothing: 3.7 is no INTEGER, and neither are 'x' and TRUE."""
    try:
        ((cast,),) = cursor.values(duckdb.ConstantExpression(value).cast(kind)).fetchall()
        meant = float(value) if isinstance(value, str) and type(cast) is int else value
    except (duckdb.Error, ValueError) as error:
        raise ArgumentError(value, kind, *place) from error
    if not isinstance(meant, str) and (cast != meant or isinstance(cast, bool) != isinstance(meant, bool)):
        raise ArgumentError(value, kind, *place)
    return cast


def _marked(cursor: DuckDBPyConnection, text: str, params: Params, error: duckdb.Error) -> duckdb.Error:
    """Return what the engine says with a mark at the place in the text, if it can be told."""
    try:
        (statement,) = cursor.extract_statements(untabbed(text))
        if statement.type == duckdb.StatementType.SELECT:
            # The engine tells the place only when it is to run a text, which fails in the same way, before it runs.
            cursor.execute(statement, params)
    except duckdb.Error as told:
        if "\n\nLINE " in str(told):
            return told
    except ValueError:  # several statements
        pass
    if (call := _CALL.search(str(error))) is not None and (mark := _mark(text, call[1])) is not None:
        return type(error)(f"{error}\n\n{mark}")
    return error


def untabbed(text: str) -> str:
    """Put a blank in the place of each tab: the engine's marks take a tab for nothing."""
    return text.replace("\t", " ")


def _mark(text: str, name: str) -> str | None:
    """Show the one place of a text where a macro is called; nothing where there are several."""
    content = text.encode()
    tokens = [(place, kind) for place, kind in duckdb.tokenize(text) if kind != duckdb.token_type.comment]
    ends = [place for place, _ in tokens[1:]] + [len(content)]
    words = [content[place:end].decode().strip() for (place, _), end in zip(tokens, ends, strict=True)]
    calls = [
        place
        for (place, _), word, following in zip(tokens, words, words[1:], strict=False)
        if word.strip('"').lower() == name.lower() and following.startswith("(")
    ]
    if len(calls) != 1:
        return None
    before = content[: calls[0]].decode()
    start = before.rfind("\n") + 1
    line, column = untabbed(text[start:].partition("\n")[0]), len(before) - start
    if len(line) > _WIDTH:
        cut = max(0, column - _WIDTH // 2)
        line, column = f"{'…' * (cut > 0)}{line[cut : cut + _WIDTH]}…", column - cut + (cut > 0)
    label = f"LINE {before.count(chr(10)) + 1}: "
    return f"{label}{line}\n{' ' * (len(label) + column)}{'^' * len(name)}"


_WIDTH = 80


def copy_params(params: Params) -> Params:
    """Copy parameters, so that a lazy frame keeps those it was made with; numbers of NumPy become Python's."""
    if params is None:
        return None
    if isinstance(params, Mapping):
        return {name: _plain(value) for name, value in params.items()}
    return [_plain(value) for value in params]


def _plain(value: object) -> object:
    return value.item() if type(value).__module__ == "numpy" and hasattr(value, "item") else value
