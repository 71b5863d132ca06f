"""Apache Spark behind a database: the one place where its statements are made to run."""

from __future__ import annotations

import itertools
import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

import polars as pl

from irdb_sql.core.late import late
from irdb_sql.core.signatures import parameters
from irdb_sql.engine.errors import ClosedError
from irdb_sql.engine.parameters import copy_params
from irdb_sql.spark.check import check_session
from irdb_sql.spark.column_types import Types
from irdb_sql.spark.failures import run
from irdb_sql.spark.sandbox import checked_statement
from irdb_sql.spark.scope import Scope
from irdb_sql.spark.session import SparkQuerySession
from irdb_sql.spark.sources import metadata_statement
from irdb_sql.spark.statement import SparkStatement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import pyspark.errors as pyspark_errors
    from pyspark.sql import DataFrame, SparkSession

    from irdb_sql.core.catalog import SqlCatalog, SqlFile
    from irdb_sql.engine.errors import QueryError
    from irdb_sql.engine.parameters import Params
    from irdb_sql.errors import IrdbError
    from irdb_sql.sources.local import PathLike
    from irdb_sql.spark import translate
else:
    pyspark_errors = late("pyspark.errors", extra="spark")
    translate = late("irdb_sql.spark.translate", extra="spark")

Rows: TypeAlias = "pl.DataFrame | DataFrame"


class SparkEngine:
    """A source's metadata as a view of a Spark session, and statements over it.

    Typed statements are Spark SQL. Named queries are written as Spark says them, with views and macros in the places of
    their names, so that nothing but temporary views of rows, with names that no other has, is defined in the session.

    Args:
        spark: The session, which stays open.
        source: What it reads, as `metadata_statement` takes it.
        catalog: The views, macros and queries.
    """

    def __init__(self, spark: SparkSession, source: PathLike | None, catalog: SqlCatalog) -> None:
        check_session(spark)
        self._spark: SparkSession | None = spark
        self._catalog = catalog
        self._prefix = f"irdb_{secrets.token_hex(6)}"
        self._numbers = itertools.count(1)
        self._views: dict[str, str] = {}
        self._types = Types(catalog)
        self._scope = Scope(catalog, self._types)
        try:
            self.replace_view("metadata", run(lambda: spark.sql(metadata_statement(spark, source))))
        except BaseException:
            self.close()
            raise

    @property
    def version(self) -> None:
        """None, as the tables of a session may change at any time."""

    @property
    def holds_scores(self) -> bool:
        """False: each session computes the rows of the scores that it asks for."""
        return False

    def close(self) -> None:
        """Drop what was defined in the session, which goes on; asking afterwards raises ClosedError."""
        for name in self._views.values():
            self.drop_view(name)
        self._spark = None
        self._types.close()

    def prepare(self, text: str, params: Params = None) -> SparkStatement:
        """Return a statement in Spark SQL that somebody typed; it is checked before it runs.

        Args:
            text: One statement that reads.
            params: Values for `:name` (a mapping) or `?` (a sequence) in the text.
        """
        given = copy_params(params)
        return SparkStatement(self._session, lambda spark: self._typed_rows(spark, text, given))

    def prepare_query(
        self,
        query: SqlFile,
        params: Mapping[str, object] | None = None,
        explain: Callable[[QueryError], IrdbError] | None = None,
    ) -> SparkStatement:
        """Return the statement of a named query.

        Args:
            query: The query.
            params: Its parameters; one that is left out is NULL.
            explain: Not called: Spark's errors name the value that is wrong.
        """
        del explain
        return self.statement_of_query(query, params, self._views)

    def columns(self, file: SqlFile) -> list[tuple[str, str | None]]:
        """Return names and types, as DuckDB writes them, of the columns of a view, table macro or query."""
        return [*self._types.columns(file)]

    @contextmanager
    def session(self) -> Iterator[SparkQuerySession]:
        """Open a session, whose statements may see tables that no other statement does."""
        session = SparkQuerySession(self, self._views)
        try:
            yield session
        finally:
            session.close()

    def replace_view(self, view: str, rows: Rows) -> None:
        """Let every statement from now on see rows in the place of a view."""
        self._views[view] = self.create_view(self.spark_frame(rows))

    def statement_of_query(
        self, query: SqlFile, params: Mapping[str, object] | None, views: Mapping[str, str]
    ) -> SparkStatement:
        """Return the statement of a named query over views of some names."""
        text = translate.query_text(query, self._types.columns(query), views)
        return self._prepare_translated(text, {name: (params or {}).get(name) for name in query.params})

    def statement_of_call(self, macro: str, arguments: Sequence[object], views: Mapping[str, str]) -> SparkStatement:
        """Return the statement of a call of a table macro over views of some names."""
        file = self._catalog.macros[macro]
        text = translate.call_text(file, self._types.columns(file), views, len(arguments))
        names = [parameter.name for parameter in parameters(file)]
        return self._prepare_translated(text, dict(zip(names, arguments, strict=False)))

    def statement_of_view(self, view: str, views: Mapping[str, str]) -> SparkStatement:
        """Return the statement of all rows of a view over views of some names."""
        file = self._catalog.views[view]
        return self._prepare_translated(translate.view_text(file, self._types.columns(file), views), {})

    def unordered_query(self, query: SqlFile, params: Mapping[str, object]) -> tuple[DataFrame, list[str]]:
        """Return the rows of a named query without its order, and the names of the columns that order it, the last."""
        text, order = translate.unordered_text(query, self._types.columns(query), self._views)
        return self._prepare_translated(text, params).spark_frame(), order

    def spark_frame(self, rows: Rows) -> DataFrame:
        """Return rows as a frame of Spark."""
        if not isinstance(rows, pl.DataFrame):
            return rows
        table = rows.with_columns(pl.col(pl.Categorical).cast(pl.String)).to_arrow(compat_level=pl.CompatLevel.oldest())
        return run(lambda: self._session().createDataFrame(table))

    def create_view(self, rows: DataFrame) -> str:
        """Make a temporary view of rows, and return its name, which no other has."""
        name = f"{self._prefix}_{next(self._numbers)}"
        rows.createOrReplaceTempView(name)
        return name

    def drop_view(self, name: str) -> None:
        """Drop a temporary view."""
        if self._spark is not None:
            self._spark.catalog.dropTempView(name)

    def _prepare_translated(self, text: str, params: Mapping[str, object]) -> SparkStatement:
        given = dict(params)
        return SparkStatement(self._session, lambda spark: spark.sql(text, args=given))

    def _typed_rows(self, spark: SparkSession, text: str, params: Params) -> DataFrame:
        statement = checked_statement(spark, text)
        scoped = self._scope.session(spark, statement, self._views)
        try:
            return scoped.sql(statement, args=params)  # type: ignore[arg-type] # a mapping is copied as dict
        except pyspark_errors.AnalysisException as error:
            explanation = self._scope.explain(error)
            if explanation is None:
                raise
            raise explanation from error

    def _session(self) -> SparkSession:
        """Return the session.

        Raises:
            ClosedError: The database is closed.
            SparkSettingError: A setting of the session would change answers.
        """
        if self._spark is None:
            raise ClosedError
        check_session(self._spark)
        return self._spark
