"""Writes what defines the views and macros in Apache Spark, and the base view over what it reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp, parse_one

from irdb_sql.core import catalog as sql_catalog
from irdb_sql.core.schema import EMPTY_WITHOUT_VOTES
from irdb_sql.core.signatures import parameters, statement
from irdb_sql.spark.rewrites import rewritten
from irdb_sql.spark.translate import (
    body_text,
    cast_columns,
    parse_expression,
    quoted,
    replace_columns,
    spark_text,
    spark_type,
    value_text,
)
from irdb_sql.spark.values import parameter_type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from irdb_sql.core.catalog import SqlFile
    from irdb_sql.core.signatures import Parameter
    from irdb_sql.spark.column_types import Columns, Types
    from irdb_sql.spark.translate import ViewNames

MARK = "irdb_sql"
"""The property of a view in Spark, and the comment of a function, that says that it is ours."""


def view_statement(file: SqlFile, columns: Columns, views: ViewNames, base: str | None = None) -> str:
    """Write what defines a view in a schema.

    Args:
        file: The view.
        columns: Its columns.
        views: The name that each view has there, this one and those that it reads.
        base: The statement that stands in the place of its own.
    """
    if file.name in EMPTY_WITHOUT_VOTES:
        body = no_rows(columns)
    else:
        body = body_text(file, columns, views) if base is None else cast_columns(base, columns)
    return f"CREATE OR REPLACE VIEW {views[file.name]} TBLPROPERTIES ('{MARK}' = 'view') AS {body}"


def stand_in(columns: Columns) -> str:
    """Write a statement with the columns of a view, and nothing that it reads."""
    return f"SELECT {', '.join(f'CAST(NULL AS {spark_type(kind)}) AS {quoted(name)}' for name, kind in columns)}"


def no_rows(columns: Columns) -> str:
    """Write a statement with the columns of a view and no rows: Spark reads no votes."""
    return f"{stand_in(columns)} WHERE FALSE"


def table_statement(name: str, columns: Mapping[str, str], place: str) -> str:
    """Write what makes a table of a Parquet file.

    Args:
        name: The name of the table, quoted.
        columns: The names of its columns, and what Spark calls their types.
        place: The URL of the file, not encoded.
    """
    listed = ", ".join(f"{quoted(column)} {kind}" for column, kind in columns.items())
    location = exp.Literal.string(place).sql(dialect="spark")
    return f"CREATE TABLE {name} ({listed}) USING PARQUET LOCATION {location} COMMENT '{MARK}'"


def function_statement(macro: SqlFile, types: Types, views: ViewNames, schema: str | None = None) -> str:
    """Write what defines a macro as a function.

    Args:
        macro: The macro.
        types: The types of the catalog.
        views: The name that each view has.
        schema: The schema that the function is in, quoted; None makes it temporary.
    """
    if macro.is_table:
        columns = types.columns(macro)
        returns = f"TABLE({', '.join(f'{quoted(name)} {spark_type(kind)}' for name, kind in columns)})"
        body = no_rows(columns) if macro.name in EMPTY_WITHOUT_VOTES else body_text(macro, columns, views)
    else:
        returns = spark_type(types.value(macro))
        body = f"CAST({value_text(macro)} AS {returns})"
    takes = ", ".join(_parameter(macro, parameter) for parameter in parameters(macro))
    kind, name = ("TEMPORARY FUNCTION", "") if schema is None else ("FUNCTION", f"{schema}.")
    return (
        f"CREATE OR REPLACE {kind} {name}{quoted(macro.name)}({takes}) RETURNS {returns} COMMENT '{MARK}' RETURN {body}"
    )


def _parameter(macro: SqlFile, parameter: Parameter) -> str:
    kind = parameter.kind if macro.is_table else parameter_type(macro, parameter)
    default = "" if parameter.default is None else f" DEFAULT {spark_text(parse_expression(parameter.default))}"
    return f"{quoted(parameter.name)} {spark_type(kind or 'VARCHAR')}{default}"


def base_statement(
    relation: str, types: Mapping[str, str], split: str | None, offsets: Mapping[str, int] | None
) -> str:
    """Write the statement of `parquet_file` over what Spark reads.

    Args:
        relation: What it reads, as Spark writes it.
        types: Its columns, and what Spark calls their types.
        split: Split of all its rows; None takes the column `split`, or each row's from its path.
        offsets: The row_index of the first row of each file that has rows; None takes the column `row_index`.
    """
    tree = parse_one(statement(sql_catalog.load().macros["parquet_file"]), dialect="duckdb")
    values: dict[str, exp.Expr] = {
        "file_split": exp.Literal.string(split) if split else exp.column("split") if "split" in types else exp.null(),
        "start_row": _spark_tree(_start_row(offsets)),
        "file_row_number": _spark_tree("_metadata.row_index" if offsets else "0"),
    }
    for column, kind in types.items():
        if kind.startswith(("float", "double", "decimal")):
            values[column] = _spark_tree(_WHOLE.format(column=column))
    if split is None:
        path_split = "split_part(image_path, '/', 2)"
        row_split = f"coalesce(split, {path_split})" if "split" in types else path_split
        checked_split = _spark_tree(_SPLIT.format(split=row_split))
        for node in list(tree.find_all(exp.Coalesce)):
            node.replace(checked_split)
    tree = replace_columns(rewritten(tree), values)
    for table in list(tree.find_all(exp.Table)):
        table.replace(exp.Table(this=exp.Var(this=relation)))
    return spark_text(tree)


def _start_row(offsets: Mapping[str, int] | None) -> str:
    """Write the row_index of the first row of a row's file, or its own where there is a column of it."""
    if offsets is None:
        return _KNOWN.format(row="row_index", problem="a row has no row_index")
    return _KNOWN.format(row=f"element_at({_map(offsets)}, _metadata.file_path)", problem=_ADDED) if offsets else "0"


_KNOWN = "coalesce({row}, CAST(raise_error('{problem}') AS BIGINT))"
_ADDED = "files were added to the source since it was opened: open or register it again"
_WHOLE = """CASE WHEN {column} IS NULL OR {column} = floor({column}) THEN {column}
ELSE raise_error(concat('{column} holds ', CAST({column} AS STRING), ', which is no whole number')) END"""
_SPLIT = """CASE WHEN {split} IS NULL OR {split} IN ('train', 'validation', 'test') THEN {split}
ELSE raise_error(concat('unknown split ', {split}, ': a split is train, validation or test')) END"""


def _map(offsets: Mapping[str, int]) -> str:
    entries = (
        f"{exp.Literal.string(path).sql(dialect='spark')}, CAST({row} AS BIGINT)" for path, row in offsets.items()
    )
    return f"map({', '.join(entries)})"


def _spark_tree(text: str) -> exp.Expr:
    return parse_one(text, dialect="spark")
