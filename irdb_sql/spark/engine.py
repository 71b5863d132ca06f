"""Apache Spark behind a database: where statements of the files run there, and come back as they do from DuckDB."""

from __future__ import annotations

import itertools
import logging
import secrets
from contextlib import contextmanager
from functools import cache, partial
from typing import TYPE_CHECKING, Any, cast

import polars as pl

from irdb_sql.engine.errors import ClosedError, StatementError
from irdb_sql.engine.frames import frame_of_rows
from irdb_sql.errors import IrdbError
from irdb_sql.spark.errors import SparkError, SparkSessionError, SparkSettingError
from irdb_sql.spark.shapes import shape_of, shapes
from irdb_sql.spark.sources import first_line, java_text, metadata_statement
from irdb_sql.spark.translate import call_text, quoted, refuse_operands, translated, unordered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

    from irdb_sql.core.catalog import SqlFile, SqlFiles
    from irdb_sql.engine.parameters import Params
    from irdb_sql.sources.local import PathLike

    Rows = pl.DataFrame | DataFrame


_SETTINGS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "false",
    "spark.sql.orderByOrdinal": "true",
    "spark.sql.groupByOrdinal": "true",
    "spark.sql.groupByAliases": "true",
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.decimalOperations.allowPrecisionLoss": "true",
}


