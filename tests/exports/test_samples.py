"""Samples of prompts and pairs: draws that no order and no thread changes, ranges that share nothing, weights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
from oracles.exports import draw, export_and_read, md5, normal_text

import irdb_sql

if TYPE_CHECKING:
    from irdb_sql import ImageRewardDB


def test_draws_are_those_of_md5_on_any_number_of_threads_and_for_any_subset(folder: Path, tmp_path: Path) -> None:
    chosen = {}
    for threads in (1, 2, 3):
        with irdb_sql.connect(folder, split="train", threads=threads) as db:
            read = export_and_read(db, "rows", tmp_path / "s.parquet", images=False, sample=(0.2, 0.5), seed=7)
            chosen[threads] = read["prompt_id"].unique(maintain_order=True).to_list()
    with irdb_sql.connect(folder, split="train") as db:
        every = db.prompts()
    assert chosen[1] == chosen[2] == chosen[3]
    assert chosen[1] == [
        prompt_id
        for prompt_id, text in every.select("prompt_id", "prompt").iter_rows()
        if 0.2 <= draw(7, normal_text(text)) < 0.5
    ]


def test_ranges_of_draws_share_no_text_and_take_everything_together(db: ImageRewardDB, tmp_path: Path) -> None:
    for number, (begin, end) in enumerate(((0, 0.3), (0.3, 0.8), (0.8, 1))):
        db.export("groups", tmp_path / str(number), images=False, sample=(begin, end))
    for one, other in (("0", "1"), ("0", "2"), ("1", "2")):
        assert db.check_split(tmp_path / one, tmp_path / other).is_empty()
    made = [json.loads((tmp_path / str(number) / "manifest.json").read_text()) for number in range(3)]
    assert sum(each["totals"]["prompts"] for each in made) == 344
    assert db.sql(
        "SELECT count(*) AS n FROM images GROUP BY normal_text(prompt) HAVING count(DISTINCT prompt_id) > 1"
    ).height


def test_a_stratified_sample_takes_its_share_of_each_classification_to_within_one_text(source: ImageRewardDB) -> None:
    text = """
        SELECT split, min(classification) AS class, prompt_id, min(draw) AS draw
        FROM images JOIN prompt_draws(seed := $seed, stratified := TRUE) USING (split, prompt_id)
        GROUP BY split, prompt_id
    """
    for seed in (0, 1):
        drawn = source.sql(text, {"seed": seed})
        counts = drawn.group_by("split", "class").agg(
            taken=(pl.col("draw") < 0.25).sum(), texts=pl.col("draw").n_unique(), prompts=pl.len()
        )
        assert drawn["draw"].is_between(0, 1, closed="left").all()
        repeated = pl.col("prompts") - pl.col("texts")
        assert counts.filter((pl.col("taken") - 0.25 * pl.col("texts")).abs() > 1 + repeated).is_empty()


def test_pairs_of_a_prompt_can_be_capped_and_weighed(db: ImageRewardDB, tmp_path: Path) -> None:
    whole = export_and_read(db, "pairs", tmp_path / "w.parquet", split="test", images=False)
    few = export_and_read(
        db, "pairs", tmp_path / "f.parquet", split="test", images=False, per_prompt=3, weights="prompt", seed=5
    )
    sizes = whole.group_by("prompt_id").len()
    taken = few.group_by("prompt_id").agg(n=pl.len(), weight=pl.col("weight").sum()).join(sizes, on="prompt_id")
    assert (taken["n"] == taken["len"].clip(upper_bound=3)).all()
    assert taken.filter((pl.col("weight") - 1).abs() > 1e-12).is_empty()
    kept = whole.join(few.select(pl.exclude("weight")), on=whole.columns, how="semi", maintain_order="left")
    assert kept.equals(few.select(pl.exclude("weight")))
    by_draw: dict[str, list[tuple[str, str, str]]] = {}
    for prompt_id, _, _, better, worse in whole.iter_rows():
        mark = md5(f"5:{better}:{worse}")
        by_draw.setdefault(prompt_id, []).append((mark, better, worse))
    expected = {(better, worse) for pairs in by_draw.values() for _, better, worse in sorted(pairs)[:3]}
    assert set(few.select("img_better", "img_worse").iter_rows()) == expected
    same = export_and_read(db, "pairs", tmp_path / "s.parquet", split="test", images=False, weights="pair")
    assert same["weight"].unique().to_list() == [1.0]
