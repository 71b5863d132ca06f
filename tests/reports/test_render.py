"""Reports: true numbers, the same in every format, and what is missing said as missing."""

from __future__ import annotations

import functools
import hashlib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import polars as pl
import pytest
from conftest import image, write_metadata
from oracles.reports import SCHEMA, Page, markdown_tables, of_sample, plain, render

import irdb_sql
from irdb_sql.charts.labels import BASELINE_NAMES, LIMITS, heading
from irdb_sql.core.markdown import one_line
from irdb_sql.engine.errors import UnknownNameError
from irdb_sql.errors import ChoiceError, IrdbError
from irdb_sql.reports.answers import format_value, make_answer
from irdb_sql.reports.catalog import REPORTS, template_text
from irdb_sql.reports.errors import TemplateError
from irdb_sql.reports.options import REPORT_FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from irdb_sql import ImageRewardDB


def headings(report: str) -> list[str]:
    return [line.removeprefix("## ") for line in report.splitlines() if line.startswith("## ")]


@pytest.mark.parametrize("name", REPORTS)
def test_each_section_has_a_short_title_of_its_own(name: str) -> None:
    titles = headings(of_sample(name))
    assert len(titles) == len(set(titles)) > 1
    assert all(title[0].isupper() and len(title) < 50 and not title.endswith((".", "?")) for title in titles)


def test_the_answers_of_a_report_are_the_questions_of_the_queries(db: ImageRewardDB) -> None:
    questions = db.catalog().filter(kind="query").select("name", "summary").rows()
    answers = [(answer["name"], answer["question"]) for answer in json.loads(of_sample(format="json"))["figures"]]
    assert len(answers) > 12
    assert set(answers) <= set(questions)


def test_the_real_file_has_a_true_report_that_says_what_is_missing(real_file: Path) -> None:
    with irdb_sql.connect(real_file) as real:
        report = render(real)
        answers = json.loads(render(real, format="json"))
    assert "# ImageRewardDB: summary of imagereward-test.json" in report
    assert "| test | 466 | 2,720 | 2,720 | 7,230 | 6,399 | 831 |" in report
    assert "| rank gap | test |\n| ---: | ---: |\n| 0 | 831 (11.5 %) |" in report
    missing = [
        f"none of the 2,720 images of this source has a {what}." for what in ("classification", "rating of any kind")
    ]
    assert answers["missing"] == missing
    assert all(f"**Missing:** {text}" in report for text in missing)
    digest = hashlib.sha256(real_file.read_bytes()).hexdigest()
    assert answers["source"]["files"] == [
        {"file": real_file.name, "split": "test", "bytes": real_file.stat().st_size, "sha256": digest}
    ]
    assert digest in report


@pytest.mark.slow
@pytest.mark.parametrize("name", REPORTS)
def test_html_markdown_and_json_have_the_same_numbers(db: ImageRewardDB, name: str) -> None:
    page, text, answers = render(db, name, "html", images=False), of_sample(name), of_sample(name, "json")
    assert plain(Page(page).tables) == plain(markdown_tables(text))
    report = json.loads(answers)
    jsonschema.validate(report, SCHEMA)
    for figure in report["figures"]:
        assert all(list(row) == [column["name"] for column in figure["columns"]] for row in figure["rows"])
    told = [
        table for table in plain(Page(page).tables) if not {"rank", "scorer"} <= {*table[0]}
    ]  # JSON has more digits
    figures = [*report["figures"], {"columns": [{"name": name} for name in FILE], "rows": report["source"]["files"]}]
    assert [table[0] for table in told if not any(holds(figure, table) for figure in figures)] == []


FILE = ("file", "split", "bytes", "sha256")


def holds(figure: Any, table: list[list[str]]) -> bool:
    """Whether a table shows rows of a figure and nothing else, or has a column for each value of one of its columns."""
    names = {heading(column["name"]): column["name"] for column in figure["columns"]}
    header = [names.get(text) for text in table[0]]
    if None not in header:
        return all(
            any(all(map(functools.partial(shows, row), ([name] for name in header), cells)) for row in figure["rows"])
            for cells in table[1:]
        )
    return any(is_pivot(figure["rows"], header, by, table) for by in names.values() if by not in header)


