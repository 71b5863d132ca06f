"""Lets a typed statement find the views and macros by their plain names, beside what its session has.

A statement runs in a clone of the session, which is made in milliseconds and holds the same settings, current schema,
temporary views and functions. In the clone those views and macros are defined, temporarily, that the text names. So
nothing changes in the session itself, statements in several threads do not meet, and nothing is left behind.
"""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING

from irdb_sql.core.late import late
from irdb_sql.spark.errors import NotOnSparkError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pyspark.errors as pyspark_errors
    from pyspark.sql import SparkSession

    from irdb_sql.core.catalog import SqlCatalog, SqlFile
    from irdb_sql.spark import definitions, translate, values
    from irdb_sql.spark.column_types import Types
else:
    definitions = late("irdb_sql.spark.definitions", extra="spark")
    pyspark_errors = late("pyspark.errors", extra="spark")
    translate = late("irdb_sql.spark.translate", extra="spark")
    values = late("irdb_sql.spark.values", extra="spark")

IMAGE_FILES = frozenset({
    "bad_images", "broken_images", "image_files", "image_listing", "repair_downloads", "repair_plan",
})  # fmt: skip
"""Views, macros and queries about image files, which Spark does not read."""

_WORD = re.compile(r"\w+")


class Scope:
    """Makes sessions that know the views and macros of a catalog.

    Args:
        catalog: The views and macros.
        types: Their types.
    """

    def __init__(self, catalog: SqlCatalog, types: Types) -> None:
        self._catalog = catalog
        self._types = types
        self._definitions: dict[tuple[str, tuple[str, ...]], str] = {}

    def session(self, spark: SparkSession, text: str, views: Mapping[str, str]) -> SparkSession:
        """Return a clone of a session in which the views and macros are defined that a text names.

        Args:
            spark: The session.
            text: The text.
            views: Names that views have in the session already.
        """
        clone = copy.copy(spark)  # a new one would become the session that others get
        clone._jsparkSession = spark._jsparkSession.cloneSession()  # noqa: SLF001 - PySpark has no other way to it
        for file in self._named_files(text):
            definition = self._definition(file, views)
            if file.kind == "view":
                clone.sql(definition).createOrReplaceTempView(file.name)
            else:
                clone.sql(definition)
        return clone

    def explain(self, error: pyspark_errors.AnalysisException) -> NotOnSparkError | None:
        """Return the error that says why a name of the catalog is not available, if Spark did not find one."""
        for name in _unresolved_names(error):
            if name in IMAGE_FILES:
                return needs_image_files(name)
            if name in self._catalog.macros:
                try:
                    values.check_function(self._catalog.macros[name], self._catalog)
                except NotOnSparkError as reason:
                    return reason
        return None

    def _named_files(self, text: str) -> list[SqlFile]:
        """List the views, and the macros that can be functions, whose names are words of a text."""
        words = {word.lower() for word in _WORD.findall(text)} - IMAGE_FILES
        macros = values.functions(self._catalog)
        return [
            *(self._catalog.views[name] for name in sorted(words & self._catalog.views.keys())),
            *(macros[name] for name in sorted(words & macros.keys())),
        ]

    def _definition(self, file: SqlFile, views: Mapping[str, str]) -> str:
        key = file.name, tuple(sorted(views.values()))
        if key not in self._definitions:
            if file.kind == "view":
                text = translate.view_text(file, self._types.columns(file), views)
            else:
                text = definitions.function_statement(file, self._types, views)
            self._definitions[key] = text
        return self._definitions[key]


def needs_image_files(name: str) -> NotOnSparkError:
    """Return the error for what needs image files."""
    hint = "open the data on one machine, where the images are: irdb_sql.connect(…)."
    return NotOnSparkError(name, "Spark reads no image files", hint)


def _unresolved_names(error: pyspark_errors.AnalysisException) -> Iterator[str]:
    if error.getCondition() in _UNRESOLVED:
        for value in (error.getMessageParameters() or {}).values():
            yield value.replace("`", "").rpartition(".")[2].lower()


_UNRESOLVED = ("TABLE_OR_VIEW_NOT_FOUND", "UNRESOLVED_ROUTINE", "UNRESOLVABLE_TABLE_VALUED_FUNCTION")