def refuse_settings(spark: SparkSession) -> None:
    """Raise an error if a setting of the session would change answers.

    Raises:
        SparkSettingError: One would.
        SparkSessionError: It is no session, or one that has been stopped.
    """
    if not hasattr(spark, "createDataFrame"):
        raise SparkSessionError(f"spark is {spark!r}, which is no session of Apache Spark")
    if getattr(getattr(spark, "_sc", None), "_jsc", spark) is None:
        raise SparkSessionError("the session of Apache Spark has been stopped")
    # It writes kilobytes of Java beside each error, of which the sentence is told here.
    for name in ("SQLQueryContextLogger", "DataFrameQueryContextLogger"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    for name, wanted in _SETTINGS.items():
        found = spark.conf.get(name, wanted)
        if str(found).lower() != wanted:
            raise SparkSettingError(name, found, wanted)


@contextmanager
def spark_failures() -> Iterator[None]:
    """Tell in one sentence what Spark says.

    Raises:
        SparkError: Spark fails.
    """
    from py4j.protocol import Py4JJavaError  # noqa: PLC0415 - of an extra
    from pyspark.errors import PySparkException  # noqa: PLC0415 - of an extra

    try:
        yield
    except PySparkException as error:
        raise SparkError(first_line(error)) from error
    except Py4JJavaError as error:
        raise SparkError(first_line(java_text(error))) from error


class SparkEngine:
    """A source's metadata as a view of a Spark session, and statements over it, written in the SQL of the files.

    Views and macros are put in the places where a statement names them, so that nothing but the base view, and tables
    that are lent, is defined in the session; these have names that no other has.

    Args:
        spark: The session.
        source: What it reads, as `metadata_statement` takes it.
        sqlfiles: The views and macros.
    """

    def __init__(self, spark: SparkSession, source: PathLike | None, sqlfiles: SqlFiles) -> None:
        self._spark: SparkSession | None = spark
        self._prefix = f"irdb_{secrets.token_hex(6)}"
        self._numbers = itertools.count(1)
        self._named: dict[str, str] = {}
        self._shapes = shapes(sqlfiles)
        self._types = cache(partial(shape_of, self._shapes, sqlfiles))
        try:
            refuse_settings(spark)
            self._give("metadata", self.ran(lambda: spark.sql(metadata_statement(spark, source))))
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Take away what was defined in the session, which goes on."""
        spark, self._spark = self._spark, None
        if spark is not None:
            for name in self._named.values():
                spark.catalog.dropTempView(name)
        self._shapes.close()

    def refuse_closed(self) -> None:
        """Raise a ClosedError if it is closed."""
        if self._spark is None:
            raise ClosedError

    def spark_frame(self, text: str, params: Params, named: Mapping[str, str] | None = None) -> DataFrame:
        """Return a frame of Spark that runs a statement whenever it is asked, with the columns that it has anywhere.

        Raises:
            QueryError: It is no SQL, or Spark refuses it.
            ConstructError: It has a construct that may mean something else to Spark.
        """
        schema, params = self._shapes.schema(self.checked(text), params)
        written, arguments = translated(text, params, self._named if named is None else named)
        refuse_operands(text, params, self._types)
        return self._cast(written, arguments, schema)

    def _cast(self, written: str, arguments: Any, schema: pl.Schema) -> DataFrame:  # noqa: ANN401 - as Spark has it
        from pyspark.sql import functions  # noqa: PLC0415 - of an extra

        spark = self._session()
        found = self.ran(lambda: spark.sql(written, args=arguments))
        names = [*schema, *found.columns[len(schema) :]]
        places = [f"column_{place}" for place in range(len(names))]  # names may differ in case alone
        found = found.toDF(*places)
        cast = []
        for place, name in zip(places, names, strict=True):
            kind = _spark_kind(schema[name]) if name in schema else None
            column = functions.col(place)
            cast.append((column if kind is None else column.cast(kind)).alias(name))
        taken: DataFrame = found.select(*cast)
        return taken

    def ordered_frame(self, text: str, params: Mapping[str, object]) -> tuple[DataFrame, list[str]]:
        """Return a frame of Spark that runs a query without its order, and the columns that order it, the last ones."""
        schema = self._shapes.schema(self.checked(text), params)[0]
        written, arguments, order = unordered(text, params, self._named)
        return self._cast(written, arguments, schema), order

    def frame(self, text: str, params: Params = None, limit: int | None = None) -> pl.DataFrame:
        """Run a statement and return its rows, all or so many."""
        return self.collected(self.spark_frame(text, params), limit)

    def schema(self, text: str, params: Params = None) -> tuple[pl.Schema, Params]:
        """Return names and types of a statement's columns, without running it, and its parameters as taken."""
        return self._shapes.schema(text, params)

    def batches(
        self, text: str, params: Params, columns: Sequence[str] | None, limit: int | None
    ) -> Iterator[pa.RecordBatch | None]:
        """Run a statement and yield its rows in batches: so many of them, and only some columns."""
        rows = self.spark_frame(text, params)
        rows = rows if columns is None else rows.select(*map(quoted, columns))
        found = rows if limit is None else rows.limit(limit)
        yield from self.ran(found.toArrow).to_batches()

    def checked(self, text: str) -> str:
        """Return a text if it is one statement that reads, and reads nothing but the data.

        Raises:
            StatementError: It is empty, several statements, one that does not read, or one that reads something else.
        """
        self.refuse_closed()
        if not isinstance(cast("object", text), str):
            raise StatementError(type(text).__name__)
        return self._shapes.checked(text)

    def columns(self, file: SqlFile) -> list[tuple[str, str | None]]:
        """Return names and types of the columns of a view, table macro or query."""
        return self._shapes.columns(file)

    @contextmanager
    def session(self) -> Iterator[SparkTables]:
        """Open a session, whose statements may see tables that no other statement does."""
        tables = SparkTables(self, dict(self._named))
        try:
            yield tables
        finally:
            tables.close()

    @contextmanager
    def lent(self, view: str, rows: DataFrame) -> Iterator[None]:
        """Put rows in the place of a view, for a while."""
        before = self._named.get(view)
        self._give(view, rows)
        try:
            yield
        finally:
            self.forget(self._named.pop(view))
            if before is not None:
                self._named[view] = before

    def keep(self, view: str, rows: Rows) -> None:
        """Put rows in the place of a view, for all statements from now on."""
        self._give(view, self.as_spark(rows))

    def call(self, macro: str, arguments: Sequence[object], named: Mapping[str, str]) -> pl.DataFrame:
        """Return the rows of a table macro, in no order."""
        text, params = call_text(macro, arguments)
        return self.collected(self.spark_frame(text, params, named))

    def as_spark(self, rows: Rows) -> DataFrame:
        """Return rows as a frame of Spark."""
        if not isinstance(rows, pl.DataFrame):
            return rows
        table = rows.with_columns(pl.col(pl.Categorical).cast(pl.String)).to_arrow(compat_level=pl.CompatLevel.oldest())
        made: DataFrame = self.ran(lambda: self._session().createDataFrame(table))
        return made

    def name_of(self, rows: DataFrame) -> str:
        """Give rows a name in the session that no other has."""
        name = f"{self._prefix}_{next(self._numbers)}"
        rows.createOrReplaceTempView(name)
        return name

    def forget(self, name: str) -> None:
        """Take a name away."""
        if self._spark is not None:
            self._spark.catalog.dropTempView(name)

    def _give(self, view: str, rows: DataFrame) -> None:
        self._named[view] = self.name_of(rows)

    def collected(self, rows: DataFrame, limit: int | None = None) -> pl.DataFrame:
        """Return the rows of a frame of Spark, all or so many."""
        limited = rows if limit is None else rows.limit(limit)
        return frame_of_rows(self.ran(limited.toArrow))

    def _session(self) -> SparkSession:
        if self._spark is None:
            raise ClosedError
        refuse_settings(self._spark)
        return self._spark

    def ran(self, work: Callable[[], Any]) -> Any:  # noqa: ANN401 - what the work returns
        """Do some work on Spark.

        Raises:
            SparkError: Spark fails.
        """
        from py4j.protocol import Py4JError  # noqa: PLC0415 - of an extra

        try:
            with spark_failures():
                return work()
        except IrdbError:
            raise
        except (Py4JError, AttributeError, TypeError, ValueError) as error:
            raise SparkError(f"Apache Spark does not take a value, or return one: {first_line(error)}") from error


class SparkTables:
    """Statements that share tables of their own, which stand before views of the same name.

    Args:
        engine: Where they run.
        named: What the session calls each view.
    """

    def __init__(self, engine: SparkEngine, named: dict[str, str]) -> None:
        self._engine = engine
        self._named = named
        self._own: list[tuple[str, DataFrame]] = []

    def frame(self, text: str, params: Params = None) -> pl.DataFrame:
        """Run a statement and return all its rows."""
        return self._engine.collected(self._engine.spark_frame(text, params, self._named))

    def call(self, macro: str, arguments: Sequence[object]) -> pl.DataFrame:
        """Return the rows of a table macro, in no order."""
        return self._engine.call(macro, arguments, self._named)

    def rows(self, view: str) -> Any:  # noqa: ANN401 - stands for the frame that another engine returns
        """Return a frame of Spark of a view's rows, in no order: they stay where they are."""
        return self._engine.spark_frame(f"FROM {view}", None, self._named)  # one of our names

    def lend(self, view: str, rows: Rows) -> None:
        """Put rows in the place of a view, for this session only."""
        kept = self._engine.as_spark(rows).cache()
        name = self._engine.name_of(kept)
        self._own.append((name, kept))
        self._named[view] = name

    def close(self) -> None:
        """Take its tables away."""
        for name, rows in self._own:
            rows.unpersist()
            self._engine.forget(name)


def _spark_kind(kind: pl.DataType) -> str | None:
    """Return what Spark calls a type of a column, or None where it is taken as it comes."""
    if isinstance(kind, pl.List):
        inner = _spark_kind(cast("pl.DataType", kind.inner))
        return f"array<{inner}>" if inner else None
    if isinstance(kind, pl.Decimal):
        return f"decimal({kind.precision}, {kind.scale})"
    return _KINDS.get(str(kind))


_KINDS = {
    "String": "string", "Int8": "tinyint", "Int16": "smallint", "Int32": "int", "Int64": "bigint", "Float64": "double",
    "Boolean": "boolean",
}  # fmt: skip
