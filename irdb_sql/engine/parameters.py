"""Binds the parameters of a statement: casts values to the types of macros, and marks errors in the text."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import duckdb

from irdb_sql.core.text import is_utf8
from irdb_sql.engine.errors import ArgumentError, ArgumentNameError, QueryError
from irdb_sql.errors import ArgumentTypeError, RangeError, suggest_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from duckdb import DuckDBPyConnection, DuckDBPyRelation

Params: TypeAlias = "Mapping[str, Any] | Sequence[Any] | None"
WRONG_CALL = re.compile(r"Macro \"?(\w+)\"?\(?\)?\"? does not support the supplied arguments")


def check_statement(text: object, params: object) -> None:
    """Raise an error unless a statement is text, and its parameters are a mapping or a sequence.

    Raises:
        ArgumentTypeError: One has another type.
    """
    if not isinstance(text, str):
        raise ArgumentTypeError("a statement", text, "a statement as text")
    if isinstance(params, str) or not isinstance(params, Mapping | Iterable | None):
        raise ArgumentTypeError("params", params, "a mapping for $name, or a sequence for ?, in the text")


def bind(
    cursor: DuckDBPyConnection, text: str, params: Params, define: Callable[[str], None]
) -> tuple[DuckDBPyRelation | None, Params]:
    """Bind parameters to a statement; return its relation and their values.

    DuckDB does not cast text to the type of a macro's parameter, so this does.

    Args:
        cursor: The cursor; all views and macros that the text names are defined.
        text: The statement.
        params: Values of its parameters.
        define: Defines a macro by its name.

    Raises:
        ArgumentError: A value cannot be cast to the type of a macro's parameter.
        ArgumentTypeError, RangeError: The engine has no type for a value.
        duckdb.Error: DuckDB refuses the statement; the message marks the position in the text where possible.
    """
    try:
        return cursor.sql(text, params=params), params
    except (duckdb.BinderException, duckdb.CatalogException) as error:
        if params and WRONG_CALL.search(str(error)):
            define("macro_arguments")
            cast_params = _cast_params(cursor, text, params)
            with contextlib.suppress(duckdb.BinderException):
                return cursor.sql(text, params=cast_params), cast_params
        _check_names(cursor, text, params)
        located = _with_position(cursor, text, params, error)
        _check_arguments(text, str(located))
        raise located from None
    except duckdb.Error:
        _check_values(params)
        _check_names(cursor, text, params)
        raise


def _check_names(cursor: DuckDBPyConnection, text: str, params: Params) -> None:
    """Raise an error if a parameter has no place in a statement, or `?` is to get a value by name."""
    if not isinstance(params, Mapping):
        return
    try:
        places = [*cursor.extract_statements(text)[0].named_parameters]
    except (duckdb.Error, ValueError):  # it is no SQL, or of a kind without a name in Python
        return
    names = [name for name in places if not name.isdigit()]
    for name in params:
        if name not in places:
            known = f"its parameters are {', '.join(f'${each}' for each in names)}." if names else "it has none."
            hint = "write $name instead of ? for a value with a name." if len(names) < len(places) else known
            raise QueryError(f"the statement has no parameter ${name}", suggest_name(name, names) or hint)


def _check_values(params: Params) -> None:
    """Raise an error if the engine has no type for the value of a parameter.

    Raises:
        ArgumentTypeError, RangeError: Such a value.
    """
    named = params.items() if isinstance(params, Mapping) else enumerate(params or (), start=1)
    for name, value in ((name, inner) for name, given in named for inner in _inner_values(given)):
        parameter = f"the parameter ${name}"
        if isinstance(value, int) and value.bit_length() > _BITS:
            raise RangeError(parameter, value, f"a whole number of at most {_BITS} bits")
        if isinstance(value, str) and not is_utf8(value):
            raise RangeError(parameter, value, "a text that is UTF-8")
        try:
            duckdb.ConstantExpression(value)
        except (TypeError, duckdb.Error) as error:
            expected = "text, a number, True, False, None, a date or time, bytes, or a list or dict of these"
            raise ArgumentTypeError(parameter, value, expected) from error


def _inner_values(value: object) -> Iterator[object]:
    """Yield a value, or those that lists and dicts hold."""
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else None
    if inner is None:
        yield value
    for each in inner or ():
        yield from _inner_values(each)


_BITS = 128


def _check_arguments(text: str, message: str) -> None:
    """Raise an ArgumentNameError if an error is that a call names an argument which its macro lacks."""
    if (call := WRONG_CALL.search(message)) is None:
        return
    macro = call[1].lower()
    signature = re.search(rf"^\t({macro}\((.*)\))$", message, re.MULTILINE | re.IGNORECASE)
    if signature is None:
        return
    names = [words.split()[0] for words in signature[2].split(", ") if words]
    mark = message[message.find("\n\nLINE ") :] if "\n\nLINE " in message else ""
    tokens = _TOKEN.findall(text)
    for start in [
        index for index, token in enumerate(tokens[:-1]) if token.lower() == macro and tokens[index + 1] == "("
    ]:
        depth = 0
        for token, sign in zip(tokens[start + 1 :], tokens[start + 2 :], strict=False):
            depth += {"(": 1, ")": -1}.get(token, 0)
            if depth == 0:
                break
            if depth == 1 and sign in (":=", "=>") and token.lower() not in names:
                raise ArgumentNameError(signature[1], token, names, mark)


_TOKEN = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|\w+|:=|=>|[^\s\w]")


def _cast_params(cursor: DuckDBPyConnection, text: str, params: Mapping[str, Any] | Sequence[Any]) -> Params:
    values = dict(params) if isinstance(params, Mapping) else {str(n): value for n, value in enumerate(params, start=1)}
    names = {name.lower(): name for name in values}
    for parameter, macro, argument, duck_type in sorted(cursor.table_function("macro_arguments", [text]).fetchall()):
        name = names.get(parameter.lower(), parameter)
        if values.get(name) is not None:
            values[name] = _cast_value(cursor, values[name], duck_type, (name, macro, argument))
    return values if isinstance(params, Mapping) else list(values.values())


def _cast_value(cursor: DuckDBPyConnection, value: object, duck_type: str, names: tuple[str, str, str]) -> object:
    """Cast a value without changing it: 3.7 and TRUE are no INTEGER."""
    try:
        ((cast,),) = cursor.values(duckdb.ConstantExpression(value).cast(duck_type)).fetchall()
        expected = float(value) if isinstance(value, str) and type(cast) is int else value
    except (duckdb.Error, ValueError) as error:
        raise ArgumentError(value, duck_type, *names) from error
    if not isinstance(expected, str) and (cast != expected or isinstance(cast, bool) != isinstance(expected, bool)):
        raise ArgumentError(value, duck_type, *names)
    return cast


def _with_position(cursor: DuckDBPyConnection, text: str, params: Params, error: duckdb.Error) -> duckdb.Error:
    """Return a DuckDB error that marks the position, where possible."""
    try:
        (statement,) = cursor.extract_statements(replace_tabs(text))
        if statement.type == duckdb.StatementType.SELECT:
            # DuckDB marks the position only in execute(), which fails in the same way before anything runs.
            cursor.execute(statement, params)
    except duckdb.Error as located:
        if "\n\nLINE " in str(located):
            return located
    except ValueError:  # the text has several statements
        pass
    if (call := WRONG_CALL.search(str(error))) is not None and (mark := _mark_call(text, call[1])) is not None:
        return type(error)(f"{error}\n\n{mark}")
    return error


def replace_tabs(text: str) -> str:
    """Replace tabs by spaces, because DuckDB's marks ignore tab widths."""
    return text.replace("\t", " ")


