"""The synthetic dataset: published layout, the real one's shapes, the same bytes for the same seed, whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from PIL import Image

import irdb_sql
from irdb_sql.core.schema import PUBLISHED
from irdb_sql.errors import TargetExistsError, UnwritableError
from irdb_sql.sources.errors import BrokenFileError, WrongValueError
from irdb_sql.sources.kinds.base import FileSize
from irdb_sql.sources.local import find_source
from irdb_sql.sources.open import open_source
from irdb_sql.sources.sample import dataset as sample
from irdb_sql.sources.sample import images as sample_images
from irdb_sql.sources.sample.checks import CHECKS
from irdb_sql.sources.sample.prompts import CLASSIFICATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Row, RunCli

    from irdb_sql import ImageRewardDB
    from irdb_sql.sources.local import OpenedFile

SMALL = {"test": sample.SplitShape((3, 2), 0.5)}


def test_a_whole_sample_has_the_sizes_of_the_published_subsets(large_sample: Path) -> None:
    with irdb_sql.connect(large_sample) as db:
        sizes = db.query("subset_sizes").select("subset", "split", "prompts", "images", "pairs").rows()
    published = {
        ("1k", "train"): (1000, 6200, 17_600), ("2k", "train"): (2000, 12_500, 35_500),
        ("4k", "train"): (4000, 25_100, 71_000), ("8k", "train"): (8000, 49_900, 141_100),
        ("8k", "validation"): (412, 2600, 7320), ("8k", "test"): (466, 2720, 7230),
    }  # fmt: skip
    actual = {(subset, split): tuple(numbers) for subset, split, *numbers in sizes}
    for key, expected in published.items():
        assert actual[key][0] == expected[0]
        assert actual[key][1:] == pytest.approx(expected[1:], rel=0.02)


def test_the_test_split_has_the_counted_group_sizes_and_ties(large_sample: Path) -> None:
    with irdb_sql.connect(large_sample, split="test") as db:
        assert db.query("images_per_prompt").select("images", "prompts").rows() == [
            (4, 194), (5, 2), (6, 45), (7, 159), (8, 43), (9, 23),
        ]  # fmt: skip
        assert db.pair_counts().select("pairs", "strict_pairs", "tied_pairs").row(0) == (7230, 6399, 831)
        at_a_rank = db.sql("SELECT max(images) FROM rank_counts()").item()
        skipped = db.query("skipped_ranks")
    assert at_a_rank == 2
    assert skipped.height == pytest.approx(137, abs=30)
    assert skipped.filter(pl.col("best_rank") > 1).height == pytest.approx(51, abs=20)


def test_ratings_mostly_agree_with_ranks(large_sample: Path) -> None:
    with irdb_sql.connect(large_sample) as db:
        for row in db.rating_agreement().iter_rows(named=True):
            assert row["missing"] == 0
            assert 0.6 < row["agreeing_share"] < 0.95
            assert row["disagreeing_share"] < (0.01 if row["kind"] == "overall" else 0.15)


def test_there_are_twelve_classes_of_unequal_size_and_hostile_prompts(large_sample: Path) -> None:
    with irdb_sql.connect(large_sample) as db:
        counted = db.query("classifications", split="train")
        prompts = db.prompts()["prompt"]
    assert set(counted["classification"]) == set(CLASSIFICATIONS)
    assert counted["prompts"][0] > 5 * counted["prompts"][-1]
    for hostile in ("<script>", '"; DROP', "\n", "\x1b[", "{{", "夜明け", "зима", "\u202e", "🦊"):
        assert prompts.str.contains(hostile, literal=True).any(), hostile
    assert prompts.str.len_chars().max() > 600  # type: ignore[operator]  # of a column of numbers
    assert prompts.n_unique() < len(prompts)


def test_ids_and_paths_are_unique_and_as_published(large_rows: list[Row]) -> None:
    paths = [row["image_path"] for row in large_rows]
    assert len(set(paths)) == len(paths)
    prompts = {(row["split"], row["prompt_id"]) for row in large_rows}
    assert len({prompt_id for _, prompt_id in prompts}) == len(prompts) == 8878
    pattern = r"^images/(train|validation|test)/(train|validation|test)_\d+/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\.webp$"
    assert pl.Series(paths).str.contains(pattern).all()
    assert pl.Series([row["prompt_id"] for row in large_rows]).str.contains(r"^\d{6}-\d{4}$").all()


def test_the_same_seed_makes_the_same_dataset_on_every_machine() -> None:
    rows = list(sample.make_split("test", sample.EMBEDDED["test"], seed=0))
    digest = hashlib.sha256(json.dumps(rows).encode()).hexdigest()
    # When this changes on purpose, _EDITION changes too, or people's caches keep the old sample.
    assert (sample._EDITION, digest[:16]) == (1, "2ef5b913fe18ee5c")  # noqa: SLF001 - a new edition changes the digest
    assert rows != list(sample.make_split("test", sample.EMBEDDED["test"], seed=1))


def test_images_are_small_real_webp_files_in_zips_with_their_json(tmp_path: Path) -> None:
    sample.write_sample(tmp_path / "s", SMALL, images=True)
    again = tmp_path / "again"
    sample.write_sample(again, SMALL, images=True)
    with irdb_sql.connect(tmp_path / "s") as db:
        rows = db.images().to_dicts()
    for part in (1, 2):
        path = tmp_path / "s" / "images" / "test" / f"test_{part}.zip"
        assert path.read_bytes() == (again / path.relative_to(tmp_path / "s")).read_bytes()
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            listed = json.loads(archive.read(f"test_{part}.json"))
            assert listed == [{name: row[name] for name in PUBLISHED} for row in rows if row["part"] == part]
            names = [Path(row["image_path"]).name for row in listed]
            assert Counter(archive.namelist()) == Counter([*names, f"test_{part}.json"])
            for name in names:
                with Image.open(io.BytesIO(archive.read(name))) as picture:
                    picture.load()
                    assert (picture.format, picture.size) == ("WEBP", (64, 64))


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(TargetExistsError, match="already exists and is not empty"):
        sample.write_sample(tmp_path, SMALL)
    with pytest.raises(FileExistsError):
        sample.write_sample(tmp_path / "mine.txt", SMALL)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    sample.write_sample(tmp_path / "new" / "deep", SMALL)
    (tmp_path / "empty").mkdir()
    sample.write_sample(tmp_path / "empty", SMALL)
    assert [path.name for path in (tmp_path / "empty").iterdir()] == ["metadata-test.parquet"]


@pytest.mark.parametrize("failure", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_a_full_disk_or_ctrl_c_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    drawn: list[Any] = []

    def draw(row: Any) -> bytes:
        drawn.append(row)
        if len(drawn) > 5:
            raise failure
        return b"x"

    monkeypatch.setattr(sample_images, "draw", draw)
    with pytest.raises(UnwritableError if isinstance(failure, OSError) else KeyboardInterrupt):
        sample.write_sample(tmp_path / "s", SMALL, images=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_two_processes_that_make_the_embedded_sample_at_once_both_have_it(tmp_path: Path) -> None:
    code = "import irdb_sql; print(irdb_sql.connect().pair_counts()['images'].sum())"
    env = {"XDG_CACHE_HOME": str(tmp_path), "HOME": str(tmp_path), "PATH": ""}
    both = [
        subprocess.Popen(
            [sys.executable, "-c", code], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    assert [process.communicate(timeout=60) for process in both] == [("2125\n", ""), ("2125\n", "")]
    (made,) = (tmp_path / "irdb-sql").iterdir()
    assert made.name == "sample-1"
    assert len(list(made.rglob("*.zip"))) == 36


@pytest.mark.parametrize("damage", ["remove", "cut", "empty folder", "a file in its place"])
def test_a_damaged_embedded_sample_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    sample.embedded_sample.cache_clear()
    folder = sample.embedded_sample()
    validation = folder / "metadata-validation.parquet"
    if damage == "remove":
        validation.unlink()
    elif damage == "cut":
        validation.write_bytes(validation.read_bytes()[:100])
    else:
        shutil.rmtree(folder)
        folder.mkdir() if damage == "empty folder" else folder.write_text("")
    sample.embedded_sample.cache_clear()
    with irdb_sql.connect() as db:
        assert db.query("totals").select("prompts", "images").row(0) == (344, 2125)
    sample.embedded_sample.cache_clear()
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


@pytest.fixture
def new_sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    made = sample.embedded_sample()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    sample.embedded_sample.cache_clear()
    shutil.copytree(made, tmp_path / "irdb-sql" / made.name)  # faster than to make one
    yield sample.embedded_sample()
    sample.embedded_sample.cache_clear()


def test_the_embedded_sample_keeps_what_checks_find_of_it(new_sample: Path) -> None:
    assert {file.path.name: file.size for file in open_source().files} == {
        opened.path.name: FileSize(rows, opened.value_bytes)
        for path in new_sample.glob("metadata-*.parquet")
        for rows in [pl.read_parquet(path).height]
        for opened in open_files(path)
    }
    assert {file.size for file in find_source(new_sample).files} == {None}


def open_files(source: Path) -> list[OpenedFile]:
    with irdb_sql.connect(source) as db:
        return db._engine.opened_files  # noqa: SLF001 - what its check has found


@pytest.mark.parametrize("damage", ["a value", "no Parquet"])
def test_a_changed_file_of_the_embedded_sample_is_checked(new_sample: Path, damage: str) -> None:
    test = new_sample / "metadata-test.parquet"
    if damage == "a value":
        pl.read_parquet(test).with_columns(rank=pl.lit(300)).write_parquet(test)
    else:
        test.write_bytes(b"x" * 1000)
    sizes = json.loads((new_sample / "sizes.json").read_text())
    (new_sample / "sizes.json").write_text(json.dumps(sizes | {test.name: test.stat().st_size}))
    sample.embedded_sample.cache_clear()
    with pytest.raises(WrongValueError if damage == "a value" else BrokenFileError):
        irdb_sql.connect()


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"metadata-test.parquet": {}}', '{"absent.parquet": {"sha256": ""}}']
)
def test_a_damaged_note_of_the_checks_is_done_without(new_sample: Path, content: str) -> None:
    (new_sample / CHECKS).write_text(content)
    assert {file.size for file in open_source().files} == {None}


def test_an_embedded_sample_of_an_earlier_version_is_made_anew(new_sample: Path) -> None:
    (new_sample / CHECKS).unlink()
    sizes = json.loads((new_sample / "sizes.json").read_text())
    del sizes[CHECKS]
    (new_sample / "sizes.json").write_text(json.dumps(sizes))
    sample.embedded_sample.cache_clear()
    assert None not in {file.size for file in open_source().files}


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file, where a folder should be")
    (tmp_path / "tmp").mkdir()
    code = "import irdb_sql; print(irdb_sql.connect().pair_counts()['images'].sum())"
    env = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "TMPDIR": str(tmp_path / "tmp"), "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "2125\n", "")
    assert list((tmp_path / "tmp").iterdir()) == []


def test_the_embedded_sample_shows_a_few_hundred_prompts(db: ImageRewardDB) -> None:
    assert db.query("totals").select("prompts", "images").row(0) == (344, 2125)


def test_the_command_writes_a_dataset_that_the_next_command_reads(run_cli: RunCli, tmp_path: Path) -> None:
    assert run_cli("sample", "mine", "--seed", "7") == (
        0, "", "note: wrote 1,878 synthetic prompts to mine; query them with --data mine\n",
    )  # fmt: skip
    code, out, err = run_cli("query", "totals", "--data", "mine", "--format", "json")
    assert (code, err) == (0, "")
    assert json.loads(out)[0]["prompts"] == 1878
    code, out, err = run_cli("sample", tmp_path / "mine")
    assert (code, out) == (1, "")
    assert err.startswith(f"error: '{tmp_path}/mine' already exists")
