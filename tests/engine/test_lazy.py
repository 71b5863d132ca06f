"""Lazy frames: right rows in every plan that the engine's own lazy frames get wrong, and no more read than needed."""

from __future__ import annotations

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from conftest import CHECKOUT, uncovered

import irdb_sql
from irdb_sql.engine.errors import ClosedError, QueryError
from irdb_sql.engine.statement import DuckDBStatement

if TYPE_CHECKING:
    from collections.abc import Callable

    from irdb_sql import ImageRewardDB

ENGINES: list[Any] = ["in-memory", "streaming"]
both_engines = pytest.mark.parametrize("engine", ENGINES)
NUMBERS = "SELECT i::INTEGER AS i, i / 2 AS f, 'x' || i AS s FROM range(-50, 50) AS t (i) ORDER BY i"

PLANS: dict[str, Callable[[pl.LazyFrame], pl.LazyFrame]] = {
    "everything": lambda frame: frame,
    "modulo of a negative number": lambda frame: frame.filter(pl.col("i") % 2 == 1),
    "non-strict cast": lambda frame: frame.filter(pl.col("f").cast(pl.Int64, strict=False) == 2),
    "not equal": lambda frame: frame.filter(pl.col("i") != 3),
    "is in": lambda frame: frame.filter(pl.col("i").is_in([1, 2])),
    "string contains": lambda frame: frame.filter(pl.col("s").str.contains("1")),
    "mixed and": lambda frame: frame.filter((pl.col("i") > 3) & pl.col("s").str.ends_with("7")),
    "head": lambda frame: frame.head(7),
    "head of nothing": lambda frame: frame.head(0),
    "head then filter": lambda frame: frame.head(10).filter(pl.col("i") % 2 == 0),
    "filter then head": lambda frame: frame.filter(pl.col("i") % 2 == 0).head(10),
    "slice": lambda frame: frame.slice(10, 5),
    "tail": lambda frame: frame.tail(5),
    "sort then head": lambda frame: frame.sort("i", descending=True).head(3),
    "columns in another order": lambda frame: frame.select("s", "i"),
    "no column": lambda frame: frame.select(pl.len()),
    "filter by a column that is not selected": lambda frame: frame.filter(pl.col("i") > 40).select("s"),
    "filter that drops all": lambda frame: frame.filter(pl.col("i") > 1000),
    "self join": lambda frame: frame.join(frame, on="i").select("i", "s_right"),
    "self join of parts": lambda frame: frame.filter(pl.col("i") > 0).join(frame.head(60), on="i"),
    "concat with itself": lambda frame: pl.concat([frame, frame]),
    "group by": lambda frame: frame.group_by(pl.col("i") % 3, maintain_order=True).agg(pl.col("f").sum()),
}


@both_engines
@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS.keys())
def test_a_lazy_plan_returns_the_rows_of_the_eager_plan(
    db: ImageRewardDB,
    plan: Callable[[pl.LazyFrame], pl.LazyFrame],
    engine: Any,
) -> None:
    eager = db.sql(NUMBERS)
    expected = plan(eager.lazy()).collect(engine="in-memory")
    collected = plan(db.sql(NUMBERS, lazy=True)).collect(engine=engine)
    assert collected.schema == expected.schema
    assert sorted(collected.rows()) == sorted(expected.rows())


@pytest.mark.slow
def test_the_schema_is_known_without_running_and_holds_when_collected(db: ImageRewardDB) -> None:
    names = db.catalog().filter(pl.col("kind") == "query")["name"]
    for name in names.gather_every(6):  # of the others, that of an empty dataset is compared with them
        eager, lazy = db.query(name), db.query(name, lazy=True)
        assert lazy.collect_schema() == eager.schema
        assert lazy.collect().equals(eager)


@both_engines
def test_columns_and_a_leading_limit_are_pushed_down(
    db: ImageRewardDB,
    engine: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    requests = []
    batches = DuckDBStatement.batches

    def spy(self: DuckDBStatement, columns: Any = None, limit: Any = None) -> Any:
        requests.append((None if columns is None else sorted(columns), limit))
        return batches(self, columns, limit)

    monkeypatch.setattr(DuckDBStatement, "batches", spy)
    images = db.images(lazy=True)
    assert requests == []
    images.select("rank").collect(engine=engine)
    images.filter(pl.col("split") == "test").select("rank").collect(engine=engine)
    images.head(3).collect(engine=engine)
    assert requests == [(["rank"], None), (["rank", "split"], None), (None, 3)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("SELECT 1 AS a, 2 AS a, 3 AS A, 4 AS a_1", ["a", "a_2", "A", "a_1"]),
        ('SELECT 1 AS "A", 2 AS a, 3 AS b, 4 AS c', ["A", "a", "b", "c"]),
    ],
)
def test_columns_of_the_same_name_are_numbered_eagerly_and_lazily(
    db: ImageRewardDB, text: str, names: list[str]
) -> None:
    eager = db.sql(text)
    assert eager.columns == names
    assert eager.row(0) == (1, 2, 3, 4)
    lazy = db.sql(text, lazy=True)
    assert lazy.collect().equals(eager)
    assert lazy.select(names[2]).collect().item() == 3


