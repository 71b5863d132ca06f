"""A statement is checked, bound and run on one cursor and in one thread, however its rows are taken."""

from __future__ import annotations

import _thread
import contextlib
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import irdb_sql
from irdb_sql.core import tasks
from irdb_sql.engine.connection import Connection

if TYPE_CHECKING:
    from collections.abc import Callable

    from irdb_sql import ImageRewardDB

TEXT = "SELECT rank_gap FROM preference_pairs(in_split := $split) ORDER BY ALL"
WAYS: dict[str, Callable[[ImageRewardDB], object]] = {
    "typed": lambda db: db.sql(TEXT, {"split": "test"}),
    "named": lambda db: db.query("rank_gaps"),
    "several batches": lambda db: list(db._engine.prepare("FROM range(500000)").batches()),  # noqa: SLF001 - counted
}


@pytest.fixture
def opened_objects(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that gets `cursor` or `thread` for each one that is opened from now on."""
    names: list[str] = []
    duck_cursor, start = Connection.duck_cursor, _thread.start_new_thread

    def counted_cursor(connection: Connection) -> Any:
        names.append("cursor")
        return duck_cursor(connection)

    def counted_thread(*arguments: Any) -> Any:
        names.append("thread")
        return start(*arguments)

    monkeypatch.setattr(Connection, "duck_cursor", counted_cursor)
    monkeypatch.setattr(_thread, "start_new_thread", counted_thread)
    monkeypatch.setattr(tasks, "_idle", [])  # no thread of an earlier test is used again
    return names


@pytest.mark.parametrize("way", WAYS)
def test_a_statement_takes_one_cursor_and_a_thread_that_was_there(opened_objects: list[str], way: str) -> None:
    with irdb_sql.connect() as db:
        assert opened_objects.count("thread") == 1  # which checked the files
        opened_objects.clear()
        WAYS[way](db)
        assert opened_objects == ["cursor"]


def test_each_collect_of_a_lazy_frame_takes_a_cursor_of_its_own(opened_objects: list[str]) -> None:
    with irdb_sql.connect() as db:
        opened_objects.clear()
        lazy = db.sql(TEXT, {"split": "test"}, lazy=True)
        assert opened_objects == ["cursor"]  # for its schema
        assert [lazy.select(pl.len()).collect().item() for _ in range(2)] == [651, 651]
        assert opened_objects == ["cursor"] * 3


def test_a_session_takes_one_cursor_for_all_its_queries(opened_objects: list[str]) -> None:
    with irdb_sql.connect() as db:
        scores = db.images(split="test").select("image_path", mine=-pl.col("rank").cast(pl.Float64))
        db.evaluate(scores, split="test", resamples=2)  # all that it needs is defined now
        opened_objects.clear()
        db.evaluate(scores, split="test", resamples=2)
        assert opened_objects == ["cursor"]


def test_threads_of_statements_at_the_same_time_are_used_again_up_to_a_few(opened_objects: list[str]) -> None:
    with irdb_sql.connect() as db, contextlib.ExitStack() as open_ones:
        readers = [db._engine.prepare("FROM range(500000)").batches() for _ in range(9)]  # noqa: SLF001 - counted
        for reader in readers:
            open_ones.callback(list, reader)
            next(reader)
    assert opened_objects.count("thread") == 9
    assert len(tasks._idle) == 4  # noqa: SLF001 - the others have ended
