"""What changed between two reports."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from oracles.reports import of_sample

from irdb_sql.reports.diff import differences, read_report
from irdb_sql.reports.errors import OldReportError


def test_differences_tell_what_changed(tmp_path: Path) -> None:
    old = json.loads(of_sample(format="json"))
    assert differences(old, json.loads(json.dumps(old))) == "# Changes of summary\n\nNothing changed.\n"
    new = json.loads(json.dumps(old))
    figures = {figure["name"]: figure for figure in new["figures"]}
    figures["pair_counts"]["rows"][0]["pairs"] += 1
    gone = figures["images_per_prompt"]["rows"].pop(1)
    figures["rating_stats"]["rows"][0]["mean"] += 1e-9
    kind = figures["rating_stats"]["rows"][0]["kind"]
    new["figures"] = [figure for figure in new["figures"] if figure["name"] != "rank_gaps"]
    new["versions"]["duckdb"] = "9.9.9"
    changes = differences(old, new)
    assert "| test | pairs | 736 | 737 |" in changes
    assert f"| {gone['split']} · {gone['images']} |  | a row | – |" in changes
    assert re.search(rf"\| test · – · {kind} \| mean \| [\d.]{{8,}} \| [\d.]{{8,}} \|", changes)
    assert "Only asked before. (`irdb query rank_gaps`)" in changes
    assert "|  | duckdb | 2." in changes
    assert "irdb query images_per_rank" not in changes
    for text in ("", "[]", "{}", '{"format": "irdb-report/1"}', '{"format": "irdb-report/1", "figures": 1}'):
        (tmp_path / "old.json").write_text(text)
        with pytest.raises(OldReportError, match="is no report to compare with"):
            read_report(tmp_path / "old.json", "irdb-report/1", "summary")
