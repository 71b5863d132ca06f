"""Exports: read back by the libraries that train on them, and compared with the zips by an oracle."""

from __future__ import annotations

import gc
import hashlib
import io
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import datasets
import polars as pl
import pytest
import webdataset
from conftest import Row, write_metadata
from fakes.strategies import datasets as metadata
from hypothesis import HealthCheck, given, settings
from oracles.exports import export_and_read, prompts, strict_pairs
from PIL import Image

import irdb_sql
from irdb_sql.core.schema import PUBLISHED, SPLITS

if TYPE_CHECKING:
    from irdb_sql import ImageRewardDB

datasets.disable_progress_bars()
RATINGS = ("overall_rating", "image_text_alignment_rating", "fidelity_rating")
TEXTS = ("prompt_id", "prompt", "classification")


def load(place: Path, cache: Path) -> Any:
    """Read an export as the card of the dataset would have had it."""
    files = {split: str(place / f"{split}-*.parquet") for split in SPLITS}
    loaded = datasets.load_dataset("parquet", data_files=files, cache_dir=str(cache))
    return {split: loaded[split] for split in SPLITS}


def undecoded(loaded: Any, *columns: str) -> list[Row]:
    for column in columns:
        kind = datasets.Image(decode=False)
        is_list = isinstance(loaded.features[column], datasets.List)
        loaded = loaded.cast_column(column, datasets.List(kind) if is_list else kind)
    return list(loaded)


def test_rows_read_by_datasets_are_those_of_the_zips_in_the_old_shape(
    source: ImageRewardDB, rows: dict[str, list[Row]], tmp_path: Path
) -> None:
    source.export("rows", tmp_path / "rows")
    for split, loaded in load(tmp_path / "rows", tmp_path / "cache").items():
        value = datasets.Value
        assert loaded.features == {
            "image": datasets.Image(),
            **dict.fromkeys(TEXTS, value("string")),
            **dict.fromkeys(("image_amount_in_total", "rank", *RATINGS), value("int8")),
        }
        assert list(loaded.features) == ["image", *TEXTS, "image_amount_in_total", "rank", *RATINGS]
        assert undecoded(loaded, "image") == [
            {"image": {"bytes": row["image"], "path": row["image_path"]}}
            | {name: row[name] for name in PUBLISHED if name != "image_path"}
            for row in rows[split]
        ]
        assert loaded[0]["image"].tobytes() == Image.open(io.BytesIO(rows[split][0]["image"])).tobytes()


def test_groups_read_by_datasets_are_those_of_the_zips_in_the_old_shape(
    source: ImageRewardDB, rows: dict[str, list[Row]], tmp_path: Path
) -> None:
    source.export("groups", tmp_path / "groups")
    for split, loaded in load(tmp_path / "groups", tmp_path / "cache").items():
        value = datasets.Value
        assert list(loaded.features) == [*TEXTS, "image", "rank", *RATINGS]
        assert loaded.features == {
            **dict.fromkeys(TEXTS, value("string")),
            "image": datasets.List(datasets.Image()),
            **dict.fromkeys(("rank", *RATINGS), datasets.List(value("int8"))),
        }
        assert undecoded(loaded, "image") == [
            {name: group[0][name] for name in TEXTS}
            | {"image": [{"bytes": row["image"], "path": row["image_path"]} for row in group]}
            | {name: [row[name] for row in group] for name in ("rank", *RATINGS)}
            for group in prompts(rows[split])
        ]


def test_pairs_read_by_datasets_are_what_the_old_rule_gives_byte_by_byte(
    source: ImageRewardDB, rows: dict[str, list[Row]], tmp_path: Path
) -> None:
    source.export("pairs", tmp_path / "pairs")
    for split, loaded in load(tmp_path / "pairs", tmp_path / "cache").items():
        assert list(loaded.features) == [*TEXTS, "img_better", "img_worse"]
        assert loaded.features == {
            **dict.fromkeys(TEXTS, datasets.Value("string")),
            **dict.fromkeys(("img_better", "img_worse"), datasets.Image()),
        }
        assert undecoded(loaded, "img_better", "img_worse") == [
            {name: better[name] for name in TEXTS}
            | {
                "img_better": {"bytes": better["image"], "path": better["image_path"]},
                "img_worse": {"bytes": worse["image"], "path": worse["image_path"]},
            }
            for better, worse in strict_pairs(rows[split])
        ]


