"""Tells what to do about what the engine says of a statement: which name was meant, and how it is called."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from irdb_sql.errors import MANY_NAMES, nearest

if TYPE_CHECKING:
    from irdb_sql.core.catalog import SqlFiles

_UNKNOWN = re.compile(r'Catalog Error: ([\w ]+) with name "?(\w+)"? does not exist')
_CALL = re.compile(r"Macro \"?(\w+)\(?\)?\"? does not support the supplied arguments")
_COLUMN = re.compile(r'(?:Referenced column|does not have a column named) "(\w+)"')


def next_step(text: str, sqlfiles: SqlFiles) -> str | None:
    """Find the hint that fits what the engine says, or nothing.

    Args:
        text: What it says.
        sqlfiles: The views, macros and named queries there are.

    Example:
        >>> from irdb_sql import sqlfiles
        >>> next_step("Catalog Error: Table with name imagez does not exist!", sqlfiles.load())
        "did you mean 'images'?"
        >>> next_step("Catalog Error: Table with name pair_counts does not exist!", sqlfiles.load())
        'it is a macro; call it, as in FROM pair_counts().'
    """
    files = sqlfiles.views | sqlfiles.macros
    if text.startswith("Out of Memory Error"):
        return "let it take more, by memory_limit or --memory-limit, or ask for less at a time."
    if (found := _UNKNOWN.search(text)) is not None:
        return _instead(found[1], found[2], sqlfiles)
    if (found := _CALL.search(text)) is not None and found[1] in files:
        return f"call {files[found[1]].signature}; `irdb show {found[1]}` tells what each parameter is."
    if (found := _COLUMN.search(text)) is not None:
        return _column_instead(found[1], text, sqlfiles)
    return None


def _instead(kind: str, name: str, sqlfiles: SqlFiles) -> str | None:
    """Tell what a name means that is no function or table of the engine's."""
    if name in sqlfiles.views:
        return f"it is a view; name it without parentheses, as in FROM {name}."
    if name in sqlfiles.macros and kind == "Table":
        return f"it is a macro; call it, as in FROM {name}()."
    if name in sqlfiles.queries:
        return f"it is a named query; `irdb query {name}` answers it, and in Python db.query({name!r})."
    return nearest(name, [*sqlfiles.views, *sqlfiles.macros]) or None


def _column_instead(name: str, text: str, sqlfiles: SqlFiles) -> str | None:
    """Tell what a name means that is no column of what is asked: the engine lists those."""
    if f'"{name}"' in text.partition("LINE ")[2]:
        return f"text stands in single quotes, '{name}'; double quotes are for names."
    views = [view.name for view in sqlfiles.views.values() if name in view.returns]
    if views:
        return f"{name} is a column of {', '.join(views[:MANY_NAMES])}."
    candidates = _QUOTED.findall((_CANDIDATES.search(text) or [""])[0])
    everywhere = sorted({column for file in sqlfiles.all() for column in file.returns})
    return nearest(name, candidates) or nearest(name, everywhere) or None


_CANDIDATES = re.compile(r"Candidate bindings: .*")
_QUOTED = re.compile(r'"(\w+)"')
