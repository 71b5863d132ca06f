"""Measures what a person waits for: short answers of an open database, and whole commands.

    python tests/benchmarks/interactive.py [FOLDER]

Answers are asked in turns with what one would write by hand: the bare statement on the engine's own connection, or NumPy. Medians are
printed with their ratios and bars, and which fall short. Nothing here is a test.
"""

from __future__ import annotations

import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import metrics_by_hand
import numpy as np
import polars as pl
from large_data import write_copies

import irdb_sql
from irdb_sql.core.catalog import load

if TYPE_CHECKING:
    from collections.abc import Callable

    from irdb_sql import ImageRewardDB

RATIOS = {
    "count of images, SQL": 1.3,
    "images of test": 2.0,
    "FROM preference_pairs()": 2.0,
}
"""The most that ours may take of the other."""
SECONDS = {
    "evaluate a table of 8 scorers on test": 0.25,
    "evaluate a table of 8 scorers on train": 0.9,
    "evaluate the baselines on test, again": 0.25,
    "evaluate the baselines on train, again": 0.9,
    "db.audit()": 0.25,
    "irdb audit": 0.8,
    "irdb report": 1.0,
    "irdb report scorers --format html": 3.0,
}
"""The most seconds of answers and commands, of which no other does all: NumPy by hand matches no paths."""
CPU_RATIO = 1.8
"""The most CPU time of `irdb sql "SELECT 1"`, of that of importing duckdb."""
_SHORT, _SCORERS = 0.02, 8


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as temporary:
        bars = measure(write_copies(Path(sys.argv[1] if len(sys.argv) > 1 else temporary) / "copies-1", 1))
    short = [bar["what"] for bar in bars if bar["ratio"] > bar["at_most"]]
    print(f"falls short of its bar: {', '.join(short)}" if short else "every bar is kept")


def measure(folder: Path) -> list[dict[str, Any]]:
    """Return a line a bar, as `run.py` lists them."""
    # A raw connection lets views be changed, so that ours keeps nothing beside one; the bare statement has its own data.
    with irdb_sql.connect(folder) as db, irdb_sql.connect(folder) as other:
        bars = [*_against_others(db, other), *_alone(db)]
    return [*bars, *_commands(folder), _start_up()]


def _against_others(db: ImageRewardDB, other: ImageRewardDB) -> list[dict[str, Any]]:
    """Compare answers with the bare statement, and metrics with NumPy."""
    connection = other.connection()
    count, images = "SELECT count(*) FROM images", load().queries["images"]
    asked = {name: "test" if name == "split" else None for name in images.params}
    tables = {split: _score_table(db, split) for split in ("test", "train")}
    ranks = {split: db.images(split=split).select("prompt_id", "rank") for split in tables}  # type: ignore[arg-type]  # splits
    by_hand = {
        split: metrics_by_hand.evaluate(ranks[split], _as_arrays(table))["scorer 0"]["tau_b"][0]
        for split, table in tables.items()
    }
    for split, table in tables.items():
        ours = db.evaluate(table, split=split, metric="tau_b").filter(scorer="scorer 0")["value"].item()  # type: ignore[arg-type]  # a split
        assert np.isclose(ours, by_hand[split], rtol=1e-12), "the two disagree"
    works: dict[str, tuple[str, Callable[[], object], Callable[[], object]]] = {
        "count of images, SQL": ("the bare statement", lambda: db.sql(count), lambda: connection.sql(count).pl()),
        "images of test": (
            "the bare statement",
            lambda: db.images(split="test"),
            lambda: connection.sql(images.text, params=asked).pl(),
        ),
        "FROM preference_pairs()": ("db.pairs()", lambda: db.sql("FROM preference_pairs()"), db.pairs),
        **{
            f"evaluate a table of 8 scorers on {split}": (
                "NumPy by hand",
                lambda split=split: db.evaluate(tables[split], split=split),  # type: ignore[misc]  # bound here
                lambda split=split: metrics_by_hand.evaluate(ranks[split], _as_arrays(tables[split])),  # type: ignore[misc]  # as above
            )
            for split in tables
        },
    }
    bars = []
    for name, (against, ours_work, other_work) in works.items():
        ours, others = medians(ours_work, other_work)
        print(f"  {name}: {ours * 1000:,.1f} ms, {against} {others * 1000:,.1f} ms")
        ratio = {"against": against, "ratio": round(ours / others, 2), "at_most": RATIOS.get(name)}
        seconds = {"against": "seconds", "ratio": round(ours, 3), "at_most": SECONDS.get(name)}
        bars.append({"what": name, **(ratio if name in RATIOS else seconds)})
    return bars


