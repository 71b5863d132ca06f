"""Images whose bytes are in columns of Parquet files."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

import irdb_sql
from irdb_sql.errors import ImageError
from irdb_sql.images import cells

if TYPE_CHECKING:
    from collections.abc import Iterator

    from irdb_sql import ImageRewardDB

IMAGES = 30
GROUP_ROWS = 10


def picture(number: int) -> bytes:
    """Draw a picture that tells its number."""
    content = io.BytesIO()
    Image.new("RGB", (2, 2), (number, 0, 0)).save(content, "PNG")
    return content.getvalue()


def pick(first: int, second: int, **more: Any) -> dict[str, Any]:
    """Make a row of Pick-a-Pic."""
    row = {
        "caption": f"prompt {first % 3}", "image_0_uid": f"i{first}", "image_1_uid": f"i{second}",
        "jpg_0": picture(first), "jpg_1": picture(second), "label_0": 1.0, "label_1": 0.0, "has_label": True,
        "user_id": 1, "model_0": "a", "model_1": "b",
    }  # fmt: skip
    return row | more


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    """Write rows in groups of ten."""
    pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=GROUP_ROWS)
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two files, of which the second has an image of the first again, with other bytes."""
    folder = tmp_path_factory.mktemp("pickapic")
    write(folder / "train-00000-of-00002.parquet", [pick(number, number + 1) for number in range(0, IMAGES, 2)])
    write(folder / "train-00001-of-00002.parquet", [pick(0, 30, jpg_0=picture(99)), pick(33, 36)])
    return folder


@pytest.fixture(scope="module")
def picks(folder: Path) -> Iterator[ImageRewardDB]:
    with irdb_sql.connect(folder) as db:
        yield db


def numbers(frame: pl.DataFrame, name: str = "image") -> list[int]:
    """Return the numbers that pictures tell."""
    return [Image.open(io.BytesIO(content)).getpixel((0, 0))[0] for content in frame[name]]  # type: ignore[index]


def test_every_image_is_read_from_where_it_first_occurs(picks: ImageRewardDB) -> None:
    frame = picks.with_images(picks.images())
    assert frame.height == IMAGES + 3
    assert numbers(frame) == [int(path[1:]) for path in frame["image_path"]]


def test_pairs_have_both_images(picks: ImageRewardDB) -> None:
    frame = picks.pairs(images=True)
    assert numbers(frame, "better_image") == [int(path[1:]) for path in frame["better_path"]]
    assert numbers(frame, "worse_image") == [int(path[1:]) for path in frame["worse_path"]]


def test_only_the_row_groups_of_wanted_images_are_read(picks: ImageRewardDB, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[tuple[str, int, list[str]]] = []
    original = pq.ParquetFile.read_row_group

    def read_row_group(self: Any, group: int, columns: list[str]) -> pa.Table:
        read.append((Path(self.reader.path if hasattr(self.reader, "path") else "").name, group, columns))
        return original(self, group, columns=columns)

    monkeypatch.setattr(pq.ParquetFile, "read_row_group", read_row_group)
    lazy = picks.with_images(picks.images(lazy=True))
    lazy.select(pl.len()).collect()
    assert read == []
    assert numbers(lazy.filter(pl.col("image_path") == "i22").collect()) == [22]
    assert [(group, columns) for _, group, columns in read] == [(1, ["jpg_0"])]


def test_the_files_are_listed_without_reading_bytes(picks: ImageRewardDB, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.delattr(cells.CellReader, "tasks")
        listed = picks.image_files()
    assert set(listed["status"]) == {"ok"}
    assert set(listed["location"]) == {"train-00000-of-00002.parquet", "train-00001-of-00002.parquet"}
    assert set(picks.image_files(decode=True)["status"]) == {"ok"}


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (None, "missing", "the cell has no bytes"),
        (b"", "empty", "the cell has no bytes"),
        (b"version https://git-lfs.github.com/spec/v1\n", "corrupt", "a pointer of Git LFS"),
    ],
)
def test_a_cell_without_an_image_is_told(tmp_path: Path, content: bytes | None, status: str, words: str) -> None:
    path = write(tmp_path / "train.parquet", [pick(0, 1), pick(2, 3, jpg_1=content)])
    with irdb_sql.connect(path) as db:
        with pytest.raises(ImageError, match="train.parquet, column jpg_1, row 2"):
            db.with_images(db.images())
        frame = db.with_images(db.images(), on_error="null")
        assert frame.filter(pl.col("image").is_null())["image_path"].to_list() == ["i3"]
        (fault,) = db.image_files(verify=True).filter(pl.col("status") != "ok").iter_rows(named=True)
        assert fault["status"] == status
        assert words in fault["detail"]


def test_a_file_that_changes_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "train.parquet", [pick(0, 1)])
    with irdb_sql.connect(path) as db:
        write(path, [pick(2, 3)])
        with pytest.raises(ImageError, match="has changed since the database was opened"):
            db.with_images(db.images())


def test_a_file_that_is_broken_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "train.parquet", [pick(0, 1)])
    with irdb_sql.connect(path) as db:
        content = path.read_bytes()
        path.write_bytes(content[:4] + bytes(len(content) - 12) + content[-8:])
        monkeypatch.setattr(cells, "file_stamp", lambda _path: db.source.files[0].stamp)
        with pytest.raises(ImageError, match="cannot be read"):
            db.with_images(db.images())


def test_images_elsewhere_are_read_from_there(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "i22").write_bytes(picture(7))
    with irdb_sql.connect(folder, images_root=tmp_path) as db:
        assert numbers(db.with_images(db.images().filter(image_path="i22"))) == [7]


def test_structs_hold_bytes_too(tmp_path: Path) -> None:
    rows = [
        {
            "prompt": "p", "image1": {"bytes": picture(number), "path": None}, "image1_path": f"{number}.png",
            "image2": {"bytes": picture(number + 1), "path": None}, "image2_path": f"{number + 1}.png",
            "votes_image1": 3, "votes_image2": 1,
        }
        for number in range(0, 40, 2)
    ]  # fmt: skip
    with irdb_sql.connect(write(tmp_path / "test.parquet", rows)) as db:
        frame = db.with_images(db.images())
        assert numbers(frame) == [int(path.split(".")[0]) for path in frame["image_path"]]


def test_the_variant_without_bytes_reads_files(tmp_path: Path) -> None:
    rows = [{name: value for name, value in pick(0, 1).items() if not name.startswith("jpg")}]
    write(tmp_path / "test.parquet", rows)
    (tmp_path / "i0").write_bytes(picture(0))
    with irdb_sql.connect(tmp_path) as db:
        assert db.image_files()["status"].to_list() == ["ok", "missing"]
        assert numbers(db.with_images(db.images().head(1))) == [0]
