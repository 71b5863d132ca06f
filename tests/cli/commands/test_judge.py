"""The command that compares judges of two images with people, as a user types it."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import RunCli


@pytest.fixture
def judgements(tmp_path: Path) -> str:
    """A judge that sees both orders of two prompts, once prefers the first place, and sees a pair that people tied."""
    said = ["pa,pb,A", "pb,pa,B", "pa,pc,A", "pc,pa,A", "qa,qb,tie", "qb,qa,B", "pb,pc,A", "va,vc,A"]
    (tmp_path / "gpt.csv").write_text("first_path,second_path,verdict\n" + "\n".join(said) + "\n")
    return "gpt.csv"


def test_judges_are_compared_with_people(run_cli: RunCli, ranked_data: Path, judgements: str) -> None:
    code, out, err = run_cli("judge", judgements, "--data", ranked_data, "--split", "test", "--format", "csv")
    assert code == 0
    (row,) = csv.DictReader(io.StringIO(out))
    shown = ("judge", "split", "consistency", "first_share", "judgements", "judge_ties", "pairs", "tied_pairs")
    expected = {"judge": "gpt", "split": "test", "consistency": "0.3333333333333333", "first_share": "0.6"}
    expected |= {"judgements": "6", "judge_ties": "1", "pairs": "3", "tied_pairs": "1"}
    assert {name: row[name] for name in shown} == expected
    assert float(row["accuracy"]) == pytest.approx(0.75)
    assert float(row["accuracy_lower"]) < 0.75 < float(row["accuracy_upper"])
    assert err == (
        "note: intervals of 95 % over prompts; chance is 0.5 of each accuracy and share, and a first_share of 0.5 is no "
        "preference for a place\n"
        "note: 'gpt' judged 3 of the 6 strict pairs of test, 3 of them in both orders\n"
        "note: judgements of 'gpt' that do not count: 1 on pairs that people tied, 1 on images of another split or subset, or "
        "left out\n"
    )
    code, out, _ = run_cli("judge", judgements, "--data", ranked_data, "--split", "test", "--format", "markdown")
    assert (code, out.count("gpt"), "33.3 % [" in out, "3 of 6" in out) == (0, 1, True, True)


def test_pairs_and_coverage_are_shown(run_cli: RunCli, ranked_data: Path, judgements: str) -> None:
    code, out, _ = run_cli("judge", f"mine={judgements}", "--data", ranked_data, "--show", "pairs", "--format", "csv")
    lines = out.splitlines()
    assert (code, len(lines)) == (0, 6)
    assert (
        "mine,test,p,People,images/test/test_1/pa.webp,images/test/test_1/pc.webp,1,false,better,worse,0.5,false,"
        in out
    )
    actual = run_cli(
        "judge", judgements, "--data", ranked_data, "--subset", "1k", "--show", "coverage", "--format", "csv"
    )
    assert actual == (
        0,
        "judge,judgements,strict_judgements,tied_judgements,uncompared_judgements,outside_judgements,unknown_judgements,"
        "same_judgements,apart_judgements,ambiguous_judgements,unclear_judgements,conflicting_judgements,repeated_judgements\n"
        "gpt,8,7,1,0,0,0,0,0,0,0,0,0\n",
        "note: judgements of 'gpt' that do not count: 1 on pairs that people tied\n",
    )


def test_a_wrong_judgement_is_refused_or_counted(run_cli: RunCli, ranked_data: Path, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("first_path,second_path,verdict\npa,pb,1\npa,pb,A\n")
    code, out, err = run_cli("judge", "x.csv", "--data", ranked_data)
    assert (code, out) == (1, "")
    assert err.startswith(
        "error: the judgement of 'x' on 'pa' and 'pb' (row 1 of 'x.csv') has the verdict '1', which names"
    )
    code, _, err = run_cli("judge", "x.csv", "--data", ranked_data, "--missing", "drop", "--split", "test")
    assert code == 0
    assert "note: 'x' judged 1 of the 6 strict pairs of test, 0 of them in both orders\n" in err
    assert err.endswith("note: judgements of 'x' that do not count: 1 without a clear verdict\n")
    _, _, err = run_cli("judge", "x=x.csv", "--data", ranked_data, "--missing", "drop", "--split", "validation")
    assert "note: 'x' judged no strict pair\n" in err
    code, _, err = run_cli("judge", "x=x.csv", "--data", ranked_data, "--missing", "drop", "-o", "x.csv")
    assert (code, "x.csv" in err) == (1, True)
    assert (tmp_path / "x.csv").read_text().endswith("pa,pb,A\n")
    assert run_cli("judge", "nowhere.csv", "--data", ranked_data)[0] == 3
    assert run_cli("judge")[0] == 2
