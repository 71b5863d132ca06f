"""The manifest of image files, its verification, and databases that take only images whose file is good."""

from __future__ import annotations

import os
import random
import zipfile
import zlib
from pathlib import Path

import polars as pl
import pytest
from conftest import RunCli, image, write_metadata
from fakes.images import FOLDER, dataset, webp, write_zip

import irdb_sql
from irdb_sql.images import runs as image_runs
from irdb_sql.reports.render import render
from irdb_sql.storage import byteranges

COLUMNS = ["image_path", "split", "location", "member", "size", "crc", "status", "detail", "row_index"]


def statuses(files: pl.DataFrame) -> dict[str, str]:
    return {Path(path).stem: status for path, status in files.select("image_path", "status").rows()}


CHEAP = {"good": "ok", "fine": "ok", "text": "ok", "flipped": "ok", "empty": "empty", "missing": "missing"}
READ = CHEAP | {"flipped": "corrupt"}
DECODED = READ | {"text": "corrupt"}


def test_the_manifest_is_made_without_reading_an_image(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_runs, "content_of", lambda *_: pytest.fail("an image was read"))
    with irdb_sql.connect(folder) as db:
        files = db.image_files()
        assert files.columns == COLUMNS
        assert statuses(files) == CHEAP
        assert files.row(0)[2:6] == (f"{FOLDER}.zip", "good.webp", len(webp(1)), zlib.crc32(webp(1)))
        assert db.sql("FROM image_files ORDER BY row_index").equals(files)
        assert db.query("image_files", lazy=True).collect().equals(files)


def test_a_source_without_images_has_an_empty_manifest(tmp_path: Path) -> None:
    with irdb_sql.connect(write_metadata(tmp_path, [])) as db:
        for files in (db.image_files(), db.image_files(verify=True)):
            assert (files.columns, files.height) == (COLUMNS, 0)


def test_only_good_images_make_pairs(folder: Path, tmp_path: Path) -> None:
    verified = tmp_path / "verified.parquet"
    with irdb_sql.connect(folder) as db:
        assert db.pairs().height == 15
        db.image_files(decode=True).write_parquet(verified)
    with irdb_sql.connect(folder, images="ok") as db:
        assert db.pairs().height == 6
        assert db.prompts()["images"].item() == 4
        assert db.query("totals").select("images", "images_left_out").row(0) == (4, 2)
        assert statuses(db.image_files()) == CHEAP
        assert "only images whose file is ok" in repr(db)
    with irdb_sql.connect(folder, images=verified) as db:
        pairs = db.pairs(images=True)
        assert pairs.select("better_image", "worse_image").rows() == [(webp(1), webp(2))]
        assert db.query("totals").select("images", "images_left_out").row(0) == (2, 4)
        assert "only verified images" in db.source.name
        assert "**Left out:** images without an intact file, or outside what was asked for: 4." in render(db)


@pytest.mark.slow
def test_hundreds_of_thousands_of_listed_images_are_joined_fast_enough_to_use(tmp_path: Path) -> None:
    names = [str(random.Random(number).random()) for number in range(60_000)]  # noqa: S311 - any names
    (tmp_path / FOLDER).parent.mkdir(parents=True)
    with zipfile.ZipFile(tmp_path / f"{FOLDER}.zip", "w") as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(f"{name}.webp"), name)
    write_metadata(tmp_path, [image(str(number // 6), name, 1) for number, name in enumerate(names)])
    with irdb_sql.connect(tmp_path, images="ok") as db:
        assert db.images().height == 60_000
        assert db.image_files()["size"].to_list() == [len(name) for name in names]


def test_names_that_are_no_text_and_folders_that_cannot_be_read_stop_no_listing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / FOLDER).mkdir()
    (folder / FOLDER / "good.webp").write_bytes(b"unpacked")
    (folder / FOLDER / "fine.webp").mkdir()
    (folder / FOLDER / os.fsdecode(b"\xff.webp")).write_bytes(b"not UTF-8")
    with irdb_sql.connect(folder) as db:
        assert statuses(db.image_files()) == CHEAP | {"fine": "corrupt"}

        def refuse(_: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(os, "scandir", refuse)
        files = db.image_files()
        assert set(files["status"]) == {"corrupt"}
        assert set(files["detail"]) == {"the folder cannot be read: Permission denied"}


def test_a_directory_that_cannot_be_read_is_an_error_of_ours(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> byteranges.Tail:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(byteranges.LocalFile, "tail", fail)
    with irdb_sql.connect(folder) as db:
        assert set(db.image_files()["detail"]) == {"the archive cannot be read: Input/output error"}


def packed_at(folder: Path, *places: str) -> Path:
    """Write a dataset of the images a and b whose zip has members of its own bytes at these places."""
    write_zip(folder / f"{FOLDER}.zip", {place: place.encode() for place in places})
    return dataset(folder, "ab")


SEVERAL = {
    "unpacked": (("a.webp", "b.webp"), b"unpacked", "it is also in 'images/test/test_1.zip', which is not read"),
    "top": (
        ("a.webp", "b.webp", "old/a.webp", "__MACOSX/b.webp"),
        b"a.webp",
        "it is also in 'images/test/test_1.zip' as 'old/a.webp', which is not read",
    ),
    "reversed": (
        ("old/a.webp", "new/a.webp", "b.webp", "a.webp"),
        b"a.webp",
        "it is also in 'images/test/test_1.zip' as 'new/a.webp' and in 'images/test/test_1.zip' as 'old/a.webp', "
        "which is not read",
    ),
    "folder": (("test_1/a.webp", "test_1/b.webp", "README.md", "test_1.json"), b"test_1/a.webp", None),
}


@pytest.mark.parametrize("case", SEVERAL)
def test_an_image_at_several_places_says_which_is_not_read(tmp_path: Path, case: str, run_cli: RunCli) -> None:
    places, content_read, detail = SEVERAL[case]
    packed_at(tmp_path, *places)
    if case == "unpacked":
        (tmp_path / FOLDER).mkdir()
        (tmp_path / FOLDER / "a.webp").write_bytes(content_read)
    with irdb_sql.connect(tmp_path) as db:
        for is_read in (False, True):
            files = db.image_files(verify=is_read)
            assert files.select("status", "detail").rows() == [("ok", detail), ("ok", None)]
        assert db.images(images=True)["image"].to_list()[0] == content_read
    notes = run_cli("verify", "--data", tmp_path)[2]
    assert ("1 images are at several places" in notes) == (detail is not None)


@pytest.mark.parametrize("places", [("x/a.webp", "b.webp"), ("y/a.webp", "x/a.webp", "y/b.webp", "x/b.webp")])
def test_an_image_that_is_only_in_a_folder_of_a_zip_is_told_so(tmp_path: Path, places: tuple[str, ...]) -> None:
    with irdb_sql.connect(packed_at(tmp_path, *places)) as db:
        status, detail = db.image_files().select("status", "detail").row(0)
        assert status == "missing"
        assert detail.startswith("the archive has it as 'x/a.webp'")
        with pytest.raises(irdb_sql.IrdbError, match="put all of them in one folder of the archive"):
            db.with_images(db.images().head(1))


def test_an_empty_file_that_hides_a_member_says_where_else_the_image_is(tmp_path: Path) -> None:
    packed_at(tmp_path, "a.webp", "b.webp")
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "a.webp").touch()
    with irdb_sql.connect(tmp_path) as db:
        detail = "the file has no bytes; it is also in 'images/test/test_1.zip', which is not read"
        assert db.image_files().select("status", "detail").rows() == [("empty", detail), ("ok", None)]
