"""Metadata in parquet files: footers that are wrong lose no row in silence, and files that change are told."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import polars as pl
import pytest
from fakes.parquet_footers import MAX, MIN, NULLS, change_row_count, change_statistic
from hypothesis import given, settings
from hypothesis import strategies as st

import irdb_sql
from irdb_sql.engine import base_view
from irdb_sql.sources.errors import BrokenFileError, ChangedFileError
from irdb_sql.sources.sample.dataset import EMBEDDED, write_sample

if TYPE_CHECKING:
    from pathlib import Path

    from irdb_sql import ImageRewardDB

TEXTS = ("image_path", "prompt_id", "prompt", "classification")
NUMBERS = ("rank", "overall_rating", "image_text_alignment_rating", "fidelity_rating", "image_amount_in_total")
WRONG = [(column, statistic) for column in (*TEXTS, *NUMBERS) for statistic in (MIN, MAX)]
FILE = "metadata-test.parquet"
STATEMENTS = (
    "SELECT count(*) FROM preference_pairs()",
    "SELECT count(*), min(rank), max(rank), min(prompt_id), max(image_path), min(prompt) FROM images",
    "SELECT rank, count(*) FROM images GROUP BY rank ORDER BY rank",
    "SELECT count(*) FROM images WHERE rank = 1 OR overall_rating < 3",
    "SELECT count(*) FROM images WHERE prompt_id = (SELECT min(prompt_id) FROM images WHERE rank = 1)",
    "SELECT count(*) FROM images AS a JOIN images AS b USING (image_path)",
    "SELECT count(*) FROM metadata WHERE image_path IS NULL",
    "SELECT classification, count(*) FROM images GROUP BY ALL ORDER BY ALL",
)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound")
    write_sample(folder / "all", EMBEDDED)
    (folder / "test").mkdir()
    shutil.copy(folder / "all" / FILE, folder / "test")
    return folder / "test"


@pytest.fixture
def folder(sound: Path, tmp_path: Path) -> Path:
    return shutil.copytree(sound, tmp_path / "test")


@pytest.fixture
def read_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold no file in memory, as if it were large."""
    monkeypatch.setattr(base_view, "LARGEST_HELD", 0)


def answers(db: ImageRewardDB) -> list[object]:
    counted = db.pair_counts().select("images", "pairs", "strict_pairs").rows()
    return [*(db.sql(text).rows() for text in STATEMENTS), counted, db.pairs().height]


def claim(column: str, statistic: int) -> bytes:
    """A minimum that some values are below, or a maximum that some are above."""
    if column in TEXTS:
        return b"zzz" if statistic == MIN else b"!"
    return (5 if statistic == MIN else 3).to_bytes(8, "little")


@pytest.mark.parametrize(("column", "statistic"), WRONG)
def test_wrong_statistics_change_no_answer(column: str, statistic: int, folder: Path, sound: Path) -> None:
    change_statistic(folder / FILE, column, statistic, claim(column, statistic))
    with irdb_sql.connect(sound) as db, irdb_sql.connect(folder) as wrong:
        assert answers(wrong) == answers(db)


@pytest.mark.usefixtures("read_in_place")
@pytest.mark.parametrize(("column", "statistic"), WRONG)
def test_wrong_statistics_of_a_large_file_are_told_when_it_is_opened(column: str, statistic: int, folder: Path) -> None:
    change_statistic(folder / FILE, column, statistic, claim(column, statistic))
    with pytest.raises(BrokenFileError, match=f"metadata-test.*its footer says that {column} is from .*row group 0"):
        irdb_sql.connect(folder)


@pytest.mark.usefixtures("read_in_place")
def test_right_statistics_of_a_large_file_are_no_fault(folder: Path, sound: Path) -> None:
    with irdb_sql.connect(folder) as in_place:
        found = answers(in_place)
    with pytest.MonkeyPatch.context() as patch, irdb_sql.connect(sound) as held:
        patch.undo()
        assert answers(held) == found


texts = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=80) | st.sampled_from(
    ["", "\x00", "\\x41", "\U0010ffff" * 80, "é" * 200, "a\\xff"]
)


