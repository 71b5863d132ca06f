"""Every number against the plain-Python oracle: on generated data, on a whole 8k sample and on the real test file."""

from __future__ import annotations

import json
import math
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from conftest import write_metadata
from fakes.strategies import Row, datasets
from hypothesis import given, settings
from oracles import statistics as oracle

import irdb_sql

if TYPE_CHECKING:
    from irdb_sql import ImageRewardDB

PAIR_COLUMNS = (
    "split", "part", "prompt_id", "prompt", "classification", "better_path", "worse_path", "better_rank", "worse_rank",
    "rank_gap", "overall_gap", "alignment_gap", "fidelity_gap",
)  # fmt: skip


def assert_same(found: oracle.Answer, expected: oracle.Answer) -> None:
    assert found.keys() == expected.keys()
    for key, values in expected.items():
        for value, number in zip(found[key], values, strict=True):
            if isinstance(number, float):
                assert value is not None, key
                assert math.isclose(value, number, rel_tol=1e-9, abs_tol=1e-9), (key, value, number)
            else:
                assert value == number, (key, found[key], values)


def assert_every_number(db: ImageRewardDB, rows: list[Row]) -> None:
    for subset, keep_ties, gap in (
        (None, True, 1),
        (None, False, 1),
        (None, True, 3),
        (None, False, 200),
        ("1k", True, 1),
    ):
        found = db.query("pairs", subset=subset, keep_ties=keep_ties, min_rank_gap=gap).select(PAIR_COLUMNS).rows()
        pairs = oracle.pairs(oracle.in_subset(rows, subset), keep_ties=keep_ties, min_rank_gap=gap)
        assert Counter(found) == Counter(oracle.pair_row(*pair) for pair in pairs)
    for subset in (None, "1k", "8k"):
        prompts = db.query("prompts", subset=subset).drop("part", "first_row")
        assert_same({row[:2]: row[2:] for row in prompts.rows()}, oracle.prompt_rows(oracle.in_subset(rows, subset)))
        groups = db.query("groups", subset=subset).drop("part", "prompt", "classification", "first_row")
        assert_same({row[:2]: row[2:] for row in groups.rows()}, oracle.lists_of(oracle.in_subset(rows, subset)))
    for by_classification in (False, True):
        for name, (keys, expected) in oracle.GROUPED.items():
            frame = db.query(name, by_classification=by_classification)
            assert_same(
                {row[:keys]: row[keys:] for row in frame.rows()}, expected(rows, by_classification=by_classification)
            )
    agreement = db.query("rating_agreement", min_rank_gap=2)
    assert_same({row[:3]: row[3:] for row in agreement.rows()}, oracle.rating_agreement(rows, min_rank_gap=2))


@pytest.mark.slow
@settings(max_examples=10)
@given(rows=datasets())
def test_every_macro_equals_the_oracle_on_generated_data(rows: list[Row]) -> None:
    with tempfile.TemporaryDirectory() as folder, irdb_sql.connect(write_metadata(Path(folder), rows)) as db:
        assert_every_number(db, rows)


@settings(max_examples=5)
@given(rows=datasets())
def test_the_invariants_hold_on_generated_data(rows: list[Row]) -> None:
    with tempfile.TemporaryDirectory() as folder, irdb_sql.connect(write_metadata(Path(folder), rows)) as db:
        every = db.pairs(keep_ties=True)
        strict = db.pairs()
        prompts = db.prompts()
        ranked = prompts["ranked_images"]
        assert every.height == prompts["pairs"].sum() == (ranked * (ranked - 1) // 2).sum()
        assert strict.height == prompts["strict_pairs"].sum()
        assert every.filter(pl.col("rank_gap") == 0).height == prompts["tied_pairs"].sum()
        rows_of_pairs = set(every.select("better_row", "worse_row").rows())
        assert len(rows_of_pairs) == every.height
        assert not rows_of_pairs & {(worse, better) for better, worse in rows_of_pairs}
        for share in db.rating_agreement().select("agreeing_share", "tied_share", "disagreeing_share"):
            assert share.drop_nulls().is_between(0, 1).all()
        assert db.pairs(keep_ties=True, lazy=True).collect().equals(every)


@pytest.mark.slow
def test_every_macro_equals_the_oracle_on_a_whole_2k_sample(tmp_path: Path, large_rows: list[Row]) -> None:
    rows = oracle.in_subset(large_rows, "2k")
    with irdb_sql.connect(write_metadata(tmp_path, rows)) as db:
        assert_every_number(db, rows)


def test_the_order_of_rows_in_the_files_changes_no_number(large_sample: Path, tmp_path: Path) -> None:
    for file in large_sample.glob("*.parquet"):
        pl.read_parquet(file).sample(fraction=1, shuffle=True, seed=5).write_parquet(tmp_path / file.name)
    with irdb_sql.connect(large_sample) as straight, irdb_sql.connect(tmp_path) as shuffled:
        for name in oracle.GROUPED:
            assert straight.query(name, by_classification=True).equals(shuffled.query(name, by_classification=True))
        keys = ["better_path", "worse_path"]
        ordered = [
            one.pairs(split="test", keep_ties=True).drop("better_row", "worse_row").sort(keys)
            for one in (straight, shuffled)
        ]
        assert ordered[0].equals(ordered[1])


def test_the_same_question_gives_the_same_bits_every_time(large_sample: Path) -> None:
    with irdb_sql.connect(large_sample) as db:
        for name in oracle.GROUPED:
            first = db.query(name, by_classification=True)
            assert all(db.query(name, by_classification=True).equals(first) for _ in range(5))


@pytest.fixture(scope="module")
def real(real_file: Path) -> Any:
    with irdb_sql.connect(real_file) as db:
        yield db


def test_the_real_test_file_has_the_counted_pairs(real: ImageRewardDB) -> None:
    counts = real.pair_counts().row(0, named=True)
    assert counts == {
        "split": "test", "classification": None, "prompts": 466, "images": 2720, "ranked_images": 2720,
        "pairs": 7230, "strict_pairs": 6399, "tied_pairs": 831,
    }  # fmt: skip
    gaps = real.query("rank_gaps").select("rank_gap", "pairs").rows()
    assert gaps == [(0, 831), (1, 2966), (2, 2035), (3, 1081), (4, 317)]
    sizes = real.query("images_per_prompt").select("images", "prompts").rows()
    assert sizes == [(4, 194), (5, 2), (6, 45), (7, 159), (8, 43), (9, 23)]
    ranks = real.query("images_per_rank").select("rank", "images").rows()
    assert ranks == [(1, 597), (2, 684), (3, 628), (4, 529), (5, 282)]


def test_the_real_test_file_has_the_counted_gaps_and_repeated_prompts(real: ImageRewardDB) -> None:
    skipped = real.query("skipped_ranks")
    assert skipped.height == 137
    assert skipped.filter(pl.col("best_rank") > 1).height == 51
    assert real.query("repeated_prompts")["prompt_ids"].max() == 3


def test_every_macro_equals_the_oracle_on_the_real_test_file(real: ImageRewardDB, real_file: Path) -> None:
    rows = [
        {
            "image_path": path, "prompt_id": prompt["id"], "prompt": prompt["prompt"], "classification": None,
            "rank": rank, "overall_rating": None, "image_text_alignment_rating": None, "fidelity_rating": None,
            "split": "test",
        }
        for prompt in json.loads(real_file.read_text())
        for path, rank in zip(prompt["generations"], prompt["ranking"], strict=True)
    ]  # fmt: skip
    assert_every_number(real, rows)
