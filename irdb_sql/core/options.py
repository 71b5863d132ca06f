"""Options of a call that a TypedDict describes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irdb_sql.errors import UnknownOptionError

if TYPE_CHECKING:
    from collections.abc import Mapping


def refuse_unknown(options: Mapping[str, object], kind: type) -> None:
    """Raise an error for an option that a call does not take; Python lets any pass where they are described by a type.

    Args:
        options: What was given.
        kind: The type that describes the options.

    Raises:
        UnknownOptionError: One is not among them.
    """
    for name in options:
        if name not in kind.__annotations__:
            raise UnknownOptionError(name, kind.__annotations__)
