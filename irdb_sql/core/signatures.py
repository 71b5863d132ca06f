"""Parses `.sql` files: the parameters of macros, with types and defaults, and the statement after the signature."""

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
        name: Its name.
        kind: Its SQL type, as the file writes it; None accepts any type.
        default: Its default as SQL; None for a required parameter.
    """

    name: str
    kind: str | None
    default: str | None


def parameters(file: SqlFile) -> list[Parameter]:
    """Return the parameters of a macro, parsed from its text."""
    head = _HEAD.search(file.text)
    parsed = []
    for declaration in (head["params"] or "").split(",") if head else ():
        if declaration.strip():
            words, _, default = declaration.partition(":=")
            name, *kind = words.split()
            parsed.append(Parameter(name, " ".join(kind) or None, default.strip() or None))
    return parsed


def statement(file: SqlFile) -> str:
    """Return the SELECT or macro body without header and CREATE."""
    head = _HEAD.search(file.text)
    return file.text[head.end() :] if head else file.text
