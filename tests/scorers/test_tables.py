"""Scores in every form: all forms give the same metrics, and each fault is counted or named with its row."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from conftest import image, write_metadata

import irdb_sql
from irdb_sql.errors import ChoiceError, NotFoundError, RangeError
from irdb_sql.scorers import errors as score_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from irdb_sql import ImageRewardDB

UUIDS = [f"0000000{number}-aaaa-4bbb-8ccc-123456789abc" for number in range(4)]
PATHS = [f"images/test/test_1/{uuid}.webp" for uuid in UUIDS]
SCORES = [0.5, 2.0, -1.0, 2.0]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ImageRewardDB]:
    """A prompt of three images and one of a single image."""
    rows = [image("p", uuid, rank) for uuid, rank in zip(UUIDS[:3], (2, 1, 3), strict=True)]
    rows.append(image("q", UUIDS[3], 1))
    with irdb_sql.connect(write_metadata(tmp_path_factory.mktemp("small"), rows)) as db:
        yield db


@pytest.fixture(scope="module")
def ranking(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ranking file of the same images, in DiffusionDB's layout."""
    paths = [f"part-000001/images/0001/{uuid}.webp" for uuid in UUIDS]
    prompts = [
        {"id": "p", "prompt": "x", "generations": paths[:3], "ranking": [2, 1, 3]},
        {"id": "q", "prompt": "x", "generations": paths[3:], "ranking": [1]},
    ]
    path = tmp_path_factory.mktemp("ranking") / "test.json"
    path.write_text(json.dumps(prompts))
    return path


def wide(name: str = "image_path", images: list[str] = PATHS) -> pl.DataFrame:
    return pl.DataFrame({name: images, "clip": SCORES, "prompt": ["x"] * 4, "blip": [1, 2, 3, 4]})


def long() -> pl.DataFrame:
    return wide().unpivot(["clip", "blip"], index="image_path", variable_name="scorer", value_name="score")


@pytest.fixture(scope="module")
def expected(small: ImageRewardDB) -> pl.DataFrame:
    actual = small.evaluate(wide())
    assert actual["scorer"].unique().sort().to_list() == ["blip", "clip"]
    assert actual.filter(scorer="clip", metric="acc_micro").select("value", "pairs").row(0) == (1.0, 3)
    assert actual.filter(scorer="blip", metric="acc_micro").select("value", "pairs").row(0) == (1 / 3, 3)
    return actual


WRITERS: dict[str, Callable[[pl.DataFrame, Path], object]] = {
    "csv": lambda frame, path: frame.write_csv(path),
    "json": lambda frame, path: frame.write_json(path),
    "ndjson": lambda frame, path: frame.write_ndjson(path),
    "jsonl": lambda frame, path: frame.write_ndjson(path),
    "parquet": lambda frame, path: frame.write_parquet(path),
    "CSV": lambda frame, path: frame.write_csv(path),
}


@pytest.mark.parametrize("shape", [wide, long])
@pytest.mark.parametrize("suffix", WRITERS)
def test_every_file_form_gives_the_same(
    small: ImageRewardDB, expected: pl.DataFrame, tmp_path: Path, suffix: str, shape: Callable[[], pl.DataFrame]
) -> None:
    path = tmp_path / f"scores.{suffix}"
    WRITERS[suffix](shape(), path)
    assert small.evaluate(path).equals(expected)
    assert small.evaluate(str(path)).equals(expected)


@pytest.mark.parametrize(
    "convert",
    [
        lambda frame: frame,
        lambda frame: frame.lazy(),
        lambda frame: frame.to_arrow(),
        lambda frame: pd.DataFrame(frame.to_dict(as_series=False)),
        lambda frame: [frame.select("image_path", "clip"), frame.select("image_path", "blip")],
        lambda frame: {name: frame.select("image_path", score=name) for name in ("clip", "blip")},
        lambda frame: [
            {"clip": frame.select(path="image_path", score="clip")},
            frame.select("image_path", "blip"),
        ],
        lambda frame: frame.select(pl.all().name.to_uppercase()).rename({"CLIP": "clip", "BLIP": "blip"}),
        lambda frame: frame.with_columns(pl.col("clip").cast(pl.Float32), pl.col("blip").cast(pl.UInt8)),
    ],
    ids=["polars", "lazy", "arrow", "pandas", "list", "mapping", "mixed", "capitals", "narrow types"],
)
def test_every_table_form_gives_the_same(
    small: ImageRewardDB, expected: pl.DataFrame, convert: Callable[[pl.DataFrame], Any]
) -> None:
    assert small.evaluate(convert(wide())).equals(expected)


