"""Checks options of a call: their names, and the types of their values."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from irdb_sql.errors import ArgumentTypeError, ChoiceError, RangeError, UnknownOptionError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


def check_options(options: Mapping[str, object], allowed: type) -> None:
    """Raise an error for an unknown option of `**options: Unpack[…]`.

    Args:
        options: The options of a call.
        allowed: The TypedDict that defines the options.

    Raises:
        UnknownOptionError: An option is not a field of the TypedDict.
    """
    for name in options:
        if name not in allowed.__annotations__:
            raise UnknownOptionError(name, allowed.__annotations__)


def check_type(argument: str, value: object, kind: type | tuple[type, ...], expected: str) -> None:
    """Raise an error unless an argument has a type.

    Args:
        argument: Its name.
        value: Its value.
        kind: The type, or several; True and False are no numbers, and bytes are no sequence.
        expected: What to pass, in words.

    Raises:
        ArgumentTypeError: The value has another type.

    Example:
        >>> check_type("limit", 3, int, "a whole number")
    """
    kinds = kind if isinstance(kind, tuple) else (kind,)
    is_other = any(isinstance(value, other) and other not in kinds for other in (bool, bytes))
    if not isinstance(value, kinds) or is_other:
        raise ArgumentTypeError(argument, value, expected)


def check_flags(**flags: object) -> None:
    """Raise an error unless each argument is True or False.

    Raises:
        ArgumentTypeError: One is something else, such as a text, which Python takes for True.

    Example:
        >>> check_flags(lazy=True, images=False)
    """
    for name, value in flags.items():
        check_type(name, value, bool, "True or False")


def wrong_value(argument: str, value: object, allowed: str, *kinds: type) -> RangeError:
    """Return the error for a value outside its range, or of another type.

    Args:
        argument: The argument's name.
        value: Its value.
        allowed: The values that it may have, in words.
        *kinds: The types that it may have.
    """
    return RangeError(argument, value, allowed) if type(value) in kinds else ArgumentTypeError(argument, value, allowed)


def check_choice(argument: str, value: object, choices: Collection[str]) -> None:
    """Raise an error unless an argument is one of some words.

    Raises:
        ChoiceError: It is another word.
        ArgumentTypeError: It is no text.
    """
    check_type(argument, value, str, f"one of {', '.join(map(repr, choices))}")
    if value not in choices:
        raise ChoiceError(argument, value, choices)


def check_path(argument: str, value: object) -> None:
    """Raise an error unless an argument is a path.

    Raises:
        ArgumentTypeError: It is neither text nor a Path.
    """
    check_type(argument, value, (str, os.PathLike), "a path, as text or a Path")
