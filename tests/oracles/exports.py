"""What exports must hold, in plain Python: from the JSON and images in the zips of a dataset, by the old script's rules."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from irdb_sql import ImageRewardDB

Row = dict[str, Any]


def part_rows(folder: Path, split: str) -> list[Row]:
    """The rows of a split, part by part, each with its image's bytes."""
    rows: list[Row] = []
    zips = sorted((folder / "images" / split).glob("*.zip"), key=lambda path: int(path.stem.rpartition("_")[2]))
    for path in zips:
        with zipfile.ZipFile(path) as archive:
            listed = json.loads(archive.read(f"{path.stem}.json"))
            rows += [row | {"image": archive.read(row["image_path"].rpartition("/")[2])} for row in listed]
    return rows


def prompts(rows: list[Row]) -> list[list[Row]]:
    """Rows of each prompt, in the order of the prompts' first rows."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row["prompt_id"], []).append(row)
    return list(groups.values())


def strict_pairs(rows: list[Row], min_rank_gap: int = 1) -> list[tuple[Row, Row]]:
    """Every i < j of a prompt whose ranks differ, the lower rank first."""
    return [
        (first, second) if first["rank"] < second["rank"] else (second, first)
        for group in prompts(rows)
        for first, second in combinations([row for row in group if row["rank"] is not None], 2)
        if abs(first["rank"] - second["rank"]) >= min_rank_gap
    ]


def normal_text(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().lower()


def draw(seed: int, text: str) -> float:
    return int(md5(f"{seed}:{text}")[:13], 16) / 2**52


def md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def export_and_read(db: ImageRewardDB, format: str, path: Path, **options: Any) -> pl.DataFrame:
    """The rows of an export to one Parquet file."""
    db.export(format, path, **options)
    return pl.read_parquet(path)