def test_preferences_and_labels_read_by_polars_are_the_same_pairs(
    source: ImageRewardDB, rows: dict[str, list[Row]], tmp_path: Path
) -> None:
    source.export("preference", tmp_path / "p.parquet", split="test")
    source.export("pickscore", tmp_path / "l.parquet", split="test")
    pairs = strict_pairs(rows["test"])
    preferences = pl.read_parquet(tmp_path / "p.parquet")
    assert preferences.columns == ["prompt", "chosen", "rejected", "prompt_id"]
    assert preferences["chosen"].struct["bytes"].to_list() == [better["image"] for better, _ in pairs]
    assert preferences["rejected"].struct["path"].to_list() == [worse["image_path"] for _, worse in pairs]
    assert preferences.select("prompt", "prompt_id").rows() == [(row["prompt"], row["prompt_id"]) for row, _ in pairs]
    labels = pl.read_parquet(tmp_path / "l.parquet")
    assert labels.schema == {
        "caption": pl.String,
        **dict.fromkeys(("jpg_0", "jpg_1"), pl.Struct({"bytes": pl.Binary, "path": pl.String})),
        **dict.fromkeys(("label_0", "label_1"), pl.Float64),
        **dict.fromkeys(("are_different", "has_label"), pl.Boolean),
        "num_example_per_prompt": pl.Int64,
        **dict.fromkeys(("image_0_uid", "image_1_uid", "prompt_id"), pl.String),
    }
    places = {row["image_path"]: place for place, row in enumerate(rows["test"])}
    sizes = Counter(better["prompt_id"] for better, _ in pairs)
    for (better, worse), row in zip(pairs, labels.iter_rows(named=True), strict=True):
        first, second = sorted((better, worse), key=lambda one: places[one["image_path"]])
        assert (row["jpg_0"]["bytes"], row["jpg_1"]["bytes"]) == (first["image"], second["image"])
        assert (row["label_0"], row["label_1"]) == ((1.0, 0.0) if first is better else (0.0, 1.0))
        assert row["image_0_uid"] == Path(first["image_path"]).stem
        assert row["num_example_per_prompt"] == sizes[row["prompt_id"]]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # webdataset leaves files open
def test_shards_read_by_webdataset_hold_each_image_beside_its_row_and_no_prompt_twice(
    source: ImageRewardDB, rows: dict[str, list[Row]], tmp_path: Path
) -> None:
    made = source.export("webdataset", tmp_path / "shards", split="test", shard_bytes=2_000_000)
    shards = sorted(str(path) for path in (tmp_path / "shards").glob("*.tar"))
    assert [Path(shard).name for shard in shards] == [f"test-{number:06d}.tar" for number in range(len(shards))]
    assert len(shards) == len(made["files"]) > 1
    read = list(webdataset.WebDataset(shards, shardshuffle=False, empty_check=False))
    assert [one["webp"] for one in read] == [row["image"] for row in rows["test"]]
    assert [json.loads(one["json"]) for one in read] == [
        {name: row[name] for name in PUBLISHED} for row in rows["test"]
    ]
    assert len({one["__key__"] for one in read}) == len(read)
    gc.collect()  # closes them within this test
    homes = {(json.loads(one["json"])["prompt_id"], one["__url__"]) for one in read}
    assert len(homes) == len({prompt_id for prompt_id, _ in homes})


def test_no_parquet_file_of_a_folder_ends_amid_a_prompt(source: ImageRewardDB, tmp_path: Path) -> None:
    made = source.export("pairs", tmp_path / "pairs", split="train", shard_bytes=1_000_000)
    files = sorted((tmp_path / "pairs").glob("*.parquet"))
    assert [path.name for path in files] == [
        f"train-{number:05d}-of-{len(files):05d}.parquet" for number in range(len(files))
    ]
    assert len(files) > 1
    ids = [pl.read_parquet(path, columns=["prompt_id"])["prompt_id"].unique() for path in files]
    assert sum(map(len, ids)) == pl.concat(ids).n_unique() == made["totals"]["prompts"]
    assert pl.concat(pl.read_parquet(path) for path in files).equals(
        export_and_read(source, "pairs", tmp_path / "one.parquet", split="train")
    )


def test_metadata_comes_back_from_every_kind_of_file(
    source: ImageRewardDB, rows: dict[str, list[Row]], tmp_path: Path
) -> None:
    for name in ("m.parquet", "m.csv", "m.ndjson"):
        source.export("metadata", tmp_path / name, split="validation")
    expected = [tuple(row[name] for name in PUBLISHED) for row in rows["validation"]]
    assert pl.read_parquet(tmp_path / "m.parquet").rows() == expected
    assert pl.read_csv(tmp_path / "m.csv", schema_overrides={"prompt_id": pl.String}).rows() == expected
    assert [tuple(json.loads(line).values()) for line in (tmp_path / "m.ndjson").read_text().splitlines()] == expected
    source.export("metadata", tmp_path / "whole")
    with irdb_sql.connect(tmp_path / "whole") as again:
        assert again.pairs().equals(source.pairs())


