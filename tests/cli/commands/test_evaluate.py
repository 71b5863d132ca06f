"""The command that judges scorers, started as a user does: exact output, and notes apart."""

from __future__ import annotations

import csv
import io
import json
import sys
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from conftest import image, write_metadata

import irdb_sql
from irdb_sql.engine.formats import encode
from irdb_sql.scorers.leaderboard import describe_differences

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import RunCli

NOTE = "note: evaluated on test; intervals of 95 % over prompts; clusters by 1,000 exchanges, seed 0\n"
NOTES = f"{NOTE}note: scorers with overlapping ranks are not separated; irdb query metrics explains each metric\n"
DIFFERENCES = (
    "note: a difference is the scorer's value minus the other's, with its interval of 90 %; points are percentage "
    "points, and separated says that 0 is outside the interval\nnote: p_holm is p_value, corrected for the number of "
    "pairs of scorers of the same metric and split, not for the number of metrics\n"
)
NOTES_OF_ONE = f"{NOTE}note: irdb query metrics explains each metric\n"


def test_the_check_values_come_out_on_the_command_line(run_cli: RunCli, real_file: Path) -> None:
    code, out, err = run_cli("evaluate", "--data", real_file)
    assert (code, err) == (0, NOTES)
    (line,) = (line for line in out.splitlines() if " uuid " in line)
    cells = [cell.strip() for cell in line.strip("│").split("│")]
    assert cells[:9] == [
        "3–4", "uuid", "49.1 % [47.2, 51.1]", "3", "6399", "466", "49.4 %", "43.5 %", "-0.011",
    ]  # fmt: skip
    assert cells[-1] == "2,720 of 2,720"
    code, out, _ = run_cli("evaluate", "baselines", "--data", real_file, "--format", "csv")
    actual = {row["metric"]: row["value"] for row in csv.DictReader(io.StringIO(out)) if row["scorer"] == "uuid"}
    assert (actual["acc_micro"][:8], actual["acc_macro"][:8], actual["tau_b"][:9]) == (
        "0.491326",
        "0.494346",
        "-0.011366",
    )
    text = "SELECT round(100 * value, 4) AS v FROM scorer_metrics() WHERE scorer = 'uuid' AND metric = 'acc_micro'"
    assert run_cli("sql", text, "--data", real_file, "--format", "csv") == (0, "v\n49.1327\n", "")


def test_the_leaderboard_is_exact_and_the_notes_go_to_standard_error(
    run_cli: RunCli, ranked_data: Path, scores: Path
) -> None:
    actual = run_cli("evaluate", scores, "--data", ranked_data, "--split", "test")
    assert actual == (
        0,
        "┌─────────┬─────────┬────────────────────┬───────┬─────────┬───────────┬─────────┬─────────┬──────────┬───────────┬──────────┬──────────┬─────────┐\n"
        "│  rank   │ scorer  │     acc_micro      │ pairs │ prompts │ acc_macro │ acc_eq  │  tau_b  │ spearman │ best_of_n │ recall@1 │ filter@1 │ scored  │\n"
        "│ varchar │ varchar │      varchar       │ int64 │  int64  │  varchar  │ varchar │ varchar │ varchar  │  varchar  │ varchar  │ varchar  │ varchar │\n"
        "├─────────┼─────────┼────────────────────┼───────┼─────────┼───────────┼─────────┼─────────┼──────────┼───────────┼──────────┼──────────┼─────────┤\n"
        "│ 1       │ mine    │ 66.7 % [4.4, 98.9] │     6 │       3 │ 66.7 %    │ 55.6 %  │ +0.333  │ +0.333   │ 66.7 %    │ 66.7 %   │ 66.7 %   │ 9 of 9  │\n"
        "└─────────┴─────────┴────────────────────┴───────┴─────────┴───────────┴─────────┴─────────┴──────────┴───────────┴──────────┴──────────┴─────────┘\n"
        "  1 row\n",
        NOTES_OF_ONE,
    )


