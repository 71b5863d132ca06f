"""Parses `.sql` files: the parameters of macros, with types and defaults, and the statement after the signature."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from irdb_sql.core.catalog import SqlFile

_CREATE = re.compile(r"CREATE OR REPLACE (?:VIEW|MACRO) \w+", re.IGNORECASE)
_AS = re.compile(r"\s*AS(?:\s+TABLE)?\s", re.IGNORECASE)
_TOKEN = re.compile(r"'(?:[^']|'')*'|[(),]|[^'(),]+")


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
    declarations, _ = _split_text(file)
    parsed = []
    for declaration in declarations:
        words, _, default = declaration.partition(":=")
        name, *kind = words.split()
        parsed.append(Parameter(name, " ".join(kind) or None, default.strip() or None))
    return parsed


def statement(file: SqlFile) -> str:
    """Return the SELECT or macro body without header and CREATE."""
    return _split_text(file)[1]


def _split_text(file: SqlFile) -> tuple[list[str], str]:
    """Return the declarations of a macro's parameters, and the statement.

    A comma or parenthesis of a type such as DECIMAL(4, 2), or of a text as default, ends no declaration.

    Raises:
        ValueError: The text has a CREATE without the signature that it needs.
    """
    create = _CREATE.search(file.text)
    if create is None:
        return [], file.text
    place, depth, declarations = create.end(), 0, [""]
    if file.text[place] == "(":
        while True:
            token = _TOKEN.match(file.text, place)
            if token is None:
                message = f"the parameters of {file.name} are not closed"
                raise ValueError(message)
            depth += {"(": 1, ")": -1}.get(token[0], 0)
            place = token.end()
            if depth == 0:
                break
            if token[0] == "," and depth == 1:
                declarations.append("")
            elif token.start() > create.end():
                declarations[-1] += token[0]
    keyword = _AS.match(file.text, place)
    if keyword is None:
        message = f"{file.name} lacks AS, followed by a new line"
        raise ValueError(message)
    return [text for text in declarations if text.strip()], file.text[keyword.end() :]
