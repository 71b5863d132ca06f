"""Reads the syntax tree of a statement for the safety check, as fast as the check needs.

It finds what `queries/sql_text/statement_parts.sql` and `refused_names.sql` find, which are the definition: a test
proves both equal. Those take some 40 ms a statement, since they list the engine's functions and are planned anew.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import duckdb

from irdb_sql.engine.definitions import SYSTEM_PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from duckdb import DuckDBPyConnection

    Define = Callable[[str | None], None]
    """Defines a view or macro by its name, or everything for None."""


class Part(NamedTuple):
    """A part of a statement, of a kind that `statement_parts` describes."""

    kind: str
    name: str


class Parts(NamedTuple):
    """What the check has to know of a statement.

    Attributes:
        parts: Its parts.
        has_common_tables: Whether it has a WITH, in which a statement may write.
    """

    parts: set[Part]
    has_common_tables: bool


RULES = "function_rules"
_READING = ("SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE")
_MOST_PARTS = 1000
_MOST_LAMBDAS = 8
_OF_TEXT = ("json_serialize_sql", "statement_parts", "refused_names", "macro_arguments")
_OF_PATH = (
    "->", "->>", "json_extract", "json_extract_string", "json_extract_path", "json_extract_path_text", "json_value",
    "json_exists", "json_keys", "json_each", "json_array_length", "json_type",
)  # fmt: skip
_REFUSED_TYPES = ("variant", "bignum")
_NAMES = {
    "function_name": "function",
    "table_name": "table",
    "schema_name": "schema",
    "show_type": "shown",
    "type_name": "type",
}


def statement_parts(cursor: DuckDBPyConnection, text: str) -> Parts:
    """Return the parts of a SELECT statement.

    Raises:
        RecursionError: The statement is nested too deep to be read here.
        duckdb.Error: It is none.
    """
    serialize = duckdb.FunctionExpression("json_serialize_sql", duckdb.ConstantExpression(text))
    ((serialized,),) = cursor.values(serialize).fetchall()
    tree = json.loads(serialized)
    parts: set[Part] = set()
    _visit(tree, parts)
    if message := tree.get("error_message"):
        parts.add(Part("statement", str(message)))
    return Parts(parts, _has_common_tables(serialized))


def refused_parts(cursor: DuckDBPyConnection, parts: set[Part], define: Define) -> list[Part]:
    """Return the functions, tables, types, settings and other parts that a safe session refuses, sorted.

    Args:
        cursor: The cursor.
        parts: Parts of a statement.
        define: Defines a view by its name.
    """
    named = {Part(kind, name.lower()) for kind, name in parts}
    always = {part for part in named if part.kind in ("length", "argument", "statement") or _is_refused_type(part)}
    return sorted({*always, *_refused_calls(cursor, named, define), *_refused_tables(cursor, named)})


def _is_refused_type(part: Part) -> bool:
    return part.kind == "type" and part.name in _REFUSED_TYPES


def _visit(node: Any, parts: set[Part]) -> int:  # noqa: ANN401 - any value of JSON
    """Add the parts in a node, and return its number of lambdas."""
    if isinstance(node, list):
        return sum([_visit(child, parts) for child in node])
    if not isinstance(node, dict):
        return 0
    lambdas = int(node.get("class") == "LAMBDA")
    if isinstance(name := node.get("function_name"), str) and _is_computed(name.lower(), node.get("arguments")):
        parts.add(Part("argument", name))
    if node.get("syntax_type") == "SINGLE_ARROW" and _is_computed("->", [{}, {"expression": node.get("expr")}]):
        parts.add(Part("argument", "->"))  # which has the syntax of an old lambda
    for key, child in node.items():
        inner = _visit(child, parts)
        lambdas += inner
        if key == "expr" and inner > _MOST_LAMBDAS:
            parts.add(Part("length", "more than 8 lambdas in a lambda"))
        if isinstance(child, str):
            if key in _NAMES and child:
                parts.add(Part(_NAMES[key], child))
            elif key == "type" and child.endswith("_NODE") and child not in _READING:
                parts.add(Part("writing", child))
        else:
            _add_compound(key, child, parts)
    return lambdas


def _is_computed(name: str, arguments: object) -> bool:
    """Whether a call computes a text that has to be written out, or has a path of JSON that visits everything."""
    if not isinstance(arguments, list) or name not in (*_OF_TEXT, *_OF_PATH):
        return False
    expressions = [argument.get("expression") or {} for argument in arguments]
    literals = [expression.get("literal") or {} for expression in expressions]
    if name in _OF_TEXT:
        return not literals or literals[0].get("kind") != "STRING"
    if len(expressions) < 2:  # noqa: PLR2004 - a value and a path
        return False
    return expressions[1].get("class") != "CONSTANT" or ".." in str(literals[1].get("text", ""))


def _add_compound(key: str, child: Any, parts: set[Part]) -> None:  # noqa: ANN401 - any value of JSON
    """Add a function after FROM, and a list that is too long."""
    if key == "column_names":
        _add_length(child, parts)
    elif isinstance(child, dict):
        if key == "function" and isinstance(name := child.get("function_name"), str) and name:
            parts.add(Part("row_function", name))
        elif key == "node":
            _add_length(child.get("children"), parts)
        elif key == "cte_map":
            _add_length(child.get("map"), parts)


def _add_length(children: object, parts: set[Part]) -> None:
    if isinstance(children, list) and len(children) > _MOST_PARTS:
        parts.add(Part("length", f"{len(children)} parts in a row"))


def _has_common_tables(serialized: str) -> bool:
    return serialized.count('"cte_map":') > serialized.count('"cte_map":{"map":[]}')


def _refused_calls(cursor: DuckDBPyConnection, named: set[Part], define: Define) -> Iterator[Part]:
    names = {name for kind, name in named if kind in ("function", "row_function")}
    if not names:
        return
    functions = _engine_functions(cursor, define)
    for name in names:
        returns_rows = Part("row_function", name) in named or functions.only_rows.get(name, False)
        is_refused = returns_rows and name in functions.only_rows and name not in functions.allowed
        if name in functions.refused or is_refused:
            yield Part("function", name)


def _refused_tables(cursor: DuckDBPyConnection, named: set[Part]) -> Iterator[Part]:
    tables = {name for kind, name in named if kind == "table"}
    has_views = Part("schema", "information_schema") in named
    for name in tables:
        if re.match(f"(?:{SYSTEM_PREFIXES})_", name) or (name == "views" and has_views):
            yield Part("table", name)
    if tables and Part("shown", "show") in named:
        settings = cursor.table_function("duckdb_settings").project("name").fetchall()
        yield from (Part("setting", name) for name in tables & {name.lower() for (name,) in settings})


@dataclass(frozen=True)
class _Functions:
    """The functions of the engine.

    Attributes:
        only_rows: Whether a function only returns rows, by its name in lower case.
        refused, allowed: Names with these rules of the view `function_rules`.
    """

    only_rows: dict[str, bool]
    refused: frozenset[str]
    allowed: frozenset[str]


_known_functions: list[_Functions] = []
"""Holds them after the first statement: safe sessions load no extensions, so all databases have the same."""


def _engine_functions(cursor: DuckDBPyConnection, define: Define) -> _Functions:
    if not _known_functions:
        listed = cursor.table_function("duckdb_functions").project("function_name, function_type, internal").fetchall()
        only_rows: dict[str, bool] = {}
        for name, kind, internal in listed:
            if internal:
                is_of_rows = kind in ("table", "table_macro", "pragma")
                only_rows[name.lower()] = is_of_rows and only_rows.get(name.lower(), True)
        define(RULES)
        rules = cursor.view(RULES).fetchall()
        names = {rule: frozenset(name for name, of in rules if of == rule) for rule in ("refused", "allowed")}
        _known_functions.append(_Functions(only_rows, names["refused"], names["allowed"]))
    return _known_functions[0]
