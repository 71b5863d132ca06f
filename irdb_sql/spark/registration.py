"""The views and macros on Apache Spark: the same words, from the same files, for data that fits no single machine."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

from irdb_sql.core import catalog as sql_catalog
from irdb_sql.core.late import late
from irdb_sql.core.tasks import silent_progress
from irdb_sql.engine.errors import UnknownNameError
from irdb_sql.spark.check import check_session
from irdb_sql.spark.column_types import Types
from irdb_sql.spark.errors import SchemaNameError, SchemaTakenError
from irdb_sql.spark.failures import spark_failures
from irdb_sql.spark.sources import metadata_statement

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from pyspark.sql import DataFrame, SparkSession

    from irdb_sql.core.catalog import SqlCatalog, SqlFile
    from irdb_sql.sources.local import PathLike
    from irdb_sql.spark import definitions, translate, values
else:
    definitions = late("irdb_sql.spark.definitions", extra="spark")
    translate = late("irdb_sql.spark.translate", extra="spark")
    values = late("irdb_sql.spark.values", extra="spark")


def register(
    spark: SparkSession,
    source: PathLike | None = None,
    *,
    schema: str = "irdb",
    macros: Collection[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[str]:
    """Define the views and macros in a schema of a Spark session, and make it the current one.

    Afterwards `spark.sql("SELECT * FROM preference_pairs(in_split => 'test')")` works, in any client of the session, as
    it does in DuckDB: with the same rows, columns and types (numbers of type double to 12 digits). It takes half a
    minute. What was registered in the schema before is replaced; if it fails, that is still there. Scalar
    macros are functions, too, but for those with an aggregate in them, such as `share`: Spark takes none there.

    Args:
        spark: A session of Spark 4, whose setting `spark.sql.ansi.enabled` is true, as it is unless changed.
        source: A folder as published (any of the metadata parquet files), a path of Parquet files that every executor
            can read (a folder, `s3a://…`, `hdfs://…`), or the name of a table of the published columns. A column
            `split` tells the split, else image paths do; a column `row_index` tells rows apart, else their places in
            the files, taken by name. None takes the embedded sample, which is synthetic.
        schema: Where to define them; it is made if it is not there.
        macros: The macros to define, where not all are needed, which takes less time.
        progress: Called with the numbers of views and macros that are defined, and of all.

    Returns:
        The names of the views and functions, in the order of their files.

    Raises:
        MissingPackageError: The extra `spark` is not installed.
        UnknownNameError, NotOnSparkError: A macro is none, or none that Spark can have.
        SparkSettingError: A setting of the session would change answers.
        SparkSourceError, SparkColumnError: The source cannot be read, or lacks a column.
        SchemaNameError: `schema` is no name.
        SchemaTakenError: The schema has something of the name of a view or macro that is not ours.
        SparkError: Spark fails.

    Example:
        See docs/spark.md, whose example a test runs.
    """
    check_session(spark)
    if not isinstance(cast("object", schema), str) or not schema.strip():
        raise SchemaNameError(schema)
    catalog = sql_catalog.load()
    functions = _functions(catalog, [macros] if isinstance(macros, str) else macros)
    views = [file for file in catalog.load_order() if file.kind == "view"]
    with spark_failures(), contextlib.closing(Types(catalog)) as types:
        target = _Schema(spark, schema, catalog, types)
        spark.sql(f"CREATE SCHEMA IF NOT EXISTS {target.quoted}")
        target.find_ours([*views, *functions])
        with _undone_on_error(target):
            steps = _define_all(target, views, functions, lambda: metadata_statement(spark, source, target.make_table))
            for done, _ in enumerate(steps, 1):
                (progress or silent_progress)(done, len(views) + len(functions))
        spark.sql(f"USE {target.quoted}")
    return [file.name for file in (*views, *functions)]


def _functions(catalog: SqlCatalog, names: Collection[str] | None) -> list[SqlFile]:
    """Return the macros to define.

    Raises:
        UnknownNameError: A name is none of a macro.
        NotOnSparkError: Spark cannot have one.
    """
    for name in names or ():
        if name not in catalog.macros:
            raise UnknownNameError("macro", name, catalog.macros)
        values.check_function(catalog.macros[name], catalog)
    functions = values.functions(catalog)
    return [macro for name, macro in functions.items() if names is None or name in names]


@dataclass
class _Schema:
    """A schema of Spark in which views and functions are defined.

    Attributes:
        spark: The session.
        name: Its name.
        catalog: The views and macros.
        types: Their types.
        ours: Names of what was registered in it before.
        undo: Statements that drop what was not there before.
    """

    spark: SparkSession
    name: str
    catalog: SqlCatalog
    types: Types
    ours: set[str] = field(default_factory=set)
    undo: list[str] = field(default_factory=list)

    @property
    def quoted(self) -> str:
        """Its name, quoted."""
        return translate.quoted(self.name)

    @property
    def view_names(self) -> Mapping[str, str]:
        """The name that each view has."""
        return {name: f"{self.quoted}.{translate.quoted(name)}" for name in self.catalog.views}

    def find_ours(self, files: Iterable[SqlFile]) -> None:
        """Find out which files were registered before.

        Raises:
            SchemaTakenError: One has the name of something else.
        """
        shown = self.spark.sql(f"SHOW TABLES IN {self.quoted}").collect()
        tables = {row["tableName"].lower() for row in shown if not row["isTemporary"]}
        listed = self.spark.sql(f"SHOW USER FUNCTIONS IN {self.quoted}").collect()
        functions = {row["function"].rpartition(".")[2].lower() for row in listed}
        for name in sorted({file.name for file in files} & (tables | functions)):
            if definitions.MARK not in (
                self._marks_of_table(name) if name in tables else self._marks_of_function(name)
            ):
                raise SchemaTakenError(self.name, name)
            self.ours.add(name)

    def _marks_of_table(self, name: str) -> list[str]:
        properties = self.spark.sql(f"SHOW TBLPROPERTIES {self.quoted}.{translate.quoted(name)}").collect()
        return [row["key"] for row in properties]

    def _marks_of_function(self, name: str) -> list[str]:
        described = self.spark.sql(f"DESCRIBE FUNCTION EXTENDED {self.quoted}.{translate.quoted(name)}").collect()
        return [row[0].partition("Comment:")[2].strip() for row in described]

    def make_table(self, number: int, path: str, frame: DataFrame) -> str:
        """Make a table of a Parquet file, and return its name, which is another one for another content."""
        changed = Path(path).stat().st_mtime_ns
        version = hashlib.md5(f"{path} {changed}".encode(), usedforsecurity=False).hexdigest()[:12]
        name = f"{self.quoted}.{translate.quoted(f'metadata_file_{number}_{version}')}"
        if not self.spark.catalog.tableExists(name):
            columns = {field.name: field.dataType.simpleString() for field in frame.schema}
            self.spark.sql(definitions.table_statement(name, columns, f"file://{path}"))
            self.undo.append(f"DROP TABLE IF EXISTS {name}")
        return name

    def stand_in(self, view: SqlFile) -> str:
        """Return a statement with the columns of a view, and nothing that it reads."""
        return definitions.stand_in(self.types.columns(view))

    def define_view(self, view: SqlFile, base: str | None = None) -> str:
        """Define a view, or the base view by the statement of its rows, and return its name."""
        columns = self.types.columns(view)
        self.spark.sql(definitions.view_statement(view, columns, self.view_names, base))
        if view.name not in self.ours:
            self.undo.append(f"DROP VIEW IF EXISTS {self.view_names[view.name]}")
        return view.name

    def define_function(self, macro: SqlFile) -> str:
        """Define a macro as a function, and return its name."""
        self.spark.sql(definitions.function_statement(macro, self.types, self.view_names, self.quoted))
        if macro.name not in self.ours:
            self.undo.append(f"DROP FUNCTION IF EXISTS {self.quoted}.{translate.quoted(macro.name)}")
        return macro.name


def _define_all(
    target: _Schema, views: list[SqlFile], functions: list[SqlFile], make_base: Callable[[], str]
) -> Iterator[str]:
    """Define views and functions, and yield the name of each that is done.

    Spark analyses all that a function reads when it is defined. So in a schema where nothing was registered before, the
    functions are defined while the views have their columns only, which takes a third less time.

    Args:
        target: Where to define them.
        views: The views.
        functions: The macros.
        make_base: Looks into the source, and returns the statement of its rows; called while functions are defined.
    """
    # What is there already has the same statement, but for that of the rows, which is replaced at the very end.
    replaced = [view for view in views if view.name == "metadata" and view.name in target.ours]
    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as threads:
        base = threads.submit(make_base)
        if not target.ours:
            deque(threads.map(target.define_view, views, map(target.stand_in, views)), maxlen=0)
            for name in threads.map(target.define_function, functions):
                if base.done():
                    base.result()  # which raises an error of the source at once
                yield name
        for level in _levels([view for view in views if view not in replaced]):
            bases = [base.result() if view.name == "metadata" else None for view in level]
            yield from threads.map(target.define_view, level, bases)
        if target.ours:
            yield from threads.map(target.define_function, functions)
    for view in replaced:
        target.define_view(view, base.result())
        yield view.name


def _levels(views: Sequence[SqlFile]) -> Iterator[list[SqlFile]]:
    """Yield views that read none of each other, all after those that they read, through macros, too."""
    names = {view.name for view in views}
    files = sql_catalog.load().macros | {view.name: view for view in views}

    @functools.cache
    def level(name: str) -> int:
        return max((level(read) + (read in names) for read in files[name].reads if read in files), default=0)

    for number in sorted({level(name) for name in names}):
        yield [view for view in views if level(view.name) == number]


@contextlib.contextmanager
def _undone_on_error(target: _Schema) -> Iterator[None]:
    """Drop what was defined if not everything can be."""
    try:
        yield
    except BaseException:
        for statement in reversed(target.undo):
            target.spark.sql(statement)
        raise
