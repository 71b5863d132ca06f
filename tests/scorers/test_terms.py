"""The terms of metrics counted in NumPy are those of the macro prompt_terms, bit by bit, and so is what is made of them."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from conftest import image, write_metadata
from fakes.strategies import Row, datasets, scores_of
from hypothesis import given, settings
from hypothesis import strategies as st

import irdb_sql
from irdb_sql.scorers import terms

if TYPE_CHECKING:
    from irdb_sql import ImageRewardDB

KEYS = ["first_row", "scorer", "rank_gap"]


def both_ways(db: ImageRewardDB, scores: Any, *, by_rank_gap: bool, **options: Any) -> list[pl.DataFrame]:
    """Return the terms of scores as they are counted here, and as the engine counts them."""
    service = db._scorers  # noqa: SLF001 - which chooses between the two
    found = []
    for service._counts_terms in (True, False):  # noqa: SLF001 - as above
        complete: Any = {"missing": "drop", **options}
        with service._session(scores, complete) as opened:  # noqa: SLF001 - as above
            found.append(opened._terms(by_rank_gap=by_rank_gap).sort(KEYS, nulls_last=True))  # noqa: SLF001 - as above
    return found


@settings(max_examples=10)
@given(
    rows=datasets(), make_scores=scores_of(), split=st.sampled_from([None, "test", "train"]), by_rank_gap=st.booleans(),
    batch=st.integers(1, 3),
)  # fmt: skip
def test_terms_equal_those_of_the_engine(
    rows: list[Row], make_scores: Any, split: Any, *, by_rank_gap: bool, batch: int
) -> None:
    scores = make_scores(rows)
    table = pl.DataFrame(
        {"image_path": list(scores), "mine": list(scores.values())}, {"image_path": pl.String, "mine": pl.Float64}
    )
    if table.is_empty() or split not in (None, *(row["split"] for row in rows)):
        return
    with (
        tempfile.TemporaryDirectory() as name,
        pytest.MonkeyPatch.context() as patch,
        irdb_sql.connect(write_metadata(Path(name), rows)) as db,
    ):
        for size in (terms._BATCH_PROMPTS, batch):  # noqa: SLF001 - all at once, and a few
            patch.setattr(terms, "_BATCH_PROMPTS", size)
            ours, expected = both_ways(db, table, by_rank_gap=by_rank_gap, split=split)
            assert ours.schema == expected.schema
            assert ours.equals(expected)


@pytest.mark.slow
@pytest.mark.parametrize("by_rank_gap", [True, False])
@pytest.mark.parametrize("options", [{"subset": "1k"}, {"split": "test", "tune_ties_on": "validation"}])
def test_terms_of_a_whole_8k_sample_equal_those_of_the_engine(
    large_sample: Path, options: dict[str, Any], *, by_rank_gap: bool
) -> None:
    with irdb_sql.connect(large_sample) as db:
        for scores in (["baselines"], db.images().select("image_path", mine=pl.col("overall_rating").cast(pl.Float64))):
            ours, expected = both_ways(db, scores, by_rank_gap=by_rank_gap, **options)
            assert ours.schema == expected.schema
            assert ours.equals(expected)


ODD_NUMBERS = [[1e308, -1e308, 0.0], [5e-324, 0.0, -0.0], [0.1, 0.2, 0.1 + 0.2], [1e16, 1e16 + 2, 1.0]]
ODD_RANKS = [[1, 2, 3], [1, 1, 2], [5, 5, 5], [-128, 0, 127]]


def test_terms_of_odd_numbers_equal_those_of_the_engine(tmp_path: Path) -> None:
    """Each list of numbers with each list of ranks is a prompt of its own."""
    rows, numbers = [], []
    for number, (of_prompt, ranks) in enumerate(itertools.product(ODD_NUMBERS, ODD_RANKS)):
        rows += [image(f"p{number}", f"{number}{name}", rank) for name, rank in zip("abc", ranks, strict=True)]
        numbers += of_prompt
    table = pl.DataFrame({"image_path": [row["image_path"] for row in rows], "mine": numbers})
    with irdb_sql.connect(write_metadata(tmp_path, rows)) as db:
        for by_rank_gap in (True, False):
            ours, expected = both_ways(db, table, by_rank_gap=by_rank_gap)
            assert ours.equals(expected)


def test_shares_of_a_tie_are_summed_to_the_same_bits(tmp_path: Path) -> None:
    """Three thirds, as decimals, are so near to the middle of two floats that NumPy would take the other one."""
    rows = [image("p", name, rank) for name, rank in zip("abcde", (1, 1, 1, 1, 4), strict=True)]
    table = pl.DataFrame({"image_path": [row["image_path"] for row in rows], "mine": [0.25, 1.0, 1.0, 1.0, -1.0]})
    with irdb_sql.connect(write_metadata(tmp_path, rows)) as db:
        ours, expected = both_ways(db, table, by_rank_gap=False)
        assert ours.equals(expected)
        assert ours["best_frac_1"].item() == pytest.approx(0.25)


def test_a_prompt_of_more_images_is_left_to_the_engine(tmp_path: Path) -> None:
    rows = [image("p", f"{number}", number) for number in range(1, terms.MOST_IMAGES + 2)]
    table = pl.DataFrame(
        {"image_path": [row["image_path"] for row in rows], "mine": [float(row["rank"]) for row in rows]}
    )
    with irdb_sql.connect(write_metadata(tmp_path, rows)) as db:
        ours, expected = both_ways(db, table, by_rank_gap=False)
        assert ours.equals(expected)
        assert ours["all_pairs"].item() == 45
        assert db.evaluate(table, metric="acc_micro", resamples=1)["value"].item() == 0


def test_the_real_test_file_is_judged_alike(real_file: Path) -> None:
    with irdb_sql.connect(real_file) as db:
        for by_rank_gap in (True, False):
            ours, expected = both_ways(db, ["baselines"], by_rank_gap=by_rank_gap)
            assert ours.equals(expected)
