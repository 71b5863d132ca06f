"""Writes exports as Parquet files from the cluster, without passing through this process."""

from __future__ import annotations

import os
import re
import secrets
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

from irdb_sql.core.late import late
from irdb_sql.core.splits import split_names
from irdb_sql.errors import TargetExistsError
from irdb_sql.exports.formats import EXPORT_FORMATS
from irdb_sql.spark.errors import NotOnSparkError
from irdb_sql.spark.failures import run
from irdb_sql.spark.sources import literal_pattern

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyspark.sql import DataFrame, functions

    from irdb_sql.core.catalog import SqlFile
    from irdb_sql.exports.options import ExportChoice
    from irdb_sql.sources.local import PathLike
    from irdb_sql.spark.engine import SparkEngine

    Counts = dict[str, dict[str, int]]
    """Numbers of rows and prompts of each split."""
else:
    functions = late("pyspark.sql.functions", extra="spark")

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")


def write_cluster_export(engine: SparkEngine, query: SqlFile, choice: ExportChoice, target: PathLike) -> Counts:
    """Write an export as Parquet from the cluster, and count what was written of each split.

    Args:
        engine: Where it is made.
        query: The query whose rows are written.
        choice: Which of them.
        target: The folder, which is not there yet; it gets its name when all is written.

    Raises:
        NotOnSparkError: Its name has a colon.
        TargetExistsError: It is there, and has something in it.
        EmptyExportError: It has no rows, and may not be empty.
        SparkError: Spark fails; nothing is left behind.
    """
    splits = split_names(choice.split)
    parts: list[DataFrame] = []
    order: list[str] = []
    for split in splits:
        params = choice.params(split)
        rows, order = engine.unordered_query(query, {name: params[name] for name in query.params})
        columns = [functions.col(f"`{name}`").alias(column) for name, column in _columns(choice).items()]
        parts.append(rows.select(functions.lit(split).alias("split"), *columns, *order))
    # Prompts are side by side in a partition already, by which their pairs or images were counted.
    rows = reduce(lambda all_rows, rows: all_rows.unionByName(rows), parts).sortWithinPartitions("split", *order)
    return _write_folder(rows.drop(*order), splits, choice, os.fspath(target))


def _columns(choice: ExportChoice) -> Mapping[str, str]:
    """Return the query's columns that an export has, and what they are called in it."""
    columns = EXPORT_FORMATS[choice.format].columns
    return columns if choice.weights is None else {**columns, f"{choice.weights}_weight": "weight"}


def _write_folder(rows: DataFrame, splits: Sequence[str], choice: ExportChoice, target: str) -> Counts:
    """Write rows to a folder that has another name until all is written; each split has a folder in it."""
    is_local = _URL.match(target) is None
    if is_local and ":" in target:
        reason, hint = "Hadoop, which writes it, allows no colon in the name of a file", "choose another folder."
        raise NotOnSparkError(f"the target {target!r}", reason, hint)
    location = str(Path(target).absolute()) if is_local else target
    spark: Any = rows.sparkSession  # Spark has no other way to a filesystem than through Java
    path = run(lambda: spark._jvm.org.apache.hadoop.fs.Path(location))  # noqa: SLF001 - see above
    files = run(lambda: path.getFileSystem(spark._jsc.hadoopConfiguration()))  # noqa: SLF001 - see above
    if run(lambda: files.exists(path) and (files.getFileStatus(path).isFile() or len(files.listStatus(path)))):
        raise TargetExistsError(Path(target))
    unfinished = run(lambda: path.suffix(f".{secrets.token_hex(6)}.unfinished"))
    try:
        counts = run(lambda: _write_splits(rows, splits, str(unfinished)))
        choice.check_rows(sum(numbers["rows"] for numbers in counts.values()))
        if not run(lambda: _rename(files, unfinished, path)):
            raise TargetExistsError(Path(target))
        return counts
    finally:
        files.delete(unfinished, True)  # noqa: FBT003 - Java's: with all that is in it


def _write_splits(rows: DataFrame, splits: Sequence[str], folder: str) -> Counts:
    """Write a folder for each split, with a file without rows where a split has none, and count what was written."""
    rows.write.partitionBy("split").parquet(folder)
    written = rows.sparkSession.read.schema(rows.schema).parquet(literal_pattern(folder)).groupBy("split")
    numbers = written.agg(functions.count("*").alias("rows"), functions.countDistinct("prompt_id").alias("prompts"))
    counts = {row["split"]: {"rows": row["rows"], "prompts": row["prompts"]} for row in numbers.collect()}
    for split in splits:
        if split not in counts:
            rows.drop("split").limit(0).coalesce(1).write.parquet(f"{folder}/split={split}")
    return {split: counts.get(split, {"rows": 0, "prompts": 0}) for split in splits}


def _rename(files: Any, source: Any, target: Any) -> bool:  # noqa: ANN401 - classes of Java
    """Rename a folder, also to the name of an empty one, and return whether that succeeded."""
    if files.exists(target):
        files.delete(target, False)  # noqa: FBT003 - Java's: not with what is in it
    return bool(files.rename(source, target))