def _mark_call(text: str, name: str) -> str | None:
    """Mark the line that calls a macro, if there is only one."""
    content = text.encode()
    starts = [start for start, token_type in duckdb.tokenize(text) if token_type != duckdb.token_type.comment]
    ends = [*starts[1:], len(content)]
    words = [content[start:end].decode().strip() for start, end in zip(starts, ends, strict=True)]
    calls = [
        start
        for start, word, next_word in zip(starts, words, words[1:], strict=False)
        if word.strip('"').lower() == name.lower() and next_word.startswith("(")
    ]
    if len(calls) != 1:
        return None
    before = content[: calls[0]].decode()
    start = before.rfind("\n") + 1
    line, column = replace_tabs(text[start:].partition("\n")[0]), len(before) - start
    if len(line) > _WIDTH:
        cut = max(0, column - _WIDTH // 2)
        line, column = f"{'…' * (cut > 0)}{line[cut : cut + _WIDTH]}…", column - cut + (cut > 0)
    label = f"LINE {before.count(chr(10)) + 1}: "
    return f"{label}{line}\n{' ' * (len(label) + column)}{'^' * len(name)}"


_WIDTH = 80


def without_foreign_mark(message: str, text: str) -> str:
    r"""Remove the mark of a position from an error message, if it is one in the engine's text and not in the user's.

    Example:
        >>> without_foreign_mark("Conversion Error: no\n\nLINE 3: SELECT x\n               ^", "SELECT 1")
        'Conversion Error: no'
    """
    mark = _MARK.search(message)
    if mark is None:
        return message
    lines = replace_tabs(text).split("\n")
    shown = mark[2].strip().removeprefix("...").removesuffix("...").strip("…")
    is_of_text = int(mark[1]) <= len(lines) and shown in lines[int(mark[1]) - 1]
    return message if is_of_text else message.replace(mark[0], "")


_MARK = re.compile(r"\n\nLINE ([0-9]+): ([^\n]*)\n *\^[~^]*")


def merge_params(params: Params, more_params: Mapping[str, Any]) -> Params:
    """Return the parameters of a statement together with those that are keyword arguments.

    Raises:
        TypeError: There are both values for `?` and keyword arguments.

    Example:
        >>> merge_params({"split": "test"}, {"n": 3})
        {'split': 'test', 'n': 3}
    """
    if not more_params:
        return params
    if params is None or isinstance(params, Mapping):
        return {**(params or {}), **more_params}
    message = f"params are values for ?, and {', '.join(more_params)} is the value of a $name; give all by name"
    raise TypeError(message)


def copy_params(params: Params) -> Params:
    """Copy parameters for later use, with NumPy numbers as Python's."""
    if params is None:
        return None
    if isinstance(params, Mapping):
        return {name: _python_value(value) for name, value in params.items()}
    return [_python_value(value) for value in params]


def _python_value(value: object) -> object:
    return value.tolist() if type(value).__module__ == "numpy" and hasattr(value, "tolist") else value