def test_what_is_shown_is_what_the_facade_returns(
    run_cli: RunCli, ranked_data: Path, scores: Path, tmp_path: Path
) -> None:
    options: list[str | Path] = [
        "--data",
        ranked_data,
        "--split",
        "test",
        "--resamples",
        "50",
        "--seed",
        "3",
        "--confidence",
        "0.9",
    ]
    with irdb_sql.connect(ranked_data) as db:
        given: Any = {"split": "test", "resamples": 50, "seed": 3, "confidence": 0.9}
        both = [str(scores), "baselines"]
        assert run_cli("evaluate", *both, *options, "-o", "m.parquet")[0] == 0
        assert pl.read_parquet(tmp_path / "m.parquet").equals(db.evaluate(both, **given))
        assert run_cli("evaluate", *both, *options, "--show", "differences", "-o", "d.parquet")[0] == 0
        assert pl.read_parquet(tmp_path / "d.parquet").equals(db.scorer_differences(both, **given))
        code, out, notes = run_cli("evaluate", *both, *options, "--show", "differences", "--metric", "acc_micro")
        described = describe_differences(db.scorer_differences(both, metric="acc_micro", **given)).drop("split")
        assert (code, out) == (0, encode(described, "table").decode())
        assert notes == DIFFERENCES
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


def test_a_narrow_terminal_shows_the_verdict_and_names_the_columns_that_are_left_out(
    run_cli: RunCli, ranked_data: Path, scores: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("answers", "commands.evaluate"):
        monkeypatch.setattr(f"irdb_sql.cli.{module}.is_terminal", lambda stream: stream is sys.stdout)
    asked: list[str | Path] = ["evaluate", scores, "baselines", "--data", ranked_data, "--split", "test"]
    _, _, err = run_cli(*asked, env={"COLUMNS": "80"})
    left_out = "prompts, acc_macro, acc_eq, tau_b, spearman, best_of_n, recall@1, filter@1, scored"
    assert err == f"{NOTES}note: the terminal is too narrow for {left_out}; --format vertical shows them\n"
    _, out, _ = run_cli(*asked, "--show", "differences", "--metric", "acc_micro", env={"COLUMNS": "80"})
    assert out.splitlines()[1].replace(" ", "") == "│scorer│other_scorer│difference│separated│p_│p_│"
    assert "  without metric: --format vertical shows them" in out


def test_a_scorer_below_chance_is_noted_unless_it_is_a_baseline(run_cli: RunCli, real_file: Path) -> None:
    text = "SELECT image_path, rank AS mine FROM images"
    run_cli("sql", text, "--data", real_file, "-o", "mine.csv")
    below = (
        "note: 'mine' is below chance on test: acc_micro is 0.0 % [0.0, 0.8], by chance 50.0 %; check that its higher "
        "scores are the better ones, and that few are equal\n"
    )
    asked: list[str | Path] = ["--data", real_file, "--metric", "acc_micro", "--format", "csv", "--resamples", "9"]
    notes = [run_cli("evaluate", *files, *asked)[2] for files in (["mine.csv", "baselines"], ["mine.csv"], [])]
    assert [text.endswith(below) for text in notes] == [True, True, False]
    assert [text.count("below chance") for text in notes] == [1, 1, 0]


def test_ties_are_tuned_on_a_split_that_is_not_judged(run_cli: RunCli, ranked_data: Path, scores: Path) -> None:
    options: list[str | Path] = ["--data", ranked_data, "--split", "test", "--format", "csv"]
    code, out, _ = run_cli("evaluate", scores, *options, "--tune-ties-on", "validation")
    (row,) = (row for row in csv.DictReader(io.StringIO(out)) if row["metric"] == "acc_eq")
    assert (code, row["split"]) == (0, "test")
    assert float(row["epsilon"]) == pytest.approx(0.1)
    code, out, err = run_cli("evaluate", scores, *options, "--tune-ties-on", "test")
    assert (code, out) == (1, "")
    assert err.startswith("error: ties cannot be tuned and evaluated on the same split, 'test'")
    assert run_cli("evaluate", scores, *options, "--tune-ties-on", "test", "--allow-same-split")[0] == 0


@pytest.mark.parametrize("show", ["leaderboard", "metrics", "differences", "coverage"])
def test_a_folder_without_the_split_is_no_data(run_cli: RunCli, tmp_path: Path, show: str) -> None:
    write_metadata(tmp_path, [image("p", "a", 1, split="train"), image("p", "b", 2, split="train")])
    (tmp_path / "metadata-test.parquet").unlink()
    code, out, err = run_cli("evaluate", "--data", tmp_path, "--split", "test", "--show", show)
    assert (code, out) == (3, "")
    assert err.startswith(f"error: the folder '{tmp_path}' holds no metadata: there is no metadata-test.parquet\n")
    assert run_cli("evaluate", "--data", tmp_path, "--split", "train,test", "--show", show)[0] == 0
