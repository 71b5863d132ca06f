"""What a source may be, and what each thing that is wrong with one is called."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from conftest import SCHEMA, image, write_metadata

import irdb_sql
from irdb_sql import errors
from irdb_sql.reports.render import render

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROWS = [
    image("p", "a", 1, 6, 6, 6),
    image("p", "b", 2, 5, 5, 5),
    image("q", "c", 1, 4, 4, 4, split="train"),
    image("q", "d", None, 4, 4, 4, split="train"),
]
RANKING = [{"id": "p", "prompt": "t", "generations": ["x/a.webp", "x/b.webp", "x/c.webp"], "ranking": [1, 2, 2]}]


def counts(source: Any, **options: Any) -> list[tuple[Any, ...]]:
    db: irdb_sql.ImageRewardDB
    with irdb_sql.connect(source, **options) as db:
        return db.pair_counts().select("split", "images", "strict_pairs", "tied_pairs").rows()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_metadata(tmp_path, ROWS)


def ranking_file(tmp_path: Path, content: object) -> Path:
    path = tmp_path / "ranking.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_a_folder_with_any_of_the_three_files_is_a_source(folder: Path) -> None:
    assert counts(folder) == [("test", 2, 1, 0), ("train", 2, 0, 0)]
    (folder / "metadata-test.parquet").unlink()
    assert counts(str(folder)) == [("train", 2, 0, 0)]


def test_split_opens_one_split_of_a_folder(folder: Path) -> None:
    assert counts(folder, split="test") == [("test", 2, 1, 0)]


def test_a_published_file_name_means_the_split(folder: Path) -> None:
    assert counts(folder / "metadata-train.parquet") == [("train", 2, 0, 0)]


def test_the_paths_tell_the_split_of_a_file_of_any_other_name(folder: Path) -> None:
    pl.concat(pl.read_parquet(path) for path in sorted(folder.glob("*.parquet"))).write_parquet(folder / "all.parquet")
    assert counts(folder / "all.parquet") == [("test", 2, 1, 0), ("train", 2, 0, 0)]
    assert counts(folder / "all.parquet", split="validation") == [("validation", 4, 1, 0)]


def test_a_list_of_files_is_one_source_in_its_order(folder: Path) -> None:
    files: list[Path | str] = [folder / "metadata-train.parquet", str(folder / "metadata-test.parquet")]
    assert counts(files) == [("test", 2, 1, 0), ("train", 2, 0, 0)]
    with irdb_sql.connect(files) as db:
        assert db.images()["row_index"].to_list() == [0, 1, 2, 3]
        assert db.images()["split"].to_list() == ["train", "train", "test", "test"]


def test_a_ranking_file_is_test_by_default_and_has_no_ratings(tmp_path: Path) -> None:
    path = ranking_file(tmp_path, RANKING)
    assert counts(path) == [("test", 3, 2, 1)]
    assert counts(path, split="train") == [("train", 3, 2, 1)]
    with irdb_sql.connect(path) as db:
        assert db.images().select("classification", "overall_rating", "image_amount_in_total").unique().row(0) == (
            None,
            None,
            3,
        )
        assert db.rating_stats()["missing"].to_list() == [3, 3, 3]


def test_ranks_that_differ_in_type_are_whole_numbers_all_the_same(tmp_path: Path) -> None:
    ranking = [{"id": 7, "prompt": None, "generations": ["a", "b", "c", "d"], "ranking": [1, "2", 2.0, None]}]
    with irdb_sql.connect(ranking_file(tmp_path, ranking)) as db:
        assert db.images()["rank"].to_list() == [1, 2, 2, None]
        assert db.images()["prompt_id"].to_list() == ["7"] * 4


@pytest.mark.slow
def test_an_empty_dataset_answers_every_question_with_its_schema(tmp_path: Path, db: irdb_sql.ImageRewardDB) -> None:
    names = db.catalog().filter(pl.col("kind") == "query")["name"]
    schemas = {name: db.query(name, lazy=True).collect_schema() for name in names}
    some = list(schemas)[::8]  # of the same view, whatever the file
    for source, asked in ((write_metadata(tmp_path, []), list(schemas)), (ranking_file(tmp_path, []), some)):
        with irdb_sql.connect(source) as empty:
            for name in asked:
                schema = schemas[name]
                frame = empty.query(name)
                assert frame.schema == schema
                assert frame.height == {
                    "audit": 20,
                    "evaluated_metrics": 26,
                    "metrics": 61,
                    "protocols": 9,
                    "reproduction": 72,
                    "totals": 1,
                }.get(name, 0)


@pytest.mark.parametrize("kind", [pl.Int8, pl.Int16, pl.Int64, pl.UInt8, pl.UInt64, pl.Float32, pl.Float64])
def test_width_order_and_extra_columns_do_not_matter(folder: Path, kind: Any) -> None:
    path = folder / "metadata-train.parquet"
    frame = pl.read_parquet(path).with_columns(pl.col(pl.Int32).cast(kind), extra=pl.lit(1))
    with irdb_sql.connect(folder) as db:
        expected = db.images()
    frame.select(reversed(frame.columns)).write_parquet(path)
    with irdb_sql.connect(folder) as db:
        assert db.images().equals(expected)
        assert db.images().schema == expected.schema


def test_text_may_be_categorical_or_all_null(folder: Path) -> None:
    path = folder / "metadata-train.parquet"
    frame = pl.read_parquet(path).with_columns(pl.col("prompt").cast(pl.Categorical), classification=None)
    frame.write_parquet(path)
    assert counts(folder) == [("test", 2, 1, 0), ("train", 2, 0, 0)]


def test_rows_without_image_or_prompt_id_are_left_out(folder: Path) -> None:
    rows = [*ROWS, image("p", "z", 3, image_path=None), image("p", "y", 3) | {"prompt_id": None}]
    assert counts(write_metadata(folder, rows)) == [("test", 2, 1, 0), ("train", 2, 0, 0)]
    with irdb_sql.connect(folder) as db:
        assert db.query("totals").select("images", "rows_left_out").row(0) == (4, 2)
        assert "**Left out:** rows without image_path or prompt_id: 2." in render(db)


@pytest.mark.parametrize("name", ["a*b", "we[i]rd", "rank=3", "it's", "ünï çødé", "split=train", "{a,b}", "$HOME"])
def test_hostile_names_of_folders_are_only_names(tmp_path: Path, name: str) -> None:
    other = tmp_path / "aXb"
    for folder in (tmp_path / name, other):
        folder.mkdir()
    write_metadata(other, [])
    assert counts(write_metadata(tmp_path / name, ROWS)) == [("test", 2, 1, 0), ("train", 2, 0, 0)]


def spoiled(**columns: Any) -> Callable[[Path], object]:
    """Write a column anew in metadata-test.parquet."""
    return lambda folder: (
        pl.read_parquet(folder / "metadata-test.parquet")
        .with_columns(**columns)
        .write_parquet(folder / "metadata-test.parquet")
    )


def cut(folder: Path) -> None:
    path = folder / "metadata-test.parquet"
    path.write_bytes(path.read_bytes()[:-100])


def rename(folder: Path) -> None:
    path = folder / "metadata-test.parquet"
    pl.read_parquet(path).rename({"rank": "ranks"}).write_parquet(path)


@pytest.mark.parametrize(
    ("spoil", "error", "builtin", "words"),
    [
        (cut, errors.BrokenFileError, ValueError, ["metadata-test.parquet", "no parquet file, or is damaged"]),
        (
            lambda folder: (folder / "metadata-test.parquet").write_text("hello"),
            errors.BrokenFileError, ValueError, ["metadata-test.parquet", "no parquet file"],
        ),
        (
            lambda folder: (folder / "metadata-test.parquet").write_bytes(b""),
            errors.BrokenFileError, ValueError, ["metadata-test.parquet", "no parquet file"],
        ),
        (rename, errors.MissingColumnError, ValueError, ["metadata-test.parquet", "'rank'", "did you mean 'ranks'?"]),
        (
            spoiled(rank=pl.lit("1")),
            errors.WrongTypeError, TypeError, ["metadata-test.parquet", "'rank'", "VARCHAR", "an integer"],
        ),
        (
            spoiled(prompt=pl.lit(1)),
            errors.WrongTypeError, TypeError, ["metadata-test.parquet", "'prompt'", "INTEGER", "text"],
        ),
        (spoiled(rank=pl.lit(1.5)), errors.WrongValueError, ValueError, ["'rank'", "metadata-test.parquet", "1.5"]),
        (spoiled(overall_rating=pl.lit(300)), errors.WrongValueError, ValueError, ["'overall_rating'", "300"]),
        (spoiled(fidelity_rating=pl.lit(float("nan"))), errors.WrongValueError, ValueError, ["'fidelity_rating'", "nan"]),
    ],
)  # fmt: skip
def test_a_bad_parquet_file_is_one_sentence_that_names_file_and_column(
    folder: Path,
    spoil: Callable[[Path], object],
    error: type[errors.IrdbError],
    builtin: type[Exception],
    words: list[str],
) -> None:
    spoil(folder)
    with pytest.raises(error) as raised:
        irdb_sql.connect(folder)
    assert isinstance(raised.value, builtin)
    assert isinstance(raised.value, irdb_sql.IrdbError)
    assert all(word in str(raised.value) for word in words), str(raised.value)
    assert "\n\nHint: " in str(raised.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", ["it is empty"]),
        ("[", ["no ranking file, or is damaged"]),
        ("{}", ["no ranking file"]),
        ("[1]", ["no ranking file"]),
        (json.dumps(RANKING)[:-9], ["no ranking file, or is damaged"]),
        ([*RANKING, {"id": "q", "generations": ["a"]}], ["'ranking' of object 2 (id 'q')", "is missing"]),
        ([{"id": "q", "ranking": [1]}], ["'generations'", "is missing"]),
        ([{"generations": ["a"], "ranking": [1]}], ["'id' of object 1 (id NULL)", "is missing"]),
        ([{"id": "q", "generations": ["a", "b"], "ranking": [1]}], ["'ranking'", "has 1 ranks for 2 generations"]),
        ([{"id": "q", "generations": ["a"], "ranking": [1.5]}], ["'ranking'", "has 1.5, which is no whole number"]),
        ([{"id": "q", "generations": ["a"], "ranking": [1000]}], ["'ranking'", "has 1000, which is no whole number"]),
        ([{"id": "q", "generations": ["a"], "ranking": ["one"]}], ['"one"']),
        ([{"id": "q", "generations": [None], "ranking": [1]}], ["'generations'", "has null, which is not a path"]),
        (" \n ", ["it is empty"]),
        ([{"id": "q", "generations": ["a"], "ranking": [True]}], ["'ranking'", "has true"]),
        ([{"id": "q", "generations": ["a"], "ranking": [[1]]}], ["'ranking'", "has [1]"]),
        ([{"id": "q", "generations": ["a"], "ranking": 1}], ["'ranking' of object 1 (id 'q')", "is not a list"]),
        ([{"id": "q", "generations": "a", "ranking": [1]}], ["'generations'", "is not a list"]),
        ([{"id": "q", "generations": [1], "ranking": [1]}], ["'generations'", "has 1, which is not a path"]),
        (
            [{"id": "q", "prompt": {"a": 1}, "generations": ["a"], "ranking": [1]}],
            ["'prompt'", "is not text but an object"],
        ),
        ([{"id": ["q"], "generations": ["a"], "ranking": [1]}], ["'id'", "is not text but a list"]),
        ([{"id": "q", "generations": ["a"] * 200, "ranking": [1] * 200}], ["'generations'", "200 paths"]),
    ],
)
def test_a_bad_ranking_file_is_one_sentence_that_names_the_object(
    tmp_path: Path, content: object, words: list[str]
) -> None:
    path = ranking_file(tmp_path, content)
    with pytest.raises(errors.FileError) as raised:
        irdb_sql.connect(path)
    assert all(word in str(raised.value) for word in ["ranking.json", *words]), str(raised.value)


def test_what_is_not_there_is_a_file_not_found_error(tmp_path: Path) -> None:
    sources: list[Any] = [tmp_path / "nowhere", [tmp_path / "nowhere.parquet"], tmp_path, []]
    for source in sources:
        with pytest.raises(FileNotFoundError, match="Hint: ") as raised:
            irdb_sql.connect(source)
        assert isinstance(raised.value, errors.NotFoundError)


def test_what_is_there_but_no_readable_file_says_so(tmp_path: Path) -> None:
    for source, words in (
        ([tmp_path], "it is a folder; a list of sources may contain only files"),
        ("/dev/null", "it is a device, pipe or socket"),
    ):
        with pytest.raises(errors.UnreadableError, match=f"cannot be read: {words}"):
            irdb_sql.connect(source)
    (tmp_path / "utf16.json").write_bytes(json.dumps(RANKING).encode("utf-16"))
    with pytest.raises(errors.BrokenFileError, match="utf16.json"):
        irdb_sql.connect(tmp_path / "utf16.json")
    with pytest.raises(errors.SourceNotFoundError, match="'s3://bucket/folder'"):
        irdb_sql.connect(["s3://bucket/folder"])


def test_a_file_that_is_named_twice_is_refused(folder: Path) -> None:
    path = folder / "metadata-test.parquet"
    with pytest.raises(errors.RepeatedFileError, match="is listed twice"):
        irdb_sql.connect([path, folder / "." / path.name])


@pytest.mark.slow
def test_extreme_ranks_and_ratings_overflow_nothing(tmp_path: Path) -> None:
    rows = [image("p", "a", -128, -128, 127, 0), image("p", "b", 127, 127, -128, 0), image("p", "c", 0, 0, 0, 0)]
    with irdb_sql.connect(write_metadata(tmp_path, rows)) as db:
        for name in db.catalog().filter(pl.col("kind") == "query")["name"]:
            db.query(name)
        assert db.query("skipped_ranks")["skipped_ranks"].item() == 253
        assert db.pairs()["rank_gap"].max() == 255


def test_only_a_leading_tilde_is_a_home_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "~").mkdir()
    write_metadata(folder / "~", ROWS[:1])
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(folder))
    assert counts("./~") == [("test", 1, 0, 0)]
    assert counts("~") == [("test", 2, 1, 0), ("train", 2, 0, 0)]


def test_a_split_that_is_not_there_is_not_found_and_no_other_word_is_a_split(folder: Path) -> None:
    (folder / "metadata-validation.parquet").unlink()
    with pytest.raises(errors.NoMetadataError, match="metadata-validation.parquet"):
        irdb_sql.connect(folder, split="validation")
    with pytest.raises(errors.UnknownSplitError, match="unknown split 'tset'"):
        irdb_sql.connect(folder, split="tset")  # type: ignore[arg-type]  # no such split


def test_paths_that_name_no_split_ask_for_it(folder: Path) -> None:
    path = folder / "mine.parquet"
    row = image("p", "a", 1, image_path="elsewhere/a.webp")
    pl.DataFrame([row], schema=SCHEMA).write_parquet(path)
    with pytest.raises(errors.WrongValueError, match=r"'elsewhere/a.webp', which names no split"):
        irdb_sql.connect(path)
    assert counts(path, split="test") == [("test", 1, 0, 0)]


def test_a_relative_source_is_found_again_from_another_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    with irdb_sql.connect(folder.name) as db:
        monkeypatch.chdir(os.sep)
        assert db.pair_counts().height == 2


def test_a_damaged_page_is_not_blamed_on_parameters(tmp_path: Path) -> None:
    rows = [
        image(f"p{n}", f"{n}-{m}", m + 1, prompt="some words of a prompt " * 20) for n in range(200) for m in range(2)
    ]
    path = write_metadata(tmp_path, rows) / "metadata-test.parquet"
    content = bytearray(path.read_bytes())
    content[40:-3000] = bytes(byte ^ 0x55 for byte in content[40:-3000])
    with irdb_sql.connect(path, threads=1) as db:
        path.write_bytes(content)
        calls: list[Any] = [db.pairs, lambda: db.query("pairs", split="test"), db.pair_counts]
        for ask in calls:
            with pytest.raises(errors.IrdbError) as caught:
                ask()
            assert "failed with" not in str(caught.value)
    with pytest.raises(errors.ParameterValueError, match="min_rank_gap='x'"), irdb_sql.connect(split="test") as db:
        db.query("pairs", min_rank_gap="x", keep_ties=True)


HUB = "hf://datasets/zai-org/ImageRewardDB"


@pytest.mark.parametrize(
    ("place", "address"),
    [
        ("zai-org/ImageRewardDB", HUB),
        ("datasets/zai-org/ImageRewardDB", HUB),
        ("hf:zai-org/ImageRewardDB@v1", f"{HUB}@v1"),
        ("hf://zai-org/ImageRewardDB", HUB),
        ("huggingface.co/datasets/zai-org/ImageRewardDB", HUB),
        ("https://huggingface.co/datasets/zai-org/ImageRewardDB", HUB),
        ("https://huggingface.co/datasets/zai-org/ImageRewardDB/tree/v1", f"{HUB}@v1"),
        ("hf://datasets/ImageRewardDB", HUB),
    ],
)
def test_what_seems_to_mean_a_dataset_of_the_hub_gets_its_address(place: str, address: str) -> None:
    with pytest.raises(errors.IrdbError) as caught:
        irdb_sql.connect(place)
    assert f"{address}." in caught.value.hint
    assert "try again later" not in caught.value.hint


@pytest.mark.parametrize(
    "place", ["./zai-org/ImageRewardDB", "a/b/c", "data/metadata-test.parquet", "nowhere", "a/ranking.json"]
)
def test_what_is_a_path_gets_none(place: str) -> None:
    with pytest.raises(errors.SourceNotFoundError) as caught:
        irdb_sql.connect(place)
    assert "hf://" not in caught.value.hint
