"""The scores that a command is given: which are of no use, and where they are seen."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import RunCli

NOTES = (
    "note: evaluated on test; intervals of 95 % over prompts; clusters by 1,000 exchanges, seed 0\n"
    "note: irdb query metrics explains each metric\n"
)


def test_what_is_missing_or_of_no_use_is_refused_or_noted(run_cli: RunCli, ranked_data: Path, tmp_path: Path) -> None:
    (tmp_path / "part.csv").write_text("image,s\npa.webp,1\npb.webp,0\nxx.webp,5\n")
    code, out, err = run_cli("evaluate", "part.csv", "--data", ranked_data)
    assert (code, out) == (1, "")
    assert err == (
        "error: the score of 's' for image 'xx.webp' (row 3 of part.csv) is of no image of this source, or of several "
        "with the same name\n\nHint: check that the scores are of this data and split, or pass missing='drop' (--missing "
        "drop) to leave such scores out and count them.\n"
    )
    text = "SELECT count(*) AS n FROM scores"
    assert run_cli(
        "sql", text, "--data", ranked_data, "--scores", "part.csv", "--missing", "drop", "--format", "csv"
    ) == (
        0,
        "n\n2\n",
        "note: 's' has a score for 2 of the 9 images of test\nnote: scores of 's' that cannot be used for test: 1 unknown\n"
        "note: 's' has a score for 0 of the 3 images of validation\n"
        "note: scores of 's' that cannot be used for validation: 1 unknown\n",
    )
    code, out, err = run_cli("evaluate", "mine=part.csv", "--data", ranked_data, "--split", "test", "--missing", "drop")
    assert (code, " mine " in out) == (0, True)
    assert err == (
        "note: 'mine' has a score for 2 of the 9 images of test\n"
        "note: scores of 'mine' that cannot be used for test: 1 unknown\n" + NOTES
    )
    assert run_cli("evaluate", "nope.csv", "--data", ranked_data)[0] == 3
    assert run_cli("evaluate", "--data", ranked_data, "--by", "colour")[0] == 2
    assert run_cli("evaluate", "--data", ranked_data, "--show", "nothing")[0] == 2


def test_two_files_with_the_same_column_are_told_apart_by_their_names(
    run_cli: RunCli, ranked_data: Path, tmp_path: Path
) -> None:
    for name, text in (
        ("a.csv", "SELECT image_path, -rank AS clip FROM images"),
        ("b.csv", "SELECT image_path, rank AS clip FROM images"),
    ):
        run_cli("sql", text, "--data", ranked_data, "-o", name)
    asked = ("--data", ranked_data, "--split", "test", "--metric", "acc_micro", "--format", "csv")
    code, _, err = run_cli("evaluate", "a.csv", "b.csv", *asked)
    assert (code, "first=FILE second=FILE" in err) == (1, True)
    code, out, _ = run_cli("evaluate", "mine=a.csv", "theirs=b.csv", *asked)
    assert (code, [row["scorer"] for row in csv.DictReader(out.splitlines())]) == (0, ["mine", "theirs"])
    for files, fault in {
        ("mine=a.csv", "mine=b.csv"): "'mine' names two files; give each a name of its own.",
        ("a.csv", "a.csv"): "'a.csv' is listed twice; name it once.",
    }.items():
        code, out, err = run_cli("evaluate", *files, *asked, "--missing", "drop")
        assert (code, out, f"\nError: {fault}\n" in err) == (2, "", True)
    (tmp_path / "mine=a.csv").write_bytes((tmp_path / "b.csv").read_bytes())  # a file of this name is a file
    code, out, _ = run_cli("evaluate", "mine=a.csv", *asked)
    assert (code, [row["scorer"] for row in csv.DictReader(out.splitlines())]) == (0, ["clip"])
    code, out, err = run_cli("sql", "FROM scores", "--scores", "x=a.csv", "--scores", "y=b.csv", *asked[:2])
    assert (code, " x " in out, " y " in out) == (0, True, True)


def test_sql_and_named_queries_see_given_scores(run_cli: RunCli, ranked_data: Path, scores: Path) -> None:
    text = "SELECT scorer, count(*) AS n FROM scores GROUP BY scorer"
    assert run_cli("sql", text, "--data", ranked_data, "--scores", scores, "--format", "csv") == (
        0,
        "scorer,n\nmine,12\n",
        "",
    )
    actual = run_cli("query", "score_coverage", "--data", ranked_data, "--scores", f"x={scores}", "--format", "csv")
    assert actual[1].splitlines()[1:] == ["x,test,9,9,0,0,0,0,0,0,0", "x,validation,3,3,0,0,0,0,0,0,0"]
