"""Measures pairs and statistics on Apache Spark, with one and two executors, beside DuckDB on the same files.

    python tests/benchmarks/spark.py [FOLDER] [TIMES …]

Datasets of 10, 100 and 1000 times the size of 8k (55 million images, 4 GB), or of the sizes that are named, are written to
FOLDER and kept, or to a temporary one. Each engine opens a dataset and answers two statements, of the same words: pairs
by rank gap, with the largest image path of each side, so that every pair is made with its texts; and rating_stats. DuckDB
runs in a process of its own, Spark on a local cluster whose executors have a core and 4 GB each. Shuffled and spilled bytes
are what the event log of Spark counts. Nothing here is a test.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from large_data import write_copies

if TYPE_CHECKING:
    from collections.abc import Iterable

TIMES = (10, 100, 1000)
STATEMENTS = {
    "pairs": (
        "SELECT split, rank_gap, count(*) AS pairs, max(better_path) AS a, max(worse_path) AS b"
        " FROM preference_pairs() GROUP BY split, rank_gap ORDER BY split, rank_gap"
    ),
    "rating_stats": "SELECT * FROM rating_stats() ORDER BY split, kind",
}
DUCKDB = """
import json, sys, time, irdb_sql
with irdb_sql.connect(sys.argv[1]) as db:
    db.sql("SELECT 1")
    for name, text in json.loads(sys.argv[2]).items():
        begun = time.perf_counter()
        rows = db.sql(text).rows()
        taken = time.perf_counter() - begun
        shown = [[f"{one:.11e}" if isinstance(one, float) else str(one) for one in row] for row in rows]
        print(json.dumps([name, taken, str(shown)]))
"""
SPARK = """
import json, sys, time, irdb_sql
from pyspark.sql import SparkSession
folder, statements, executors, log = sys.argv[1:]
spark = (
    SparkSession.builder.master(f"local-cluster[{executors},1,4096]")
    .config("spark.executor.memory", "4g").config("spark.driver.memory", "2g").config("spark.ui.enabled", "false")
    .config("spark.ui.showConsoleProgress", "false").config("spark.log.level", "OFF")
    .config("spark.sql.shuffle.partitions", "64").config("spark.eventLog.enabled", "true")
    .config("spark.eventLog.dir", f"file://{log}").config("spark.eventLog.rolling.enabled", "false")
    .config("spark.eventLog.compress", "false").getOrCreate()
)
with irdb_sql.connect(folder, spark=spark) as db:
    db.sql("SELECT count(*) AS n FROM images")
    for name, text in json.loads(statements).items():
        spark.sparkContext.setJobDescription(name)
        begun = time.perf_counter()
        rows = db.sql(text).rows()
        taken = time.perf_counter() - begun
        shown = [[f"{one:.11e}" if isinstance(one, float) else str(one) for one in row] for row in rows]
        print(json.dumps([name, taken, str(shown)]))
spark.stop()
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(sys.argv[1] if len(sys.argv) > 1 else temporary)
        for times in [int(word) for word in sys.argv[2:]] or TIMES:
            folder = place / f"spark-{times}"
            print(f"writing {folder}, unless it is there", file=sys.stderr)
            compare(write_copies(folder, times), times)


def compare(folder: Path, times: int) -> None:
    """Show what every engine takes for a dataset, after all have been found to answer the same."""
    found = {"DuckDB": answers(DUCKDB, folder)}
    counted: dict[str, dict[str, dict[str, int]]] = {}
    for executors in (1, 2):
        name = f"Spark, {executors} executor{'s' if executors > 1 else ''}"
        with tempfile.TemporaryDirectory() as log:
            found[name] = answers(SPARK, folder, str(executors), log)
            counted[name] = events(log)
    for statement in STATEMENTS:
        assert len({found[name][statement][1] for name in found}) == 1, statement
        for name in found:
            seconds = found[name][statement][0]
            ratio = seconds / found["DuckDB"][statement][0]
            moved = counted.get(name, {}).get(statement)
            shuffled = (
                ""
                if moved is None
                else f"; shuffled {moved['shuffled'] / 1e6:,.0f} MB, spilled {moved['spilled'] / 1e6:,.0f} MB"
            )
            print(f"x{times} {statement}: {name} {seconds:.2f} s, {ratio:.1f} of DuckDB{shuffled}", flush=True)


def answers(code: str, folder: Path, *more: str) -> dict[str, tuple[float, str]]:
    command = [sys.executable, "-W", "ignore", "-c", code, str(folder), json.dumps(STATEMENTS), *more]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return {name: (seconds, rows) for name, seconds, rows in map(json.loads, done.stdout.splitlines())}


def events(log: str) -> dict[str, dict[str, int]]:
    """Sum what the tasks of each statement shuffled and spilled, as the event log tells."""
    statement_of: dict[int, str] = {}
    sums: dict[str, dict[str, int]] = {}
    for event in lines(log):
        if event["Event"] == "SparkListenerJobStart":
            name = event["Properties"].get("spark.job.description", "")
            statement_of |= dict.fromkeys(event["Stage IDs"], name)
        elif event["Event"] == "SparkListenerTaskEnd" and (measured := event.get("Task Metrics")):
            entry = sums.setdefault(statement_of.get(event["Stage ID"], ""), {"shuffled": 0, "spilled": 0})
            entry["shuffled"] += measured["Shuffle Write Metrics"]["Shuffle Bytes Written"]
            entry["spilled"] += measured["Disk Bytes Spilled"]
    return sums


def lines(log: str) -> Iterable[dict]:  # type: ignore[type-arg]
    for path in Path(log).rglob("*"):
        if path.is_file() and not path.name.startswith("."):
            with path.open() as file:
                yield from map(json.loads, file)


if __name__ == "__main__":
    main()
