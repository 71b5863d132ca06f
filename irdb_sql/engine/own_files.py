"""Looks into views, macros and queries: their columns, and whether those of the user may stand beside the package's."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import duckdb

from irdb_sql.core.signatures import parameters, statement
from irdb_sql.engine.errors import StatementError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from duckdb import DuckDBPyConnection

    from irdb_sql.core.catalog import SqlFile
    from irdb_sql.engine.definitions import Definitions

    Check = Callable[[DuckDBPyConnection, str], str]

_PART = "SELECT ({})"


def inspect_file(duck: DuckDBPyConnection, file: SqlFile, definitions: Definitions, check: Check | None) -> SqlFile:
    """Check a file, define its view or macro, and return it with the parameters, columns and names that it has.

    Args:
        duck: The cursor.
        file: The file; what its header says is replaced.
        definitions: Defines what it reads, and learns the view or macro.
        check: Raises an error unless a text is one statement that reads the data; None for a trusted database.

    Raises:
        StatementError: The file is not one statement that reads, or defines one view or macro that reads.
        ValueError: The name is that of a function of the engine, or the signature cannot be parsed.
        duckdb.Error: The engine refuses the statement.
    """
    reads = tuple(sorted({word.lower() for word in re.findall(r"\w+", file.text)} & definitions.files.keys()))
    if file.kind == "query":
        params, columns = _inspect_query(duck, file.text, definitions, check)
    else:
        params, columns = _define(duck, file, definitions, check)
    inspected = replace(
        file,
        params={name: file.params.get(name, "") for name in params},
        returns=tuple(columns),
        reads=tuple(name for name in reads if name != file.name),
    )
    if file.kind != "query":
        definitions.add(duck, inspected)
    return inspected


def _inspect_query(
    duck: DuckDBPyConnection, text: str, definitions: Definitions, check: Check | None
) -> tuple[Sequence[str], Sequence[str]]:
    statements = duck.extract_statements(text)
    if check is not None:
        check(duck, text)
    elif len(statements) != 1:
        raise StatementError(f"{len(statements) or 'no'} statements")
    definitions.define(duck, [text])
    params = sorted(statements[0].named_parameters, key=lambda name: text.find(f"${name}"))
    if not all(name.isidentifier() for name in params):
        message = "a parameter without a name; write it as $name"
        raise ValueError(message)
    relation = duck.sql(text, params=dict.fromkeys(params) or None)
    return params, relation.columns


def _define(
    duck: DuckDBPyConnection, file: SqlFile, definitions: Definitions, check: Check | None
) -> tuple[Sequence[str], Sequence[str]]:
    body, arguments = statement(file), parameters(file) if file.kind == "macro" else []
    kinds = [found.type for found in duck.extract_statements(file.text)]
    if kinds != [duckdb.StatementType.CREATE]:
        raise StatementError(
            f"{len(kinds)} statements" if len(kinds) != 1 else f"a statement of the kind {kinds[0].name}"
        )
    is_value = file.kind == "macro" and re.search(r"(?i)\)\s*AS\s+TABLE\s", file.text) is None
    if check is not None:
        for text in [argument.default for argument in arguments if argument.default] + ([body] if is_value else []):
            check(duck, _PART.format(text))
        if not is_value:
            check(duck, body)
    name = duckdb.ColumnExpression("function_name") == duckdb.ConstantExpression(file.name)
    if duck.table_function("duckdb_functions", []).filter(name).limit(1).fetchall():
        message = f"{file.name} is a function of the engine; choose another name"
        raise ValueError(message)
    definitions.define(duck, [file.text])
    duck.execute(file.text)
    if file.kind == "view":
        return [], duck.view(file.name).columns
    required = [None for argument in arguments if argument.default is None]
    columns = [] if is_value else duck.table_function(file.name, required).columns
    return [argument.name for argument in arguments], columns


def column_types(duck: DuckDBPyConnection, file: SqlFile) -> list[tuple[str, str | None]]:
    """Return the column names and types of a view, table macro or query; None where a type depends on files."""
    if file.kind == "view":
        relation = duck.view(file.name)
    elif file.kind == "macro":
        try:
            relation = duck.table_function(file.name, [])
        except duckdb.BinderException:  # the macro reads a file, whose path it needs
            return [(column, None) for column in file.returns]
    else:
        relation = duck.sql(file.text, params=dict.fromkeys(file.params))
    return [(column, str(kind)) for column, kind in zip(relation.columns, relation.types, strict=True)]


def describe_difference(file: SqlFile, inspected: SqlFile) -> str | None:
    """Describe in what a header differs from its statement, or return None; what it does not say does not differ.

    Args:
        file: The file as its header describes it.
        inspected: The file as it is.
    """
    if file.returns and file.returns != inspected.returns:
        columns = ", ".join(inspected.returns) or "no columns"
        return f"its header says that it returns {', '.join(file.returns)}, and it returns {columns}"
    if file.params and {*file.params} != {*inspected.params}:
        names = ", ".join(inspected.params) or "none"
        return f"its header has the parameters {', '.join(file.params)}, and the statement {names}"
    return None
