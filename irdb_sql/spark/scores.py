"""Scores that are a frame of Spark, whose rows stay on the executors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irdb_sql.core.late import late
from irdb_sql.scorers.errors import NoScorersError
from irdb_sql.scorers.tables import IMAGE_NAMES
from irdb_sql.spark.errors import SparkColumnError
from irdb_sql.spark.failures import run
from irdb_sql.spark.session import SparkQuerySession
from irdb_sql.spark.sources import NUMBERS

if TYPE_CHECKING:
    import pyspark.sql as pyspark_sql
    from pyspark.sql import DataFrame, functions

    from irdb_sql.engine.protocol import Session
else:
    functions = late("pyspark.sql.functions", extra="spark")
    pyspark_sql = late("pyspark.sql", extra="spark")


def shadow_spark_scores(session: Session, scores: object) -> bool:
    """Put a frame of Spark in the place of the view `score_rows`, if scores are one, and return whether they are.

    Args:
        session: A session on Spark.
        scores: The scores.

    Raises:
        SparkColumnError: A column is not there, or its type is another.
        NoScorersError: There are none.
    """
    if not isinstance(session, SparkQuerySession) or not isinstance(scores, pyspark_sql.DataFrame):
        return False
    session.shadow_view("score_rows", run(lambda: score_rows(scores)))
    return True


def score_rows(scores: DataFrame) -> DataFrame:
    """Make rows of the view `score_rows` of a frame of Spark with columns scorer, score and one that names the image.

    The frame has no order, so scores are numbered by scorer, image and score.

    Raises:
        SparkColumnError: A column is not there, or its type is another.
        NoScorersError: There are none.
    """
    columns = {name.lower(): name for name in scores.columns}
    image = next((columns[name] for name in IMAGE_NAMES if name in columns), None)
    for name, is_there in (("scorer", "scorer" in columns), ("score", "score" in columns), ("image_path", image)):
        if not is_there:
            raise SparkColumnError("the frame of scores", name, "is not there", scores.columns)
    kind = dict(scores.dtypes)[columns["score"]]
    if not kind.startswith(NUMBERS):
        problem = f"has the type {kind}, not double"
        raise SparkColumnError("the frame of scores", columns["score"], problem, scores.columns)
    if scores.isEmpty():
        raise NoScorersError(["the frame of Spark"])
    rows = scores.select(
        functions.col(columns["scorer"]).cast("string").alias("scorer"),
        functions.col(str(image)).cast("string").alias("image"),
        functions.col(columns["score"]).cast("double").alias("score"),
        functions.lit("a frame of Spark").alias("source"),
    )
    by_image = pyspark_sql.Window.partitionBy("scorer").orderBy("image", "score")
    number = functions.row_number().over(by_image).cast("bigint")
    return rows.withColumn("source_row", number).withColumn("score_number", number)
