"""What a file defines: the parameters of macros, with their types and defaults, and the statement behind them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from irdb_sql.core.catalog import SqlFile

_HEAD = re.compile(r"CREATE OR REPLACE (?:VIEW \w+|MACRO \w+\((?P<params>[^)]*)\))\s+AS(?: TABLE)?\n")


@dataclass(frozen=True)
class Parameter:
    """A parameter of a macro.

    Attributes:
        name: How it is called.
        kind: Its type, as the file writes it; None takes any.
        default: What it is where it is not given, as SQL; None where it must be.
    """

    name: str
    kind: str | None
    default: str | None


def parameters(file: SqlFile) -> list[Parameter]:
    """Read the parameters of a macro from its statement."""
    head = _HEAD.search(file.text)
    found = []
    for written in (head["params"] or "").split(",") if head else ():
        if written.strip():
            words, _, default = written.partition(":=")
            name, *kind = words.split()
            found.append(Parameter(name, " ".join(kind) or None, default.strip() or None))
    return found


def statement(file: SqlFile) -> str:
    """Return the statement of a view, macro or query without its header and what defines it."""
    head = _HEAD.search(file.text)
    return file.text[head.end() :] if head else file.text
