"""Fixtures of exports: a dataset with images, and what must come out of it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import filelock
import pytest
from oracles.exports import Row, part_rows

import irdb_sql
from irdb_sql.core.schema import SPLITS
from irdb_sql.sources.sample.dataset import SUBSETS, write_sample


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A 1k dataset with images."""
    base = tmp_path_factory.getbasetemp()
    place = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "exports-1k"  # all workers have one
    with filelock.FileLock(f"{place}.lock"):
        if not place.exists():
            write_sample(place, SUBSETS["1k"], images=True)
    return place


@pytest.fixture(scope="module")
def source(folder: Path) -> Any:
    with irdb_sql.connect(folder) as database:
        yield database


@pytest.fixture(scope="module")
def rows(folder: Path) -> dict[str, list[Row]]:
    return {split: part_rows(folder, split) for split in SPLITS}
