"""Pairs and ratings counted from files in the published layout equal the answers of the engine, bit by bit."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from conftest import image, write_metadata
from fakes.strategies import Row, datasets
from hypothesis import given, settings
from hypothesis import strategies as st

import irdb_sql
from irdb_sql.engine.errors import OtherLayoutError
from irdb_sql.pairs import batches, statistics
from irdb_sql.pairs.reader import PublishedFiles
from irdb_sql.pairs.statistics import STATISTICS, StatisticsChoice, parse_choice

if TYPE_CHECKING:
    from irdb_sql import ImageRewardDB

calls = st.fixed_dictionaries(
    {
        "split": st.sampled_from([None, "train", "test", "test,train"]),
        "by_classification": st.sampled_from([None, True, False]),
    }
)
NUMBERS = ("rank", "overall_rating", "image_text_alignment_rating", "fidelity_rating")


def connect_without_shortcuts(folder: Path) -> ImageRewardDB:
    """Open data with a limit of time, which only the engine can keep."""
    db = irdb_sql.connect(folder, timeout=1000)
    assert not db._engine.shortcuts  # noqa: SLF001 - or both would be counted in the same way
    return db


def counted(db: ImageRewardDB, name: str, params: dict[str, Any]) -> pl.DataFrame:
    """Count without the engine."""
    choice = parse_choice({"subset": None, **params})
    assert choice is not None
    return STATISTICS[name].frame(PublishedFiles(db._engine.opened_files), choice)  # noqa: SLF001 - which engine was asked


def as_published(rows: list[Row]) -> list[Row]:
    """Take away numbers that only the engine counts."""
    odd = {name: {"rank": range(1, 16)}.get(name, range(1, 8)) for name in NUMBERS}
    return [{**row, **{name: row[name] if row[name] in odd[name] else None for name in NUMBERS}} for row in rows]


@settings(max_examples=8)
@given(rows=datasets(published=True), params=calls, gap=st.sampled_from([None, 1, 2, 9]), batch=st.integers(1, 5))
def test_counts_equal_those_of_the_engine(rows: list[Row], params: dict[str, Any], gap: int | None, batch: int) -> None:
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        folder = write_metadata(Path(name), as_published(rows))
        with irdb_sql.connect(folder) as db, connect_without_shortcuts(folder) as other:
            for query in STATISTICS:
                asked = params | ({"min_rank_gap": gap} if query == "rating_agreement" else {})
                expected = other.query(query, asked)
                found = counted(db, query, asked)
                assert found.schema == expected.schema
                assert found.equals(expected)
                patch.setattr(statistics, "BATCH_ROWS", 1)  # a prompt at a time, in threads
                patch.setattr(batches, "BATCH_ROWS", batch)
                assert counted(db, query, asked).equals(expected)


@settings(max_examples=8)
@given(rows=datasets(), params=calls)
def test_any_rows_are_counted_by_one_or_the_other(rows: list[Row], params: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = write_metadata(Path(name), rows)
        with irdb_sql.connect(folder) as db, connect_without_shortcuts(folder) as other:
            for query in STATISTICS:
                expected = other.query(query, params)
                assert db.query(query, params).equals(expected)
                assert db.query(query, params, lazy=True).collect().equals(expected)


@pytest.mark.parametrize("name", STATISTICS)
def test_a_whole_8k_sample_is_counted_without_the_engine(large_sample: Path, name: str) -> None:
    with irdb_sql.connect(large_sample) as db, connect_without_shortcuts(large_sample) as other:
        for params in (
            {},
            {"split": "test"},
            {"by_classification": True},
            {"by_classification": True, "split": "train"},
        ):
            expected = other.query(name, params)
            asked = {"split": None, "by_classification": None} | params
            assert counted(db, name, asked).equals(expected)
            assert db.query(name, params).equals(expected)
            assert db.query(name, params, lazy=True).select(expected.columns[2:]).collect().equals(expected[:, 2:])
        assert db.query(name, subset="1k").equals(other.query(name, subset="1k"))


@pytest.mark.parametrize(
    "rows",
    [
        [image("p", "a", 1), image("p", "b", 16)],
        [image("p", "a", 1), image("p", "b", 0)],
        [image("p", "a", 1, overall_rating=8), image("p", "b", 2)],
        [image("p", "a", 1, classification="Arts"), image("p", "b", 2, classification="People")],
        [image("p", "a", 1), image("q", "b", 1), image("p", "c", 2)],
    ],
    ids=["a rank of 16", "a rank of 0", "a rating of 8", "a prompt of two classes", "a prompt at two places"],
)
def test_what_is_rarely_seen_is_left_to_the_engine(tmp_path: Path, rows: list[Row]) -> None:
    folder = write_metadata(tmp_path, rows)
    with irdb_sql.connect(folder) as db, connect_without_shortcuts(folder) as other:
        refused = 0
        for name in STATISTICS:
            try:
                counted(db, name, {"split": None, "by_classification": True})
            except OtherLayoutError:
                refused += 1
            assert db.query(name, by_classification=True).equals(other.query(name, by_classification=True))
        assert refused


def test_a_file_that_has_changed_is_not_counted(tmp_path: Path) -> None:
    folder = write_metadata(tmp_path, [image("p", "a", 1), image("p", "b", 2)])
    with irdb_sql.connect(folder) as db:
        before = [db.query(name) for name in STATISTICS]
        assert db.sql("SELECT count(*) FROM images").item() == 2  # which holds the rows as they are now
        write_metadata(tmp_path, [image("p", name, 1) for name in "abc"])
        assert all(db.query(name).equals(rows) for name, rows in zip(STATISTICS, before, strict=True))


def test_registered_rows_and_limits_leave_the_counting_to_the_engine(tmp_path: Path) -> None:
    folder = write_metadata(tmp_path, [image("p", "a", 1), image("p", "b", 2)])
    for options in ({"timeout": 5.0}, {"threads": 1}, {"memory_limit": "100MB"}):
        with irdb_sql.connect(folder, **options) as limited:
            assert not limited._engine.shortcuts  # noqa: SLF001 - which nothing shows outside


@pytest.mark.parametrize(
    "params", [{"subset": "1k"}, {"by_classification": "yes"}, {"min_rank_gap": 1.5}, {"min_rank_gap": 2**40}]
)
def test_parameters_that_only_the_engine_knows_are_left_to_it(params: dict[str, Any]) -> None:
    assert parse_choice({"split": None, "subset": None, "by_classification": None} | params) is None
    choice = StatisticsChoice(by_classification=True)
    assert parse_choice({"split": None, "subset": None, "by_classification": True}) == choice
