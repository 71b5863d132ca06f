"""Samples of layouts: fields as published, the same bytes for the same seed, and cases that each layout can hold."""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from irdb_sql.errors import ChoiceError, UnwritableError
from irdb_sql.sources.sample.layouts import pictures
from irdb_sql.sources.sample.layouts.base import SampleOptions
from irdb_sql.sources.sample.layouts.registry import layout_samples, write_layout_sample

if TYPE_CHECKING:
    from conftest import RunCli

LAYOUTS = ["hpdv2", "hpdv3", "mmrb2", "pairs", "pickapic", "rapidata"]
PICKAPIC = {
    "are_different": "bool", "best_image_uid": "string", "caption": "string", "created_at": "timestamp[ns]",
    "has_label": "bool", "image_0_uid": "string", "image_0_url": "string", "image_1_uid": "string",
    "image_1_url": "string", "jpg_0": "binary", "jpg_1": "binary", "label_0": "double", "label_1": "double",
    "model_0": "string", "model_1": "string", "ranking_id": "int64", "user_id": "int64",
    "num_example_per_prompt": "int64", "__index_level_0__": "int64",
}  # fmt: skip
IMAGE = "struct<bytes: binary, path: string>"
RAPIDATA = {
    "prompt": "string", "image1": IMAGE, "image2": IMAGE, "votes_image1": "int64", "votes_image2": "int64",
    "model1": "string", "model2": "string", "detailed_results": "string", "image1_path": "string",
    "image2_path": "string",
}  # fmt: skip
FILES = {
    "hpdv2": ["test.json", "train.json"],
    "hpdv3": ["test.json", "train.json"],
    "mmrb2": ["t2i.json"],
    "pairs": ["pairs.csv"],
    "pickapic": [
        "data/test_unique-00000-of-00001.parquet", "data/train-00000-of-00002.parquet",
        "data/train-00001-of-00002.parquet", "data/validation_unique-00000-of-00001.parquet",
    ],
    "rapidata": ["data/test-00000-of-00001.parquet", "data/train-00000-of-00001.parquet"],
}  # fmt: skip


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    for layout in LAYOUTS:
        write_layout_sample(folder / layout, layout, SampleOptions(300, images=True))
    return folder


