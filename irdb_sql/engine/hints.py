"""Makes DuckDB's error messages helpful: leaves out advice that does not help here, and finds a hint."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from irdb_sql.core.foreign_words import without_useless_words
from irdb_sql.engine.parameters import WRONG_CALL
from irdb_sql.errors import MANY_NAMES, suggest_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from irdb_sql.core.catalog import SqlCatalog, SqlFile

_UNKNOWN = re.compile(r'Catalog Error: ([\w ]+) with name "?(\w+)"? does not exist')
_COLUMN = re.compile(r'(?:Referenced column|does not have a column named|Column) "(\w+)"')
_GUESS = re.compile(r'\n*Did you mean:? "([^"\n]*)"[^\n]*')
_CANDIDATES = re.compile(r"\n*Candidate bindings: ([^\n]*)")
_QUOTED = re.compile(r'"(\w+)"')
_ENGINE_FAILED = ("INTERNAL Error", "FATAL Error")


def explain(text: str, catalog: SqlCatalog) -> tuple[str, str | None]:
    r"""Return an error message of DuckDB without advice that does not help, and a hint or None.

    Args:
        text: The error message.
        catalog: The views, macros and named queries.

    Example:
        >>> from irdb_sql.core import catalog
        >>> explain('Catalog Error: Table with name imagez does not exist!\nDid you mean "pg_type"?', catalog.load())
        ('Catalog Error: Table with name imagez does not exist!', "did you mean 'images'?")
        >>> explain("Catalog Error: Table with name pair_counts does not exist!", catalog.load())[1]
        'it is a macro: write FROM pair_counts().'
    """
    if (unknown := _UNKNOWN_WORD.match(text)) is not None:
        return unknown[1], f"{unknown[2]}."
    hint = _find_hint(text, catalog)
    shown = without_useless_words(text)
    return _CANDIDATES.sub("", shown), hint


_UNKNOWN_WORD = re.compile(r"(Invalid Input Error: unknown (?:split|subset) '.*'): (a (?:split|subset) is .*)")
"""The error of the macros that check these words, and what it says of those that there are."""


def _find_hint(text: str, catalog: SqlCatalog) -> str | None:
    """Return a hint for an error message of DuckDB, or None."""
    files = catalog.views | catalog.macros
    if text.startswith("Out of Memory Error"):
        return "raise memory_limit (--memory-limit), or select less at a time."
    if text.startswith(_ENGINE_FAILED):
        return "this is a fault of DuckDB: write the statement another way, such as with values as arguments of macros."
    if (match := _UNKNOWN.search(text)) is not None:
        kind = "function" if "Function" in match[1] else "table"
        guesses = _GUESS.findall(text) if kind == "function" else []
        names = [*catalog.views, *catalog.macros, *guesses]
        return name_hint(match[2], kind, catalog) or suggest_name(match[2], names) or None
    if (match := WRONG_CALL.search(text)) is not None and match[1] in files:
        return f"call {files[match[1]].signature}; `irdb show {match[1]}` describes each parameter."
    if (match := _COLUMN.search(text)) is not None:
        return _column_hint(match[1], text, catalog)
    return None


def name_hint(name: str, kind: str, catalog: SqlCatalog) -> str:
    """Return how to use a name of the catalog that is not of the kind for which it was taken, or "".

    Args:
        name: The name.
        kind: What it was taken for: table, function or query.
        catalog: The views, macros and named queries.

    Example:
        >>> from irdb_sql.core import catalog
        >>> name_hint("preference_pairs", "query", catalog.load())
        "it is a macro: `irdb sql 'FROM preference_pairs()'`; all its rows are the query pairs."
    """
    if kind == "query":
        hints = (_statement_hint(file, catalog) for file in catalog.find(name))
        others = [file.name for file in catalog.all()]
        return next(hints, "") or suggest_name(name, catalog.queries) or suggest_name(name, others)
    if name in catalog.views:
        return f"it is a view: write FROM {name}, without parentheses."
    if name in catalog.macros:
        file = catalog.macros[name]
        return f"it is a macro: write FROM {name}()." if file.is_table else _value_hint(file, catalog.macros)
    if name in catalog.queries:
        files = [*catalog.views.values(), *catalog.macros.values()]
        calls = [f", or FROM {_call(file)}" for file in files if file.query is not None and file.query.name == name]
        return f"it is a named query: run `irdb query {name}`, or db.query({name!r}) in Python{''.join(calls)}."
    return ""


def _statement_hint(file: SqlFile, catalog: SqlCatalog) -> str:
    """Return how to ask a view or macro, which is no query."""
    if not file.is_table:
        return _value_hint(file, catalog.queries)
    query = "" if file.query is None else f"; all its rows are the query {file.query.name}"
    return f"it is a {file.kind}: `irdb sql 'FROM {_call(file)}'`{query}."


def _value_hint(macro: SqlFile, others: Iterable[str]) -> str:
    """Return how to call a macro that makes one value, and the name of rows that is like its name."""
    guess = suggest_name(macro.name, [name for name in others if name != macro.name])
    return f"it is a macro that makes one value: write SELECT {macro.name}(…){f'; {guess}' if guess else '.'}"


def _call(file: SqlFile) -> str:
    return file.name if file.kind == "view" else f"{file.name}()"


def _column_hint(name: str, text: str, catalog: SqlCatalog) -> str | None:
    """Return a hint for the name of an unknown column."""
    if f'"{name}"' in text.partition("LINE ")[2]:
        return f"write text in single quotes, '{name}'; double quotes are for names."
    if "FROM clause is missing" in text and _calls_macro(text, catalog):
        return f"write text in single quotes, '{name}'; a column is no argument of a macro after FROM."
    views = [view.name for view in catalog.views.values() if name in view.returns]
    if views:
        return f"{name} is a column of {', '.join(views[:MANY_NAMES])}."
    candidates: Sequence[str] = _QUOTED.findall("".join(_CANDIDATES.findall(text)))
    line = set(re.findall(r"\w+", text.partition("LINE ")[2].lower()))
    named = [file for file in catalog.all() if file.name in line]
    columns = sorted({column for file in named or catalog.all() for column in file.returns})
    return suggest_name(name, candidates) or suggest_name(name, columns) or None


def _calls_macro(text: str, catalog: SqlCatalog) -> bool:
    """Return whether the line that an error message shows calls a macro that makes a table."""
    calls = re.findall(r"(\w+)\s*\(", text.partition("LINE ")[2].lower())
    return any(file.is_table for file in map(catalog.macros.get, calls) if file is not None)
