"""Finds hints for DuckDB's error messages by their words alone; `hints` finds those that need our names."""

from __future__ import annotations

import re

from irdb_sql.errors import suggest_name


def find_advice(engine_text: str) -> str:
    """Return the hint for an error message of DuckDB, or "" where the message says what to do.

    Example:
        >>> find_advice('Parser Error: syntax error at or near "SELEC"')
        "did you mean 'SELECT'?"
    """
    for words, hint in _HINTS.items():
        if words in engine_text:
            return hint
    match = _MISSPELT.search(engine_text)
    return suggest_name(match[1].upper(), _KEYWORDS) if match is not None and match[1].upper() not in _KEYWORDS else ""


_MISSPELT = re.compile(r'^Parser Error: syntax error at or near "(\w+)"')
_KEYWORDS = ("SELECT", "FROM", "WHERE", "GROUP", "ORDER", "HAVING", "LIMIT", "JOIN", "UNION", "DESCRIBE", "SHOW")


MORE_MEMORY = "select less, or raise the limit: memory_limit= in Python, --memory-limit on the command line."

_TRY_CAST = "TRY_CAST(… AS …) gives NULL for values that cannot be converted."

_HINTS = {
    "Values were not provided": "give each $name a value: params in Python, --param NAME=VALUE on the command line.",
    "excess parameters": "pass only the parameters that the statement names.",
    "Out of Memory Error": MORE_MEMORY,
    "Catalog Error: Type ": "types are those of DuckDB, such as VARCHAR, BIGINT, DOUBLE, DATE and DECIMAL(9, 2).",
    "Catalog Error": "`irdb list` lists all views and macros.",
    "not found in FROM clause": "`irdb show NAME` lists the columns of a view or macro.",
    "Could not convert": _TRY_CAST,
    "when casting from": _TRY_CAST,
    "can't be cast": _TRY_CAST,
    "Overflow in": "cast to a wider type first, as in CAST(… AS HUGEINT) or CAST(… AS DOUBLE).",
    "Max expression depth": "write it in fewer steps, such as x IN (…) instead of many ORs.",
    "IO Error": "check the path; if a file of the source was moved or deleted, connect again.",
}
