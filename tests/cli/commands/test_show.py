"""The commands that say what there is to ask."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import RunCli

    from irdb_sql import ImageRewardDB


def test_list_and_show_tell_what_there_is(run_cli: RunCli, data: Path, db: ImageRewardDB) -> None:
    code, out, _ = run_cli("list", "--data", data, "--format", "json")
    assert code == 0
    assert json.loads(out) == db.catalog().select("kind", "name", "summary").to_dicts()
    code, out, _ = run_cli("show", "pair_count", "--data", data)
    assert (code, out) == (
        0,
        "macro pair_count(n_images BIGINT)\n\n  Number of unordered pairs of n images: n (n - 1) / 2.\n\n"
        "Parameters:\n  n_images  number of images\n\nSQL:\n\n  -- name: pair_count\n"
        "  -- Number of unordered pairs of n images: n (n - 1) / 2.\n  -- param n_images: number of images\n"
        "  CREATE OR REPLACE MACRO pair_count(n_images BIGINT) AS\n  n_images * (n_images - 1) // 2\n",
    )
    code, out, _ = run_cli("show", "rating_kinds", "--data", data, "--format", "csv")
    assert (code, out) == (0, "kind,column,type\nview,kind,VARCHAR\n")
    code, out, _ = run_cli("show", "pair_counts", "--data", data)
    assert [line for line in out.splitlines() if line.startswith(("macro", "query"))] == [
        "macro pair_counts(in_split VARCHAR := NULL, in_subset VARCHAR := NULL, by_classification BOOLEAN := FALSE)",
        "query pair_counts $split $subset $by_classification",
    ]
