"""The same views, macros and queries on Apache Spark."""

from irdb_sql.spark.registration import register

__all__ = ["register"]
