"""What two sets share is found whatever the layout of each, and exports without a manifest are read as exports."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
from conftest import RunCli, image, write_metadata
from oracles.exports import normal_text
from oracles.vote_files import CAT, DOG, EXPECTED, write_votes

import irdb_sql
from irdb_sql import errors

if TYPE_CHECKING:
    from irdb_sql import ImageRewardDB

pytestmark = pytest.mark.filterwarnings("ignore::irdb_sql.sources.kinds.errors.VotelessRowsWarning")

UUIDS = [f"{number:08x}-0000-4000-8000-00000000000a" for number in range(4)]


def choices(path: Path, prompt: str, *images: str) -> Path:
    """A file of HPDv2 with one choice."""
    path.write_text(json.dumps([{"prompt": prompt, "file_path": images, "human_preference": [1, 0], "user_hash": "u"}]))
    return path


def pickapic(path: Path, prompt: str, images: dict[str, bytes]) -> Path:
    """A file of Pick-a-Pic with one label of two images."""
    (first, one), (second, other) = images.items()
    row = {"caption": prompt, "image_0_uid": first, "image_1_uid": second, "label_0": 1.0, "label_1": 0.0}
    pl.DataFrame([row | {"jpg_0": one, "jpg_1": other}]).write_parquet(path)
    return path


def leaks(db: ImageRewardDB, a: Path, b: Path) -> list[tuple[object, ...]]:
    return db.check_split(a, b).select("leak", "shared_value").rows()


def test_images_of_diffusiondb_are_found_by_their_uuid_in_the_folders_of_another_set(
    db: ImageRewardDB, tmp_path: Path
) -> None:
    rows = [image("p", UUIDS[0], 1), image("p", UUIDS[1], 2), image("q", UUIDS[2], 1)]
    (tmp_path / "data").mkdir()
    data = write_metadata(tmp_path / "data", [row | {"prompt": f"A  {row['prompt_id']}"} for row in rows])
    mine = choices(tmp_path / "train.json", "other", f"db/part/{UUIDS[1].upper()}.jpg", f"db/{UUIDS[3]}.jpg")
    assert leaks(db, mine, data) == [("image", UUIDS[1])]
    text = choices(tmp_path / "test.json", " a q", f"db/{UUIDS[3]}.jpg", "db/no-uuid.jpg")
    assert leaks(db, data, text) == [("text", "a q")]
    assert leaks(db, mine, text) == [("image", UUIDS[3])]


def test_bytes_in_columns_are_compared_with_those_of_exports_and_of_another_set(
    db: ImageRewardDB, tmp_path: Path
) -> None:
    source = pickapic(tmp_path / "a.parquet", "one", {UUIDS[0]: b"same", "u1": b"first"})
    with irdb_sql.connect(source) as voted:
        voted.export("webdataset", tmp_path / "tars")
        voted.export("pickscore", tmp_path / "labels.parquet")
    other = pickapic(tmp_path / "b.parquet", "two", {"v0": b"other", "v1": b"same"})
    for place in (tmp_path / "tars", tmp_path / "labels.parquet", source):
        assert leaks(db, other, place) == [("bytes", UUIDS[0])], place
    without = tmp_path / "c.parquet"
    pl.read_parquet(other).drop("jpg_0", "jpg_1").write_parquet(without)
    assert leaks(db, without, source) == []
    named = pickapic(tmp_path / "d.parquet", "three", {UUIDS[0]: b"x", "w": b"y"})
    kept = choices(tmp_path / "train.json", "four", f"images/{UUIDS[0]}.png", "z.png")
    assert leaks(db, named, kept) == [("image", UUIDS[0])]


@pytest.mark.parametrize("name", EXPECTED)
def test_a_set_of_every_layout_shares_its_texts_and_images_with_its_votes(
    db: ImageRewardDB, name: str, tmp_path: Path
) -> None:
    place = write_votes(tmp_path / "in", name)
    with irdb_sql.connect(place) as voted:
        voted.export("votes", tmp_path / "out")
    shared = db.check_split(place.parent if name == "pickapic" else place, tmp_path / "out")
    texts = {each.prompt for each in EXPECTED[name]}
    images = {path for each in EXPECTED[name] for path in (each.first, each.second)}
    assert set(shared.filter(leak="text")["shared_value"]) == {*map(normal_text, texts)}
    assert set(shared.filter(leak="image")["shared_value"]) == images
    assert shared.filter(leak="prompt_id").height == len(texts)


def test_the_layout_and_columns_of_a_table_can_be_named(tmp_path: Path, run_cli: RunCli) -> None:
    rows = [{"question": DOG, "x": "1.png", "y": "2.png", "says": "A"}]
    pl.DataFrame(rows).write_csv(tmp_path / "mine.csv")
    other = choices(tmp_path / "train.json", DOG.upper(), "3.png", "4.png")
    with irdb_sql.connect(other) as voted:
        voted.export("hpdv2", tmp_path / "out")
    columns = "prompt=question,first=x,second=y,label=says"
    code, answer, notes = run_cli(
        "check-split", tmp_path / "mine.csv", tmp_path / "out", "--columns", columns, "--format", "csv"
    )
    assert (code, answer) == (1, "leak,shared_value,a_images,b_images\ntext,a dog,2,2\n"), notes
    code, _, notes = run_cli("check-split", other, tmp_path / "mine.csv", "--layout", "hpdv2", "--format", "csv")
    assert code == 1
    assert "mine.csv" in notes
    with irdb_sql.connect() as db, pytest.raises(errors.ChoiceError):
        db.check_split(other, other, layout="hpdv9")


def test_an_export_without_its_manifest_is_read_as_an_export(db: ImageRewardDB, tmp_path: Path) -> None:
    source = pickapic(tmp_path / "a.parquet", CAT, {"u0": b"same", "u1": b"first"})
    with irdb_sql.connect(source) as voted:
        for format in ("pairs", "pickscore", "preference"):
            voted.export(format, tmp_path / f"{format}.parquet")
            voted.export(format, tmp_path / f"{format}-paths.parquet", images=False)
    for manifest in tmp_path.glob("*.manifest.json"):
        manifest.unlink()
    other = pickapic(tmp_path / "b.parquet", "two", {"v0": b"other", "v1": b"same"})
    for format in ("pairs", "pickscore", "preference"):
        assert leaks(db, tmp_path / f"{format}.parquet", other) == [("bytes", "u0")]
        shared = db.check_split(tmp_path / f"{format}-paths.parquet", source)
        assert shared.filter(leak="image")["shared_value"].to_list() == ["u0", "u1"]
