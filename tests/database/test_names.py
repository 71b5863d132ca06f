"""Names: `dir` lists what is public and no more, and each listed name is there."""

from __future__ import annotations

import re

import irdb_sql
from irdb_sql.core import catalog as catalogs
from irdb_sql.database.facade import ImageRewardDB
from irdb_sql.spark.database import SparkDatabase


def test_a_database_lists_its_public_names(db: ImageRewardDB) -> None:
    names = dir(db)
    assert not [name for name in names if name.startswith("_")]
    documented = re.findall(
        r"^    ([a-z_]+): ",
        str(ImageRewardDB.__doc__).partition("Attributes:")[2].replace("        ", "    "),
        re.MULTILINE,
    )
    assert (
        [name for name in names if not callable(getattr(db, name))]
        == sorted(documented)
        == ["has_scores", "selection", "source"]
    )
    assert {"pairs", "evaluate", "leaderboard", "score", "plot", "source", "close"} <= set(names)
    assert all(hasattr(db, name) for name in names)
    spark = SparkDatabase.__new__(SparkDatabase)
    assert not [name for name in dir(spark) if name.startswith("_")]


def test_the_package_lists_its_public_names() -> None:
    assert dir(irdb_sql) == sorted([*irdb_sql.__all__, "__version__", "errors"])
    assert all(getattr(irdb_sql, name) is not None for name in dir(irdb_sql))
    assert re.fullmatch(r"\d+\.\d+\.\d+\S*", irdb_sql.__version__)


def test_annotations_that_share_images_are_a_query(db: ImageRewardDB) -> None:
    rows = db.query("annotation_overlaps")
    assert tuple(rows.columns) == catalogs.load().macros["annotation_overlaps"].returns
    assert rows.height == rows.select("split", "prompt_id", "other_split", "other_prompt_id").unique().height
    assert rows.sort("split", "prompt_id", "other_split", "other_prompt_id").equals(rows)
    assert db.query("annotation_overlaps", split="train", subset="1k").columns == rows.columns
