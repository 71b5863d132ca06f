"""What goes into a cluster and comes out of it without passing through this process: scores, and Parquet files."""

from __future__ import annotations

import os
import re
import secrets
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING

from irdb_sql.core.schema import SPLITS
from irdb_sql.errors import TargetExistsError
from irdb_sql.exports.formats import EXPORT_FORMATS
from irdb_sql.scorers.errors import NoScorersError
from irdb_sql.scorers.rows import IMAGE_NAMES
from irdb_sql.spark.errors import NotOnSparkError, SparkColumnError
from irdb_sql.spark.sources import NUMBERS, spark_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import DataFrame

    from irdb_sql.core.catalog import SqlFile
    from irdb_sql.exports.options import ExportChoice
    from irdb_sql.sources.local import PathLike
    from irdb_sql.spark.engine import SparkEngine


_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")


def spark_scores(scores: DataFrame) -> DataFrame:
    """Make rows of the view `score_rows` of a frame of Spark with columns scorer, score and one that names the image.

    The frame has no order, so scores are numbered by scorer, image and score.

    Raises:
        SparkColumnError: A column is not there, or its type is another.
        NoScorersError: There are none.
    """
    from pyspark.sql import Window, functions  # noqa: PLC0415 - of an extra

    columns = {name.lower(): name for name in scores.columns}
    image = next((columns[name] for name in IMAGE_NAMES if name in columns), None)
    for name in ("scorer", "score", "image_path"):
        if name not in columns and (name != "image_path" or image is None):
            raise SparkColumnError("the frame of scores", name, "is not there", scores.columns)
    kind = dict(scores.dtypes)[columns["score"]]
    if not kind.startswith(NUMBERS):
        raise SparkColumnError(
            "the frame of scores", columns["score"], f"has the type {kind}, not double", scores.columns
        )
    if scores.isEmpty():
        raise NoScorersError(["the frame of Spark"])
    rows = scores.select(
        functions.col(columns["scorer"]).cast("string").alias("scorer"),
        functions.col(str(image)).cast("string").alias("image"),
        functions.col(columns["score"]).cast("double").alias("score"),
        functions.lit("a frame of Spark").alias("source"),
    )
    number = functions.row_number().over(Window.partitionBy("scorer").orderBy("image", "score")).cast("bigint")
    return rows.withColumn("source_row", number).withColumn("score_number", number)


def write_cluster_export(
    engine: SparkEngine, file: SqlFile, choice: ExportChoice, target: PathLike
) -> dict[str, dict[str, int]]:
    """Write an export as Parquet from the cluster, and count what was written of each split.

    Args:
        engine: Where it is made.
        file: The query whose rows are written.
        choice: Which of them.
        target: The folder, which is not there yet; it gets its name when all is written.

    Raises:
        NotOnSparkError: Its name has a colon.
        TargetExistsError: It is there, and has something in it.
        SparkError: Spark fails; nothing is left behind.
    """
    from pyspark.sql import functions  # noqa: PLC0415 - of an extra

    form = EXPORT_FORMATS[choice.form]
    weight = None if choice.weights is None else f"{choice.weights}_weight"
    columns = dict(form.columns) | ({} if weight is None else {weight: "weight"})
    parts: list[DataFrame] = []
    order: list[str] = []
    splits = SPLITS if choice.split is None else (choice.split,)
    for split in splits:
        given = choice.params(split)
        rows, order = engine.ordered_frame(file.text, {name: given[name] for name in file.params})
        named = [functions.col(f"`{name}`").alias(column) for name, column in columns.items()]
        parts.append(rows.select(functions.lit(split).alias("split"), *named, *order))
    # Prompts are side by side in a partition already, by which their pairs or images were counted.
    written = reduce(lambda all_rows, rows: all_rows.unionByName(rows), parts).sortWithinPartitions("split", *order)
    return _replaced(engine, written.drop(*order), splits, os.fspath(target))


def _replaced(engine: SparkEngine, rows: DataFrame, splits: Sequence[str], target: str) -> dict[str, dict[str, int]]:
    """Write rows to a folder that has another name until all is written; each split has a folder in it."""
    from pyspark.sql import functions  # noqa: PLC0415 - of an extra

    spark = rows.sparkSession
    is_local = _URL.match(target) is None
    if is_local and ":" in target:
        reason, hint = "Hadoop, which writes it, takes no colon in the name of a file", "name another folder."
        raise NotOnSparkError(f"the target {target!r}", reason, hint)
    where = str(Path(target).absolute()) if is_local else target
    path = engine.ran(lambda: spark._jvm.org.apache.hadoop.fs.Path(where))  # type: ignore[union-attr] # noqa: SLF001 - Spark has no other way to a filesystem
    files = engine.ran(lambda: path.getFileSystem(spark._jsc.hadoopConfiguration()))  # noqa: SLF001 - as above
    if engine.ran(lambda: files.exists(path) and (files.getFileStatus(path).isFile() or len(files.listStatus(path)))):
        raise TargetExistsError(Path(target))
    unfinished = engine.ran(lambda: path.suffix(f".{secrets.token_hex(6)}.unfinished"))

    def write() -> dict[str, dict[str, int]]:
        rows.write.partitionBy("split").parquet(str(unfinished))
        counts = spark.read.schema(rows.schema).parquet(spark_path(str(unfinished))).groupBy("split")
        numbers = counts.agg(functions.count("*").alias("rows"), functions.countDistinct("prompt_id").alias("prompts"))
        found = {row["split"]: {"rows": row["rows"], "prompts": row["prompts"]} for row in numbers.collect()}
        for split in splits:
            if split not in found:  # a file without rows, which has the columns
                empty = rows.drop("split").limit(0).coalesce(1)
                empty.write.parquet(f"{unfinished}/split={split}")
        if files.exists(path):
            files.delete(path, False)  # noqa: FBT003 - Java's: not with what is in it
        if not files.rename(unfinished, path):
            raise TargetExistsError(Path(target))
        return {split: found.get(split, {"rows": 0, "prompts": 0}) for split in splits}

    try:
        found: dict[str, dict[str, int]] = engine.ran(write)
    finally:
        files.delete(unfinished, True)  # noqa: FBT003 - Java's
    return found