@given(prompts=st.lists(st.none() | texts, min_size=1, max_size=6), writer=st.sampled_from(["polars", "pyarrow"]))
@settings(max_examples=12, deadline=None)
def test_statistics_of_any_text_are_no_fault(
    sound: Path, tmp_path_factory: pytest.TempPathFactory, prompts: list[str | None], writer: str
) -> None:
    rows = pl.read_parquet(sound / FILE).head(len(prompts)).with_columns(prompt=pl.Series(prompts, dtype=pl.String))
    path = tmp_path_factory.mktemp("texts") / FILE
    rows.write_parquet(path, use_pyarrow=writer == "pyarrow", row_group_size=2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(base_view, "LARGEST_HELD", 0)
        with irdb_sql.connect(path) as db:
            assert db.sql("SELECT prompt FROM metadata ORDER BY row_index")["prompt"].to_list() == prompts


@pytest.mark.usefixtures("read_in_place")
def test_the_audit_finds_pairs_that_the_engine_loses(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with irdb_sql.connect(folder) as db:
        assert db.query("miscounted_pairs").is_empty()
    monkeypatch.setattr(base_view, "check_in_place", lambda *_: None)
    change_statistic(folder / FILE, "prompt_id", MAX, b"!")
    with irdb_sql.connect(folder) as db:
        lost = db.query("miscounted_pairs")
        (found,) = db.sql("SELECT count(*) FROM preference_pairs(keep_ties := TRUE)").row(0)
        assert lost.select("counted_pairs", "expanded_pairs").sum().row(0) == (db.pair_counts()["pairs"].sum(), found)
        assert dict(db.query("audit").select("check_name", "findings").rows())["miscounted_pairs"] == lost.height > 0


@pytest.mark.parametrize("difference", [-1, 1, -100])
def test_a_wrong_number_of_rows_is_told_when_the_file_is_opened(difference: int, folder: Path) -> None:
    change_row_count(folder / FILE, difference)
    with pytest.raises(BrokenFileError, match="metadata-test"):
        irdb_sql.connect(folder)


def test_a_wrong_number_of_missing_paths_is_told_when_the_file_is_opened(folder: Path) -> None:
    rows = pl.read_parquet(folder / FILE)
    rows.with_columns(image_path=pl.col("image_path").replace(rows["image_path"][3], None)).write_parquet(folder / FILE)
    with irdb_sql.connect(folder) as db:
        assert db.sql("SELECT count(*) FROM metadata WHERE image_path IS NULL").item() == 1
    change_statistic(folder / FILE, "image_path", NULLS, 0)
    with pytest.raises(BrokenFileError, match="tells of 0 rows without image_path, but it has 1"):
        irdb_sql.connect(folder)


def test_a_column_whose_name_is_no_text_is_told(folder: Path) -> None:
    content = (folder / FILE).read_bytes()
    (folder / FILE).write_bytes(content.replace(b"fidelity_rating", b"fidelity\xffrating"))
    with pytest.raises(BrokenFileError, match="metadata-test.*the name of a column is not UTF-8"):
        irdb_sql.connect(folder)


@pytest.mark.slow
def test_wrong_statistics_of_a_verification_lose_no_image(tmp_path: Path) -> None:
    write_sample(tmp_path / "sample", EMBEDDED, images=True)
    verified = tmp_path / "verified.parquet"
    with irdb_sql.connect(tmp_path / "sample") as db:
        db.image_files(verify=True).write_parquet(verified)
    with irdb_sql.connect(tmp_path / "sample", images=verified) as db:
        expected = answers(db)
    wrong = {"status": b"a", "image_path": b"!", "location": b"!", "size": bytes(8), "crc": bytes(8)}
    for column, value in wrong.items():
        change_statistic(verified, column, MAX, value)
        with irdb_sql.connect(tmp_path / "sample", images=verified) as db:
            assert answers(db) == expected


def test_a_small_source_stays_as_it_was_when_a_statement_first_read_it(folder: Path) -> None:
    with irdb_sql.connect(folder) as db:
        before = answers(db)
        pl.read_parquet(folder / FILE).head(20).write_parquet(folder / FILE)
        assert answers(db) == before
        (folder / FILE).unlink()
        assert answers(db) == before


def test_a_file_that_changes_before_the_first_statement_is_told(folder: Path) -> None:
    with irdb_sql.connect(folder) as db:
        pl.read_parquet(folder / FILE).head(20).write_parquet(folder / FILE)
        for _ in range(2):
            with pytest.raises(ChangedFileError, match="metadata-test.*has changed since the database was opened"):
                db.sql("SELECT count(*) FROM images")
            with pytest.raises(ChangedFileError):
                db.pairs()
