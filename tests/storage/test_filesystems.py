"""Images in filesystems of fsspec."""

from __future__ import annotations

import uuid
from pathlib import Path

import fsspec
import pytest
from conftest import image, write_metadata
from fakes.image_server import FOLDER, ImageServer, content, zip_again

import irdb_sql
from irdb_sql.errors import MissingPackageError
from irdb_sql.images.errors import ImageError
from irdb_sql.storage.errors import RemoteError


def memory_root(data: dict[str, bytes]) -> str:
    root = f"memory://{uuid.uuid4()}"
    for path, each in data.items():
        with fsspec.open(f"{root}/{path}", "wb") as file:
            file.write(each)
    return root


def test_images_come_from_a_filesystem_of_fsspec(server: ImageServer, tmp_path: Path) -> None:
    packed = (server.folder / f"{FOLDER}.zip").read_bytes()
    root = memory_root({f"{FOLDER}.zip": packed, "images/plain/x.webp": b"plain", "images/plain/e.webp": b""})
    names = [
        *(f"{FOLDER}/{name}.webp" for name in "fax"),
        "images/plain/x.webp",
        "images/plain/e.webp",
        "images/no/x.webp",
    ]
    rows = [image("p", "x", 1, image_path=name) for name in names]
    with irdb_sql.connect(write_metadata(tmp_path, rows), images_root=root) as db:
        expected = [content("f"), content("a"), None, b"plain", None, None]
        assert db.images(images=True, on_error="null")["image"].to_list() == expected
        assert db.images(images=True, on_error="null", lazy=True).collect()["image"].to_list() == expected
        assert db.image_files()["status"].to_list() == ["ok", "ok", "missing", "ok", "empty", "archive_missing"]
        with fsspec.open(f"{root}/{FOLDER}.zip", "wb") as file:
            zip_again(changed := tmp_path / "changed.zip")
            file.write(changed.read_bytes())
        assert db.images(images=True, on_error="null")["image"].to_list()[:2] == [content("F"), content("A")]
        with fsspec.open(f"{root}/{FOLDER}.zip", "wb") as file:
            file.write(changed.read_bytes().replace(b"FFFF", b"XXXX"))
        with pytest.raises(ImageError, match="its CRC-32 is"):
            db.images(images=True)


def test_a_filesystem_that_nothing_knows_or_that_fails_is_an_error_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_metadata(tmp_path, [image("p", "a", 1)])
    with pytest.raises(RemoteError, match="nonsense"):
        irdb_sql.connect(tmp_path, images_root="nonsense://x/y")
    with pytest.raises(MissingPackageError, match="is not installed"):
        irdb_sql.connect(tmp_path, images_root="gs://bucket/x")

    def fail(*_: object, **__: object) -> bytes:
        raise TimeoutError("the disk is asleep")

    with irdb_sql.connect(tmp_path, images_root=memory_root({f"{FOLDER}.zip": b"x"})) as db:
        monkeypatch.setattr(fsspec.get_filesystem_class("memory"), "cat_file", fail)
        with pytest.raises(RemoteError, match="cannot be read: TimeoutError$|cannot be read: TimeoutError\n"):
            db.images(images=True, on_error="null")