def listed(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def is_in_both_orders(pairs: list[tuple[Any, Any]]) -> bool:
    return any((second, first) in set(pairs) for first, second in pairs)


def test_every_layout_with_votes_has_a_sample_of_the_published_files(samples: Path) -> None:
    assert [*layout_samples()] == LAYOUTS
    for layout in LAYOUTS:
        files = sorted(name for name in listed(samples / layout) if not name.startswith("images/"))
        assert files == FILES[layout], layout


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_same_seed_makes_the_same_bytes(samples: Path, tmp_path: Path, layout: str) -> None:
    write_layout_sample(tmp_path / "again", layout, SampleOptions(300, images=True))
    write_layout_sample(tmp_path / "other", layout, SampleOptions(300, seed=1))
    assert listed(tmp_path / "again") == listed(samples / layout)
    assert all(listed(tmp_path / "other")[name] != (samples / layout / name).read_bytes() for name in FILES[layout])


def test_rows_of_pickapic_have_the_published_columns_and_cases(samples: Path) -> None:
    tables = {
        path.name.split("-0", maxsplit=1)[0]: pq.read_table(path)
        for path in sorted((samples / "pickapic" / "data").iterdir())
    }
    assert [*tables] == ["test_unique", "train", "validation_unique"]
    whole = pa.concat_tables(pq.read_table(path) for path in (samples / "pickapic" / "data").iterdir())
    assert {field.name: str(field.type) for field in whole.schema} == PICKAPIC
    rows = whole.to_pylist()
    assert len(rows) == 300
    assert {(row["label_0"], row["label_1"]) for row in rows if row["has_label"]} == {(1, 0), (0, 1), (0.5, 0.5)}
    unlabelled = [row for row in rows if not row["has_label"]]
    assert 0 < len(unlabelled) < 30
    assert {row["label_0"] for row in unlabelled} == {None}
    assert any(row["model_0"] == row["model_1"] for row in rows)
    assert is_in_both_orders([(row["image_0_uid"], row["image_1_uid"]) for row in rows])
    judged = Counter(frozenset((row["image_0_uid"], row["image_1_uid"])) for row in rows)
    assert max(judged.values()) > 1
    assert max(Counter((row["caption"], row["user_id"]) for row in rows).values()) < 9
    best = {(row["label_0"], row["best_image_uid"]) for row in rows if row["best_image_uid"] == "tie"}
    assert best == {(0.5, "tie")}


def test_an_image_of_pickapic_is_in_several_files_with_the_same_bytes(samples: Path) -> None:
    files: dict[str, set[str]] = defaultdict(set)
    pictures_of: dict[str, set[bytes]] = defaultdict(set)
    for path in (samples / "pickapic" / "data").iterdir():
        for row in pq.read_table(path).to_pylist():
            for side in (0, 1):
                files[row[f"image_{side}_uid"]].add(path.name)
                pictures_of[row[f"image_{side}_uid"]].add(row[f"jpg_{side}"])
    assert max(map(len, files.values())) == 4
    assert {len(found) for found in pictures_of.values()} == {1}
    assert len({picture for found in pictures_of.values() for picture in found}) > 100


def test_rows_of_rapidata_have_the_published_columns_and_cases(samples: Path) -> None:
    rows = []
    for path in (samples / "rapidata" / "data").iterdir():
        table = pq.read_table(path)
        assert {field.name: str(field.type) for field in table.schema} == RAPIDATA
        rows += table.to_pylist()
    assert len(rows) == 300
    assert any(row["votes_image1"] == row["votes_image2"] for row in rows)
    assert any(row["model1"] == row["model2"] for row in rows)
    assert is_in_both_orders([(row["image1_path"], row["image2_path"]) for row in rows])
    assert all(Path(row["image1_path"]).name == row["image1"]["path"] for row in rows)
    assert all(json.loads(row["detailed_results"]) for row in rows)


def test_columns_of_bytes_can_be_left_out(tmp_path: Path) -> None:
    for layout, expected in (("pickapic", PICKAPIC), ("rapidata", RAPIDATA)):
        write_layout_sample(tmp_path / layout, layout, SampleOptions(20, has_bytes=False))
        schema = pq.read_schema(next((tmp_path / layout / "data").iterdir()))
        assert schema.names == [name for name in expected if name not in ("jpg_0", "jpg_1", "image1", "image2")]


def test_objects_of_hpdv2_are_choices_and_averaged_ranks(samples: Path) -> None:
    choices = read_json(samples / "hpdv2" / "train.json")
    assert len(choices) == 210
    assert {tuple(each) for each in choices} == {("prompt", "file_path", "human_preference", "user_hash")}
    assert {tuple(each["human_preference"]) for each in choices} == {(0, 1), (1, 0)}
    assert is_in_both_orders([tuple(each["file_path"]) for each in choices])
    rankings = read_json(samples / "hpdv2" / "test.json")
    for ranking in rankings:
        assert [*ranking] == ["prompt", "image_path", "rank", "raw_annotations"]
        ranks = [annotation["rank"] for annotation in ranking["raw_annotations"]]
        assert all(sorted(rank) == [*range(1, len(ranking["image_path"]) + 1)] for rank in ranks)
        assert ranking["rank"] == [sum(of_image) / len(ranks) for of_image in zip(*ranks, strict=True)]
    assert any(len({*ranking["rank"]}) < len(ranking["rank"]) for ranking in rankings)


def test_objects_of_hpdv3_have_the_preferred_image_first(samples: Path) -> None:
    pairs = read_json(samples / "hpdv3" / "train.json") + read_json(samples / "hpdv3" / "test.json")
    assert len(pairs) == 300
    fields = ("prompt", "path1", "path2", "model1", "model2", "choice_dist", "confidence")
    assert {tuple(pair) for pair in pairs} == {fields}
    counts = [tuple(pair["choice_dist"]) for pair in pairs if pair["choice_dist"] is not None]
    assert all(first >= second for first, second in counts)
    assert any(first == second for first, second in counts)
    assert 0 < len(pairs) - len(counts) < 60


def test_pairs_of_mmrb2_have_three_annotations_and_often_one_model(samples: Path) -> None:
    ((name, pairs),) = read_json(samples / "mmrb2" / "t2i.json").items()
    assert (name, len(pairs)) == ("pairs", 300)
    assert {len(pair["human_annotations"]) for pair in pairs} == {3}
    assert {value for pair in pairs for value in pair["human_annotations"]} == {1, 2, 3, 4, 5, 6}
    same = sum(pair["response_a"]["model_name"] == pair["response_b"]["model_name"] for pair in pairs)
    assert 100 < same < 230
    assert len({pair["id"] for pair in pairs}) == 300
    assert {kind for pair in pairs for kind, _ in pair["response_a"]["response_content"]} == {"text", "image"}


def test_rows_of_pairs_are_labels_of_annotators_in_every_split(samples: Path) -> None:
    with (samples / "pairs" / "pairs.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 300
    assert {row["label"] for row in rows} == {"first", "second", "tie"}
    assert {row["split"] for row in rows} == {"train", "validation", "test"}
    assert is_in_both_orders([(row["first"], row["second"]) for row in rows])


def test_pictures_lie_where_the_files_name_them(samples: Path) -> None:
    named = {
        "hpdv2": [path for each in read_json(samples / "hpdv2" / "train.json") for path in each["file_path"]],
        "hpdv3": [each["path1"] for each in read_json(samples / "hpdv3" / "test.json")],
        "mmrb2": [
            each["response_b"]["response_content"][1][1] for each in read_json(samples / "mmrb2" / "t2i.json")["pairs"]
        ],
    }  # fmt: skip
    for layout, paths in named.items():
        with Image.open(samples / layout / paths[0]) as picture:
            assert (picture.format, picture.size) == ("WEBP", (64, 64))
        assert all((samples / layout / path).is_file() for path in paths)
    assert not (samples / "pickapic" / "images").exists()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_sample_may_have_one_pair(tmp_path: Path, layout: str) -> None:
    reported: list[tuple[int, int]] = []
    write_layout_sample(tmp_path / "s", layout, SampleOptions(1), lambda done, total: reported.append((done, total)))
    assert reported == [(1, 1)]
    assert sorted(listed(tmp_path / "s")) == FILES[layout]


def test_a_failure_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_number: int) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pictures, "draw_picture", fail)
    with pytest.raises(UnwritableError, match="No space left"):
        write_layout_sample(tmp_path / "s", "hpdv3", SampleOptions(20, images=True))
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ChoiceError, match="layout cannot be 'ranking'"):
        write_layout_sample(tmp_path / "s", "ranking", SampleOptions(20))