@pytest.mark.parametrize(
    ("column", "names"),
    [
        ("image_path", PATHS),
        ("path", PATHS),
        ("image", [f"{uuid}.webp" for uuid in UUIDS]),
        ("filename", [f"{uuid}.webp" for uuid in UUIDS]),
        ("uuid", UUIDS),
        ("uuid", [uuid.upper() for uuid in UUIDS]),
        ("image_id", UUIDS),
        ("path", [f"part-000001/images/0001/{uuid}.png" for uuid in UUIDS]),
        ("path", [f"C:\\images\\{uuid}.webp" for uuid in UUIDS]),
    ],
)
def test_images_go_by_path_file_name_or_uuid(
    small: ImageRewardDB, expected: pl.DataFrame, column: str, names: list[str]
) -> None:
    assert small.evaluate(wide(column, names)).equals(expected)


def test_rewards_are_in_the_order_of_the_ranking_file(
    small: ImageRewardDB, expected: pl.DataFrame, ranking: Path, tmp_path: Path
) -> None:
    rewards = [
        {"id": "p", "prompt": "x", "ranking": [1, 1, 1], "rewards": SCORES[:3]},
        {"id": "q", "rewards": SCORES[3]},
    ]
    path = tmp_path / "test_clip.json"
    path.write_text(json.dumps(rewards))
    expected_clip = expected.filter(scorer="clip").drop("rank_best", "rank_worst", "cluster")
    assert small.evaluate(path, ranking_file=ranking).drop("rank_best", "rank_worst", "cluster").equals(expected_clip)
    lists_of_one = [{"id": "p", "rewards": [[score] for score in SCORES[:3]]}, {"id": "q", "rewards": [[2.0]]}]
    path.write_text(json.dumps(lists_of_one))
    with irdb_sql.connect(ranking) as db:
        assert db.evaluate(path).drop("rank_best", "rank_worst", "cluster").equals(expected_clip)
        assert db.evaluate({"clip": path}).equals(db.evaluate(path))
    with pytest.raises(score_errors.NoRankingFileError, match="they need a ranking file in the same order"):
        small.evaluate(path)


