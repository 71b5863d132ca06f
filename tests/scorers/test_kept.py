"""Kept results: equal to those computed anew, dropped when the data changes, and bounded in bytes."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import irdb_sql
from irdb_sql.engine.session import DuckDBSession
from irdb_sql.errors import ClosedError
from irdb_sql.scorers.kept import KeptFrames

if TYPE_CHECKING:
    from pathlib import Path

    from irdb_sql import ImageRewardDB

FRAME = pl.DataFrame({"number": range(1000)})


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The macros that sessions call from now on, but for that of each scorer."""
    called: list[str] = []
    call = DuckDBSession.call

    def noted(self: DuckDBSession, macro: str, arguments: Any) -> pl.DataFrame:
        called.extend([macro] if macro != "ranked_scores" else [])
        return call(self, macro, arguments)

    monkeypatch.setattr(DuckDBSession, "call", noted)
    return called


def test_matches_of_baselines_are_those_of_their_scores(db: ImageRewardDB) -> None:
    general = db.sql("SELECT * EXCLUDE (score_number) FROM given_matches ORDER BY ALL")
    for view in ("baseline_matches", "score_matches"):
        assert db.sql(f"SELECT * EXCLUDE (score_number) FROM {view} ORDER BY ALL").equals(general)  # noqa: S608 - names of views


def test_baselines_alone_have_the_metrics_that_they_have_among_other_scores(db: ImageRewardDB) -> None:
    mine = db.images().select("image_path", mine="rank")
    for options in ({"split": "test"}, {"split": "test", "tune_ties_on": "validation"}, {"subset": "1k"}):
        asked: Any = {"missing": "drop", "resamples": 20, **options}
        among = db.evaluate([mine, "baselines"], **asked).filter(pl.col("scorer") != "mine")
        alone = db.evaluate("baselines", **asked)
        assert alone.drop("rank_best", "rank_worst", "cluster").equals(among.drop("rank_best", "rank_worst", "cluster"))


def test_what_was_asked_before_is_not_computed_again_and_the_same(db: ImageRewardDB, statements: list[str]) -> None:
    questions: list[Any] = [{}, {"by": "classification"}, {"metric": "tau_b"}, {"by": "part", "seed": 1}]
    with irdb_sql.connect() as kept:
        for asked in questions:
            first = kept.evaluate("baselines", split="test", resamples=20, **asked)
            assert kept.evaluate(["baselines"], split="test", resamples=20, **asked).equals(first)
        kept.scorer_differences(split="test", resamples=20)
        assert statements == ["scored_prompts"]
        ranked = kept.evaluate(split="test", by="rank_gap", resamples=20)
        assert statements == ["scored_prompts"] * 2
        kept.evaluate(split="validation", resamples=1)
        assert statements == ["scored_prompts"] * 3
    assert db.evaluate(split="test", by="rank_gap", resamples=20).equals(ranked)


def test_a_closed_database_answers_nothing_that_is_kept() -> None:
    with irdb_sql.connect() as db:
        db.evaluate(split="test", resamples=1)
    with pytest.raises(ClosedError):
        db.evaluate(split="test", resamples=1)


def test_nothing_is_kept_where_rows_may_change(tmp_path: Path, statements: list[str]) -> None:
    with irdb_sql.connect(trusted=True) as db:
        for _ in range(2):
            db.evaluate(split="test", resamples=1)
    assert len(statements) == 2
    with irdb_sql.connect() as db:
        source = db.source.files[0].path
        shutil.copy(source, tmp_path / source.name)
        with db.connection():
            for _ in range(2):
                db.evaluate(split="test", resamples=1)
    assert len(statements) == 4
    with irdb_sql.connect(tmp_path / source.name) as db:
        before = db.evaluate(resamples=1)
        (tmp_path / source.name).write_bytes(source.read_bytes() + b" ")
        assert db.evaluate(resamples=1).equals(before)  # its rows are in memory
    assert len(statements) == 6


def test_the_frame_that_was_not_needed_for_longest_is_dropped_first() -> None:
    kept = KeptFrames(int(2 * FRAME.estimated_size()))
    computed: list[str] = []

    def ask(key: str, version: int = 1) -> None:
        def compute() -> pl.DataFrame:
            computed.append(key)
            return FRAME.clone()

        assert kept.get(version, key, compute).equals(FRAME)

    for key in ("a", "b", "a", "c", "a", "b"):
        ask(key)
    assert computed == ["a", "b", "c", "b"]
    ask("b", version=2)
    assert computed[4:] == ["b"]


def test_scores_of_connect_are_matched_once(statements: list[str]) -> None:
    with irdb_sql.connect() as db:
        scores = db.images(split="test").select("image_path", mine="rank")
        given = db.evaluate(scores, split="test", resamples=1)
        assert given.height == db.query("evaluated_metrics").height
    with irdb_sql.connect(scores=scores, missing="drop") as db:
        assert "score_matches" in db._engine.replaced_views  # noqa: SLF001 - a table of rows, no view that matches them
        assert db.sql("SELECT count(*) FROM score_matches").item() == scores.height
        assert db.evaluate(split="test", resamples=1).equals(given)
        assert db.evaluate("baselines", split="test", resamples=1)["scorer"].n_unique() > 1
    assert len(statements) == 3


def test_held_scores_are_those_that_statements_would_match(large_sample: Path) -> None:
    with irdb_sql.connect(large_sample) as db:
        given = db.images(split="test").select("image_path", mine="rank").head(500)
    rows = (
        "SELECT scorer, count(*) AS rows, bit_xor(hash(scores)) AS digest FROM scores GROUP BY scorer ORDER BY scorer"
    )
    choices: list[Any] = [None, [given, "baselines"]]
    for scores in choices:
        with irdb_sql.connect(large_sample, scores=scores, missing="drop") as held:
            kept = held.sql(rows)
            assert held._engine.rows("kept.image_scores").height == kept["rows"].sum() > 0  # noqa: SLF001 - where they are
        with irdb_sql.connect(large_sample, scores=scores, missing="drop", memory_limit="4GB") as db:
            assert not db._engine.holds_scores  # noqa: SLF001 - which nothing shows outside
            assert db.sql(rows).equals(kept)


def test_scores_are_not_held_where_views_may_change(large_sample: Path) -> None:
    with irdb_sql.connect(large_sample) as db:
        assert db.sql("SELECT count(DISTINCT scorer) FROM image_scores").item() == 9
        connection = db.connection()
        connection.execute(
            "CREATE OR REPLACE VIEW score_matches AS SELECT * FROM baseline_matches WHERE scorer = 'uuid'"
        )
        assert connection.execute("SELECT DISTINCT scorer FROM scores").fetchall() == [("uuid",)]
