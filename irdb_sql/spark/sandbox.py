"""Checks a text before Apache Spark runs it: Spark runs a command as soon as it reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from irdb_sql.core.late import late
from irdb_sql.spark.errors import NotOnSparkError, SparkStatementError

if TYPE_CHECKING:
    import pyspark.errors as pyspark_errors
    from pyspark.sql import SparkSession
else:
    pyspark_errors = late("pyspark.errors", extra="spark")


def checked_statement(spark: SparkSession, text: str) -> str:
    """Return the one statement of a text, which reads.

    Args:
        spark: The session, whose parser reads it.
        text: The text.

    Raises:
        SparkStatementError: It is empty, several statements, or one that does something else than read.
        NotOnSparkError: The session's parser is in another process.
        pyspark.errors.ParseException: It is no SQL.
    """
    if not hasattr(spark, "_jsparkSession"):
        hint = "ask by name, db.query(…), or ask the session itself after irdb_sql.spark.register."
        raise NotOnSparkError("db.sql", "over Spark Connect a text cannot be read before it is run", hint)
    parser = spark._jsparkSession.sessionState().sqlParser()  # noqa: SLF001 - PySpark has no other way to the parser
    statement = text.rstrip("; \t\r\n")
    if not _is_statement_that_reads(parser, statement):
        raise SparkStatementError(_describe(parser, statement))
    return statement


def _is_statement_that_reads(parser: Any, text: str) -> bool:  # noqa: ANN401 - a class of Java
    try:
        # In parentheses, which no part of another statement closes: nothing can stand behind what is read.
        parser.parseQuery(f"({text}\n)")
    except pyspark_errors.ParseException as error:
        return error.getCondition() == _MARKER
    return True


_MARKER = "UNEXPECTED_USE_OF_PARAMETER_MARKER"
"""What Spark says of a parameter in a place where it reads it only with its value; the grammar is right."""


def _describe(parser: Any, text: str) -> str:  # noqa: ANN401 - a class of Java
    """Say what a text is that is no statement that reads.

    Raises:
        pyspark.errors.ParseException: It is no SQL.
    """
    if not text:
        return "no statement"
    try:
        kind = parser.parsePlan(text).getClass().getSimpleName()
    except pyspark_errors.ParseException:
        if _is_script(parser, text):
            return "several statements"
        raise
    return f"a statement of the kind {kind}"


def _is_script(parser: Any, text: str) -> bool:  # noqa: ANN401 - a class of Java
    try:
        parser.parsePlan(f"BEGIN\n{text};\nEND")
    except pyspark_errors.ParseException:
        return False
    return True
