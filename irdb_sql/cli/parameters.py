"""Parses --param NAME=VALUE, and reads statements from arguments or standard input."""

from __future__ import annotations

import json
import sys

import click

from irdb_sql.cli.completion import complete_param
from irdb_sql.core.regular_files import describe_error

param_option = click.option(
    "--param",
    "params",
    multiple=True,
    metavar="NAME=VALUE",
    shell_complete=complete_param,
    help="Value of $NAME; may be given several times.",
)


def parse_params(params: tuple[str, ...]) -> dict[str, str]:
    """Parse NAME=VALUE parameters; a name may start with $, as in SQL.

    Example:
        >>> parse_params(("split=test", "$text=a=b"))
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


def parse_json_params(params: tuple[str, ...]) -> dict[str, object] | None:
    """Parse NAME=VALUE parameters with values in JSON; None without parameters.

    Example:
        >>> parse_json_params(("n=3", "split=test"))
        {'n': 3, 'split': 'test'}
    """
    return {name: parse_scalar(value) for name, value in parse_params(params).items()} or None


def parse_scalar(text: str) -> object:
    """Parse a number, boolean or null of JSON; anything else is text.

    Example:
        >>> [parse_scalar(text) for text in ("3", "true", "0040", "[1]")]
        [3, True, '0040', '[1]']
    """
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return text if isinstance(value, dict | list) else value


def read_statement(text: str | None) -> str:
    """Return a statement; None or - reads it from standard input."""
    if text is not None and text != "-":
        return text
    try:
        return "" if sys.stdin is None else sys.stdin.buffer.read().decode()
    except UnicodeDecodeError as error:
        message = f"standard input is not UTF-8: {describe_error(error)}."
        raise click.UsageError(message) from error
