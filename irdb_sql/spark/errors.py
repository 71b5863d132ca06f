"""What goes wrong between irdb_sql and Apache Spark, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irdb_sql.engine.errors import QueryError, StatementError
from irdb_sql.errors import FileError, IrdbError, NotFoundError, quoted, suggest_name

if TYPE_CHECKING:
    from collections.abc import Iterable


class NotOnSparkError(IrdbError, AttributeError):
    """Something is not available on a database on Spark."""

    def __init__(self, what: str, reason: str, hint: str) -> None:
        super().__init__(f"{what} is not available on Apache Spark: {reason}", hint)


class SparkSettingError(IrdbError, ValueError):
    """A setting of the session would change answers."""

    def __init__(self, name: str, value: object, wanted: str) -> None:
        super().__init__(
            f"the Spark session has {name} = {value}, under which answers would differ",
            f"set it: spark.conf.set({name!r}, {wanted!r}).",
        )


class SparkSourceError(NotFoundError):
    """Spark finds no table or Parquet files where the source should be."""

    def __init__(self, source: object, reason: str) -> None:
        super().__init__(
            f"Apache Spark reads nothing from {quoted(source)}: {reason}",
            "pass a folder as published, a path of Parquet files that every executor can read, or the name of a table.",
        )


class SparkColumnError(FileError):
    """A table of Spark lacks a column, or holds another type."""

    def __init__(self, source: object, column: str, problem: str, present: Iterable[str]) -> None:
        present = list(present)
        super().__init__(
            f"column {quoted(column)} of {quoted(source)} {problem}",
            "make a view that casts it."
            if column in present
            else suggest_name(column, present) or f"it has {', '.join(map(quoted, present))}.",
        )


class SparkSessionError(IrdbError, TypeError):
    """What should be a session of Spark is none, or one that has been stopped."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem, "pass a session: pyspark.sql.SparkSession.builder.getOrCreate().")


class SchemaNameError(IrdbError, ValueError):
    """The name of a schema is none."""

    def __init__(self, schema: object) -> None:
        super().__init__(f"schema is {schema!r}, which is no name", "pass one: register(spark, source, schema='irdb').")


class SchemaTakenError(IrdbError, FileExistsError):
    """Something that is not ours has the name of a view or macro in the schema."""

    def __init__(self, schema: str, name: str) -> None:
        super().__init__(
            f"the schema {quoted(schema)} has a table, view or function {quoted(name)} that irdb_sql did not make",
            "register in another one: register(spark, source, schema=…).",
        )


class SparkStatementError(StatementError):
    """A text is not one statement of Spark SQL that reads."""

    def __init__(self, found: str) -> None:
        IrdbError.__init__(
            self,
            f"expected one statement of Spark SQL that reads, but found {found}",
            "pass a single SELECT, FROM, WITH or VALUES; the session itself runs any other: spark.sql(…).",
        )


class SparkError(QueryError, RuntimeError):
    """Spark refused a statement or failed while it ran; its own text is kept."""

    def __init__(self, spark_text: str) -> None:
        is_ours = spark_text.startswith(_RAISED)
        text = spark_text.removeprefix(_RAISED).removesuffix(_RAISED_STATE) if is_ours else spark_text
        hints = (hint for words, hint in _HINTS.items() if words in spark_text)
        super().__init__(text, next(hints, "correct the statement, or the data."))


_RAISED, _RAISED_STATE = "[USER_RAISED_EXCEPTION] ", " SQLSTATE: P0001"
_HINTS = {
    "spark.driver.maxResultSize": "take the rows as a frame of Spark: db.to_spark(NAME).",
    _RAISED: "correct the value, or the data.",
    "[PARSE_SYNTAX_ERROR]": "write Spark SQL: name(argument => value), :name for a parameter, `name` for an odd name.",
    "[TABLE_OR_VIEW_NOT_FOUND]": "db.catalog() lists the views; a table of another schema is called schema.name.",
    "[UNRESOLVED_ROUTINE]": "db.catalog() lists the macros.",
    "[UNRESOLVABLE_TABLE_VALUED_FUNCTION]": "db.catalog() lists the table macros.",
    "[DIVIDE_BY_ZERO]": "divide by nullif(…, 0), which makes NULL of it.",
}
"""What to do next, by words in what Spark says."""

ELSEWHERE = {
    **dict.fromkeys(("with_images", "export_images", "image_files", "score"), "Spark reads no image files"),
    **dict.fromkeys(("score_files", "selection", "opening", "sql_files"), "reports are made on one machine"),
    "audit": "all checks are one statement there, db.query('audit')",
    "write_catalog": "a file of DuckDB is written by DuckDB",
    "explore": "its pages are served from one machine",
    "check_split": "two exports are compared on one machine",
    **dict.fromkeys(("register", "unregister"), "tables are registered in the session itself"),
    "connection": "there is no connection of DuckDB",
    "check_target": "a cluster writes no file of the data",
}
"""Methods of a database on one machine, and why a database on Spark has none of the name."""
