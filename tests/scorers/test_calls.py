"""Functions as scorers: batches of prompts and images, scores that are kept and resumed, and hostile returns."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from click.testing import CliRunner
from PIL import Image

import irdb_sql
from irdb_sql.cli.main import irdb
from irdb_sql.errors import ArgumentTypeError, ChoiceError, ImageError, RangeError, UnwritableError
from irdb_sql.scorers.errors import OtherScorerError, ScorerFailedError, ScorerResultError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from irdb_sql import ImageRewardDB

IMAGES = 279  # of test


def length(prompts: list[str], images: list[Any]) -> list[float]:
    assert len(prompts) == len(images) <= 32
    return [len(text) / 2 for text in prompts]


@pytest.mark.parametrize("image_format", ["pil", "numpy", "bytes"])
def test_a_function_gets_the_prompts_and_images_of_rows(db: ImageRewardDB, image_format: Any) -> None:
    batches: list[tuple[list[str], list[Any]]] = []

    def keep(prompts: list[str], images: list[Any]) -> list[int]:
        batches.append((prompts, images))
        return list(range(len(prompts)))

    done: list[tuple[int, int]] = []
    scores = db.score(
        keep, split="test", image_format=image_format, batch_size=100, progress=lambda *numbers: done.append(numbers)
    )
    rows = db.images(split="test", images=True)
    assert scores.schema == {"scorer": pl.String, "image_path": pl.String, "score": pl.Float64}
    assert scores["image_path"].to_list() == rows["image_path"].to_list()
    assert scores["scorer"].unique().to_list() == ["keep"]
    assert [text for prompts, _ in batches for text in prompts] == rows["prompt"].to_list()
    assert done == [(0, IMAGES), (100, IMAGES), (200, IMAGES), (IMAGES, IMAGES)]
    first = batches[0][1][0]
    if image_format == "bytes":
        assert first == rows["image"][0]
    else:
        assert isinstance(first, Image.Image if image_format == "pil" else np.ndarray)
        assert (np.array(first) == irdb_sql.decode(rows["image"].head(1))[0]).all()


@pytest.mark.parametrize(
    "convert",
    [list, tuple, np.array, pl.Series, pd.Series, iter, lambda values: np.array(values, np.float32)[:, None],
     lambda values: [np.float16(value) for value in values], lambda values: [np.array(value) for value in values],
     lambda values: [[value] for value in values]],
)  # fmt: skip
def test_numbers_may_come_in_any_container(db: ImageRewardDB, convert: Callable[[list[float]], Any]) -> None:
    scores = db.score(lambda prompts, images: convert(length(prompts, images)), split="validation")
    assert scores["score"].to_list() == [len(text) / 2 for text in db.images(split="validation")["prompt"]]
    assert scores["scorer"][0] == "score"  # a lambda has no name


def test_evaluations_take_functions_wherever_they_take_scores(db: ImageRewardDB) -> None:
    expected = db.evaluate({"mine": db.score(length, split="test")}, split="test", resamples=5)
    assert db.evaluate({"mine": length}, split="test", resamples=5).equals(expected)
    both = db.leaderboard([length, "baselines"], split="test", metrics="acc_micro", resamples=5)
    assert {"length", "ceiling"} <= set(both["scorer"])
    tuned = db.evaluate(length, split="test", tune_ties_on="validation", metric="acc_eq", resamples=5)
    assert tuned["epsilon"].null_count() == 0
    assert db.score_coverage(length, split="test")["scored_images"].item() == IMAGES
    pairs = db.scorer_differences([length, {"other": length}], split="test", metric="tau_b", resamples=5)
    assert pairs.height == 1


RETURNS: dict[str, tuple[Any, str]] = {
    "none": (None, "returned NoneType for 32 images"),
    "a number": (1.0, "returned float for 32 images"),
    "text": ("0" * 32, "returned str for 32 images"),
    "a mapping": (dict.fromkeys(range(32), 1), "returned dict for 32 images"),
    "too few": ([1.0] * 31, "returned 31 scores for 32 images"),
    "too many": (np.zeros(33), "returned 33 scores for 32 images"),
    "nan": ([1.0] * 31 + [float("nan")], "returned 'nan' for image 'images/test/"),
    "infinity": (np.array([-np.inf] * 32), "returned '-inf' for image"),
    "texts": (["0.5"] * 32, "returned '0.5' for image"),
    "truth": ([True] * 32, "returned 'True' for image"),
    "empty": ([None] * 32, "returned NULL for image"),
    "two each": (np.zeros((32, 2)), "returned '[0.0, 0.0]' for image"),
    "huge": ([10**400] * 32, "for image"),
    "complex": (np.zeros(32, complex), "returned '0j' for image"),
}


@pytest.mark.parametrize(("returned", "words"), RETURNS.values(), ids=RETURNS)
def test_a_return_that_is_no_score_for_each_image_is_told(
    db: ImageRewardDB, tmp_path: Path, returned: Any, words: str
) -> None:
    with pytest.raises(ScorerResultError) as caught:
        db.score(lambda _prompts, _images: returned, split="test", name="mine", score_file=tmp_path / "s.parquet")
    assert str(caught.value).startswith("the scorer 'mine' returned ")
    assert words in str(caught.value)
    assert not list(tmp_path.iterdir())


class Flaky:
    """Fails at a batch, and counts the images that it is asked for."""

    def __init__(self, last_batch: int, error: BaseException) -> None:
        self.images = 0
        self._batches = 0
        self._last = last_batch
        self._error = error

    def __call__(self, prompts: list[str], images: list[Any]) -> list[float]:
        self._batches += 1
        if self._batches > self._last:
            raise self._error
        self.images += len(images)
        return [len(text) / 3 for text in prompts]


@pytest.mark.parametrize("error", [ValueError("out of memory"), KeyboardInterrupt(), RuntimeError()])
@pytest.mark.parametrize("name", ["s.parquet", "s.csv", "s.ndjson"])
def test_an_interrupted_run_goes_on_where_it_stopped(
    db: ImageRewardDB, tmp_path: Path, error: BaseException, name: str
) -> None:
    path, journal = tmp_path / name, tmp_path / f"{name}.unfinished"
    kind = type(error) if isinstance(error, KeyboardInterrupt) else ScorerFailedError
    first = Flaky(3, error)
    with pytest.raises(kind):
        db.score(first, split="test", name="m", score_file=path)
    assert first.images == 96
    assert [each.name for each in tmp_path.iterdir()] == [journal.name]
    with journal.open("ab") as file:  # a crash in the middle of a line
        file.write(b'{"scorer": "m", "image_pa')
    rest = Flaky(99, error)
    done: list[int] = []
    scores = db.score(rest, split="test", name="m", score_file=path, progress=lambda one, _: done.append(one))
    assert (rest.images, done[0]) == (IMAGES - 96, 96)
    assert [each.name for each in tmp_path.iterdir()] == [name]
    assert scores["score"].to_list() == [len(text) / 3 for text in db.images(split="test")["prompt"]]
    assert db.evaluate(path, split="test", resamples=5).equals(db.evaluate(scores, split="test", resamples=5))

    content = path.read_bytes()
    again = Flaky(0, error)
    assert db.score(again, split="test", name="m", score_file=path).equals(scores)
    assert path.read_bytes() == content
    more = Flaky(99, error)
    db.score(more, split=["test", "validation"], name="m", score_file=path)
    assert more.images == db.images(split="validation").height


def test_a_file_of_another_scorer_or_of_another_kind_is_not_written_over(db: ImageRewardDB, tmp_path: Path) -> None:
    path = tmp_path / "s.parquet"
    db.score(length, split="test", score_file=path)
    content = path.read_bytes()
    with pytest.raises(OtherScorerError, match="has scores of 'length', not of 'other'"):
        db.score(length, split="test", name="other", score_file=path)
    with pytest.raises(ScorerFailedError):
        db.score(Flaky(1, ValueError()), split="test", name="a", score_file=tmp_path / "t.csv")
    with pytest.raises(OtherScorerError, match="has scores of 'a', not of 'b'"):
        db.score(length, split="test", name="b", score_file=tmp_path / "t.csv")
    (tmp_path / "u.csv.unfinished").write_text("my notes")
    with pytest.raises(UnwritableError, match="is no journal of irdb score"):
        db.score(length, split="test", score_file=tmp_path / "u.csv")
    (tmp_path / "v.csv.unfinished").write_text(json.dumps({"irdb_score": 1}) + "\nbroken\n")
    with pytest.raises(UnwritableError, match="line 2 of it is damaged"):
        db.score(length, split="test", score_file=tmp_path / "v.csv")
    with pytest.raises(ChoiceError, match="the suffix of a file of scores cannot be '.txt'"):
        db.score(length, score_file=tmp_path / "s.txt")
    with pytest.raises(irdb_sql.IrdbError, match="is an input file"):
        db.score(length, score_file=db.source.files[0].path)
    assert path.read_bytes() == content


def test_wrong_options_are_told_before_a_call(db: ImageRewardDB) -> None:
    never: Any = Flaky(0, AssertionError())
    for wrong, kind in (
        ({"batch_size": 0}, RangeError),
        ({"batch_size": "9"}, ArgumentTypeError),
        ({"image_format": "torch"}, ChoiceError),
        ({"on_error": "null"}, ChoiceError),
        ({"name": 3}, ArgumentTypeError),
        ({"colour": 3}, TypeError),
    ):
        options: Any = wrong
        with pytest.raises(kind):
            db.score(never, **options)
    text: Any = "my_model:score"
    with pytest.raises(ArgumentTypeError, match="function cannot be 'my_model:score'"):
        db.score(text)


def test_an_image_that_cannot_be_read_is_told_or_skipped(tmp_path: Path) -> None:
    with irdb_sql.connect() as db:
        path = db.images(split="test")["image_path"][5]
        source = db.source.folder
    (tmp_path / "images").mkdir()
    with irdb_sql.connect(source, images_root=tmp_path) as db:
        with pytest.raises(ImageError, match=r"archive_missing|archive missing"):
            db.score(length, split="test")
        assert db.score(length, split="test", on_error="skip").is_empty()
    broken = tmp_path / path
    broken.parent.mkdir(parents=True)
    broken.write_bytes(b"RIFF but no image")
    with irdb_sql.connect(source, images_root=tmp_path) as db:
        assert db.score(length, split="test", on_error="skip").is_empty()
        scores = db.score(length, split="test", on_error="skip", image_format="bytes")
        assert scores["image_path"].to_list() == [path]


MODULE = """
def score(prompts, images):
    return [image.width + len(text) for text, image in zip(prompts, images)]

