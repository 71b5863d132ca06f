"""The report: true numbers, what is missing said as missing, hostile text shown as text, the same bytes every time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from conftest import image, write_metadata
from markdown_it import MarkdownIt

import irdb_sql
from irdb_sql.errors import UnknownNameError
from irdb_sql.report import render

if TYPE_CHECKING:
    from pathlib import Path

    from irdb_sql import ImageRewardDB

QUESTIONS = (
    "pair_counts", "group_sizes", "rank_sizes", "rank_gaps", "classifications", "rating_stats",
    "classification_ratings", "rating_correlations", "rating_agreement",
)  # fmt: skip


def headings(report: str) -> list[str]:
    return [line.removeprefix("## ") for line in report.splitlines() if line.startswith("## ")]


def test_the_headings_are_the_questions_of_the_queries(db: ImageRewardDB) -> None:
    summaries = dict(db.catalog().select("name", "summary").rows())  # a query comes after the macro of its name
    assert headings(render(db)) == [summaries[name] for name in QUESTIONS]


def test_the_real_file_has_a_true_report_that_says_what_is_missing(real_file: Path) -> None:
    with irdb_sql.connect(real_file) as real:
        report = render(real)
    assert "# ImageRewardDB: summary of imagereward-test.json" in report
    assert "| test | 466 | 2,720 | 2,720 | 7,230 | 6,399 | 831 |" in report
    assert "| test | 0 | 831 | 11.49% |" in report
    assert "**Missing:** none of the 2,720 images of this source has a classification." in report
    assert "**Missing:** none of the 2,720 images of this source has a rating of any kind." in report
    assert str(real_file.parent) not in report


def test_the_numbers_are_those_of_the_queries(db: ImageRewardDB) -> None:
    report = render(db)
    for row in db.rating_agreement().iter_rows(named=True):
        assert (
            f"| {row['split']} | {row['kind']} | {row['rated_pairs']:,} | {row['agreeing']:,} | {row['tied']:,} "
            f"| {row['disagreeing']:,} | 0 | {row['agreeing_share']:.2%} | {row['tied_share']:.2%} "
            f"| {row['disagreeing_share']:.2%} |"
        ) in report


def test_the_same_data_gives_the_same_bytes(db: ImageRewardDB) -> None:
    with irdb_sql.connect() as again:
        assert render(db) == render(again)


def test_an_empty_dataset_has_a_report(tmp_path: Path) -> None:
    with irdb_sql.connect(write_metadata(tmp_path, [])) as empty:
        assert render(empty).endswith("\n\n**Missing:** this source has no image.\n")


def test_hostile_classes_and_names_are_text(tmp_path: Path) -> None:
    hostile = ["<script>alert(1)</script>", "| a | b |", "{{ 7 * 7 }}", "[x](javascript:alert(1))", "a\n\n# b", "`c`"]
    folder = tmp_path / "<b>*name*"
    folder.mkdir()
    rows = [image(f"p{number}", str(number), 1, 5, 5, 5, classification=text) for number, text in enumerate(hostile)]
    with irdb_sql.connect(write_metadata(folder, rows)) as db:
        report = render(db)
    tokens = MarkdownIt("gfm-like").parse(report)
    children = [child for token in tokens for child in token.children or []]
    assert {token.type for token in tokens} | {child.type for child in children} == {
        "heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "text", "softbreak",
        "code_inline", "table_open", "table_close", "thead_open", "thead_close", "tbody_open", "tbody_close",
        "tr_open", "tr_close", "th_open", "th_close", "td_open", "td_close",
    }  # fmt: skip
    assert len([token for token in tokens if token.type == "heading_open"]) == 1 + len(QUESTIONS)
    cells = {"".join(child.content for child in token.children or []) for token in tokens if token.type == "inline"}
    assert {text.replace("\n\n", " ") for text in hostile} <= cells
    assert "ImageRewardDB: summary of <b>*name*" in cells


def test_an_unknown_report_is_refused(db: ImageRewardDB) -> None:
    with pytest.raises(UnknownNameError, match="unknown report 'nope'\n\nHint: there is summary."):
        render(db, "nope")
