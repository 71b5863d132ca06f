"""The command that compares generators, started as a user does."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import RunCli


@pytest.fixture
def results(tmp_path: Path) -> list[str]:
    for name, scores in (("one", [1, 2, 3]), ("two", [2, 1, 4])):
        objects = [{"id": str(prompt), "prompt": "x", "rewards": [score]} for prompt, score in enumerate(scores)]
        (tmp_path / f"CLIP-benchmark-{name}-result.json").write_text(json.dumps(objects))
    return ["CLIP-benchmark-one-result.json", "CLIP-benchmark-two-result.json"]


def test_generators_are_compared(run_cli: RunCli, results: list[str], tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("generator,human_rank\none,2\ntwo,1\n")
    actual = run_cli("generators", *results, "--human-ranking", "people.csv", "--format", "csv")
    assert actual == (
        0,
        "generator,generator_rank,mean_score,prompt_mean,images,prompts,human_rank\n"
        "two,1,2.3333333333333335,2.3333333333333335,3,3,1.0\none,2,2.0,2.0,3,3,2.0\n",
        "note: Spearman's correlation with the human ranking of 2 generators: 1.0000\n",
    )
    actual = run_cli("generators", *results, "--show", "wins", "--format", "csv")
    assert actual == (
        0,
        "generator,other_generator,prompts,wins,ties,losses,win_rate\none,two,3,1,0,2,0.3333333333333333\n"
        "two,one,3,2,0,1,0.6666666666666666\n",
        "",
    )
    code, out, err = run_cli("generators", *results, "--show", "strengths", "--resamples", "20", "--format", "csv")
    assert (code, err.startswith("note: strengths are natural logarithms")) == (0, True)
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [row["generator"] for row in rows] == ["two", "one"]
    assert float(rows[0]["strength"]) == pytest.approx(0.34657359)
    code, out, err = run_cli("generators", results[0], "--show", "strengths")
    assert (code, out) == (1, "")
    assert err.startswith(
        "error: strengths need scores of at least two generators, but the generators with scores are: 'one'\n\nHint: "
    )
    assert run_cli("generators")[0] == 1  # the sample has no votes
