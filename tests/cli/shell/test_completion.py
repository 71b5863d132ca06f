"""The words to which the shell completes what is typed."""

from __future__ import annotations

from irdb_sql.cli.shell.completion import completions


def test_every_view_macro_column_and_keyword_can_be_completed() -> None:
    words = completions()
    assert words["SELECT"] == "keyword"
    assert words["images"] == "view"
    assert words["preference_pairs("] == "macro"
    assert words["rank_gap"] == "column"
    assert words["in_split"] == "parameter"
    assert words["rank_gaps"] == "query"
