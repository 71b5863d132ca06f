"""Finds metadata that Apache Spark reads, and writes the statement of the base view `metadata` over it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from irdb_sql.core.late import late
from irdb_sql.core.schema import PUBLISHED, SPLITS, TEXT
from irdb_sql.errors import IrdbError, find_twins
from irdb_sql.sources.errors import NoMetadataError, TwinColumnsError
from irdb_sql.sources.local import find_source
from irdb_sql.sources.sample.dataset import embedded_sample
from irdb_sql.spark.errors import NotOnSparkError, SparkColumnError, SparkSourceError
from irdb_sql.spark.failures import first_line

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyspark.errors as pyspark_errors
    from pyspark.sql import DataFrame, SparkSession

    from irdb_sql.sources.local import PathLike
    from irdb_sql.spark import definitions, translate
else:
    definitions = late("irdb_sql.spark.definitions", extra="spark")
    pyspark_errors = late("pyspark.errors", extra="spark")
    translate = late("irdb_sql.spark.translate", extra="spark")

_WHOLE = ("tinyint", "smallint", "int", "bigint")
_FRACTIONS = ("float", "double", "decimal")
NUMBERS = (*_WHOLE, *_FRACTIONS, "void")
"""What Spark calls types of numbers, or of nothing but NULL."""


@dataclass(frozen=True)
class _Relation:
    """Rows of metadata that Spark reads.

    Attributes:
        written: How a statement names it.
        shown: How to call it.
        split: Split of all its rows; None where a column or each row's path tells.
        place: Its path, if it is a file of this machine.
    """

    written: str
    shown: str
    split: str | None
    place: str | None = None


def metadata_statement(
    spark: SparkSession, source: PathLike | None, make_table: Callable[[int, str, DataFrame], str] | None = None
) -> str:
    """Write the statement whose rows are the view `metadata`.

    Args:
        spark: The session.
        make_table: Makes a table of a file of this machine, from its number, path and frame, and returns its name. A
            statement that names a path has Spark list and open the file at every mention.
        source: A folder as published, a path of Parquet files, a table, or None for the embedded sample. Columns
            `split` and `row_index` are taken where they are there, else made of the path and the place in the files.

    Raises:
        SparkSourceError: There is nothing that Spark can read.
        SparkColumnError: It lacks a column, or has another type.
    """
    if not isinstance(cast("object", source), str | os.PathLike | None):
        raise SparkSourceError(source, "it is no path, and no name of a table")
    selects: list[str] = []
    first_row = 0
    for relation in _relations(embedded_sample() if source is None else source):
        frame = _read(spark, relation)
        types = _checked_types(frame, relation)
        written = relation.written
        if make_table is not None and relation.place is not None:
            written = make_table(len(selects), relation.place, frame)
            frame = spark.table(written)
        offsets: dict[str, int] | None = None
        if "row_index" not in types or relation.split is not None:
            types.pop("row_index", None)
            offsets = {}
            for path, rows in _file_sizes(frame, relation):
                offsets[path] = first_row
                first_row += rows
        selects.append(definitions.base_statement(written, types, relation.split, offsets))
    return " UNION ALL ".join(selects)


def _relations(source: PathLike) -> list[_Relation]:
    """Return what a source consists of: the files of a folder as published, any other Parquet files, or a table."""
    text = os.fspath(source)
    if not text:
        raise SparkSourceError(source, "it is no path, and no name of a table")
    if "${" in text:
        raise SparkSourceError(source, "Spark replaces what follows ${ in it")
    path = Path(text).expanduser()
    if "://" in text or not path.exists():
        is_path = "/" in text
        return [_Relation(f"parquet.{translate.quoted(text)}" if is_path else text, text, None)]
    _check_layout(path)
    if path.suffix.lower() == ".json":
        hint = 'write it as Parquet: irdb_sql.connect(FILE).sql("FROM metadata").write_parquet("metadata.parquet").'
        raise NotOnSparkError("a ranking file", "it is one JSON text", hint)
    published = {split: path / f"metadata-{split}.parquet" for split in SPLITS}
    files = [(split, file.resolve()) for split, file in published.items() if file.is_file()]
    if files:
        return [_Relation(_parquet(file), str(file), split, str(file)) for split, file in files]
    if path.is_dir() and not any(path.rglob("*.parquet")):
        raise NoMetadataError(path, ["metadata-train.parquet", "*.parquet"])
    return [_Relation(_parquet(path.resolve()), str(path), None)]


def _check_layout(path: Path) -> None:
    """Raise a NotOnSparkError if a file or folder holds votes, which need macros that Spark cannot have."""
    try:
        files = find_source(path).files
    except IrdbError:  # then it is no layout, and what reads it says what is wrong
        return
    for file in files:
        if file.kind.has_votes:
            hint = (
                "ask about votes on one machine, irdb_sql.connect(FILE); its .export('metadata', FOLDER) writes the "
                "images, without votes, as Spark reads them."
            )
            raise NotOnSparkError(
                f"the layout {file.kind.layout} of {str(file.path)!r}", "votes are not read there", hint
            )


def _parquet(path: Path) -> str:
    """Write a path of this machine as a relation."""
    return f"parquet.{translate.quoted('file://' + literal_pattern(str(path)))}"


def literal_pattern(path: str) -> str:
    """Write a path so that Spark, which reads paths as patterns, finds it alone."""
    return _PATTERN.sub(r"\\\1", path)


_PATTERN = re.compile(r"([\\*?\[\]{}])")


def _read(spark: SparkSession, relation: _Relation) -> DataFrame:
    try:
        if relation.written.startswith("parquet."):
            return spark.sql(f"SELECT * FROM {relation.written}")  # noqa: S608 - a quoted path
        return spark.table(relation.written)
    except pyspark_errors.PySparkException as error:
        raise SparkSourceError(relation.shown, first_line(error)) from error


def _checked_types(frame: DataFrame, relation: _Relation) -> dict[str, str]:
    """Return names and types of the columns.

    Raises:
        SparkColumnError: A published column is not there, or one has another type.
    """
    types = {name.lower(): kind for name, kind in frame.dtypes}
    if (twins := find_twins(frame.columns, (*PUBLISHED, "split", "row_index"))) is not None:
        raise TwinColumnsError(relation.shown, *twins)
    allowed = {column: ("string",) if kinds is TEXT else (*_WHOLE, *_FRACTIONS) for column, kinds in PUBLISHED.items()}
    for column, kinds in allowed.items():
        if column not in types:
            raise SparkColumnError(relation.shown, column, "is not there", types)
        if types[column].partition("(")[0] not in (*kinds, "void"):
            problem = f"has the type {types[column].partition('(')[0]}, not {' or '.join(kinds)}"
            raise SparkColumnError(relation.shown, column, problem, types)
    optional = {"split": ("string",), "row_index": _WHOLE}
    for column in sorted(optional.keys() & types.keys()):
        if types[column] not in optional[column]:
            problem = f"has the type {types[column]}, not {optional[column][-1]}"
            raise SparkColumnError(relation.shown, column, problem, types)
    return types


def _file_sizes(frame: DataFrame, relation: _Relation) -> list[tuple[str, int]]:
    """Count the rows of each file, files in the order of their names."""
    try:
        counts = frame.select("_metadata.file_path").groupBy("file_path").count().collect()
    except pyspark_errors.PySparkException as error:
        problem = "is not there, and its rows are in no files whose places would tell them apart: add one, of BIGINT"
        raise SparkColumnError(relation.shown, "row_index", problem, frame.columns) from error
    return sorted((row["file_path"], row["count"]) for row in counts)
