"""Images that leave: decoded to pixels, or written to folders, tars and zips."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import RunCli, image, uncovered, write_metadata

import irdb_sql
from irdb_sql.errors import ChoiceError, TargetExistsError, UnwritableError
from irdb_sql.images.errors import ImageError

if TYPE_CHECKING:
    from irdb_sql import ImageRewardDB


def written_images(target: Path) -> dict[str, bytes]:
    if target.suffix == ".zip":
        with zipfile.ZipFile(target) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    if target.suffix == ".tar":
        with tarfile.open(target) as tapes:
            return {entry.name: tapes.extractfile(entry).read() for entry in tapes}  # type: ignore[union-attr]  # every entry is a file
    files = sorted(path for path in target.rglob("*") if path.is_file())
    return {path.relative_to(target).as_posix(): path.read_bytes() for path in files}


@pytest.mark.parametrize("name", ["out.zip", "out.tar", "out", "deep/er/out"])
def test_each_image_is_written_once_under_its_path(db: ImageRewardDB, tmp_path: Path, name: str) -> None:
    target = tmp_path / name
    if target.suffix:
        target.write_bytes(b"an older file")
    pairs = db.pairs(split="test", images=True).head(40)
    progress: list[tuple[int, int]] = []
    count = db.export_images(
        pairs.drop("better_image", "worse_image"), target, progress=lambda *each: progress.append(each)
    )
    expected = dict(pairs.select("better_path", "better_image").rows()) | dict(
        pairs.select("worse_path", "worse_image").rows()
    )
    assert written_images(target) == expected
    assert count == len(expected)
    assert progress[0] == (0, count)
    assert progress[-1] == (count, count)
    assert not list(tmp_path.rglob(".irdb-*"))


def test_the_same_images_make_the_same_bytes(db: ImageRewardDB, tmp_path: Path) -> None:
    groups = db.groups(split="test").head(5)
    for name in ("one.zip", "two.zip", "one.tar", "two.tar"):
        db.export_images(groups, tmp_path / name)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert (tmp_path / "one.tar").read_bytes() == (tmp_path / "two.tar").read_bytes()
    names = list(written_images(tmp_path / "one.zip"))
    assert names == list(written_images(tmp_path / "one.tar")) == groups["image_path"].explode().to_list()


def test_the_zip_that_is_written_is_one_that_is_read(db: ImageRewardDB, tmp_path: Path) -> None:
    images = db.images(split="test").head(3)
    db.export_images(images, tmp_path / "out")
    with irdb_sql.connect(images_root=tmp_path / "out") as other:
        assert other.with_images(images).equals(db.with_images(images))


def test_a_bad_image_stops_or_is_skipped_and_nothing_half_is_left(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images/good.webp").write_bytes(b"good")
    rows = [image("p", "x", 1, image_path=f"images/{name}.webp") for name in ("good", "bad", "../../evil")]
    with irdb_sql.connect(write_metadata(tmp_path, rows), split="test") as db:
        images = db.sql("FROM image_places")
        for name in ("out", "out.zip", "out.tar"):
            with pytest.raises(ImageError, match="bad.webp"):
                db.export_images(images, tmp_path / name)
            assert not (tmp_path / name).exists()
            assert db.export_images(images, tmp_path / name, on_error="skip") == 1
            assert written_images(tmp_path / name) == {"images/good.webp": b"good"}
        with pytest.raises(ChoiceError, match="on_error cannot be 'null'"):
            db.export_images(images, tmp_path / "x", on_error="null")  # type: ignore[arg-type]  # no such choice
    assert not list(tmp_path.glob(".irdb-*"))


def test_a_folder_that_is_not_empty_is_not_written_into(db: ImageRewardDB, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("precious")
    with pytest.raises(TargetExistsError):
        db.export_images(db.images().head(1), tmp_path)
    with pytest.raises(UnwritableError):
        db.export_images(db.images().head(1), tmp_path / "mine.txt" / "x.zip")
    with pytest.raises(UnwritableError):
        db.export_images(db.images().head(1), tmp_path / "no folder" / "x.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("name", ["out.zip", "out.tar", "out"])
def test_a_full_disk_leaves_nothing(name: str, tmp_path: Path) -> None:
    code = (
        "import resource, sys, irdb_sql\n"
        "db = irdb_sql.connect()\n"
        "images = db.images(split='test')\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (600, 600))\n"  # no file may grow beyond this
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "try:\n    db.export_images(images, sys.argv[1])\n"
        "except irdb_sql.IrdbError as error:\n    print(type(error).__name__, error.sentence)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, name], cwd=tmp_path, env=uncovered(), capture_output=True, text=True, check=True
    )
    assert done.stdout == f"UnwritableError '{name}' could not be written: File too large\n"
    assert list(tmp_path.iterdir()) == []


def test_export_images_takes_a_statement_or_a_query(run_cli: RunCli, tmp_path: Path) -> None:
    code, out, err = run_cli("export-images", "best.zip", "--sql", "FROM images WHERE split = 'test' AND rank = 1")
    assert (code, out) == (0, "")
    count = len(written_images(tmp_path / "best.zip"))
    assert err.endswith(f"note: wrote {count} images to best.zip\n")
    code, _, err = run_cli("export-images", "wide", "--query", "widest_gaps", "--param", "limit=2")
    assert (code, len(written_images(tmp_path / "wide"))) == (0, 4)
    code, _, err = run_cli("export-images", "wide", "--query", "widest_gaps")
    assert code == 1
    assert "'wide' already exists and is not empty" in err
    text = "SELECT image_path AS place FROM images LIMIT 2"
    code, _, err = run_cli("export-images", "some.tar", "--sql", "-", "--column", "place", stdin=text)
    assert (code, len(written_images(tmp_path / "some.tar"))) == (0, 2)
    for wrong in ([], ["--sql", "FROM images", "--query", "images"]):
        code, _, err = run_cli("export-images", "x.zip", *wrong)
        assert code == 2
        assert "use either --sql TEXT or --query NAME" in err
    code, _, err = run_cli("export-images", "x.zip", "--sql", "FROM images", "--images-root", tmp_path)
    assert code == 1
    assert "archive missing" in err
    code, _, err = run_cli(
        "export-images",
        "x.zip",
        "--sql",
        "FROM images",
        "--images-root",
        tmp_path,
        "--on-error",
        "skip",
        "--allow-empty",
    )
    assert (code, err.splitlines()[-1]) == (0, "note: wrote 0 images to x.zip")
