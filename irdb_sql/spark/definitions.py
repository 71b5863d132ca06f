"""Writes what defines the views and macros in Apache Spark, and the base view over what it reads."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from sqlglot import exp, parse_one

from irdb_sql.core import catalog as sqlfiles
from irdb_sql.core.signatures import parameters, statement
from irdb_sql.spark.rewrites import rewritten
from irdb_sql.spark.translate import file_tree, parsed, quoted, spark_text, with_arguments

if TYPE_CHECKING:
    from collections.abc import Mapping

    from irdb_sql.core.catalog import SqlFile
    from irdb_sql.core.signatures import Parameter

Columns = list[tuple[str, str]]
"""Names of columns and the types that the engine of the files, DuckDB, reports of them."""

MARK = "irdb_sql"
"""The property of a view in Spark, and the comment of a function, that tells that it is ours."""


def view_statement(file: SqlFile, columns: Columns, named: Mapping[str, str], base: str | None = None) -> str:
    """Write what defines a view.

    Args:
        file: The view.
        columns: Its columns.
        named: The name that each view has there, this one and those that it reads.
        base: The statement that stands in the place of its own.
    """
    body = _cast_columns(file, columns, named, base)
    return f"CREATE OR REPLACE VIEW {named[file.name]} TBLPROPERTIES ('{MARK}' = 'view') AS {body}"


def function_statement(file: SqlFile, columns: Columns, named: Mapping[str, str], name: str) -> str:
    """Write what defines a macro that is a table as a function.

    Args:
        file: The macro.
        columns: Its columns.
        named: The name that each view has there.
        name: What to call the function.
    """
    takes = ", ".join(map(_parameter, parameters(file)))
    returns = ", ".join(f"{quoted(column)} {spark_type(kind)}" for column, kind in columns)
    body = _cast_columns(file, columns, named)
    return f"CREATE OR REPLACE FUNCTION {name}({takes}) RETURNS TABLE({returns}) COMMENT '{MARK}' RETURN {body}"


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
    tree = parse_one(statement(sqlfiles.load().macros["parquet_file"]), dialect="duckdb")
    places: dict[str, exp.Expr] = {
        "file_split": exp.Literal.string(split) if split else exp.column("split") if "split" in types else exp.null(),
        "start_row": _spark_tree(
            _KNOWN.format(row="row_index", problem="a row has no row_index")
            if offsets is None
            else _KNOWN.format(row=f"element_at({_map(offsets)}, _metadata.file_path)", problem=_ADDED)
            if offsets
            else "0"
        ),
        "file_row_number": _spark_tree("_metadata.row_index" if offsets else "0"),
    }
    for column, kind in types.items():
        if kind.startswith(("float", "double", "decimal")):
            places[column] = _spark_tree(_WHOLE.format(column=column))
    if split is None:
        path = "split_part(image_path, '/', 2)"
        told = _spark_tree(_SPLIT.format(split=f"coalesce(split, {path})" if "split" in types else path))
        for node in list(tree.find_all(exp.Coalesce)):
            node.replace(told)
    tree = with_arguments(rewritten(tree), places)
    for table in list(tree.find_all(exp.Table)):
        table.replace(exp.Table(this=exp.Var(this=relation)))
    return spark_text(tree)


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


def spark_type(kind: str) -> str:
    """Return what Spark calls a type of the engine."""
    return rewritten(exp.DataType.build(kind, dialect="duckdb")).sql(dialect="spark")


def _parameter(one: Parameter) -> str:
    default = "" if one.default is None else f" DEFAULT {spark_text(parsed(one.default))}"
    return f"{quoted(one.name)} {spark_type(one.kind or 'VARCHAR')}{default}"


def _cast_columns(file: SqlFile, columns: Columns, named: Mapping[str, str], base: str | None = None) -> str:
    """Select columns in the types that they have everywhere: Spark counts some in others."""
    select = ", ".join(f"CAST({quoted(name)} AS {spark_type(kind)}) AS {quoted(name)}" for name, kind in columns)
    return f"SELECT {select} FROM ({base or spark_text(file_tree(file, named, itertools.count(1)))})"  # noqa: S608 - names of ours
