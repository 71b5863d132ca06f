"""Recognizes statements that ask for nothing but all rows of a macro, which a named query may answer faster."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from irdb_sql.core.schema import SPLITS, SUBSETS
from irdb_sql.core.signatures import parameters

if TYPE_CHECKING:
    from irdb_sql.core.catalog import SqlCatalog, SqlFile
    from irdb_sql.engine.parameters import Params

_CALL = r"(?i)\s*(?:SELECT\s+\*\s+)?FROM\s+([a-z_]+)\s*\(([^()]*)\)\s*;?\s*"
_ARGUMENT = r"(?i)\s*(?:([a-z_]+)\s*(?::=|=>)\s*)?(?:'(\w+)'|([0-9]{1,9})|(true|false|null)|\$(\w+))\s*"
_WORDS = {"true": True, "false": False, "null": None}


def find_call(text: str, params: Params, catalog: SqlCatalog) -> tuple[SqlFile, dict[str, object]] | None:
    """Return the query of a macro, and its parameters, if a statement is a call of the macro and no more.

    Args:
        text: The statement.
        params: Its parameters.
        catalog: The macros and queries.

    Returns:
        The query and its parameters; None for any other statement, also for one that is wrong.

    Example:
        >>> from irdb_sql.core.catalog import load
        >>> query, params = find_call("FROM preference_pairs(in_split := 'test')", None, load())
        >>> query.name, params
        ('pairs', {'split': 'test'})
    """
    call = re.fullmatch(_CALL, text) if "(" in text else None
    macro = None if call is None else catalog.macros.get(call[1].lower())
    if call is None or macro is None or macro.query is None:
        return None
    names = [parameter.name for parameter in parameters(macro)]
    given = dict(params) if isinstance(params, Mapping) else {}
    values: dict[str, object] = {}
    for place, argument in enumerate(call[2].split(",") if call[2].strip() else []):
        parsed = re.fullmatch(_ARGUMENT, argument)
        if parsed is None or place >= len(names):
            return None
        name, word, number, constant, parameter = parsed.groups()
        name = names[place] if name is None else name.lower()
        if name not in names or (parameter is not None and parameter not in given):
            return None
        values[name.removeprefix("in_")] = (
            given.pop(parameter) if parameter else word or (int(number) if number else _WORDS[constant.lower()])
        )
    query = catalog.queries[macro.query.name]
    is_whole = isinstance(params, Mapping | None) and not given and values.keys() <= query.params.keys()
    is_right = values.get("split") in (None, *SPLITS) and values.get("subset") in (None, *SUBSETS)
    return (query, values) if is_whole and is_right else None