def is_pivot(rows: list[dict[str, Any]], header: list[str | None], by: str, table: list[list[str]]) -> bool:
    """Whether each cell below a value of the column `by` shows the row that has the value and what the line is for."""
    values = {format_value(by, row[by]) for row in rows}
    if not all(text in values for text, name in zip(table[0], header, strict=True) if name is None):
        return False
    for cells in table[1:]:
        keys = [(name, text) for name, text in zip(header, cells, strict=True) if name is not None]
        line = [row for row in rows if all(shows(row, [name], text) for name, text in keys)]
        for value, name, text in zip(table[0], header, cells, strict=True):
            found = [row for row in line if format_value(by, row[by]) == value]
            if name is None and not (any(shows(row, row, text) for row in found) if found else text == "–"):
                return False
    return True


ESTIMATE = re.compile(r"([-+]?)(\d+\.(\d+))( %| points)? \[([-+]?\d+\.\d+), ([-+]?\d+\.\d+)\]")
BOUNDS = (("lower", "upper"), ("partial_lower", "partial_upper"))


def shows(row: dict[str, Any], names: Iterable[str], text: str) -> bool:
    """Whether a cell shows a value of a row: alone, with a share of the row, or with an interval of the row."""
    for name in names:
        value = row[name]
        texts = {" ".join(one_line(format_value(name, value)).split())}
        if isinstance(value, int):
            texts |= {f"{value:,} ({100 * share:.1f} %)" for share in row.values() if isinstance(share, float)}
        if (match := ESTIMATE.fullmatch(text)) is not None and isinstance(value, float):
            factor, form = (
                100 if match[4] else 1,
                f"{'+' if match[1] == '+' or match[5][0] in '+-' else ''}.{len(match[3])}f",
            )
            for lower, upper in BOUNDS:
                if row.get(lower) is not None:
                    shown = [format(factor * number, form) for number in (value, row[lower], row[upper])]
                    texts.add(f"{shown[0]}{match[4] or ''} [{shown[1]}, {shown[2]}]")
        if text in texts:
            return True
    return False


def test_json_keeps_numbers_whole(db: ImageRewardDB) -> None:
    report = json.loads(of_sample(format="json"))
    figures = {figure["name"]: figure for figure in report["figures"]}
    for name in ("pair_counts", "rating_agreement", "rating_correlations", "totals", "example_images"):
        frame = db.query(name, prompts=6) if name == "example_images" else db.query(name)
        assert figures[name]["rows"] == frame.to_dicts()
        assert [column["type"] for column in figures[name]["columns"]] == [str(kind) for kind in frame.dtypes]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "format"), [*((name, "html") for name in REPORTS), ("audit", "json"), ("summary", "markdown")]
)
def test_the_same_data_gives_the_same_bytes(db: ImageRewardDB, name: str, format: str) -> None:
    assert render(db, name, format) == of_sample(name, format)


def test_scorers_begin_with_who_leads_and_where_it_contradicts_people_most(db: ImageRewardDB) -> None:
    report = of_sample("scorers")
    assert headings(report)[:2] == ["Most telling disagreements", "Leaderboard"]
    board = db.evaluate(split="test", metric="acc_micro", resamples=20)
    leader = max((row for row in board.rows(named=True) if row["scorer"] not in LIMITS), key=lambda row: row["value"])
    assert f"- **test**: the best baseline, {leader['scorer']}, has {100 * leader['value']:.1f} % [" in report
    assert f" of {leader['pairs']:,} strict pairs right; chance 50 %." in report
    wrong = db.query("scorer_disagreements").filter(scorer=leader["scorer"], split="test").head(3)
    table = markdown_tables(report)[0]
    places = [table[0].index(name) for name in ("better path", "worse path", "score gap in standard deviations")]
    assert [[row[place] for place in places] for row in table[1:]] == [
        [better, worse, f"{gap:.3f}"]
        for better, worse, gap in wrong.select("better_path", "worse_path", "score_gap").rows()
    ]
    assert wrong.height > 0


def test_own_scorers_lead_the_head_and_are_compared_with_the_next_and_the_best_baseline() -> None:
    with irdb_sql.connect() as db:
        scores = db.sql(
            "SELECT image_path, image_text_alignment_rating + fidelity_rating AS both, "
            "image_text_alignment_rating + row_index % 2 AS jittered FROM images"
        )
    with irdb_sql.connect(scores=[scores, "baselines"]) as db:
        report = render(db, "scorers", split="test", images=False)
        assert "- **test**: both leads with " in render(db, "summary", split="test", images=False)
        pairs = db.scorer_differences(split="test", metric="acc_micro", resamples=20)
    (head,) = (line for line in report.splitlines() if line.startswith("- **test**: "))
    assert head.startswith("- **test**: both leads with ")
    for scorer, other, words in (("both", "jittered", "next"), ("both", "overall_rating", "best baseline")):
        pair = pairs.filter(scorer=scorer, other_scorer=other).row(0, named=True)
        verdict = "told apart" if pair["separated"] else "not told apart"
        shown = f" Difference from {other}, the {words}: {100 * pair['difference']:+.1f} points ["
        assert shown in head
        assert head.partition(shown)[2].partition("], ")[2].startswith(f"{verdict}.")
    assert "Most telling disagreements" in headings(report)