@pytest.mark.parametrize("kind", ["INTERVAL 1 DAY", "[{'a': INTERVAL 1 DAY}]", "1::UHUGEINT", "'101'::BIT"])
def test_a_type_that_a_frame_cannot_hold_is_refused_by_name(db: ImageRewardDB, kind: str) -> None:
    for call in (lambda: db.sql(f"SELECT {kind} AS x"), lambda: db.sql(f"SELECT {kind} AS x", lazy=True)):
        with pytest.raises(QueryError, match="column 'x' has the type .* which a Polars frame cannot hold"):
            call()


def test_many_threads_can_query_at_once(db: ImageRewardDB) -> None:
    lazy = db.pairs(split="test", lazy=True)
    expected = db.pair_counts()

    def call(number: int) -> bool:
        if number % 2:
            return db.pair_counts().equals(expected)
        return bool(lazy.select(pl.len()).collect().item() == expected["strict_pairs"][0])

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(call, range(40)))


def test_a_scan_that_stops_early_leaves_the_database_usable(db: ImageRewardDB) -> None:
    numbers = db.sql("SELECT i FROM range(3000000) AS t (i)", lazy=True)
    for engine in ENGINES:
        assert numbers.filter(pl.col("i") % 2 == 0).head(1).collect(engine=engine).height == 1
        assert db.sql("SELECT 1").item() == 1


EARLY = """
import irdb_sql, polars as pl
with irdb_sql.connect({source!r}) as db:
    rows = db.sql("SELECT i, 'text ' || i AS t FROM range(20000000) AS r (i)", lazy=True)
    for engine in ("streaming", "in-memory"):
        print(rows.filter(pl.col("i") % 2 == 1).head(2).collect(engine=engine).height)
left_open = irdb_sql.connect({source!r}).sql("FROM range(20000000)", lazy=True).collect_batches(chunk_size=10)
print(next(iter(left_open)).height)
"""


@pytest.mark.slow
def test_scans_that_stopped_early_do_not_disturb_the_end_of_the_database_or_the_process(large_sample: Path) -> None:
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", EARLY.format(source=str(large_sample))],
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert (done.returncode, done.stdout.split(), done.stderr) == (0, ["2", "2", "10"], "")


def test_closing_stops_running_statements_with_an_error() -> None:
    database = irdb_sql.connect()
    heavy = "SELECT count(*) FROM range(100000) AS a (i), range(10000000) AS b (j) WHERE (i * j) % 7 = 3"
    with ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(database.sql, heavy), pool.submit(database.sql(heavy, lazy=True).collect)]
        while database._engine.is_idle:  # noqa: SLF001 - until one of them runs
            pass
        database.close()
        for future in futures:
            with pytest.raises(ClosedError):
                future.result(timeout=20)


def test_a_filter_may_call_python(db: ImageRewardDB) -> None:
    three = pl.col("rank_gap").map_elements([3].__contains__, return_dtype=pl.Boolean)
    assert db.pairs(lazy=True).filter(three).collect().equals(db.pairs().filter(pl.col("rank_gap") == 3))


def test_an_error_while_a_lazy_frame_runs_is_a_query_error(db: ImageRewardDB) -> None:
    failing = db.sql(
        "SELECT CASE WHEN i < 200000 THEN i ELSE error('late') END AS i FROM range(300000) AS t (i)", lazy=True
    )
    with pytest.raises(QueryError, match="late"):
        failing.collect()


def test_a_closed_database_raises_an_error() -> None:
    with irdb_sql.connect() as database:
        lazy = database.images(lazy=True)
    for call in (database.images, lazy.collect):
        with pytest.raises(ClosedError, match="is closed"):
            call()
    database.close()


INTERRUPTED = """
import sys, threading
import irdb_sql

db = irdb_sql.connect()
heavy = "SELECT count(*) FROM range(100000) AS a (i), range(10000000) AS b (j) WHERE (i * j) % 7 = 3"
frame = db.sql(heavy, lazy=True)
print("ready", flush=True)
try:
    db.sql(heavy) if sys.argv[1] == "eager" else frame.collect(engine=sys.argv[1])
except KeyboardInterrupt:
    print("interrupted", db.sql("SELECT 42").item(), [thread.name for thread in threading.enumerate()], flush=True)
"""


@pytest.mark.parametrize("how", ["eager", *ENGINES])
def test_ctrl_c_stops_a_running_query_and_the_database_still_works(how: str) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, how],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=CHECKOUT,
        env=uncovered(),
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    try:  # the query, minutes of work, starts within the first wait; a Ctrl-C that no query sees would end it
        child.wait(1)
    except subprocess.TimeoutExpired:
        child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=20)
    assert out == "interrupted 42 ['MainThread']\n"
    assert err == ""
