"""Checks options of a call that a TypedDict defines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irdb_sql.errors import UnknownOptionError

if TYPE_CHECKING:
    from collections.abc import Mapping


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
