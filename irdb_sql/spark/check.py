"""Checks a session of Apache Spark before anything is asked of it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from irdb_sql.core.late import late
from irdb_sql.spark.errors import SparkSessionError, SparkSettingError

if TYPE_CHECKING:
    import pyspark
    import sqlglot
    from pyspark.sql import SparkSession
else:
    pyspark = late("pyspark", extra="spark")
    sqlglot = late("sqlglot", extra="spark")

_SETTINGS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "false",
    "spark.sql.orderByOrdinal": "true",
    "spark.sql.groupByOrdinal": "true",
    "spark.sql.groupByAliases": "true",
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.decimalOperations.allowPrecisionLoss": "true",
}
"""Settings without which the views and macros would answer something else."""


def check_session(spark: SparkSession) -> None:
    """Raise an error if a session cannot be asked, or would answer something else.

    Raises:
        MissingPackageError: The extra `spark` is not installed.
        SparkSessionError: It is no session, or one that has been stopped.
        SparkSettingError: A setting would change answers.
    """
    _ = sqlglot.exp  # every statement needs it, too
    if not isinstance(spark, pyspark.sql.SparkSession):
        raise SparkSessionError(f"spark is {spark!r}, which is no session of Apache Spark")
    if getattr(getattr(spark, "_sc", None), "_jsc", spark) is None:
        raise SparkSessionError("the session of Apache Spark has been stopped")
    # They write kilobytes of Java beside each error, whose sentence is in the error that is raised.
    for name in ("SQLQueryContextLogger", "DataFrameQueryContextLogger"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    for name, required in _SETTINGS.items():
        setting = spark.conf.get(name, required)
        if str(setting).lower() != required:
            raise SparkSettingError(name, setting, required)