def test_the_command_writes_a_layout_that_the_next_command_reads(run_cli: RunCli) -> None:
    assert run_cli("sample", "my set", "--layout", "rapidata", "--pairs", "50", "--no-bytes", "--seed", "7") == (
        0, "", "note: wrote 50 synthetic pairs in the layout rapidata to my set; query them with --data 'my set'\n",
    )  # fmt: skip
    code, out, err = run_cli("sql", "SELECT count(*) AS votes FROM votes", "--data", "my set", "--format", "csv")
    assert (code, out, err) == (0, "votes\n50\n", "")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--subset", "1k", "--layout", "hpdv3"], "--subset is a size of ImageRewardDB, not of the layout hpdv3; choose the size with --pairs."),
        (["--pairs", "9"], "--pairs is the size of a layout with votes; name one with --layout, or choose a --subset instead."),
        (["--no-bytes"], "--no-bytes is for a layout with columns of images; name one with --layout."),
        (["--layout", "pickapic", "--images"], "the layout pickapic has its images in columns, not in files; leave out --images."),
        (["--layout", "pairs", "--no-bytes"], "the layout pairs has no columns of images; leave out --no-bytes."),
        (["--layout", "ranking"], "'ranking' is not one of 'hpdv2', 'hpdv3', 'mmrb2', 'pairs', 'pickapic', 'rapidata'."),
        (["--layout", "pairs", "--pairs", "0"], "0 is not in the range x>=1."),
    ],
)  # fmt: skip
def test_options_that_do_not_fit_together_are_told_in_one_sentence(
    run_cli: RunCli, tmp_path: Path, options: list[str], message: str
) -> None:
    code, out, err = run_cli("sample", "s", *options)
    assert (code, out) == (2, "")
    assert message in err
    assert list(tmp_path.iterdir()) == []
