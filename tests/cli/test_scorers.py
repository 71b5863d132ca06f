"""The commands that judge scorers and generators, started as a user does: exact output, notes apart, documented exit codes."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from conftest import image, write_metadata
from markdown_it import MarkdownIt

import irdb_sql
from irdb_sql.reports.render import render

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import RunCli

NOTES = (
    "note: judged on test; intervals hold 95 % of 1,000 resamples of the prompts, seed 0\n"
    "note: ranks that overlap cannot be told apart; irdb query metrics explains all\n"
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    rows = [image(prompt, f"{prompt}{name}", rank) for prompt in "pqr" for name, rank in (("a", 1), ("b", 2), ("c", 2))]
    rows += [image("v", f"v{name}", rank, split="validation") for name, rank in (("a", 1), ("b", 1), ("c", 2))]
    return write_metadata(folder, rows)


@pytest.fixture
def scores(tmp_path: Path) -> Path:
    """Scores of both splits; one prompt is ordered wrongly."""
    values = {
        "pa": 3,
        "pb": 2,
        "pc": 1,
        "qa": 3,
        "qb": 1,
        "qc": 1,
        "ra": 1,
        "rb": 2,
        "rc": 3,
        "va": 1.0,
        "vb": 0.9,
        "vc": 0,
    }
    path = tmp_path / "scores.csv"
    path.write_text("image,mine\n" + "".join(f"{name}.webp,{value}\n" for name, value in values.items()))
    return path


def test_the_check_values_come_out_on_the_command_line(run_cli: RunCli, real_file: Path) -> None:
    code, out, err = run_cli("evaluate", "--data", real_file)
    assert (code, err) == (0, NOTES)
    (line,) = (line for line in out.splitlines() if " uuid " in line)
    cells = [cell.strip() for cell in line.strip("│").split("│")]
    assert cells[:9] == [
        "2–3",
        "uuid",
        "49.1327 %",
        "47.19–51.08",
        "6399",
        "466",
        "49.4346 %",
        "43.4855 %",
        "-0.011366",
    ]
    assert cells[-1] == "2,720 of 2,720"
    code, out, _ = run_cli("evaluate", "baselines", "--data", real_file, "--format", "csv")
    found = {row["metric"]: row["value"] for row in csv.DictReader(io.StringIO(out)) if row["scorer"] == "uuid"}
    assert (found["acc_micro"][:8], found["acc_macro"][:8], found["tau_b"][:9]) == ("0.491326", "0.494346", "-0.011366")
    text = "SELECT round(100 * value, 4) AS v FROM scorer_metrics() WHERE scorer = 'uuid' AND metric = 'acc_micro'"
    assert run_cli("sql", text, "--data", real_file, "--format", "csv") == (0, "v\n49.1327\n", "")


def test_the_leaderboard_is_exact_and_the_notes_go_to_standard_error(run_cli: RunCli, data: Path, scores: Path) -> None:
    found = run_cli("evaluate", scores, "--data", data, "--split", "test")
    assert found == (
        0,
        "┌─────────┬─────────┬───────────┬─────────────┬───────┬─────────┬───────────┬───────────┬───────────┬───────────┬───────────┬───────────┬───────────┬─────────┐\n"
        "│  rank   │ scorer  │ acc_micro │  interval   │ pairs │ prompts │ acc_macro │  acc_eq   │   tau_b   │ spearman  │ best_of_n │ recall@1  │ filter@1  │ scored  │\n"
        "│ varchar │ varchar │  varchar  │   varchar   │ int64 │  int64  │  varchar  │  varchar  │  varchar  │  varchar  │  varchar  │  varchar  │  varchar  │ varchar │\n"
        "├─────────┼─────────┼───────────┼─────────────┼───────┼─────────┼───────────┼───────────┼───────────┼───────────┼───────────┼───────────┼───────────┼─────────┤\n"
        "│ 1       │ mine    │ 66.6667 % │ 0.00–100.00 │     6 │       3 │ 66.6667 % │ 55.5556 % │ +0.333333 │ +0.333333 │ 66.6667 % │ 66.6667 % │ 66.6667 % │ 9 of 9  │\n"
        "└─────────┴─────────┴───────────┴─────────────┴───────┴─────────┴───────────┴───────────┴───────────┴───────────┴───────────┴───────────┴───────────┴─────────┘\n"
        "  1 row\n",
        NOTES,
    )


def test_what_is_shown_is_what_the_facade_returns(run_cli: RunCli, data: Path, scores: Path, tmp_path: Path) -> None:
    options: list[str | Path] = [
        "--data",
        data,
        "--split",
        "test",
        "--resamples",
        "50",
        "--seed",
        "3",
        "--confidence",
        "0.9",
    ]
    with irdb_sql.connect(data) as db:
        given: Any = {"split": "test", "resamples": 50, "seed": 3, "confidence": 0.9}
        both = [str(scores), "baselines"]
        assert run_cli("evaluate", *both, *options, "-o", "m.parquet")[0] == 0
        assert pl.read_parquet(tmp_path / "m.parquet").equals(db.evaluate(both, **given))
        assert run_cli("evaluate", *both, *options, "--show", "differences", "-o", "d.parquet")[0] == 0
        assert pl.read_parquet(tmp_path / "d.parquet").equals(db.scorer_differences(both, **given))
        assert run_cli("evaluate", *both, *options, "--show", "coverage", "-o", "c.parquet")[0] == 0
        assert pl.read_parquet(tmp_path / "c.parquet").equals(db.score_coverage(both, split="test"))
        code, out, _ = run_cli(
            "evaluate", *both, *options, "--by", "images", "--show", "leaderboard", "--format", "ndjson"
        )
        assert code == 0
        rows = [json.loads(line) for line in out.splitlines()]
        by_images = db.evaluate(both, by="images", **given).filter(metric="acc_micro").sort("value", descending=True)
        assert [row["acc_micro"] for row in rows] == by_images["value"].to_list()
        assert rows[0]["images"] == 3


def test_ties_are_tuned_on_a_split_that_is_not_judged(run_cli: RunCli, data: Path, scores: Path) -> None:
    options: list[str | Path] = ["--data", data, "--split", "test", "--format", "csv"]
    code, out, _ = run_cli("evaluate", scores, *options, "--tune-ties-on", "validation")
    (row,) = (row for row in csv.DictReader(io.StringIO(out)) if row["metric"] == "acc_eq")
    assert (code, row["split"]) == (0, "test")
    assert float(row["epsilon"]) == pytest.approx(0.1)
    code, out, err = run_cli("evaluate", scores, *options, "--tune-ties-on", "test")
    assert (code, out) == (1, "")
    assert err.startswith("error: ties cannot be tuned on 'test' and reported on it, too")
    assert run_cli("evaluate", scores, *options, "--tune-ties-on", "test", "--allow-same-split")[0] == 0


def test_what_is_missing_or_of_no_use_is_refused_or_noted(run_cli: RunCli, data: Path, tmp_path: Path) -> None:
    (tmp_path / "part.csv").write_text("image,s\npa.webp,1\npb.webp,0\nxx.webp,5\n")
    code, out, err = run_cli("evaluate", "part.csv", "--data", data)
    assert (code, out) == (1, "")
    assert err == (
        "error: the score of 's' for image 'xx.webp' (row 3 of part.csv) is of no image of this source, or of several "
        "that share the name\n\nHint: check that the scores are of this data and split, or pass missing='drop' (--missing drop) to leave such scores out and have "
        "them counted.\n"
    )
    text = "SELECT count(*) AS n FROM scores"
    assert run_cli("sql", text, "--data", data, "--scores", "part.csv", "--missing", "drop", "--format", "csv") == (
        0,
        "n\n2\n",
        "note: s has a score for 2 of the 9 images of test\nnote: scores of s that cannot be used for test: 1 unknown\n"
        "note: s has a score for 0 of the 3 images of validation\n"
        "note: scores of s that cannot be used for validation: 1 unknown\n",
    )
    code, out, err = run_cli("evaluate", "mine=part.csv", "--data", data, "--split", "test", "--missing", "drop")
    assert (code, " mine " in out) == (0, True)
    assert err == (
        "note: mine has a score for 2 of the 9 images of test\n"
        "note: scores of mine that cannot be used for test: 1 unknown\n" + NOTES
    )
    assert run_cli("evaluate", "nope.csv", "--data", data)[0] == 3
    assert run_cli("evaluate", "--data", data, "--by", "colour")[0] == 1
    assert run_cli("evaluate", "--data", data, "--show", "nothing")[0] == 2


def test_sql_and_named_queries_see_given_scores(run_cli: RunCli, data: Path, scores: Path) -> None:
    text = "SELECT scorer, count(*) AS n FROM scores GROUP BY scorer"
    assert run_cli("sql", text, "--data", data, "--scores", scores, "--format", "csv") == (0, "scorer,n\nmine,12\n", "")
    found = run_cli("query", "score_coverage", "--data", data, "--scores", f"x={scores}", "--format", "csv")
    assert found[1].splitlines()[1:] == ["x,test,9,9,0,0,0,0,0,0,0", "x,validation,3,3,0,0,0,0,0,0,0"]


def test_the_report_has_a_section_when_scores_are_given(run_cli: RunCli, data: Path, scores: Path) -> None:
    code, out, err = run_cli("report", "--data", data, "--scores", scores)
    assert (code, err) == (0, "")
    with irdb_sql.connect(data, scores=scores) as db:
        assert render(db) == out
        plain = render(irdb_sql.connect(data))
    start = "## How well do scorers agree with people?"
    assert start not in plain
    section = out[out.index(start) : out.index("## What was this made from?")]
    assert section.startswith("## How well do scorers agree with people?\n\n| split | rank | scorer | acc_micro |")
    assert "| test | 1 | mine | 66.6667 % | 0.00–100.00 | 6 | 3 | 66.6667 % | 55.5556 % | +0.333333 |" in section
    assert "- acc_macro: mean over prompts of the share" in section
    assert "| mine | test | 9 | 9 | 0 | 0 | 0 | 0 | 0 | 0 | 0 |" in section
    tokens = [token.type for token in MarkdownIt("gfm-like").parse(section)]
    assert (tokens.count("table_open"), tokens.count("heading_open"), tokens.count("list_item_open")) == (2, 2, 8)


def test_a_hostile_scorer_is_text_in_the_report(data: Path, scores: Path) -> None:
    hostile = "<script>alert(1)</script> | {{ 7 * 7 }} | [x](y)"
    with irdb_sql.connect(data, scores={hostile: pl.read_csv(scores)}) as db:
        report = render(db)
    tokens = MarkdownIt("gfm-like").parse(report)
    children = [child for token in tokens for child in token.children or []]
    assert hostile in {
        "".join(child.content for child in token.children or []) for token in tokens if token.type == "inline"
    }
    assert not {"html_block", "html_inline", "link_open"} & {token.type for token in [*tokens, *children]}


@pytest.fixture
def results(tmp_path: Path) -> list[str]:
    for name, scores in (("one", [1, 2, 3]), ("two", [2, 1, 4])):
        objects = [{"id": str(prompt), "prompt": "x", "rewards": [score]} for prompt, score in enumerate(scores)]
        (tmp_path / f"CLIP-benchmark-{name}-result.json").write_text(json.dumps(objects))
    return ["CLIP-benchmark-one-result.json", "CLIP-benchmark-two-result.json"]


def test_generators_are_compared(run_cli: RunCli, results: list[str], tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("generator,human_rank\none,2\ntwo,1\n")
    found = run_cli("generators", *results, "--human-ranking", "people.csv", "--format", "csv")
    assert found == (
        0,
        "generator,generator_rank,mean_score,prompt_mean,images,prompts,human_rank\n"
        "two,1,2.3333333333333335,2.3333333333333335,3,3,1.0\none,2,2.0,2.0,3,3,2.0\n",
        "note: Spearman's correlation with the human ranking of 2 generators: 1.0000\n",
    )
    found = run_cli("generators", *results, "--show", "wins", "--format", "csv")
    assert found == (
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
    assert err.startswith("error: strengths compare at least two generators, and the scores are of 'one'\n\nHint: ")
    assert run_cli("generators")[0] == 2
