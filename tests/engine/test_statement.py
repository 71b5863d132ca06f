"""A statement is checked, bound and run on one cursor and in one thread, however its rows are taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import irdb_sql
from irdb_sql.core import tasks
from irdb_sql.engine.connection import Connection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from irdb_sql import ImageRewardDB

TEXT = "SELECT rank_gap FROM preference_pairs(in_split := $split) ORDER BY ALL"
WAYS: dict[str, Callable[[ImageRewardDB], object]] = {
    "typed": lambda db: db.sql(TEXT, {"split": "test"}),
    "named": lambda db: db.query("rank_gaps"),
    "several batches": lambda db: list(db._engine.prepare("FROM range(500000)").batches()),  # noqa: SLF001 - counted
}


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Return what is opened from now on: a word for each cursor of DuckDB and each thread."""
    words: list[str] = []
    duck_cursor, start = Connection.duck_cursor, tasks._thread.start_new_thread  # noqa: SLF001 - where all pass

    def counted_cursor(connection: Connection) -> Any:
        words.append("cursor")
        return duck_cursor(connection)

    def counted_thread(*arguments: Any) -> int:
        words.append("thread")
        return start(*arguments)

    monkeypatch.setattr(Connection, "duck_cursor", counted_cursor)
    monkeypatch.setattr(tasks._thread, "start_new_thread", counted_thread)  # noqa: SLF001 - as for the cursor
    return words


@pytest.mark.parametrize("way", WAYS)
def test_a_statement_takes_one_cursor_and_one_thread(opened: list[str], way: str) -> None:
    with irdb_sql.connect() as db:
        opened.clear()
        WAYS[way](db)
        assert sorted(opened) == ["cursor", "thread"]


def test_each_collect_of_a_lazy_frame_takes_a_cursor_and_a_thread_of_its_own(opened: list[str]) -> None:
    with irdb_sql.connect() as db:
        opened.clear()
        lazy = db.sql(TEXT, {"split": "test"}, lazy=True)
        assert sorted(opened) == ["cursor", "thread"]  # for its schema
        assert [lazy.select(pl.len()).collect().item() for _ in range(2)] == [651, 651]
        assert sorted(opened) == ["cursor"] * 3 + ["thread"] * 3


def test_a_session_takes_one_cursor_for_all_its_queries(opened: list[str]) -> None:
    with irdb_sql.connect() as db:
        db.evaluate(split="test", resamples=2)  # all that it needs is defined now
        opened.clear()
        db.evaluate(split="test", resamples=2)
        assert sorted(opened) == ["cursor", "thread"]
