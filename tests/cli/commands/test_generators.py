"""The command that compares generators, started as a user does."""

from __future__ import annotations

import csv
import io
import json
import math
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


def test_no_input_file_is_overwritten_by_the_answer(run_cli: RunCli, tmp_path: Path) -> None:
    rows = [f"{name},p{prompt},{(prompt * 7 + place) % 5}" for prompt in range(9) for place, name in enumerate("ab")]
    (tmp_path / "scores.csv").write_text("generator,prompt_id,score\n" + "\n".join(rows))
    (tmp_path / "cov.csv").write_text(
        "generator,prompt_id,place\n" + "\n".join(f"{row[:-1]}{place * place % 7}" for place, row in enumerate(rows))
    )
    (tmp_path / "people.csv").write_text("generator,human_rank\na,1\nb,2\n")
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "mine.sql").write_text("-- name: mine\n-- How many?\n-- returns: n\nSELECT 1 AS n ORDER BY n")
    assert run_cli("verify", "-o", "images.parquet")[0] == 0
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.*")}
    for command, target in (
        (("generators", "scores.csv", "--show", "effects", "--covariates", "cov.csv"), "cov.csv"),
        (("generators", "scores.csv", "--human-ranking", "people.csv"), "people.csv"),
        (("generators", "scores.csv"), "scores.csv"),
        (("query", "totals", "--images", "images.parquet"), "images.parquet"),
        (("query", "own/mine.sql"), "own/mine.sql"),
        (("query", "mine", "--queries", "own"), "own/mine.sql"),
    ):
        code, out, err = run_cli(*command, "--format", "csv", "-o", target)
        assert (code, out) == (1, ""), command
        assert "is an input file of this command" in err
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.*")} == before


def test_ties_and_covariates_have_effects(run_cli: RunCli, tmp_path: Path) -> None:
    scores = [(2, 1), (2, 1), (2, 1), (1, 2), (1, 1)]
    rows = [
        f"{name},p{prompt},{score}"
        for prompt, pair in enumerate(scores)
        for name, score in zip("ab", pair, strict=True)
    ]
    (tmp_path / "scores.csv").write_text("generator,prompt_id,score\n" + "\n".join(rows))
    options = ("--resamples", "9", "--format", "csv")
    code, out, err = run_cli("generators", "scores.csv", "--show", "effects", "--ties", "davidson", *options)
    (row,) = csv.DictReader(io.StringIO(out))
    assert (code, row["effect"], row["kind"]) == (0, "ties", "ties")
    assert float(row["estimate"]) == pytest.approx(1 / 3**0.5)
    assert err == (
        "note: two equal generators tie on 22.4% of prompts, estimate / (2 + estimate)\n"
        "note: there is no interval where too many resamples of prompts have no finite estimates, or where there are fewer "
        "than 40 resamples\n"
    )
    code, out, err = run_cli("generators", "scores.csv", "--show", "strengths", "--ties", "davidson", *options)
    assert float(next(csv.DictReader(io.StringIO(out)))["strength"]) == pytest.approx(math.log(3) / 2)
    assert "wins 1 / (1 + exp(-d)) of prompts without a tie; --show effects prints the parameter of ties\n" in err
    rows = [
        f"{name},p{prompt},{place}"
        for prompt in range(5)
        for name, place in zip("ab", [(1, 2), (2, 1)][prompt % 2], strict=True)
    ]
    (tmp_path / "places.csv").write_text("generator,prompt_id,<place>\n" + "\n".join(rows))
    code, out, err = run_cli("generators", "scores.csv", "--show", "effects", "--covariates", "places.csv", *options)
    # Shown first, a has 2.5 of 3 wins; shown second, 1 of 2: the log odds are gap - effect and gap + effect.
    (row,) = csv.DictReader(io.StringIO(out))
    assert (code, row["effect"]) == (0, "<place>")
    assert float(row["estimate"]) == pytest.approx(-math.log(5) / 2)
    assert err == (
        "note: a covariate adds its estimate to the log-odds of a win, per unit that a generator has more of it\n"
        "note: there is no interval where too many resamples of prompts have no finite estimates, or where there are fewer "
        "than 40 resamples\n"
    )


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--ties", "davidson"], 2, "--ties and --covariates need --show strengths or --show effects."),
        (["--show", "wins", "--covariates", "x.csv"], 2, "need --show strengths or --show effects."),
        (["--show", "effects"], 2, "--show effects needs --covariates FILE, --ties davidson, or both."),
        (["--show", "strengths", "--covariates", "nowhere.csv"], 3, "no file is called 'nowhere.csv'"),
        (["--show", "strengths", "--covariates", "CLIP-benchmark-one-result.json"], 1, "has no column generator"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    run_cli: RunCli, results: list[str], options: list[str], code: int, words: str
) -> None:
    actual = run_cli("generators", *results, *options)
    assert actual[:2] == (code, "")
    assert words in actual[2]
