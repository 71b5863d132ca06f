"""What two exports or splits share is found, of each kind, in every format; nothing is where nothing is shared."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
from conftest import Row, RunCli, image, write_metadata
from oracles.exports import normal_text

import irdb_sql
from irdb_sql import errors
from irdb_sql.exports import errors as export_errors
from irdb_sql.exports.formats import EXPORT_FORMATS

if TYPE_CHECKING:
    from irdb_sql import ImageRewardDB

UUIDS = [f"{number:08x}-0000-4000-8000-000000000000" for number in range(8)]


def dataset(folder: Path, prompts: list[tuple[str, str, str]], contents: dict[str, bytes]) -> Path:
    """A split of prompts (id, text, name of the better image), each with a second image of its own."""
    rows: list[Row] = []
    for prompt_id, text, name in prompts:
        more = {"prompt": text, "classification": None}
        rows += [image(prompt_id, name, 1) | more, image(prompt_id, f"{name[:-1]}f", 2) | more]
    folder.mkdir()
    write_metadata(folder, rows)
    (folder / "images/test").mkdir(parents=True)
    with zipfile.ZipFile(folder / "images/test/test_1.zip", "w") as archive:
        for row in rows:
            name = Path(row["image_path"]).stem
            archive.writestr(f"{name}.webp", contents.get(name, f"{folder.name} {name}".encode()))
    return folder


PLANTED: dict[str, tuple[tuple[str, str, str], dict[str, bytes]]] = {
    "prompt_id": (("q", "other text", UUIDS[2]), {}),
    "text": (("r", " A  castle\u00a0in FOG ", UUIDS[2]), {}),
    "image": (("r", "other text", UUIDS[1]), {}),
    "bytes": (("r", "other text", UUIDS[2]), {UUIDS[2]: b"the same"}),
    "nothing": (("r", "other text", UUIDS[2]), {}),
}
EXPECTED = {"prompt_id": ["q"], "text": ["a castle in fog"], "image": [UUIDS[1], UUIDS[1][:-1] + "f"], "nothing": []}


def exported(folder: Path) -> list[Path]:
    """Export a dataset in six formats; return it and what was written."""
    with irdb_sql.connect(folder) as opened:
        for format in ("pairs", "webdataset", "ranking", "groups"):
            opened.export(format, folder / format, split="test")
        for name in ("m.csv", "m.ndjson"):
            opened.export("metadata", folder / name, split="test")
    return [folder, *(folder / name for name in ("pairs", "webdataset", "ranking", "groups", "m.csv", "m.ndjson"))]


@pytest.fixture(scope="module")
def trained_on(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A dataset that others leak into, and its exports."""
    folder = tmp_path_factory.mktemp("leaks") / "a"
    prompts = [("p", "a road", UUIDS[0]), ("q", "a castle in fog", UUIDS[1])]
    return exported(dataset(folder, prompts, {UUIDS[1]: b"the same"}))


@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_leak_of_each_kind_is_found_and_no_other(
    tmp_path: Path, trained_on: list[Path], db: ImageRewardDB, kind: str
) -> None:
    planted, contents = PLANTED[kind]
    judged = exported(dataset(tmp_path / "b", [planted], contents))
    for one, other in zip(trained_on, reversed(judged), strict=True):
        found = db.check_split(one, other)
        if kind != "bytes":
            assert found.select("leak", "shared_value").rows() == [(kind, value) for value in EXPECTED[kind]]
    found = db.check_split(trained_on[0] / "pairs", judged[0] / "webdataset")
    bytes_found = found.filter(leak="bytes")["shared_value"].to_list()
    assert bytes_found == ([f"images/test/test_1/{UUIDS[1]}.webp"] if kind == "bytes" else [])


def test_splits_of_the_data_are_compared_by_name(tmp_path: Path, run_cli: RunCli) -> None:
    rows = [image("p", "a", 1), image("q", "b", 1, split="train") | {"prompt": "TEXT of p"}]
    write_metadata(tmp_path, rows)
    code, answer, notes = run_cli("check-split", "test", "train", "--data", tmp_path, "--format", "csv")
    assert (code, answer) == (1, "leak,shared_value,a_images,b_images\ntext,text of p,1,1\n")
    assert notes == "note: test and train share 1 value: 1 of text\n"
    code, answer, notes = run_cli("check-split", "test", "validation", "--data", tmp_path, "--format", "csv")
    assert (code, answer) == (0, "leak,shared_value,a_images,b_images\n")
    assert notes == (
        "note: 'validation' holds no prompts and no images, so that nothing can be shared\n"
        "note: test and validation share no prompt id, text, image name or image bytes\n"
    )


def test_a_name_that_is_a_split_and_a_folder_is_refused(tmp_path: Path, run_cli: RunCli) -> None:
    (tmp_path / "train").mkdir()
    code, answer, notes = run_cli("check-split", "train", "test", "--data", write_metadata(tmp_path, []))
    assert (code, answer) == (1, "")
    assert "error: 'train' is the name of a split and also of a file or folder in the current folder\n" in notes