@pytest.mark.parametrize(
    ("objects", "words"),
    [
        (
            [{"id": "p", "rewards": [1, 2]}],
            "object 1 (id 'p') of 'r.json' has 2 rewards for the 3 images of its prompt",
        ),
        ([{"id": "p", "rewards": [1, 2, "x"]}], "object 1 (id 'p') of 'r.json' has the reward 'x', not a number"),
        ([{"id": "p", "rewards": [1, 2, True]}], "has the reward 'True', not a number"),
        ([{"id": None, "rewards": [1]}], "object 1 (id NULL) of 'r.json' has no id"),
        ([{"rewards": [1]}], "'r.json' has rewards and no id of a prompt"),
        ([{"id": "z", "rewards": [1]}], "the score of 'r' for image '1 of prompt z' (row 1 of r.json) is of no image"),
        ([{"id": "p", "rewards": [1, 2, None]}, {"id": "q", "rewards": [1]}], "(row 1 of r.json) is empty"),
        (
            [{"id": "p", "rewards": [1, 2, 3]}],
            f"scorer 'r' has no score for image 'part-000001/images/0001/{UUIDS[3]}.webp' of test",
        ),
    ],
)
def test_malformed_rewards_name_the_first_object(ranking: Path, tmp_path: Path, objects: list[Any], words: str) -> None:
    path = tmp_path / "r.json"
    path.write_text(json.dumps(objects))
    with irdb_sql.connect(ranking) as db, pytest.raises(score_errors.ScoreError) as raised:
        db.evaluate(path)
    assert words in str(raised.value)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        (
            "a.csv",
            "image_path,clip\n" + "\n".join(f"{path},1" for path in PATHS[:3]) + f"\n{PATHS[3]},high\n",
            "row 4 of 'a.csv' holds 'high' in the column 'clip', which is no score",
        ),
        ("a.csv", f"image_path,clip\n{PATHS[0]},nan\n{PATHS[1]},1\n", "(row 1 of a.csv) is not a number (NaN)"),
        ("a.csv", f"image_path,clip\n{PATHS[1]},1\n{PATHS[0]},inf\n", "(row 2 of a.csv) is infinite"),
        ("a.csv", f"image_path,clip\n{PATHS[1]},1\n{PATHS[0]},\n", "(row 2 of a.csv) is empty"),
        ("a.csv", f"image_path,clip\n{PATHS[0]},1\n{PATHS[0]},1\n", "(row 2 of a.csv) is given again"),
        (
            "a.csv",
            f"image_path,clip\n{PATHS[0]},1\n{UUIDS[0]},2\n",
            "(row 1 of a.csv) differs from another one for the same image; 2 scores",
        ),
        (
            "a.csv",
            "image_path,clip\nimages/train/train_1/x.webp,1\n",
            "image 'images/train/train_1/x.webp' (row 1 of a.csv) is of no image of this source",
        ),
        (
            "a.csv",
            f"image_path,clip\n{PATHS[0]},1\n",
            f"scorer 'clip' has no score for image '{PATHS[1]}' of test, as for 3 of the 4 images",
        ),
        ("a.csv", "picture,clip\nx,1\n", "'a.csv' has no column that names images; its columns are 'picture', 'clip'"),
        ("a.csv", f"image_path\n{PATHS[0]}\n", "'a.csv' has no column of scores"),
        ("a.csv", f"image_path,scorer,points\n{PATHS[0]},a,1\n", "'a.csv' has no column of scores"),
        ("a.csv", f"image_path,scorer,score\n{PATHS[0]},,1\n", "'a.csv' names no scorer in row 1"),
        ("a.csv", "image_path,clip\n", "there are no rows"),
        ("a.csv", "", "the table in 'a.csv' cannot be read"),
        ("a.json", '{"a": 1}', "the table in 'a.json' cannot be read: it is not a list of objects"),
        ("a.json", '[{"image": "x", "s": 1}, 2]', "element 2 is not an object"),
        ("a.json", '[{"image": "x", ', "the table in 'a.json' cannot be read"),
        (
            "a.json",
            f'[{{"image": "{UUIDS[0]}", "s": 1}}, {{"image": "{UUIDS[1]}", "s": "2"}}]',
            "row 2 of 'a.json' holds '2' in the column 's', which is no score",
        ),
        ("a.json", f'[{{"image": "{UUIDS[0]}", "s": {10**30}}}]', "which is no score"),
        ("a.ndjson", '{"image": "x"\n', "the table in 'a.ndjson' cannot be read"),
        ("a.parquet", "no parquet", "the table in 'a.parquet' cannot be read"),
        ("a.xlsx", "x", "a file of the kind '.xlsx' is not known"),
        ("a", "x", "its name has no suffix"),
    ],
)
def test_a_malformed_file_is_refused_with_the_first_offending_row(
    small: ImageRewardDB, tmp_path: Path, name: str, content: str, words: str
) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(score_errors.ScoreError) as raised:
        small.evaluate(tmp_path / name)
    sentence, hint = str(raised.value).split("\n\nHint: ")
    assert words in sentence
    assert hint


OTHER_FILES: list[tuple[str, bytes, str]] = [
    ("a.csv", b"image,m,m\nx,1,2\n", "two columns are called 'm'"),
    ("a.csv", b"image,m\nx,1\ny,1,2\n", "data row 2 has 3 values, but the header has 2"),
    ("a.csv", "image,mé\nx,1\n".encode("latin-1"), "byte 8 is not of UTF-8"),
    ("a.csv", b'image,m\n"x,1\n', "the table in 'a.csv' cannot be read"),
    ("a.csv", f"image,m\n{UUIDS[0]},{2**66 + 1}\n".encode(), "holds '73786976294838206465' in the column 'm'"),
    ("a.csv", b"image,m\n,1\n", "the score of 'm' (row 1 of a.csv) names no image"),
    ("a.ndjson", b'{"image": "x", "m": 1}\n\n{"image": \n', "line 3, column 11 is no JSON: "),
    (
        "a.ndjson",
        b'{"image": "x", "m": 1}\n{"image": "y", "m": 1, "m": 2}\n',
        "line 2: the key 'm' stands twice in an object",
    ),
    ("a.json", b'[{"image": "x", "m": 1, "image": "y"}]', "the key 'image' stands twice in an object"),
    ("a.json", b'{"x": 1, "x": 2}', "the key 'x' stands twice in an object"),
    ("r.json", b'[{"id": "p", "rewards": [1], "rewards": [2]}]', "the key 'rewards' stands twice in an object"),
    ("r.json", b'[{"id": "p"}, {"id": "q", "rewards": [1]}]', "object 1 (id 'p') of 'r.json' has no rewards"),
    ("r.json", b'[{"id": "p", "rewards": []}]', "object 1 (id 'p') of 'r.json' has no rewards"),
    (
        "r.json",
        f'[{{"id": "p", "rewards": [1, 2, {10**400}]}}]'.encode(),
        "object 1 (id 'p') of 'r.json' has the reward",
    ),
    ("r.json", b'[{"id": "p", "prompt": "y", "rewards": [1, 2, 3]}]', "has another prompt than the ranking file"),
]


