"""A database of a subset or of some classifications: everything is about them, and nothing else is there."""

from __future__ import annotations

import shlex
import warnings
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import irdb_sql
from irdb_sql.errors import (
    ArgumentNameError,
    ArgumentTypeError,
    ChoiceError,
    NoImagesSelectedWarning,
    UnknownSubsetError,
)

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import RunCli

    from irdb_sql import ImageRewardDB


def test_everything_is_about_the_classifications(db: ImageRewardDB, tmp_path: Path) -> None:
    classes = ["People", "Arts"]
    expected = db.images().filter(pl.col("classification").is_in(classes))
    scores = db.images().select("image_path", pl.col("row_index").alias("score"))
    with irdb_sql.connect(classification=classes) as selected:
        assert selected.images().equals(expected)
        assert selected.pairs().equals(db.pairs().filter(pl.col("classification").is_in(classes)))
        assert selected.image_files().height == expected.height
        assert selected.sql("SELECT count(*) FROM images", isolated=True).item() == expected.height
        assert selected.evaluate({"row": scores}, resamples=2, split="test").height
        coverage = selected.score_coverage({"row": scores}, split="test")
        assert coverage.select("missing_images", "unknown_scores").row(0) == (0, 0)
        assert selected.source.name.endswith(", only People and Arts")
        manifest = selected.export("rows", tmp_path / "rows", images=False)
        assert manifest["totals"]["rows"] == expected.height
        assert manifest["source"]["classifications"] == classes
        assert "--classification People --classification Arts" in irdb_sql.render(selected, images=False)
    with irdb_sql.connect(classification="People", subset="1k") as selected:
        expected = db.images(subset="1k").filter(classification="People")
        assert selected.images().equals(expected)
        assert selected.query("totals")["images_left_out"].item() == db.images().height - expected.height


def test_what_there_is_not_is_refused() -> None:
    with pytest.raises(ChoiceError, match="classification cannot be 'Peple'"):
        irdb_sql.connect(classification=["People", "Peple"])
    with pytest.raises(UnknownSubsetError):
        irdb_sql.connect(subset="3k")  # type: ignore[call-overload]
    wrong: Any = 3
    for value in (wrong, [wrong]):
        with pytest.raises(ArgumentTypeError):
            irdb_sql.connect(classification=value)


def test_a_selection_of_nothing_says_so() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with irdb_sql.connect(subset="1k", classification="Food") as selected:
            assert selected.images().is_empty()
    assert [str(warning.message) for warning in caught if warning.category is NoImagesSelectedWarning] == [
        "no image is of 1k and 'Food', so that every answer is empty"
    ]


@pytest.mark.parametrize("command", ["sql 'FROM images'", "query images", "verify --all"])
def test_every_command_takes_the_same_options(run_cli: RunCli, db: ImageRewardDB, command: str) -> None:
    words = [
        *shlex.split(command),
        "--split",
        "test",
        "--subset",
        "1k",
        "--classification",
        "People",
        "--format",
        "csv",
    ]
    code, out, _ = run_cli(*words)
    assert (code, out.count("\n") - 1) == (0, db.images(split="test").filter(classification="People").height)


@pytest.mark.parametrize(
    ("text", "sentence", "hint"),
    [
        ("FROM preference_pairs(split := 'test')", "'preference_pairs' has no argument 'split'\n\nLINE 1: ", "did you mean 'in_split'? call "),
        ("SELECT * FROM PAIR_COUNTS(in_split => 'test',\n subset => '1k')", "'pair_counts' has no argument 'subset'\n\nLINE 1: ", "did you mean 'in_subset'? call "),
        ("FROM preference_pairs(keep_tie := true)", "has no argument 'keep_tie'", "did you mean 'keep_ties'? call "),
        ("FROM split_leaks(x := 1)", "'split_leaks' has no argument 'x'", "call split_leaks(); "),
        ("SELECT tau_b(x := 1)", "'tau_b' has no argument 'x'", "call tau_b("),
    ],
)  # fmt: skip
def test_an_argument_that_a_macro_lacks_is_told_in_one_line(
    db: ImageRewardDB, text: str, sentence: str, hint: str
) -> None:
    with pytest.raises(ArgumentNameError) as caught:
        db.sql(text)
    assert sentence in caught.value.sentence
    assert caught.value.hint.startswith(hint)