def test_the_published_file_shares_everything_with_its_own_pairs(real_file: Path, tmp_path: Path) -> None:
    with irdb_sql.connect(real_file) as db:
        db.export("pickscore", tmp_path / "l.parquet", images=False)
        actual = db.check_split(real_file, tmp_path / "l.parquet")
    texts = {normal_text(one["prompt"]) for one in json.loads(real_file.read_bytes())}
    counts = actual["leak"].value_counts().sort("leak").rows()
    assert counts == [("image", 2720), ("prompt_id", 466), ("text", len(texts))]


def test_names_that_are_no_uuid_are_images_of_one_folder_only(db: ImageRewardDB, tmp_path: Path) -> None:
    for name, path in (("a", "x/0.webp"), ("b", "y/0.webp"), ("c", "y/0.webp")):
        pl.DataFrame({"prompt_id": [name], "image_path": [path]}).write_parquet(tmp_path / f"{name}.parquet")
    assert db.check_split(tmp_path / "a.parquet", tmp_path / "b.parquet").is_empty()
    assert db.check_split(tmp_path / "b.parquet", tmp_path / "c.parquet").rows() == [("image", "y/0.webp", 1, 1)]


def test_what_is_no_export_is_refused_in_one_sentence(db: ImageRewardDB, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "a.txt").touch()
    pl.DataFrame({"x": [1]}).write_parquet(tmp_path / "x.parquet")
    for name in ("folder", "a.txt", "x.parquet", "nowhere"):
        with pytest.raises(export_errors.NoExportError):
            db.check_split(tmp_path / name, "test")
    for name in ("a.parquet", "a.tar", "a.json"):
        (tmp_path / name).write_bytes(b"broken")
        with pytest.raises(errors.BrokenFileError):
            db.check_split(tmp_path / name, "test")
    (tmp_path / "b.json").write_text("[1, 2]")
    with pytest.raises(errors.IrdbError):
        db.check_split(tmp_path / "b.json", "test")
    with tarfile.open(tmp_path / "big.tar", "w") as shard:
        member = tarfile.TarInfo("0.webp")
        member.size = 2**40
        shard.fileobj.write(member.tobuf())
    with pytest.raises(errors.BrokenFileError, match="which no image has"):
        db.check_split(tmp_path / "big.tar", "test")


@pytest.mark.parametrize("format", [name for name, each in EXPORT_FORMATS.items() if not each.has_votes])
def test_every_format_has_keys_of_prompts_texts_and_images(db: ImageRewardDB, tmp_path: Path, format: str) -> None:
    db.export(format, tmp_path / "out", split="test")
    actual = dict(db.check_split(tmp_path / "out", "test")["leak"].value_counts().iter_rows())
    has_ids = not {"id", "prompt_id"}.isdisjoint(EXPORT_FORMATS[format].columns.values())
    assert actual == {"text": 48, "image": 279} | ({"prompt_id": 48} if has_ids else {})
    assert json.loads((tmp_path / "out/manifest.json").read_text())["totals"]["images"] == 279


def test_what_a_manifest_lists_must_exist_and_a_shard_end_as_shards_do(db: ImageRewardDB, tmp_path: Path) -> None:
    db.export("webdataset", tmp_path / "w", split="test")
    shard = tmp_path / "w/test-000000.tar"
    content = shard.read_bytes()
    shard.write_bytes(content[:-10240])
    with pytest.raises(export_errors.NoExportError, match="lists 'test-000000.tar', which has"):
        db.check_split(tmp_path / "w", "test")
    with pytest.raises(errors.BrokenFileError, match="cut short"):
        db.check_split(shard, "test")
    shard.unlink()
    with pytest.raises(export_errors.NoExportError):
        db.check_split(tmp_path / "w", "test")


def test_a_long_text_in_a_shard_is_a_text(tmp_path: Path, db: ImageRewardDB) -> None:
    write_metadata(tmp_path, [image("p", "a", 1) | {"prompt": "x" * 3_000_000}])
    with irdb_sql.connect(tmp_path) as long:
        long.export("webdataset", tmp_path / "w", images=False)
    assert db.check_split(tmp_path / "w", tmp_path)["leak"].to_list() == ["image", "prompt_id", "text"]


def test_an_error_about_a_file_is_short_and_printable(tmp_path: Path, db: ImageRewardDB) -> None:
    (tmp_path / "a.csv").write_text('prompt_id,prompt\n"p","\x1b[31m' + "x" * 100_000)
    with pytest.raises(errors.BrokenFileError) as caught:
        db.check_split(tmp_path / "a.csv", "test")
    assert len(str(caught.value)) < 600
    assert "\x1b" not in str(caught.value)


def test_bytes_of_a_shard_belong_to_the_row_beside_them(tmp_path: Path, db: ImageRewardDB) -> None:
    with tarfile.open(tmp_path / "s.tar", "w") as shard:
        for name, content in (("0.webp", b"x"), ("1.json", json.dumps({"prompt_id": "p"}).encode())):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            shard.addfile(member, io.BytesIO(content))
    pl.DataFrame({"id": ["q"], "image": [{"bytes": b"x", "path": "x"}]}).write_parquet(tmp_path / "x.parquet")
    assert db.check_split(tmp_path / "s.tar", tmp_path / "x.parquet").is_empty()
