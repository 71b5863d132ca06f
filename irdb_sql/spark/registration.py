"""The views and macros on Apache Spark: the same words, from the same files, for data that fits no single machine."""

from __future__ import annotations

import contextlib
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, cast

from irdb_sql.core import catalog as sqlfiles
from irdb_sql.core.schema import unseen
from irdb_sql.engine.errors import UnknownNameError
from irdb_sql.spark.errors import MissingSparkError, NotOnSparkError, SchemaNameError, SchemaTakenError

try:
    import pyspark  # noqa: F401 - whoever has a session has it

    from irdb_sql.spark.database import SparkDatabase
    from irdb_sql.spark.definitions import MARK, function_statement, view_statement
    from irdb_sql.spark.engine import refuse_settings, spark_failures
    from irdb_sql.spark.shapes import shapes
    from irdb_sql.spark.sources import metadata_statement
    from irdb_sql.spark.translate import quoted
except ModuleNotFoundError as missing:
    raise MissingSparkError(missing.name or "") from missing

__all__ = ["SparkDatabase", "register"]

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from pyspark.sql import SparkSession

    from irdb_sql.core.catalog import SqlFile, SqlFiles
    from irdb_sql.sources.local import PathLike


def register(
    spark: SparkSession,
    source: PathLike | None = None,
    *,
    schema: str = "irdb",
    macros: Collection[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[str]:
    """Define the views, and every macro that is a table, in a schema of a Spark session, and make it the current one.

    Afterwards `spark.sql("SELECT * FROM preference_pairs(in_split => 'test')")` works, in any client of the session, as
    it does in DuckDB: with the same rows, columns and types (numbers of type double to 12 digits). It takes a minute
    or two. What was registered in the schema before is replaced; if it fails, that is still there. Macros that are
    values, such as `share`, are put in the places of their calls, and are no functions of Spark.

    Args:
        spark: A session of Spark 4, whose setting `spark.sql.ansi.enabled` is true, as it is unless changed.
        source: A folder as published (any of the metadata parquet files), a path of Parquet files that every executor
            can read (a folder, `s3a://…`, `hdfs://…`), or the name of a table of the published columns. A column
            `split` tells the split, else image paths do; a column `row_index` tells rows apart, else their places in
            the files, taken by name. None takes the embedded sample, which is synthetic.
        schema: Where to define them; it is made if it is not there.
        macros: The macros to define, where not all are needed, which takes less time.
        progress: Is told how many of how many are defined.

    Returns:
        The names of the views and functions, in the order of their files.

    Raises:
        MissingSparkError: The extra `spark` is not installed.
        UnknownNameError, NotOnSparkError: A macro is none, or none that Spark can have.
        SparkSettingError: A setting of the session would change answers.
        SparkSourceError, SparkColumnError: The source cannot be read, or lacks a column.
        SchemaNameError: `schema` is no name.
        SchemaTakenError: The schema has something of the name of a view or macro that is not ours.
        SparkError: Spark fails.

    Example:
        See "Beyond one machine" in the README, whose example a test runs.
    """
    refuse_settings(spark)
    if not isinstance(cast("object", schema), str) or not schema.strip():
        raise SchemaNameError(schema)
    files = sqlfiles.load()
    chosen = _chosen(files, [macros] if isinstance(macros, str) else macros)
    where = quoted(schema)
    named = {name: f"{where}.{quoted(name)}" for name in files.views}
    views = [file for file in files.load_order() if file.kind == "view"]
    show = progress or unseen
    with spark_failures(), contextlib.closing(shapes(files)) as engine:
        base = metadata_statement(spark, source)
        columns = {file.name: [(name, str(kind)) for name, kind in engine.columns(file)] for file in [*views, *chosen]}
        spark.sql(f"CREATE SCHEMA IF NOT EXISTS {where}")
        there = _ours(spark, schema, files.views, chosen)
        # What is there already has the same statement, but for that of the rows, which is replaced at the very end.
        last = [file for file in views if file.name == "metadata" and file.name in there]
        first = [file for file in views if file not in last]
        with _all_or_none(spark) as undo:

            def define(file: SqlFile) -> None:
                name = f"{where}.{quoted(file.name)}"
                if file.kind == "view":
                    is_base = file.name == "metadata"
                    spark.sql(view_statement(file, columns[file.name], named, base if is_base else None))
                else:
                    spark.sql(function_statement(file, columns[file.name], named, name))
                if file.name not in there:
                    undo.append(f"DROP {'VIEW' if file.kind == 'view' else 'FUNCTION'} IF EXISTS {name}")

            def steps() -> Iterator[None]:
                yield from map(define, first)
                with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as threads:
                    yield from threads.map(define, chosen)
                yield from map(define, last)

            for done, _ in enumerate(steps(), 1):
                show(done, len(columns))
        spark.sql(f"USE {where}")
    return list(columns)


def _chosen(files: SqlFiles, names: Collection[str] | None) -> list[SqlFile]:
    """Return the macros to define."""
    tables = {name: file for name, file in files.macros.items() if file.is_table}
    for name in names or ():
        if name in files.macros and name not in tables:
            hint = "call it in a statement of the facade: irdb_sql.connect(spark=…).sql(…)."
            raise NotOnSparkError(
                f"the macro {name} as a function", "it is a value, put in the places of its calls", hint
            )
        if name not in tables:
            raise UnknownNameError("macro that is a table", name, tables)
        if reason := tables[name].spark:
            raise NotOnSparkError(f"the macro {name}", reason, "ask DuckDB: irdb_sql.connect(…).")
    return [file for name, file in tables.items() if not file.spark and (names is None or name in names)]


@contextlib.contextmanager
def _all_or_none(spark: SparkSession) -> Iterator[list[str]]:
    """Take back what was defined, by the statements in a list, if not everything can be."""
    undo: list[str] = []
    try:
        yield undo
    except BaseException:
        for statement in reversed(undo):
            spark.sql(statement)
        raise


def _ours(spark: SparkSession, schema: str, views: Iterable[str], macros: Iterable[SqlFile]) -> set[str]:
    """Return the names of our views and functions in a schema.

    Raises:
        SchemaTakenError: One of the names that are to be defined is that of something else.
    """
    where = quoted(schema)
    shown = spark.sql(f"SHOW TABLES IN {where}").collect()
    tables = {row["tableName"].lower() for row in shown if not row["isTemporary"]}
    functions = {
        row["function"].rpartition(".")[2].lower() for row in spark.sql(f"SHOW USER FUNCTIONS IN {where}").collect()
    }
    found = set()
    for name in sorted({*views, *(file.name for file in macros)}):
        if name in tables:
            marks = [row["key"] for row in spark.sql(f"SHOW TBLPROPERTIES {where}.{quoted(name)}").collect()]
        elif name in functions:
            told = spark.sql(f"DESCRIBE FUNCTION EXTENDED {where}.{quoted(name)}").collect()
            marks = [row[0].partition("Comment:")[2].strip() for row in told]
        else:
            continue
        if MARK not in marks:
            raise SchemaTakenError(schema, name)
        found.add(name)
    return found
