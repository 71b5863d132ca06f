"""Fixtures of reports: data with scores of three scorers."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import irdb_sql
from irdb_sql.sources.sample.dataset import embedded_sample


@pytest.fixture
def data() -> Path:
    return embedded_sample()


@pytest.fixture
def scored(data: Path, tmp_path: Path) -> Path:
    """Scores of three scorers, one with a name that no picture can hold."""
    with irdb_sql.connect(data) as db:
        images = db.images().select("image_path", "rank", "row_index")
    table = images.select(
        "image_path",
        (-pl.col("rank")).alias("good\x01\ufffe\u202e"),
        (pl.col("row_index").hash(1) % 1000).alias("noise"),
        pl.lit(0).alias("<b>flat</b>" * 20),
    )
    table.write_csv(tmp_path / "sc.csv")
    return tmp_path / "sc.csv"