@pytest.mark.parametrize(("name", "content", "words"), OTHER_FILES)
def test_other_malformed_files(ranking: Path, tmp_path: Path, name: str, content: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(content)
    with irdb_sql.connect(ranking) as db, pytest.raises(score_errors.ScoreError) as raised:
        db.evaluate(tmp_path / name)
    assert words in str(raised.value)


def test_folders_and_broken_tables_are_refused(small: ImageRewardDB, tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(score_errors.ScoreFileError, match="it is a folder"):
        small.evaluate(tmp_path / "folder.csv")
    twice = pd.DataFrame([[PATHS[0], 1, 2]], columns=["image", "m", "m"])
    with pytest.raises(score_errors.ScoreFileError, match="the table in 'the table' cannot be read"):
        small.evaluate(twice)


def test_the_index_of_pandas_and_line_ends_make_no_scorer(
    small: ImageRewardDB, expected: pl.DataFrame, tmp_path: Path
) -> None:
    path = tmp_path / "pandas.csv"
    pd.DataFrame(wide().to_dict(as_series=False)).to_csv(path, lineterminator="\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes() + b"\r\n\r\n")
    assert small.evaluate(path).equals(expected)
    with pytest.raises(score_errors.ScoreColumnError, match="names no scorer"):
        small.evaluate({"": wide().select("image_path", "clip")})
    with pytest.raises(score_errors.ScoreColumnError, match="names no scorer in row 2"):
        small.evaluate(pl.DataFrame({"image": PATHS[:2], "scorer": ["a", ""], "score": [1, 2]}))


def test_a_scorer_beside_the_baselines_may_not_have_the_name_of_one(small: ImageRewardDB) -> None:
    table = wide().select("image_path", random="clip")
    with pytest.raises(score_errors.ScoreColumnError, match="'random', which is the name of a baseline"):
        small.evaluate([table, "baselines"])
    assert small.evaluate(table)["scorer"].unique().to_list() == ["random"]


def test_an_unknown_option_is_refused_with_the_nearest_name(small: ImageRewardDB) -> None:
    options: Any = {"tune_ties": "train"}
    for call in (small.evaluate, small.scorer_differences):
        with pytest.raises(TypeError, match="unknown option 'tune_ties'\n\nHint: did you mean 'tune_ties_on'?"):
            call(wide(), **options)
    options = {"by": "images"}
    with pytest.raises(TypeError, match="unknown option 'by'"):
        small.score_coverage(wide(), **options)
    with pytest.raises(TypeError, match="unknown option 'by'"):
        irdb_sql.connect(scores=wide(), **options)
    with pytest.raises(TypeError, match="unknown option 'by'"):
        small.generator_strengths(wide(), **options)


def test_a_scorer_without_usable_scores_has_rows_without_values(small: ImageRewardDB) -> None:
    table = pl.DataFrame({"image": ["x.webp"], "lost": [1.0]})
    actual = small.evaluate([table, wide()], missing="drop").filter(scorer="lost")
    assert actual["metric"].to_list() == small.query("evaluated_metrics")["metric"].to_list()
    assert actual.select(pl.col("value", "rank_best").is_null().all()).row(0) == (True, True)
    assert actual.select("prompts", "scored_images", "unused_scores").unique().rows() == [(0, 0, 1)]
    assert small.evaluate(table, missing="drop")["prompts"].sum() == 0


def test_the_name_of_a_file_is_not_a_glob_pattern(small: ImageRewardDB, expected: pl.DataFrame, tmp_path: Path) -> None:
    for suffix in ("csv", "parquet", "json"):
        path = tmp_path / f"scores [1]*?,{{a}}.{suffix}"
        WRITERS[suffix](wide(), path)
        assert small.evaluate(path).equals(expected)


def test_values_that_are_neither_a_file_nor_a_table_are_refused(small: ImageRewardDB, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no file is called"):
        small.evaluate(tmp_path / "nope.csv")
    with pytest.raises(TypeError, match="scores of the type int are neither a file nor a table"):
        small.evaluate(5)  # type: ignore[arg-type]
    with pytest.raises(score_errors.ScoreColumnError, match="is called 'mine' and has several columns of scores"):
        small.evaluate({"mine": wide()})
    with pytest.raises(score_errors.ScoreColumnError, match="is called 'mine' and has scores of several scorers"):
        small.evaluate({"mine": long()})
    with pytest.raises(score_errors.NoScorersError):
        small.evaluate([])


FAULTY = pl.DataFrame(
    {
        "image": [*PATHS, "unknown.webp", PATHS[0], PATHS[1], PATHS[2]],
        "clip": [0.5, 2.0, float("nan"), None, 1.0, 0.5, 7.0, float("inf")],
    }
)


def test_drop_leaves_out_and_counts_unusable_scores(small: ImageRewardDB) -> None:
    coverage = small.score_coverage(FAULTY).row(0, named=True)
    assert coverage == {
        "scorer": "clip", "split": "test", "images": 4, "scored_images": 1, "missing_images": 3, "unknown_scores": 1,
        "null_scores": 1, "nan_scores": 1, "infinite_scores": 1, "conflicting_scores": 2, "repeated_scores": 1,
    }  # fmt: skip
    actual = small.evaluate(FAULTY, missing="drop").filter(metric="acc_micro").row(0, named=True)
    assert (actual["value"], actual["pairs"], actual["prompts"]) == (None, 0, 0)
    assert (actual["scored_images"], actual["all_images"], actual["unused_scores"]) == (1, 4, 7)


def test_a_name_of_several_images_is_unknown(tmp_path: Path) -> None:
    rows = [image("p", "same", 1), image("q", "same", 1, split="train"), image("p", "other", 2)]
    table = pl.DataFrame({"image": ["same.webp", "other.webp"], "s": [1, 2]})
    with irdb_sql.connect(write_metadata(tmp_path, rows)) as db:
        with pytest.raises(score_errors.UnusableScoreError, match="or of several with the same name"):
            db.evaluate(table)
        assert db.score_coverage(table, split="test")["unknown_scores"].item() == 1
        full = table.with_columns(image=pl.Series(["images/test/test_1/same.webp", "other.webp"]))
        assert db.evaluate(full, split="test").filter(metric="acc_micro")["value"].item() == 0.0


def test_scores_of_another_split_are_no_fault(db: ImageRewardDB) -> None:
    scores = db.images().select("image_path", s="rank")
    test = db.evaluate(scores, split="test", resamples=2)
    assert test["split"].unique().to_list() == ["test"]
    assert test["unused_scores"].sum() == 0
    with pytest.raises(score_errors.MissingScoreError, match="of train"):
        db.evaluate(scores.filter(pl.col("image_path").str.contains("test")))


def test_a_database_may_be_opened_with_scores(small: ImageRewardDB, expected: pl.DataFrame) -> None:
    folder = small.source.folder
    with irdb_sql.connect(folder, scores=wide()) as db:
        assert db.evaluate().equals(expected)
        assert db.evaluate("baselines").equals(small.evaluate())
        assert db.sql("SELECT count(*) AS n FROM scores WHERE scorer = 'clip'").item() == 4
        assert db.query("scorer_metrics").height == 2 * db.query("evaluated_metrics").height
        assert db.sql("SELECT scorer FROM scores GROUP BY ALL ORDER BY ALL", lazy=True).collect().height == 2
    with pytest.raises(score_errors.UnusableScoreError):
        irdb_sql.connect(folder, scores=FAULTY)
    with irdb_sql.connect(folder, scores=FAULTY, missing="drop") as db:
        assert db.evaluate()["unused_scores"].max() == 7
        faults = db.query("score_faults").select("fault", "image", "source_row", "all_faults").rows()
        assert faults[0] == ("conflicting", PATHS[1], 2, 7)
        assert {fault for fault, *_ in faults} == {"conflicting", "nan", "null", "unknown", "repeated", "infinite"}
    with irdb_sql.connect(folder, scores=wide().filter(pl.col("clip") > 0), missing="drop") as db:
        assert db.query("missing_scores").select("scorer", "image_path").rows() == [
            ("blip", PATHS[2]),
            ("clip", PATHS[2]),
        ]


def test_hostile_names_of_scorers_and_images_are_names(small: ImageRewardDB) -> None:
    hostile = "'; DROP VIEW images; -- <b>"
    actual = small.evaluate(wide().select("image_path", pl.col("clip").alias(hostile)))
    assert actual["scorer"].unique().to_list() == [hostile]
    with pytest.raises(score_errors.UnusableScoreError):
        small.evaluate(pl.DataFrame({"image": [hostile], "s": [1]}))


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"missing": "skip"}, ChoiceError, "missing cannot be 'skip'"),
        ({"by": "colour"}, ChoiceError, "by cannot be 'colour'"),
        ({"by": ["part", "colour"]}, ChoiceError, "by cannot be 'colour'"),
        ({"split": "tset"}, ValueError, "unknown split 'tset'"),
        ({"subset": "3k"}, ValueError, "unknown subset '3k'"),
        ({"tune_ties_on": "x"}, ValueError, "unknown split 'x'"),
        ({"resamples": 0}, RangeError, "resamples cannot be '0'"),
        ({"resamples": True}, RangeError, "resamples cannot be 'True'"),
        ({"resamples": 10**9}, RangeError, "choose a whole number from 1 to 100,000"),
        ({"seed": -1}, RangeError, "seed cannot be '-1'"),
        ({"confidence": 1.0}, RangeError, "confidence cannot be '1.0'"),
        ({"confidence": "0.9"}, RangeError, "confidence cannot be '0.9'"),
        ({"by": pl.DataFrame({"a": [1]})}, score_errors.ScoreColumnError, "'by' has no column prompt_id"),
        ({"by": pl.DataFrame({"prompt_id": ["p"]})}, score_errors.ScoreColumnError, "has no column to group by"),
        (
            {"by": pl.DataFrame({"prompt_id": ["p"], "value": [1]})},
            score_errors.ScoreColumnError,
            "'value', which is a column of the result",
        ),
        (
            {"by": pl.DataFrame({"prompt_id": ["p", "p"], "x": [1, 2]})},
            score_errors.ScoreColumnError,
            "several rows for a prompt",
        ),
        ({"by": 5}, ChoiceError, "by cannot be '5'"),
        ({"by": ["images", pl.DataFrame()]}, ChoiceError, "by cannot be "),
        ({"by": pl.DataFrame({"prompt_id": ["p"], "x": [[1]]})}, score_errors.ScoreColumnError, "of nested values"),
        (
            {"by": pl.DataFrame({"prompt_id": ["z"], "x": [1]})},
            score_errors.ScoreColumnError,
            "has no evaluated prompt",
        ),
        ({"split": "test", "tune_ties_on": "train"}, score_errors.NoTiesError, "'train' has no pair that"),
    ],
)
def test_invalid_values_of_options_are_refused(
    small: ImageRewardDB, options: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        small.evaluate(**options)


def test_an_empty_dataset_has_metrics_of_the_same_schema(tmp_path: Path, db: ImageRewardDB) -> None:
    with irdb_sql.connect(write_metadata(tmp_path, [])) as empty:
        for by in ((), "classification", "rank_gap"):
            actual = empty.evaluate(by=by)
            assert actual.height == 0
            assert actual.schema == db.evaluate(by=by, resamples=1).schema
            assert empty.scorer_differences(by=by).schema == db.scorer_differences(by=by, resamples=1).schema
        assert empty.score_coverage().schema == db.score_coverage().schema


def test_peoples_ratings_and_other_columns_of_images_are_no_scorers(small: ImageRewardDB) -> None:
    images = small.images()
    for frame in (
        images,
        images.select(pl.all().name.to_uppercase()),
        images.drop("rank", "prompt"),
        images.to_arrow(),
    ):
        with pytest.raises(score_errors.ScoreColumnError, match="no column of scores") as caught:
            small.evaluate(frame)
        assert "the word baselines evaluates them" in str(caught.value)
    mine = small.evaluate(images.with_columns(mine=pl.Series(SCORES)))
    assert mine["scorer"].unique().to_list() == ["mine"]


@pytest.mark.parametrize(
    "scores",
    [
        dict(zip(PATHS, SCORES, strict=True)),
        dict(zip(UUIDS, map(np.float32, SCORES), strict=True)),
        dict(zip(PATHS, map(np.array, SCORES), strict=True)),
        pd.Series(SCORES, index=PATHS),
        pd.DataFrame({"score": SCORES}, index=PATHS),
        pd.DataFrame({"score": SCORES}, index=pd.Index(PATHS, name="file")),
        pd.DataFrame({"score": SCORES, "path": PATHS}, index=pd.Index([9, 8, 7, 6], name="number")),
        pd.DataFrame({"score": SCORES, "path": PATHS}, index=["a", "b", "c", "d"]),
        pd.DataFrame({"score": SCORES, "prompt": "x"}, index=pd.Index(PATHS, name="path")),
    ],
)
def test_scores_may_be_a_mapping_or_have_an_index_of_paths(small: ImageRewardDB, scores: Any) -> None:
    rows = small.evaluate(scores, metric="acc_micro")
    assert rows.select("scorer", "value", "pairs").rows() == [("score", 1.0, 3)]
    named = small.evaluate({"clip": scores, "other": dict.fromkeys(PATHS, 1.0)}, metric="acc_micro")
    assert named["scorer"].to_list() == ["clip", "other"]


def test_a_series_has_the_name_of_its_scorer_and_an_index_of_paths(small: ImageRewardDB) -> None:
    series = pd.Series(SCORES, index=PATHS, name="clip")
    assert small.evaluate(series)["scorer"].unique().to_list() == ["clip"]
    without_paths: tuple[Any, ...] = (pd.Series(SCORES), pl.Series(SCORES), wide().to_arrow()["clip"])
    for wrong in without_paths:
        with pytest.raises(score_errors.ScoreTypeError, match="a Series of scores names no images"):
            small.evaluate(wrong)


@pytest.mark.parametrize("value", ["high", True, [1.0, 2.0]])
def test_a_value_of_a_mapping_that_is_no_number_is_told(small: ImageRewardDB, value: Any) -> None:
    with pytest.raises(score_errors.ScoreValueError, match="row 2 of 'the mapping'"):
        small.evaluate({PATHS[0]: 1.0, PATHS[1]: value})


def test_an_empty_value_of_a_mapping_is_an_empty_score(small: ImageRewardDB) -> None:
    scores: Any = {PATHS[0]: 1.0, PATHS[1]: None}
    with pytest.raises(score_errors.UnusableScoreError, match="is empty"):
        small.evaluate(scores)


def test_metric_names_one_metric_or_some(small: ImageRewardDB, expected: pl.DataFrame) -> None:
    assert small.evaluate(wide(), metric="acc_micro").equals(expected.filter(metric="acc_micro"))
    some = ["tau_b", "acc_micro", "tau_b"]
    assert small.evaluate(wide(), metric=some).equals(expected.filter(pl.col("metric").is_in(some)))
    assert small.scorer_differences(wide(), metric="acc_eq")["metric"].unique().to_list() == ["acc_eq"]
    with pytest.raises(ChoiceError, match="metric cannot be 'accuracy'"):
        small.evaluate(wide(), metric="accuracy")
    with pytest.raises(ChoiceError, match="metric cannot be 'tau_b'"):
        small.evaluate(wide(), metric="tau_b", by="rank_gap")


def test_of_two_columns_of_scores_the_exact_name_is_that_of_the_table(db: ImageRewardDB) -> None:
    rows = db.images(split="test").select("image_path", score=-pl.col("rank"), Score=pl.col("rank"))
    values = db.evaluate(rows, split="test", metric="acc_micro", resamples=2).select("scorer", "value").rows()
    assert sorted(values) == [("Score", 0.0), ("score", 1.0)]
    with pytest.raises(score_errors.ScoreColumnError, match="has columns 'SCORE' and 'Score', and either may be score"):
        db.evaluate(rows.rename({"score": "SCORE"}), split="test")


def test_a_list_of_no_metrics_is_refused(db: ImageRewardDB) -> None:
    calls: list[Callable[[], object]] = [
        lambda: db.evaluate(metric=[]),
        lambda: db.leaderboard(metrics=[]),
        lambda: db.scorer_differences(metric=()),
    ]
    for call in calls:
        with pytest.raises(RangeError, match="metric cannot be '[\\[(]"):
            call()
