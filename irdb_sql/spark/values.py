"""Decides which macros are functions of Apache Spark, and what to write instead of a scalar macro that is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irdb_sql.core.late import late
from irdb_sql.core.signatures import parameters, statement
from irdb_sql.spark.errors import NotOnSparkError

if TYPE_CHECKING:
    import sqlglot

    from irdb_sql.core.catalog import SqlCatalog, SqlFile
    from irdb_sql.core.signatures import Parameter
else:
    sqlglot = late("sqlglot", extra="spark")

_TYPES = {"float_list": "DOUBLE[]", "normal_text": "VARCHAR", "whole_number": "VARCHAR"}
"""The types that functions give parameters for which the file of a macro names none: those of Spark all have one."""


def parameter_type(macro: SqlFile, parameter: Parameter) -> str | None:
    """Return the type of a parameter of a scalar macro, as DuckDB writes it, if it has one."""
    return parameter.kind or _TYPES.get(macro.name)


def functions(catalog: SqlCatalog) -> dict[str, SqlFile]:
    """Return the macros that Spark can have as functions, of rows and of values, by name."""
    return {name: macro for name, macro in catalog.macros.items() if _obstacle(macro, catalog) is None}


def check_function(macro: SqlFile, catalog: SqlCatalog) -> None:
    """Raise an error if Spark cannot have a macro as a function.

    Raises:
        NotOnSparkError: It cannot; why, and what to write instead.
    """
    reason = _obstacle(macro, catalog)
    if reason is not None:
        instead = macro.instead_on_spark
        hint = f"write {instead}." if instead else "ask DuckDB: irdb_sql.connect(…) without a session."
        raise NotOnSparkError(f"the macro {macro.name}", reason, hint)


def _obstacle(macro: SqlFile, catalog: SqlCatalog) -> str | None:
    """Say why Spark cannot have a macro as a function, if it cannot."""
    if macro.spark or macro.is_table:
        return macro.spark or None
    if _has_aggregate(macro, catalog):
        return "a scalar function there cannot contain an aggregate"
    if not all(parameter_type(macro, parameter) for parameter in parameters(macro)):
        return "a parameter of a function has one type there"
    return None


def _has_aggregate(macro: SqlFile, catalog: SqlCatalog) -> bool:
    tree = sqlglot.parse_one(statement(macro), dialect="duckdb")
    calls = {call.name.lower() for call in tree.find_all(sqlglot.exp.Anonymous)}
    called = [catalog.macros[name] for name in sorted(calls & catalog.macros.keys())]
    return tree.find(sqlglot.exp.AggFunc) is not None or any(_has_aggregate(inner, catalog) for inner in called)