def test_rankings_read_by_json_are_those_of_the_zips(
    source: ImageRewardDB, rows: dict[str, list[Row]], tmp_path: Path
) -> None:
    source.export("ranking", tmp_path / "rankings")
    for split, of_split in rows.items():
        assert json.loads((tmp_path / f"rankings/{split}.json").read_bytes()) == [
            {
                "id": group[0]["prompt_id"],
                "prompt": group[0]["prompt"],
                "generations": [row["image_path"] for row in group],
                "ranking": [row["rank"] for row in group],
            }
            for group in prompts(of_split)
        ]


def test_the_manifest_describes_each_file_and_the_same_call_makes_the_same_bytes(
    source: ImageRewardDB, folder: Path, tmp_path: Path
) -> None:
    source.export("rows", tmp_path / "a", subset="1k", sample=0.1, seed=3)
    made = source.export("rows", tmp_path / "b", subset="1k", sample=0.1, seed=3)
    assert made == json.loads((tmp_path / "b/manifest.json").read_text())
    assert made["command"] == "db.export('rows', …, subset='1k', sample=0.1, seed=3)"
    assert made["source"]["files"][0] == {
        "file": "metadata-train.parquet",
        "split": "train",
        "bytes": (folder / "metadata-train.parquet").stat().st_size,
        "sha256": hashlib.sha256((folder / "metadata-train.parquet").read_bytes()).hexdigest(),
    }
    for facts in made["files"]:
        content = (tmp_path / "a" / facts["file"]).read_bytes()
        assert content == (tmp_path / "b" / facts["file"]).read_bytes()
        assert facts["sha256"] == hashlib.sha256(content).hexdigest()
        assert facts["bytes"] == len(content)
        read = pl.read_parquet(content)
        assert facts["rows"] == facts["images"] == read.height
        assert facts["prompts"] == read["prompt_id"].n_unique()
    assert (tmp_path / "a/manifest.json").read_bytes() == (tmp_path / "b/manifest.json").read_bytes()


@given(metadata())
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pairs_of_any_data_are_what_the_old_rule_gives(tmp_path: Path, rows: list[Row]) -> None:
    rows = sorted(rows, key=lambda row: SPLITS.index(row["split"]))
    of_test = [row for row in rows if row["split"] == "test"]
    with irdb_sql.connect(write_metadata(tmp_path, rows)) as db:
        made = db.export(
            "pairs",
            tmp_path / "p.parquet",
            split="test",
            images=False,
            min_rank_gap=2,
            weights="prompt",
            allow_empty=True,
        )
        read = pl.read_parquet(tmp_path / "p.parquet")
        groups = db.query("exported_groups", split="test")
    pairs = strict_pairs(of_test, 2)
    assert read.select("prompt_id", "img_better", "img_worse").rows() == [
        (better["prompt_id"], better["image_path"], worse["image_path"]) for better, worse in pairs
    ]
    sizes = Counter(better["prompt_id"] for better, _ in pairs)
    assert read["weight"].to_list() == [1 / sizes[better["prompt_id"]] for better, _ in pairs]
    named = {(row["prompt_id"], row["image_path"]) for pair in pairs for row in pair}
    assert (made["totals"]["images"], made["totals"]["prompts"]) == (len(named), len(sizes))
    assert groups.select("prompt_id", "image_path", "rank").rows() == [
        (group[0]["prompt_id"], [row["image_path"] for row in group], [row["rank"] for row in group])
        for group in prompts(of_test)
    ]


@given(metadata(published=True))
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_ranking_file_comes_out_as_it_went_in(tmp_path: Path, rows: list[Row]) -> None:
    given_rankings = [
        {
            "id": group[0]["prompt_id"],
            "prompt": group[0]["prompt"],
            "generations": [row["image_path"] for row in group],
            "ranking": [row["rank"] for row in group],
        }
        for group in prompts([row for row in rows if row["split"] == "test"])
    ]
    (tmp_path / "in.json").write_text(json.dumps(given_rankings, indent=4, ensure_ascii=False))
    with irdb_sql.connect(tmp_path / "in.json") as db:
        db.export("ranking", tmp_path / "out.json", allow_empty=True)
    assert (tmp_path / "out.json").read_bytes() == (tmp_path / "in.json").read_bytes()


def test_the_published_ranking_file_comes_out_byte_for_byte(real_file: Path, tmp_path: Path) -> None:
    with irdb_sql.connect(real_file) as db:
        made = db.export("ranking", tmp_path / "out.json", allow_empty=True)
        assert made["totals"] == {"rows": 466, "prompts": 466, "images": 2720, "bytes": real_file.stat().st_size}
        pairs = db.export("pairs", tmp_path / "pairs.parquet", images=False, allow_empty=True)
    assert (tmp_path / "out.json").read_bytes() == real_file.read_bytes()
    assert pairs["totals"]["rows"] == 6399
