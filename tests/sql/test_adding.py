"""One file more in `queries/` is one thing more in SQL, in Python and on the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from fakes.package_copy import PackageCopy

if TYPE_CHECKING:
    from pathlib import Path

QUERY = """\
-- name: wordy_prompts
-- How many prompts have more than so many characters?
-- param characters: a number of characters
-- returns: wordy
-- reads: prompts
SELECT count(*) AS wordy
FROM prompts
WHERE length(prompt) > $characters::INTEGER
ORDER BY wordy
"""
MACRO = """\
-- name: sized_prompts
-- Prompts with so many images.
-- param in_split: train, validation or test; NULL takes all splits
-- param least_images: smallest number of images; 1 or less takes every prompt
-- returns: split, prompt_id, images, first_row
-- reads: prompt_counts
-- query: sizes
-- question: Which prompts have so many images?
-- note: Those without one are in no prompt.
-- order: images DESC, first_row ASC
CREATE OR REPLACE MACRO sized_prompts(in_split VARCHAR := NULL, least_images INTEGER := 1) AS TABLE
    SELECT
        split,
        prompt_id,
        images,
        first_row
    FROM prompt_counts(in_split)
    WHERE images >= coalesce(least_images, 1)
"""
MACRO_QUERY = """\
-- name: sizes
-- Which prompts have so many images?
-- Those without one are in no prompt.
-- param split: train, validation or test; all splits unless given
-- param least_images: smallest number of images; 1 unless given
-- returns: split, prompt_id, images, first_row
-- reads: sized_prompts, whole_number
SELECT *
FROM sized_prompts($split::VARCHAR, coalesce(whole_number($least_images), 1))
ORDER BY images DESC, first_row ASC
"""
VIEW = """\
-- name: best_images
-- Images at rank 1.
-- returns: image_path, row_index
-- reads: images
CREATE OR REPLACE VIEW best_images AS
SELECT
    image_path,
    row_index
FROM images
WHERE rank = 1
"""
METRIC = """\
{
            'place': 27, 'metric': 'ties_per_prompt', 'of_pairs': TRUE, 'unit': 'prompts with a strict pair',
            'numerator': 'scorer_tied', 'denominator': 'has_strict',
            'chance': 'zero', 'pairs': 'strict_pairs',
            'meaning': 'mean over prompts of the number of their strict pairs whose images have the same score',
            'source': ''
        }"""


@pytest.fixture
def copy(tmp_path: Path) -> PackageCopy:
    return PackageCopy.into(tmp_path)


def evaluate_in(copy: PackageCopy, expression: str) -> Any:
    """Evaluate an expression of Python over the embedded sample, `db`, in the copy."""
    return json.loads(copy.python(f"import json\nwith irdb_sql.connect() as db:\n    print(json.dumps({expression}))"))


def listed(copy: PackageCopy) -> set[tuple[str, str]]:
    rows = map(json.loads, copy.irdb("list", "--format", "ndjson").splitlines())
    return {(row["kind"], row["name"]) for row in rows}


def test_one_file_adds_a_query(copy: PackageCopy) -> None:
    copy.add("queries/prompts/wordy_prompts.sql", QUERY)
    statement = "SELECT count(*) AS wordy FROM prompts WHERE length(prompt) > 20"
    (wordy,) = evaluate_in(copy, f"db.sql({statement!r}).row(0)")
    assert wordy > 0
    call = "db.query('wordy_prompts', {'characters': 20})"
    assert evaluate_in(copy, f"{call}.to_dicts()") == [{"wordy": wordy}]
    answer = copy.irdb("query", "wordy_prompts", "--param", "characters=20", "--format", "ndjson")
    assert json.loads(answer) == {"wordy": wordy}
    assert listed(copy) >= {("query", "wordy_prompts")}
    assert "  How many prompts have more than so many characters?\n" in copy.irdb("show", "wordy_prompts")


def test_one_file_adds_a_macro_and_its_header_the_query_of_all_its_rows(copy: PackageCopy) -> None:
    copy.add("queries/prompts/sized_prompts.sql", MACRO)
    called = "SELECT prompt_id FROM sized_prompts('test', least_images := 7) ORDER BY images DESC, first_row"
    prompts = [prompt for (prompt,) in evaluate_in(copy, f"db.sql({called!r}).rows()")]
    assert prompts
    call = "db.query('sizes', {'split': 'test', 'least_images': 7})"
    assert evaluate_in(copy, f"{call}['prompt_id'].to_list()") == prompts
    by_query = copy.irdb("query", "sizes", "--param", "split=test", "--param", "least_images=7", "--format", "ndjson")
    by_macro = copy.irdb("sql", called, "--format", "ndjson")
    for answer in (by_query, by_macro):
        assert [json.loads(line)["prompt_id"] for line in answer.splitlines()] == prompts
    every = "db.query('sizes', split='test')"
    assert evaluate_in(copy, f"[{every}.height]") == evaluate_in(copy, "[db.prompts(split='test').height]")
    signature = "sized_prompts(in_split VARCHAR := NULL, least_images INTEGER := 1)"
    assert listed(copy) >= {("macro", "sized_prompts"), ("query", "sizes")}
    assert copy.irdb("show", "sized_prompts").startswith(f"macro {signature}\n\n  Prompts with so many images.\n")
    shown = copy.irdb("show", "sizes").partition("SQL:\n\n")[2]
    assert "".join(line.removeprefix("  ") for line in shown.splitlines(keepends=True)) == MACRO_QUERY


def test_one_file_adds_a_view(copy: PackageCopy) -> None:
    copy.add("queries/best/best_images.sql", VIEW)  # a folder more is a topic more
    called = "SELECT count(*) AS n FROM best_images"
    (best,) = evaluate_in(copy, f"db.sql({called!r}).row(0)")
    assert best > 0
    assert json.loads(copy.irdb("sql", called, "--format", "ndjson")) == {"n": best}
    assert listed(copy) >= {("view", "best_images")}
    assert copy.irdb("show", "best_images").startswith("view best_images\n\n  Images at rank 1.\n")


def test_one_row_adds_a_metric(copy: PackageCopy) -> None:
    path = "queries/metrics/evaluated_metrics.sql"
    rows, end, rest = (copy.folder / path).read_text().rpartition("\n    ]) AS metric")
    copy.add(path, f"{rows},\n        {METRIC}{end}{rest}")
    counted = "SELECT scorer, value FROM scorer_metrics('test') WHERE metric = 'ties_per_prompt' ORDER BY scorer"
    values = dict(evaluate_in(copy, f"db.sql({counted!r}).rows()"))
    by_hand = (
        "SELECT scorer, exact_ratio(numerator, denominator) FROM prompt_metrics('test') "
        "WHERE metric = 'ties_per_prompt' GROUP BY scorer"
    )
    assert dict(evaluate_in(copy, f"db.sql({by_hand!r}).rows()")) == values
    assert any(values.values())
    metrics_call = "db.evaluate(split='test', by='rank_gap', resamples=2).filter(metric='ties_per_prompt')"
    assert set(evaluate_in(copy, f"{metrics_call}['scorer'].to_list()")) == values.keys()
    answer = copy.irdb("evaluate", "--split", "test", "--resamples", "2", "--format", "ndjson")
    found = [row for row in map(json.loads, answer.splitlines()) if row["metric"] == "ties_per_prompt"]
    assert {row["scorer"]: row["value"] for row in found} == values
    assert all(row["lower"] <= row["value"] <= row["upper"] for row in found)
    assert "mean over prompts of the number of their strict pairs" in copy.irdb("query", "metrics", "--format", "csv")
