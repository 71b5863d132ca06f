"""Makes errors of irdb_sql of what Apache Spark, Java and the bridge between Python and Java raise."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from irdb_sql.core.late import late
from irdb_sql.errors import IrdbError
from irdb_sql.spark.errors import SparkError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import py4j.protocol as py4j_protocol
    import pyspark.errors as pyspark_errors
else:
    py4j_protocol = late("py4j.protocol", extra="spark")
    pyspark_errors = late("pyspark.errors", extra="spark")

T = TypeVar("T")


@contextmanager
def spark_failures() -> Iterator[None]:
    """Raise a SparkError for what Spark refuses, or fails at.

    Raises:
        SparkError: Spark fails.
    """
    try:
        yield
    except pyspark_errors.PySparkException as error:
        raise SparkError(first_line(error)) from error
    except py4j_protocol.Py4JJavaError as error:
        raise SparkError(first_line(_root_cause(error))) from error


def run(work: Callable[[], T]) -> T:
    """Do work on Spark, which may also fail to convert a value that goes in or comes out.

    Raises:
        SparkError: Spark fails.
    """
    try:
        with spark_failures():
            return work()
    except IrdbError:
        raise
    except (py4j_protocol.Py4JError, AttributeError, TypeError, ValueError) as error:
        raise SparkError(f"Apache Spark cannot convert a value: {first_line(error)}") from error


def first_line(error: object) -> str:
    """Return the sentence of an error of Spark, without its plan, and without advice to change what answers need."""
    return _ADVICE.sub("", str(error).strip().partition("\n")[0].partition("; line ")[0].removesuffix(";"))


_ADVICE = re.compile(r' If necessary set "?spark\.sql\.ansi\.enabled"? to "?false"?[^.]*\.')


def _root_cause(error: py4j_protocol.Py4JJavaError) -> str:
    """Return the text of the first cause of an error of Java."""
    cause = error.java_exception
    while cause.getCause() is not None:
        cause = cause.getCause()
    return str(cause.getMessage() or cause.getClass().getName())
