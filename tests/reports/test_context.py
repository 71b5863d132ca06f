"""What a template is score_file: commands that repeat its answers, files of data and scores, and what is missing."""

from __future__ import annotations

import hashlib
import json
import shlex
import shutil
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from conftest import image, write_metadata
from oracles.reports import of_sample, render

import irdb_sql
from irdb_sql.core.schema import MEASURES
from irdb_sql.reports.context import TemplateContext
from irdb_sql.reports.options import Scope
from irdb_sql.sources.sample.dataset import embedded_sample

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import RunCli

    from irdb_sql import ImageRewardDB


def assert_repeated(run_cli: RunCli, figure: dict[str, Any]) -> None:
    """Run the printed command of a figure, and compare what it answers."""
    text, _, metrics = figure["command"].partition("  # ")
    code, out, notes = run_cli(*shlex.split(text)[1:], "--format", "json")
    assert code == 0, notes
    rows = json.loads(out)
    if figure["name"] != "evaluate":
        assert rows == figure["rows"]
        return
    assert rows
    values = [row["value"] for row in rows if row.get("metric") in metrics.split(", ")]
    if metrics:
        kind = metrics.partition("@")[0] if "@" in metrics else metrics.split(", ")[0]
        assert values == [row[kind] for row in figure["rows"]]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["summary", "audit", "scorers", "reproduction"])
def test_every_printed_command_repeats_its_figure(run_cli: RunCli, scored: Path, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "my data $(x)"
    folder.mkdir()
    shutil.copyfile(embedded_sample() / "metadata-test.parquet", folder / "metadata-test.parquet")
    scores = tmp_path / "my scores.csv"
    pl.read_csv(scored).rename({"good\x01\ufffe\u202e": "good"}).write_csv(scores)
    arguments = ["report", name, "--data", "my data $(x)/metadata-test.parquet", "--split", "test", "--resamples", "50"]
    code, out, notes = run_cli(*arguments, "--scores", "my scores.csv", "--missing", "drop", "--format", "json")
    assert code == 0, notes
    figures = json.loads(out)["figures"]
    assert figures
    for figure in figures:
        assert "--data 'my data $(x)/metadata-test.parquet'" in figure["command"]
        assert "my data" not in figure["asked"]
        assert_repeated(run_cli, figure)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::irdb_sql.images.errors.UnmeasuredImagesWarning")
def test_files_of_scores_and_measures_are_told(scored: Path, data: Path) -> None:
    measured = scored.with_name("measured.parquet")
    with irdb_sql.connect(data, split="test") as db:
        columns = {name: pl.col("row_index") % 7 for name in ("size", *MEASURES)}
        db.images().select("image_path", status=pl.lit("ok"), **columns).write_parquet(measured)
    with irdb_sql.connect(data, scores=scored, measures=measured) as db:
        report = json.loads(render(db, "scorers", "json"))
        assert "<svg" in render(db, "scorers", "html")
    digest = hashlib.sha256(scored.read_bytes()).hexdigest()
    score_file = {"file": "sc.csv", "split": None, "bytes": scored.stat().st_size, "sha256": digest}
    assert score_file in report["source"]["files"]
    assert measured.name in [file["file"] for file in report["source"]["files"]]
    for figure in report["figures"]:
        assert f"--measures {shlex.quote(str(measured))}" in figure["command"]
        assert shlex.quote(str(scored)) in figure["command"]
    (confounds,) = (figure for figure in report["figures"] if figure["name"] == "score_confounds")
    assert {row["covariate"] for row in confounds["rows"]} >= {"brightness", "prompt_length"}


def test_scores_that_are_in_no_file_are_said_to_be_so(data: Path, scored: Path) -> None:
    with irdb_sql.connect(data, scores={"mine": pl.read_csv(scored).select("image_path", score="noise")}) as db:
        figures = json.loads(render(db, "audit", "json"))["figures"]
    assert all(figure["command"].endswith("  # and with the scores, which are in no file") for figure in figures)


def test_data_that_is_called_synthetic_is_named_in_commands(tmp_path: Path) -> None:
    folder = tmp_path / "synthetic data"
    folder.mkdir()
    write_metadata(folder, [image("p", str(rank), rank, 5, 5, 5) for rank in (1, 2)])
    with irdb_sql.connect(folder) as db:
        figures = json.loads(render(db, "audit", "json"))["figures"]
    assert all(figure["command"].endswith(f"--data {shlex.quote(str(folder))}") for figure in figures)


@pytest.mark.slow
def test_what_an_audit_could_not_check_is_said(tmp_path: Path) -> None:
    rows = [image("p", str(number), None, None, None, None, classification=None) for number in range(3)]
    with irdb_sql.connect(write_metadata(tmp_path, rows)) as bare:
        missing = json.loads(render(bare, "audit", "json"))["missing"]
        figures = json.loads(render(bare, "reproduction", "json"))["missing"]
        summary = json.loads(render(bare, "summary", "json"))["missing"]
    assert [text.partition(" of")[0] for text in missing[:2]] == [
        "this source has no train, so images and prompts shared with it cannot be found.",
        "this source has no validation, so images and prompts shared with it cannot be found.",
    ]
    assert [text.partition(", so")[0] for text in missing[2:]] == [
        "no image of this source has a rank.",
        "no image of this source has a rating",
        "no image of this source has a classification",
        "no image file of this source is here",
    ]
    assert figures == [
        "this source has no train.",
        "this source has no validation.",
        "no scores are given, so values of scorers cannot be computed.",
    ]
    assert summary[0] == "none of the 3 images of this source has a rank, so there are no pairs."
    assert json.loads(of_sample("audit", "json"))["missing"] == []


@pytest.mark.parametrize("metric", ["acc_micro", "acc_macro", "tau_b", "nothing"])
@pytest.mark.parametrize("by", ["classification", "rank_gap"])
def test_groups_have_the_intervals_that_they_have_among_all_metrics(db: ImageRewardDB, metric: str, by: str) -> None:
    context = TemplateContext(db, Scope(split="test", resamples=20))
    among = db.evaluate(split="test", resamples=20, by=by).filter(metric=metric)
    rows = [(row["lower"], row["upper"], row["rank_best"]) for row in context.evaluate(metric, by=by).rows]
    assert rows == among.select("lower", "upper", "rank_best").rows()
    differences = db.scorer_differences(split="test", resamples=20).filter(metric=metric)
    rows = [(row["lower"], row["upper"], row["separated"]) for row in context.differences(metric).rows]
    assert rows == differences.select("lower", "upper", "separated").rows()
