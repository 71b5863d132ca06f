"""What lies below a root of images, and that nothing outside of it is read."""

from __future__ import annotations

import os
import re
from pathlib import Path

import polars as pl
import pytest
from conftest import image, write_metadata
from fakes.images import FOLDER, bytes_of, content, dataset, write_zip

import irdb_sql
from irdb_sql.images.errors import ImageError, ImagesRootError
from irdb_sql.scorers.errors import ScoresNotFoundError
from irdb_sql.sources.errors import SourceNotFoundError

IMAGES = "images/"


def test_bytes_come_from_below_an_images_root(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    write_zip(tmp_path / "elsewhere" / f"{FOLDER}.zip", {"a.webp": content("a")})
    (tmp_path / "data").mkdir()
    for root in (tmp_path / "elsewhere", (tmp_path / "elsewhere").as_uri()):
        with irdb_sql.connect(dataset(tmp_path / "data", "a"), images_root=root) as db:
            assert db.images(images=True)["image"].item() == content("a")
    with pytest.raises(ImagesRootError, match="no such folder"):
        irdb_sql.connect(tmp_path / "data", images_root=tmp_path / "nowhere")


HOSTILE = [
    "../secret.webp", "images/../../secret.webp", "/etc/passwd", "images//secret.webp", "./secret.webp", "..", ".", "",
    "images/test/..", "C:/secret.webp", "C:\\secret.webp", "images\\..\\..\\secret", "\\\\host\\share\\secret", "a\0b",
    "images/test/", "images/link/secret.webp", "images/test/link.webp", "images/far/secret.webp", "images/test/pipe",
    "images/" + "a" * 300 + ".webp", "images/test/folder", "images/" * 2000 + "a", "images/test/none.webp\n",
]  # fmt: skip


@pytest.mark.parametrize("lazy", [False, True])
def test_hostile_paths_read_nothing_outside_the_root(tmp_path: Path, lazy: bool) -> None:  # noqa: FBT001 - pytest passes parameters by name
    (tmp_path / "secret.webp").write_bytes(b"secret")
    write_zip(tmp_path / "far.zip", {"secret.webp": b"secret"})
    root = tmp_path / "root"
    (root / "images/test/folder").mkdir(parents=True)
    (root / "images/link").symlink_to(tmp_path)
    (root / "images/test/link.webp").symlink_to(tmp_path / "secret.webp")
    (root / "images/far.zip").symlink_to(tmp_path / "far.zip")
    os.mkfifo(root / "images/test/pipe")
    (root / "images/test/good.webp").write_bytes(b"good")
    (root / "images/test/inside.webp").symlink_to(root / "images/test/good.webp")
    frame = pl.DataFrame({"image_path": [*HOSTILE, "images/test/good.webp", "images/test/inside.webp"]})
    rows = [image("p", "x", 1, image_path=path) for path in frame["image_path"] if "\0" not in path and path]
    folder = tmp_path / "hostile"
    folder.mkdir()
    write_metadata(folder, rows)
    with irdb_sql.connect(folder, images_root=root) as db:
        table = frame.lazy() if lazy else frame
        actual = db.with_images(table, on_error="null").lazy().collect()["image"].to_list()
        assert actual == [*[None] * len(HOSTILE), b"good", b"good"]
        for path in HOSTILE:
            with pytest.raises(ImageError):
                db.with_images(pl.DataFrame({"image_path": [path]}))
    with irdb_sql.connect(folder, images_root=root) as db:
        files = db.image_files(verify=True)
        assert files.filter(status="ok")["image_path"].to_list() == frame["image_path"].to_list()[-2:]
        assert set(files["status"]) == {"ok", "missing", "corrupt"}


def test_only_folders_of_the_datas_images_are_read_unless_trusted(tmp_path: Path) -> None:
    folder = dataset(tmp_path, "a")
    write_zip(folder / f"{FOLDER}.zip", {"a.webp": content("a")})
    (folder / ".ssh").mkdir()
    (folder / ".ssh/id_rsa").write_bytes(b"secret")
    strange = [".ssh/id_rsa", "metadata-test.parquet", f"{FOLDER}.zip"]
    frame = pl.DataFrame({"image_path": [*strange, f"{FOLDER}/a.webp"]})
    with irdb_sql.connect(folder) as db:
        for table in (frame, frame.lazy()):
            actual = db.with_images(table, on_error="null").lazy().collect()["image"].to_list()
            assert actual == [None, None, None, content("a")]
        for path in strange:
            with pytest.raises(ImageError, match="no image of the data lies in its folder"):
                db.export_images(pl.DataFrame({"image_path": [path]}), tmp_path / "out.zip")
    with irdb_sql.connect(folder, trusted=True) as db:
        assert db.with_images(frame.head(1))["image"].to_list() == [b"secret"]


@pytest.mark.parametrize("blobs", ["datasets--a--b/blobs", "blobs/0f"])
def test_the_cache_of_a_hub_may_link_to_its_blobs(tmp_path: Path, blobs: str) -> None:
    blob = write_zip(tmp_path / blobs / "0f3a", {"a.webp": content("a")})
    folder = tmp_path / "datasets--a--b/snapshots/1234"
    (folder / FOLDER).parent.mkdir(parents=True)
    (folder / f"{FOLDER}.zip").symlink_to(blob)
    assert bytes_of(dataset(folder, "a")) == [content("a")]


@pytest.mark.parametrize("place", ["datasets--a--b/refs", "datasets--c--d/blobs", "locks", "mine/snapshots/1234"])
def test_the_cache_of_a_hub_may_link_to_nothing_else(tmp_path: Path, place: str) -> None:
    blob = write_zip(tmp_path / place / "0f3a", {"a.webp": content("a")})
    name = "mine" if place.startswith("mine") else "datasets--a--b"
    folder = tmp_path / name / "snapshots/5678"
    (folder / FOLDER).parent.mkdir(parents=True)
    (folder / f"{FOLDER}.zip").symlink_to(blob)
    with pytest.raises(ImageError, match="leads out"):
        bytes_of(dataset(folder, "a"))


def test_the_library_of_the_hub_links_as_is_expected_here(tmp_path: Path) -> None:
    """The installed library publishes blobs to a store of the whole cache; older ones have none."""
    shared = pytest.importorskip("huggingface_hub.utils._shared_blobs")
    repository = tmp_path / "datasets--a--b"
    packed = write_zip(repository / "blobs/0f3a", {"a.webp": content("a")})
    size = packed.stat().st_size
    assert shared.publish_blob_to_shared_store(
        blob_path=str(packed), xet_hash="a" * 64, cache_dir=tmp_path, expected_size=size
    )
    folder = repository / "snapshots/1234"
    (folder / FOLDER).parent.mkdir(parents=True)
    (folder / f"{FOLDER}.zip").symlink_to(os.path.relpath(packed, (folder / FOLDER).parent))
    assert bytes_of(dataset(folder, "a")) == [content("a")]


def test_a_root_may_be_what_stands_for_the_folder_images(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch/pics"
    write_zip(scratch / f"{FOLDER.removeprefix(IMAGES)}.zip", {"a.webp": content("a")})
    data = tmp_path / "data"
    data.mkdir()
    (data / "images").symlink_to(scratch)
    dataset(data, "a")
    with irdb_sql.connect(data) as db, pytest.raises(ImageError, match="the link 'images' leads out") as caught:
        db.images(images=True)
    told = re.search(r"pass '(.*)' as images_root", str(caught.value))
    assert told is not None
    with irdb_sql.connect(data, images_root=told[1]) as db:
        assert db.images(images=True)["image"].to_list() == [content("a")]
        assert db.image_files()["status"].to_list() == ["ok"]


LINKS = {
    "images": "elsewhere/images",
    "images/test": "elsewhere/images/test",
    FOLDER: f"elsewhere/{FOLDER}",
    f"{FOLDER}/a.webp": f"elsewhere/{FOLDER}/a.webp",
    f"{FOLDER}.zip": f"elsewhere/{FOLDER}.zip",
}


@pytest.mark.parametrize("target", ["out", "gone", "gone inside", "itself"])
@pytest.mark.parametrize("link", LINKS)
def test_a_link_that_cannot_be_followed_is_named_with_its_target(tmp_path: Path, link: str, target: str) -> None:
    there = tmp_path / LINKS[link]
    place = tmp_path / "data" / link
    place.parent.mkdir(parents=True)
    if target == "out" and link.endswith(".zip"):
        write_zip(there, {"a.webp": content("a")})
    elif target == "out":
        (tmp_path / "elsewhere" / FOLDER).mkdir(parents=True)
        (tmp_path / "elsewhere" / FOLDER / "a.webp").write_bytes(content("a"))
    place.symlink_to({"out": there, "gone": there, "gone inside": Path("gone"), "itself": place}[target])
    words = {
        "out": f"the link {link!r} leads out of the folder of the images, to {str(there)!r}; p",
        "gone": f"the link {link!r} leads to {str(there)!r}, and nothing is there; mount the disk",
        "gone inside": f"the link {link!r} leads to {str(place.parent / 'gone')!r}, and nothing is there",
        "itself": f"the link {link!r} leads to itself",
    }[target]
    with irdb_sql.connect(dataset(tmp_path / "data", "a")) as db:
        status, detail = db.image_files().select("status", "detail").row(0)
        assert status == "missing"
        assert detail.startswith(words)
        with pytest.raises(ImageError) as caught:
            db.images(images=True)
        assert words in caught.value.sentence
        assert "as images_root" not in caught.value.hint
        assert db.images(images=True, on_error="null")["image"].to_list() == [None]


def test_a_zip_whose_link_leads_nowhere_hides_no_unpacked_file(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir(parents=True)
    (tmp_path / FOLDER / "a.webp").write_bytes(content("a"))
    (tmp_path / f"{FOLDER}.zip").symlink_to(tmp_path / "gone.zip")
    with irdb_sql.connect(dataset(tmp_path, "ab")) as db:
        assert db.image_files()["status"].to_list() == ["ok", "missing"]
        assert db.images(images=True, on_error="null")["image"].to_list() == [content("a"), None]


def test_a_file_whose_link_leads_nowhere_is_told(tmp_path: Path) -> None:
    dataset(tmp_path, "a")
    (tmp_path / "metadata-train.parquet").unlink(missing_ok=True)
    (tmp_path / "metadata-train.parquet").symlink_to(tmp_path / "gone.parquet")
    (tmp_path / "scores.csv").symlink_to(tmp_path / "gone.csv")
    words = r"is a link to '.*gone.{}', and nothing is there"
    for place in (tmp_path, tmp_path / "metadata-train.parquet"):
        with pytest.raises(SourceNotFoundError, match=words.format("parquet")):
            irdb_sql.connect(place)
    with pytest.raises(SourceNotFoundError, match=words.format("csv")):
        irdb_sql.connect(images=tmp_path / "scores.csv")
    with irdb_sql.connect() as db, pytest.raises(ScoresNotFoundError, match=words.format("csv")):
        db.evaluate(tmp_path / "scores.csv")


def test_an_unpacked_file_that_is_too_large_or_unreadable_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / FOLDER).mkdir(parents=True)
    (tmp_path / FOLDER / "a.webp").write_bytes(b"large")
    os.truncate(tmp_path / FOLDER / "a.webp", 2**40)
    (tmp_path / FOLDER / "b.webp").write_bytes(b"")
    dataset(tmp_path, "abc")
    with irdb_sql.connect(tmp_path) as db:
        assert db.image_files()["status"].to_list() == ["corrupt", "empty", "missing"]
        assert db.images(images=True, on_error="null")["image"].to_list() == [None] * 3

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(ImageError, match="cannot be read: Permission denied"):
        bytes_of(tmp_path)
