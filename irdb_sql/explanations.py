"""Tells what to do about what the engine says of a statement: which name was meant, and how it is called."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from irdb_sql.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from irdb_sql.sqlfiles import SqlFile

_UNKNOWN = re.compile(r'Catalog Error: ([\w ]+) with name "?(\w+)"? does not exist')
_CALL = re.compile(r"Macro \"?(\w+)\(?\)?\"? does not support the supplied arguments")
_COLUMN = re.compile(r'(?:Referenced column|does not have a column named) "(\w+)"')


def next_step(text: str, files: Mapping[str, SqlFile], tables: Iterable[str] = ()) -> str | None:
    """Find the hint that fits what the engine says, or nothing.

    Args:
        text: What it says.
        files: Views and macros by name.
        tables: Names of tables of the user's own.

    Example:
        >>> from irdb_sql import sqlfiles
        >>> files = sqlfiles.load().views | sqlfiles.load().macros
        >>> next_step("Catalog Error: Table with name imagez does not exist!", files)
        "did you mean 'images'?"
        >>> next_step("Catalog Error: Table with name pair_counts does not exist!", files)
        'it is a macro; call it, as in FROM pair_counts().'
    """
    if (found := _UNKNOWN.search(text)) is not None:
        kind, name = found.groups()
        if name in files and kind == "Table" and files[name].kind == "macro":
            return f"it is a macro; call it, as in FROM {name}()."
        if name in files and files[name].kind == "view":
            return f"it is a view; name it without parentheses, as in FROM {name}."
        return nearest(name, [*files, *tables]) or None
    if (found := _CALL.search(text)) is not None and found[1] in files:
        return f"call {files[found[1]].signature}; `irdb show {found[1]}` tells what each parameter is."
    if (found := _COLUMN.search(text)) is not None:
        return nearest(found[1], sorted({column for file in files.values() for column in file.returns})) or None
    return None
