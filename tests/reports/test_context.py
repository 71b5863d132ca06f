"""What a template is score_file: commands that repeat its answers, files of data and scores, and what is missing."""

from __future__ import annotations

import hashlib
import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from conftest import image, write_metadata
from oracles.reports import of_sample, render

import irdb_sql

if TYPE_CHECKING:
    from conftest import RunCli


def test_each_command_repeats_its_figure(run_cli: RunCli) -> None:
    figures = json.loads(of_sample(format="json"))["figures"]
    for figure in [one for one in figures if one["name"] in ("longest_prompts", "pair_counts")]:
        words = figure["command"].split()
        assert words[0] == "irdb"
        code, out, _ = run_cli(*words[1:], "--format", "json")
        assert (code, json.loads(out)) == (0, figure["rows"])


def test_commands_and_files_of_scores_are_told_and_repeat_what_is_shown(
    scored: Path, data: Path, run_cli: RunCli
) -> None:
    with irdb_sql.connect(data, scores=scored) as db:
        report = json.loads(render(db, "scorers", "json"))
        assert "<svg" in render(db, "scorers", "html")
    digest = hashlib.sha256(scored.read_bytes()).hexdigest()
    score_file = {"file": "sc.csv", "split": None, "bytes": scored.stat().st_size, "sha256": digest}
    assert score_file in report["source"]["files"]
    commands = {figure["command"].partition("  # ")[0] for figure in report["figures"]}
    assert len(commands) > 5
    assert all("sc.csv" in command and f"--data {data.name}" in command for command in commands)
    figures = {figure["command"]: figure for figure in report["figures"]}
    (answer,) = (figure for command, figure in figures.items() if command.endswith("  # recall@1, recall@2, recall@4"))
    words = shlex.split(answer["command"].partition("  # ")[0])[1:]
    code, out, _ = run_cli(*(str(data) if word == data.name else word for word in words), "--format", "json")
    rows = [row for row in json.loads(out) if row["metric"].startswith("recall@")]
    assert (code, [row["value"] for row in rows]) == (0, [row["recall"] for row in answer["rows"]])
    disagreements = next(figure for figure in report["figures"] if figure["name"] == "scorer_disagreements")
    words = shlex.split(disagreements["command"])[1:]
    code, out, _ = run_cli(*(str(data) if word == data.name else word for word in words), "--format", "json")
    assert (code, json.loads(out)) == (0, disagreements["rows"])


def test_data_that_is_called_synthetic_is_named_in_commands(tmp_path: Path) -> None:
    folder = tmp_path / "synthetic data"
    folder.mkdir()
    write_metadata(folder, [image("p", str(rank), rank, 5, 5, 5) for rank in (1, 2)])
    with irdb_sql.connect(folder) as db:
        figures = json.loads(render(db, "audit", "json"))["figures"]
    assert all(figure["command"].endswith("--data 'synthetic data'") for figure in figures)


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
