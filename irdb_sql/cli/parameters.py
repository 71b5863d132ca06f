"""The parameters and the statement that a command is given: NAME=VALUE, and a text or standard input."""

from __future__ import annotations

import json
import sys

import click

param_option = click.option(
    "--param", "params", multiple=True, metavar="NAME=VALUE", help="Value of $NAME; may be given several times."
)


def named_values(params: tuple[str, ...]) -> dict[str, str]:
    """Split parameters at their =; a name may have the $ that it has in SQL.

    Example:
        >>> named_values(("split=test", "$text=a=b"))
        {'split': 'test', 'text': 'a=b'}
    """
    values = {}
    for param in params:
        name, equals, value = param.partition("=")
        if not equals or not name:
            message = f"--param {param!r} is not NAME=VALUE."
            raise click.UsageError(message)
        name = name.removeprefix("$")
        if name in values:
            message = f"--param {name} is given twice."
            raise click.UsageError(message)
        values[name] = value
    return values


def typed_values(params: tuple[str, ...]) -> dict[str, object] | None:
    """Split parameters and read each value as JSON; no parameter is None.

    Example:
        >>> typed_values(("n=3", "split=test"))
        {'n': 3, 'split': 'test'}
    """
    return {name: json_scalar(value) for name, value in named_values(params).items()} or None


def json_scalar(text: str) -> object:
    """Read a value as the number, boolean or null that it is in JSON, else as text.

    Example:
        >>> [json_scalar(text) for text in ("3", "true", "0040", "[1]")]
        [3, True, '0040', '[1]']
    """
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return text if isinstance(value, dict | list) else value


def statement_text(text: str | None) -> str:
    """Return a statement, which - or none reads from standard input."""
    if text is not None and text != "-":
        return text
    try:
        return "" if sys.stdin is None else sys.stdin.buffer.read().decode()
    except UnicodeDecodeError as error:
        message = f"standard input is not UTF-8: {error}."
        raise click.UsageError(message) from error
