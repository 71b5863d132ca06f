"""What scorers pick among n images, counted in NumPy, is what the macro best_of_n_picks counts, bit by bit."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from conftest import image, write_metadata
from fakes.strategies import Row, datasets, scores_of
from hypothesis import given, settings
from hypothesis import strategies as st

import irdb_sql
from irdb_sql.engine.errors import OtherLayoutError
from irdb_sql.scorers import picks

if TYPE_CHECKING:
    from irdb_sql import ImageRewardDB

ENGINE = "SELECT * FROM best_of_n_picks($split, $subset) ORDER BY split, scorer, n"


def by_engine(db: ImageRewardDB, split: str | None = None, subset: str | None = None) -> pl.DataFrame:
    return db.sql(ENGINE, {"split": split, "subset": subset})


def by_numpy(db: ImageRewardDB, split: str | None = None, subset: str | None = None) -> pl.DataFrame:
    return picks.best_of_n_picks(db._engine, [split, subset])  # noqa: SLF001 - which few statements ask so little of


@settings(max_examples=20)
@given(rows=datasets(), make_scores=scores_of(), split=st.sampled_from([None, "test", "train"]))
def test_picks_equal_those_of_the_engine(rows: list[Row], make_scores: Any, split: str | None) -> None:
    scores = make_scores(rows)
    table = pl.DataFrame(
        {"image_path": list(scores), "mine": list(scores.values())}, {"image_path": pl.String, "mine": pl.Float64}
    )
    if table.is_empty():
        return
    with tempfile.TemporaryDirectory() as name:
        folder = write_metadata(Path(name), rows)
        with suppress(OtherLayoutError), irdb_sql.connect(folder, scores=[table, "baselines"], missing="drop") as db:
            ours, expected = by_numpy(db, split), by_engine(db, split)
            assert ours.schema == expected.schema
            assert ours.equals(expected)


def test_picks_of_a_whole_8k_sample_equal_those_of_the_engine(large_sample: Path) -> None:
    with irdb_sql.connect(large_sample) as db:
        for asked in ({}, {"split": "test,train", "subset": "1k"}):
            expected = by_engine(db, **asked)
            assert expected.height > 100
            assert by_numpy(db, **asked).equals(expected)
            assert db.query("best_of_n_picks", asked).equals(expected)


@pytest.mark.parametrize(("ranks", "rating"), [((1, 10), 7), ((0, 1), 7), ((1, 2), 10)])
def test_other_ranks_and_ratings_are_left_to_the_engine(tmp_path: Path, ranks: tuple[int, int], rating: int) -> None:
    rows = [image("p", name, rank, overall_rating=rating) for name, rank in zip("ab", ranks, strict=True)]
    with irdb_sql.connect(write_metadata(tmp_path, rows)) as db, pytest.raises(OtherLayoutError):
        by_numpy(db)


def test_halves_are_rounded_as_the_engine_rounds_them() -> None:
    numbers = [0.0038208757991569087, 0.0027867586150148727, 7.55889862435445e-05, 0.1, 1 / 3, 8.999999999999998, 9.0]
    with irdb_sql.connect() as db:
        text = (
            "SELECT CAST(CAST(unnest($numbers) AS DECIMAL(38, 18)) * 1000000000000000000 AS HUGEINT)::VARCHAR AS whole"
        )
        expected = [int(whole) for whole in db.sql(text, {"numbers": numbers})["whole"]]
    assert picks._decimals(np.array(numbers)).tolist() == expected  # noqa: SLF001 - a rule of its own