def test_comparisons_are_seen_from_either_scorer() -> None:
    frame = pl.DataFrame(
        {
            "scorer": ["a", "b"],
            "other_scorer": ["b", "c"],
            "d": [0.0, 0.25],
            "lower": [-0.5, None],
            "upper": [0.75, None],
        }
    )
    seen = make_answer(frame).against("b", "d").rows
    assert [list(row.values()) for row in seen] == [["b", "c", 0.25, None, None], ["b", "a", 0.0, -0.75, 0.5]]
    assert str(seen[1]["d"]) == "0.0"


def test_a_report_of_own_labels_has_no_metric_of_ranks(tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    labels, scores = tmp_path / "labels.csv", tmp_path / "scores.csv"
    labels.write_text("prompt,image_1,image_2,label\na cat,1.png,2.png,A\na dog,3.png,4.png,B\n")
    scores.write_text("image_path,mine\n1.png,0.9\n2.png,0.1\n3.png,0.3\n4.png,0.5\n")
    with irdb_sql.connect(labels, scores=scores) as own:
        report = render(own, "scorers")
        assert "Rank 1" not in render(own, "summary", images=False)
    assert "- acc_micro: strict pairs" in report
    assert [name for name in ("tau_b", "best_of_n", "recall", "Rank 1") if f"- {name}" in report] == []
    (board,) = (table for table in markdown_tables(report) if "acc_eq" in table[0])
    assert "–" not in board[1]
    assert [str(warning.message) for warning in recwarn if "validation" in str(warning.message)] == []


def test_names_of_baselines_are_those_of_the_view(db: ImageRewardDB) -> None:
    assert (
        sorted(BASELINE_NAMES)
        == db.sql("SELECT DISTINCT scorer FROM baseline_scores ORDER BY scorer")["scorer"].to_list()
    )


@pytest.mark.slow
@pytest.mark.parametrize("format", REPORT_FORMATS)
@pytest.mark.parametrize("name", REPORTS)
def test_a_report_of_nothing_says_so(tmp_path: Path, name: str, format: Any) -> None:
    with irdb_sql.connect(write_metadata(tmp_path, [])) as empty:
        report = render(empty, name, format)
    if name in ("summary", "scorers"):
        assert "this source has no " in report


@pytest.mark.slow
@pytest.mark.parametrize("name", REPORTS)
def test_a_report_without_ratings_classes_images_and_scores_is_whole(tmp_path: Path, name: str) -> None:
    rows = [image("p", str(rank), rank, None, None, None, classification=None) for rank in (1, 2, 3)]
    with irdb_sql.connect(write_metadata(tmp_path, rows)) as bare:
        page = render(bare, name, "html")
        missing = json.loads(render(bare, name, "json"))["missing"]
    assert "No picture" not in page
    assert ('<td class="path" data-name="' in page) == (name in ("summary", "scorers"))
    assert ("none of the 3 images of this source has a classification." in missing) == (name == "summary")
    assert ("none of the images of this source has a classification." in missing) == (name == "scorers")


def test_scope_restricts_what_is_asked(db: ImageRewardDB) -> None:
    report = json.loads(render(db, format="json", split="test", subset="1k"))
    assert report["scope"] == {"split": "test", "subset": "1k", "resamples": 20, "seed": 0}
    assert {row["split"] for figure in report["figures"] for row in figure["rows"] if "split" in row} == {"test"}


def test_what_there_is_not_is_refused(db: ImageRewardDB, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="unknown report 'nope'"):
        render(db, "nope")
    with pytest.raises(ChoiceError, match="format cannot be 'pdf'"):
        render(db, format="pdf")
    with pytest.raises(IrdbError, match="no template is called"):
        render(db, template=tmp_path / "none")
    assert all(template_text(name).startswith("# ") for name in REPORTS)
    assert issubclass(TemplateError, ValueError)
