"""Finds hints for DuckDB's error messages: the nearest name, and how to call a view, macro or query."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from irdb_sql.engine.parameters import WRONG_CALL
from irdb_sql.errors import MANY_NAMES, suggest_name

if TYPE_CHECKING:
    from irdb_sql.core.catalog import SqlCatalog

_UNKNOWN = re.compile(r'Catalog Error: ([\w ]+) with name "?(\w+)"? does not exist')
_COLUMN = re.compile(r'(?:Referenced column|does not have a column named) "(\w+)"')


def find_hint(text: str, catalog: SqlCatalog) -> str | None:
    """Return a hint for an error message of DuckDB, or None.

    Args:
        text: The error message.
        catalog: The views, macros and named queries.

    Example:
        >>> from irdb_sql.core import catalog
        >>> find_hint("Catalog Error: Table with name imagez does not exist!", catalog.load())
        "did you mean 'images'?"
        >>> find_hint("Catalog Error: Table with name pair_counts does not exist!", catalog.load())
        'it is a macro: write FROM pair_counts().'
    """
    files = catalog.views | catalog.macros
    if text.startswith("Out of Memory Error"):
        return "raise memory_limit (--memory-limit), or select less at a time."
    if (match := _UNKNOWN.search(text)) is not None:
        return _name_hint(match[1], match[2], catalog)
    if (match := WRONG_CALL.search(text)) is not None and match[1] in files:
        return f"call {files[match[1]].signature}; `irdb show {match[1]}` describes each parameter."
    if (match := _COLUMN.search(text)) is not None:
        return _column_hint(match[1], text, catalog)
    return None


def _name_hint(kind: str, name: str, catalog: SqlCatalog) -> str | None:
    """Return a hint for the name of an unknown table or function."""
    if name in catalog.views:
        return f"it is a view: write FROM {name}, without parentheses."
    if name in catalog.macros and kind == "Table":
        return f"it is a macro: write FROM {name}()."
    if name in catalog.queries:
        return f"it is a named query: run `irdb query {name}`, or db.query({name!r}) in Python."
    return suggest_name(name, [*catalog.views, *catalog.macros]) or None


def _column_hint(name: str, text: str, catalog: SqlCatalog) -> str | None:
    """Return a hint for the name of an unknown column."""
    if f'"{name}"' in text.partition("LINE ")[2]:
        return f"write text in single quotes, '{name}'; double quotes are for names."
    views = [view.name for view in catalog.views.values() if name in view.returns]
    if views:
        return f"{name} is a column of {', '.join(views[:MANY_NAMES])}."
    candidates = _QUOTED.findall((_CANDIDATES.search(text) or [""])[0])
    all_columns = sorted({column for file in catalog.all() for column in file.returns})
    return suggest_name(name, candidates) or suggest_name(name, all_columns) or None


_CANDIDATES = re.compile(r"Candidate bindings: .*")
_QUOTED = re.compile(r'"(\w+)"')