def broken(prompts, images):
    raise ValueError("no GPU")
"""


def test_the_command_scores_and_resumes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "scorer_of_a_test.py").write_text(MODULE)
    (tmp_path / "broken_module_of_a_test.py").write_text("1 / 0")

    def run(function: str, *options: str) -> tuple[Any, str]:
        done = CliRunner().invoke(irdb, ["score", function, "--split", "test", *options])
        return done.exception if done.exit_code == 1 else done.exit_code, done.stderr

    module = "scorer_of_a_test"
    code, err = run(f"{module}:score", "-o", "s.csv")
    assert (code, err.splitlines()[1:]) == (
        0,
        ["note: s.csv has the scores of 279 images; irdb evaluate s.csv evaluates them"],
    )
    with irdb_sql.connect() as db:
        assert db.leaderboard("s.csv", split="test", resamples=5)["scorer"].to_list() == ["score"]
    assert "the scorer 'broken' failed on 32 images" in str(run(f"{module}:broken", "-o", "t.csv")[0])
    assert "has no function 'scor'" in str(run(f"{module}:scor", "-o", "t.csv")[0])
    assert "no module is called 'no_such_module'" in str(run("no_such_module:score", "-o", "t.csv")[0])
    assert "ZeroDivisionError" in str(run("broken_module_of_a_test:score", "-o", "t.csv")[0])
    assert "there is no folder" in str(run("no_such_module:score", "-o", "no/t.csv")[0])
    assert run(module, "-o", "t.csv")[0] == run(f"{module}:score")[0] == run(f"{module}:score", "-o", "-")[0] == 2
    assert sorted(path.name for path in tmp_path.glob("[st]*.csv*")) == ["s.csv"]


def test_a_leaderboard_is_what_the_command_prints(db: ImageRewardDB) -> None:
    board = db.leaderboard(split="test", resamples=20)
    done = CliRunner().invoke(
        irdb, ["evaluate", "--split", "test", "--resamples", "20", "--show", "leaderboard", "--format", "ndjson"]
    )
    assert board.write_ndjson() == done.stdout
    by_class = db.leaderboard(split="test", resamples=20, by="classification", metrics=["tau_b", "acc_micro"])
    assert by_class.columns[:6] == ["split", "classification", "scorer", "rank_best", "rank_worst", "cluster"]
    assert "spearman" not in by_class.columns
    ordered = by_class.sort("classification", "tau_b", descending=[False, True], nulls_last=True, maintain_order=True)
    assert ordered.equals(by_class)
    assert db.leaderboard(split="test", by="rank_gap", resamples=5)["rank_gap"].unique().sort().to_list() == [
        0,
        1,
        2,
        3,
        4,
    ]
    with pytest.raises(ChoiceError, match="metric cannot be 'best'"):
        db.leaderboard(metrics=["best"])


def test_two_scorers_conflict_where_they_order_a_pair_in_opposite_ways(db: ImageRewardDB) -> None:
    rows = db.query("scorer_conflicts", scorer="uuid", other_scorer="fidelity_rating", split="test", pairs=10**6)
    signs = db.sql(
        "SELECT a.better_path, a.worse_path, a.rank_gap, a.score_sign AS fidelity FROM scored_pairs('test') AS a "
        "JOIN scored_pairs('test') AS b USING (better_path, worse_path) "
        "WHERE a.scorer = 'fidelity_rating' AND b.scorer = 'uuid' AND a.score_sign * b.score_sign = -1"
    )
    keys = ["better_path", "worse_path"]
    assert rows.select("scorer", "other_scorer").unique().rows() == [("fidelity_rating", "uuid")]
    joined = rows.join(signs, on=keys, how="full", validate="1:1")
    assert joined.height == rows.height == signs.height > 100
    agreeing = joined.select(
        pl.when(rank_gap=0).then(None).when(fidelity=1).then(pl.lit("fidelity_rating")).otherwise(pl.lit("uuid"))
    )
    assert agreeing.to_series().equals(joined["agreeing_scorer"], null_equal=True)
    gaps = rows.select(pl.sum_horizontal(pl.col("score_gap", "other_score_gap").abs())).to_series()
    assert gaps.is_sorted(descending=True)
    assert (rows["score_gap"] * rows["other_score_gap"] < 0).all()
    assert db.query("scorer_conflicts", with_baselines=False).is_empty()
    with pytest.raises(irdb_sql.IrdbError, match="there is no scorer 'nobody'"):
        db.query("scorer_conflicts", scorer="nobody")
    with pytest.raises(irdb_sql.IrdbError, match="'uuid' is both scorer and other_scorer; name two"):
        db.query("scorer_conflicts", scorer="uuid", other_scorer="uuid")
