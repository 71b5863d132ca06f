"""The command that writes reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest
from markdown_it import MarkdownIt

import irdb_sql
from irdb_sql.reports.render import render

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import RunCli


def test_report_goes_to_standard_output_or_a_file(run_cli: RunCli, data: Path, tmp_path: Path) -> None:
    code, out, err = run_cli("report", "--data", data)
    assert (code, err) == (0, "")
    with irdb_sql.connect(data) as db:
        assert out == render(db)
    assert run_cli("report", "summary", "--data", data, "-o", "r.md") == (
        0,
        "",
        "note: wrote the report summary to r.md\n",
    )
    assert (tmp_path / "r.md").read_text() == out


def test_the_report_has_a_section_when_scores_are_given(run_cli: RunCli, ranked_data: Path, scores: Path) -> None:
    code, out, err = run_cli("report", "--data", ranked_data, "--scores", scores)
    assert (code, err) == (0, "")
    with irdb_sql.connect(ranked_data, scores=scores) as db:
        assert render(db) == out
        plain = render(irdb_sql.connect(ranked_data))
    start = "## Leaderboard of scorers"
    assert start not in plain
    section = out[out.index(start) : out.index("## Files")]
    assert section.startswith("## Leaderboard of scorers\n\n### Validation\n\n| rank | scorer | acc_micro |")
    assert "\n| 1 | mine | 66.7 % [4.4, 98.9] | 6 | 3 | 66.7 % | 55.6 % | +0.333 |" in section
    assert "- acc_macro: mean over prompts of the share" in section
    assert "\n| test | 9 | 9 |\n" in section
    assert "\nThe same in every row: scorer mine, missing images 0, unknown scores 0, " in section
    tokens = [token.type for token in MarkdownIt("gfm-like").parse(section)]
    assert (tokens.count("table_open"), tokens.count("heading_open"), tokens.count("list_item_open")) == (3, 4, 8)


def test_a_hostile_scorer_is_text_in_the_report(ranked_data: Path, scores: Path) -> None:
    hostile = "<script>alert(1)</script> | {{ 7 * 7 }} | [x](y)"
    with irdb_sql.connect(ranked_data, scores={hostile: pl.read_csv(scores)}) as db:
        report = render(db)
    tokens = MarkdownIt("gfm-like").parse(report)
    children = [child for token in tokens for child in token.children or []]
    assert hostile in {
        "".join(child.content for child in token.children or []) for token in tokens if token.type == "inline"
    }
    assert not {"html_block", "html_inline", "link_open"} & {token.type for token in [*tokens, *children]}


@pytest.mark.slow
def test_a_report_of_one_split_takes_scores_of_all(run_cli: RunCli, ranked_data: Path, scores: Path) -> None:
    code, out, err = run_cli(
        "report", "scorers", "--data", ranked_data, "--scores", scores, "--split", "test", "--resamples", "50"
    )
    assert (code, err) == (0, "")
    with irdb_sql.connect(ranked_data, scores=scores) as db:
        assert out == render(db, "scorers", split="test", resamples=50)
    assert "### Test" in out
    assert "### Validation" not in out
