"""Reads the parameters that the command line takes as NAME=VALUE."""

from __future__ import annotations

import json

import click


def named_values(params: tuple[str, ...]) -> dict[str, str]:
    """Take parameters apart; a name may bear the $ that it has in SQL.

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


def json_scalar(text: str) -> object:
    """Take a value for the number, boolean or null that it is written like in JSON, else for text.

    Example:
        >>> [json_scalar(text) for text in ("3", "true", "0040", "[1]")]
        [3, True, '0040', '[1]']
    """
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return text if isinstance(value, dict | list) else value
