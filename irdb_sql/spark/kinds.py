"""What each expression of a statement is: text, a number, a truth value, a list, as far as that can be told.

sqlglot tells it from the types of columns that the engine of the files reports, and from those of parameters' values.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from sqlglot import exp
from sqlglot.dialects import DuckDB
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify

from irdb_sql.core import catalog as sqlfiles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sqlglot.expressions import Expr

    Types = Callable[[str], Mapping[str, str]]
    """Tells the types of the columns of a view or macro that is a table, or of the one value of another macro."""

TEXT, WHOLE, FRACTION, TRUTH, NULL, LIST = "text", "whole number", "fraction", "truth value", "NULL", "list"
SCALARS = frozenset({TEXT, WHOLE, FRACTION, TRUTH, NULL})
NUMBERS = frozenset({WHOLE, FRACTION, NULL})
WRITTEN_ALIKE = frozenset({TEXT, WHOLE, TRUTH, NULL})
"""Kinds whose text is the same in both engines."""

VALUE = "value"
"""What the one column of a macro is called that is no table."""

_OF_VALUES: dict[type, str] = {bool: "BOOLEAN", int: "BIGINT", float: "DOUBLE", str: "VARCHAR"}
_FUNCTIONS = {"isfinite": "BOOLEAN", "fsum": "DOUBLE"}


def kind_of_type(found: exp.DataType | None) -> str | None:
    """Return what values of a type are; None where it is none that means the same everywhere."""
    if found is None:
        return None
    if found.this in exp.DataType.TEXT_TYPES:
        return TEXT
    if found.this in exp.DataType.INTEGER_TYPES:
        return WHOLE
    if found.this in (exp.DataType.Type.DOUBLE, exp.DataType.Type.DECIMAL):
        return FRACTION
    return {exp.DataType.Type.BOOLEAN: TRUTH, exp.DataType.Type.LIST: LIST, exp.DataType.Type.ARRAY: LIST}.get(
        found.this
    )


def kind(node: Expr | None) -> str | None:
    """Return what an expression with a type is; None where that cannot be told."""
    if isinstance(node, exp.Alias | exp.Paren | exp.Ordered | exp.Order | exp.Distinct | exp.Filter):
        inner = node.expressions[0] if isinstance(node, exp.Distinct) and node.expressions else node.this
        return kind(inner)
    if isinstance(node, exp.Subquery | exp.Select) and len(node.selects) == 1:
        return kind(node.selects[0])
    if isinstance(node, exp.Null) or (isinstance(node, exp.Placeholder) and _is_null(node.type)):
        return NULL
    return kind_of_type(node.type) if isinstance(node, exp.Expr) else None


def element_kind(node: Expr) -> str | None:
    """Return what the elements of a list are; None also where it has none."""
    inner = node.type.expressions if node.type else []
    return kind_of_type(inner[0]) if len(inner) == 1 and isinstance(inner[0], exp.DataType) else None


def are(values: Iterable[Expr | None], kinds: frozenset[str]) -> bool:
    """Whether all expressions are of some kinds."""
    return all(kind(one) in kinds for one in values)


def are_alike(values: Iterable[Expr | None]) -> bool:
    """Whether all expressions are sure to be text, or numbers, or truth values."""
    kinds = {kind(one) for one in values} - {NULL}
    return kinds <= NUMBERS or (len(kinds) == 1 and kinds <= SCALARS)


def with_types(tree: Expr, given: Mapping[str, object], types: Types) -> Expr:
    """Return a copy of a statement in which names are resolved and expressions have types.

    Args:
        tree: Its syntax.
        given: Values of its parameters.
        types: The types of what it reads.
    """
    files = sqlfiles.load()
    tree = tree.copy()
    schema: dict[str, Mapping[str, str]] = {}
    for table in list(tree.find_all(exp.Table)):
        name = table.this.name.lower()
        if isinstance(table.this, exp.Anonymous) and name in files.macros:
            table.set("alias", table.args.get("alias") or exp.TableAlias(this=exp.to_identifier(name)))
            table.set("this", exp.to_identifier(f"{name}_called"))
            schema[f"{name}_called"] = types(name)
        elif name in files.views:  # no common table is called so: that is refused
            schema[name] = types(name)

    def called(_annotator: object, node: exp.Anonymous) -> None:
        name = node.name.lower()
        is_value = name in files.macros and not files.macros[name].is_table
        node.type = (types(name).get(VALUE) or _type_of_numbers(node)) if is_value else _FUNCTIONS.get(name, "UNKNOWN")

    def placed(_annotator: object, node: exp.Placeholder) -> None:
        node.type = _type_of_value(given.get(node.name)) or "UNKNOWN"

    known: Any = {
        **DuckDB.EXPRESSION_METADATA,
        exp.Anonymous: {"annotator": called},
        exp.Placeholder: {"annotator": placed},
        **{
            one: {"returns": exp.DType.VARCHAR}
            for one in (exp.SplitPart, exp.RegexpExtract, exp.RegexpReplace, exp.Replace, exp.Left)
        },
    }
    shapes: Any = schema
    resolved = qualify(tree, "duckdb", schema=shapes, validate_qualify_columns=False, quote_identifiers=False)
    return annotate_types(resolved, shapes, known, dialect="duckdb")


def _type_of_numbers(call: exp.Anonymous) -> str:
    """Return the type of a macro's value that is one of its arguments."""
    kinds = {kind(one) for one in call.expressions} - {NULL, TEXT}
    return "UNKNOWN" if not kinds or not kinds <= NUMBERS else "DOUBLE" if FRACTION in kinds else "BIGINT"


def _type_of_value(value: object) -> str | None:
    if value is None:
        return "NULL"
    if isinstance(value, list | tuple):
        inner = {_type_of_value(one) for one in value if one is not None}
        return f"{inner.pop()}[]" if len(inner) == 1 and None not in inner else None
    return _OF_VALUES.get(type(value))


def _is_null(found: exp.DataType | None) -> bool:
    return found is not None and found.this == exp.DataType.Type.NULL


@functools.cache
def type_of(text: str) -> exp.DataType:
    """Read a type as the engine of the files writes it."""
    return exp.DataType.build(text, dialect="duckdb")