def _alone(db: ImageRewardDB) -> list[dict[str, Any]]:
    """Time answers that have a bar in seconds."""
    works: dict[str, Callable[[], object]] = {
        "evaluate the baselines on test, again": lambda: db.evaluate(["baselines"], split="test"),
        "evaluate the baselines on train, again": lambda: db.evaluate(["baselines"], split="train"),
        "db.audit()": db.audit,
    }
    bars = []
    for name, work in works.items():
        (taken,) = medians(work)
        print(f"  {name}: {taken * 1000:,.0f} ms")
        bars.append({"what": name, "against": "seconds", "ratio": round(taken, 3), "at_most": SECONDS[name]})
    return bars


def _commands(folder: Path) -> list[dict[str, Any]]:
    """Time whole commands, each a process of its own."""
    bars = []
    with tempfile.TemporaryDirectory() as temporary:
        for name in (name for name in SECONDS if name.startswith("irdb")):
            command = [_irdb(), *name.split()[1:], "--data", str(folder), "-o", str(Path(temporary) / "out.csv")]
            if "report" in name:
                command[-1] = str(Path(temporary) / ("out.html" if "html" in name else "out.md"))
            (taken,) = medians(lambda command=command: subprocess.run(command, check=True, capture_output=True))  # type: ignore[misc]  # bound here
            print(f"  {name}: {taken:.2f} s")
            bars.append({"what": name, "against": "seconds", "ratio": round(taken, 2), "at_most": SECONDS[name]})
    return bars


def _start_up() -> dict[str, Any]:
    """Compare the CPU time of the shortest statement with that of importing the engine."""
    commands = {"engine": [sys.executable, "-c", "import duckdb"], "ours": [_irdb(), "sql", "SELECT 1"]}
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for run in range(12):
        for name, command in commands.items():
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run(command, check=True, capture_output=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            if run:  # the first fills caches
                seconds[name].append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    engine, ours = (statistics.median(seconds[name]) for name in commands)
    print(f'  irdb sql "SELECT 1": {ours * 1000:.0f} ms of CPU time, importing duckdb {engine * 1000:.0f} ms')
    what = 'CPU time of irdb sql "SELECT 1"'
    return {"what": what, "against": "importing duckdb", "ratio": round(ours / engine, 2), "at_most": CPU_RATIO}


def medians(*works: Callable[[], object]) -> list[float]:
    """Run functions in turns, and return the median seconds of each; the first turn fills caches."""
    seconds: list[list[float]] = [[] for _ in works]
    runs = 1
    turn = 0
    while turn <= runs:
        for work, taken in zip(works, seconds, strict=True):
            begun = time.perf_counter()
            work()
            taken.append(time.perf_counter() - begun)
        if not turn:
            runs = 100 if max(taken[0] for taken in seconds) < _SHORT else 5
        turn += 1
    return [statistics.median(taken[1:]) for taken in seconds]


def _score_table(db: ImageRewardDB, split: Any) -> pl.DataFrame:
    """Make scores of the images of a split: minus the rank, and more and more noise."""
    images = db.images(split=split).select("image_path", "rank")
    noise = np.random.default_rng(0)
    ranks = images["rank"].to_numpy()
    return images.select("image_path").with_columns(
        pl.Series(f"scorer {number}", -ranks + noise.normal(0, 1 + number, images.height)) for number in range(_SCORERS)
    )


def _as_arrays(table: pl.DataFrame) -> dict[str, np.ndarray]:
    return {name: table[name].to_numpy() for name in table.columns if name != "image_path"}


def _irdb() -> str:
    irdb = shutil.which("irdb")
    if irdb is None:
        sys.exit("irdb is not installed here")
    return irdb


if __name__ == "__main__":
    main()
