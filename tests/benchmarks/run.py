"""Measures everything that is to be fast against what one would write by hand, side by side.

    python tests/benchmarks/run.py [FOLDER] [--quick] [--sizes 1,10,100] [--json FILE] [--no-out-of-core]

For each job and size (8k, ten and a hundred times as large), the results of all contenders are compared first; then
they run in turns, and the median of each is printed with the ratio of ours to it, and the exponent of growth that fits
the sizes best. Peak memory is that of a process that does nothing else. Out of core, the pairs of 8 million prompts are
written to Parquet. Datasets are made in FOLDER and kept there, or in a temporary one: 3 GB, and 5 GB for a while. It
takes some ten minutes on two cores; `--quick` measures 8k alone, in less than two. It ends with the bars, and which are
missed. Nothing here is a test.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import contenders
import interactive
import polars as pl
import scorers
import startup
from large_data import write_copies
from tables import label, table

import irdb_sql

RUNS = {1: 21, 10: 9, 100: 5}
SLOW = 8.0  # seconds; who takes longer is run once, while the others are compared, and not again
OUT_OF_CORE_COPIES = 902  # of 8,878 prompts: 8 million
BARS = (  # job, size, whom it is compared with, at most
    ("pairs with text", 100, "Polars", 0.6),
    ("pairs with text", 1, "Polars", 1.0),
    ("pairs with text", 100, "pandas", 0.1),
    ("pairs with text", 1, "Python loop", 0.05),
    ("pairs, three narrow columns, lazy", 1, "Polars", 1.0),
    ("pairs, three narrow columns, lazy", 100, "Polars", 0.8),
    ("rating statistics by class", 100, "Polars", 0.4),
    ("rating statistics by class", 1, "Polars", 1.2),
    ("rating agreement by class", 1, "Polars", 1.2),
    ("rating agreement by class", 100, "Polars", 0.8),
    ("pair counts by class", 1, "Polars", 1.2),
    ("pair counts by class", 100, "Polars", 1.0),
)
MEMORY_BAR, GROWTH_BAR = 1.0, 1.05


def main() -> None:
    """Measure, print, and write what was measured."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--sizes", default="1,10,100")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--no-out-of-core", action="store_true")
    parser.add_argument("--alone", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        print(json.dumps(done_here(options.folder, *options.alone)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        sizes = [1] if options.quick else [int(size) for size in options.sizes.split(",")]
        found: dict[str, Any] = {"machine": machine(), "jobs": [], "bars": []}
        for size in sizes:
            found["jobs"] += measured(write_copies(folder / f"copies-{size}", size), size)
        found["growth"] = grown(found["jobs"], sizes)
        print("\nwhat a person waits for, 8k")
        found["interactive"] = interactive.measure(write_copies(folder / "copies-1", 1))
        if not options.quick:
            found["peak"] = peaks(folder / f"copies-{sizes[-1]}", sizes[-1])
            found["scorers"] = scorers.speed(write_copies(folder / "copies-1", 1))
            found["start_up"] = startup.medians()
        if not options.quick and not options.no_out_of_core:
            found["out_of_core"] = out_of_core(
                write_copies(folder / f"copies-{OUT_OF_CORE_COPIES}", OUT_OF_CORE_COPIES)
            )
        found["bars"] = check_bars(found)
    print()
    for line in found["bars"]:
        missed = "  MISSED" if line["ratio"] > line["at_most"] else ""
        print(f"{line['what']}: {line['ratio']} of {line['against']}, at most {line['at_most']}{missed}")
    if not options.quick:
        print()
        print(table(found))
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n")


def machine() -> dict[str, str | int]:
    """Say what this was measured on."""
    versions = {name: __import__(name).__version__ for name in ("duckdb", "polars", "pandas", "pyarrow")}
    return {"cores": os.cpu_count() or 1, "python": platform.python_version(), **versions}


def measured(folder: Path, size: int) -> list[dict[str, Any]]:
    """Compare and time the contenders of each job on one dataset."""
    results = []
    with irdb_sql.connect(folder) as db, tempfile.TemporaryDirectory() as temporary:
        counts = db.pair_counts()
        images, pairs = counts["images"].sum(), counts["strict_pairs"].sum()
        print(f"\n{label(size)}: {images:,} images, {pairs:,} strict pairs")
        target = Path(temporary) / "pairs.parquet"
        for job, all_of_it in contenders.jobs(folder, db, target, is_small=size == 1).items():
            first = compared(folder, job, all_of_it, target)
            fast = {name: work for name, work in all_of_it.items() if first[name] < SLOW}
            seconds: dict[str, list[float]] = {name: [taken] for name, taken in first.items() if name not in fast}
            turns = list(fast)
            for _ in range(RUNS.get(size, 3)):
                for name in turns:
                    seconds.setdefault(name, []).append(timed(fast[name]))
                turns.append(turns.pop(0))  # or the same one would always follow the one that empties all caches
            medians = {name: statistics.median(seconds[name]) for name in all_of_it}
            results.append({"job": job, "size": size, "images": images, "pairs": pairs, "seconds": medians})
            show(job, medians)
    return results


def compared(folder: Path, job: str, all_of_it: dict[str, Any], target: Path) -> dict[str, float]:
    """Do a job once in each way and compare what comes out; return what each took."""
    taken: dict[str, float] = {}
    fingerprints: dict[str, dict[str, Any]] = {}
    for name in [name for name in all_of_it if name == "pandas"]:  # which needs all the memory that there is
        alone = done_alone(folder, job, name)
        taken[name], fingerprints[name] = alone["seconds"], alone["fingerprint"]
    for name, work in all_of_it.items():
        if name not in fingerprints:
            begun = time.perf_counter()
            found = work()
            taken[name] = time.perf_counter() - begun
            fingerprints[name] = contenders.fingerprint(pl.read_parquet(target) if found is None else found)
            del found
    for name, fingerprint in fingerprints.items():
        same = {column: value for column, value in fingerprints["ours"].items() if column in fingerprint}
        assert fingerprint == same, f"{job}: {name} finds something else"
    return taken


def done_alone(folder: Path, job: str, name: str) -> dict[str, Any]:
    """Do a job once in a process of its own."""
    command = [sys.executable, __file__, str(folder), "--alone", job, name]
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


def done_here(folder: Path, job: str, name: str) -> dict[str, Any]:
    """Do a job once; return what it took, the most memory that this process had, and what tells the result."""
    with irdb_sql.connect(folder) as db:
        work = contenders.jobs(folder, db, folder / "unused", is_small=False)[job][name]
        begun = time.perf_counter()
        found = work()
        seconds = time.perf_counter() - begun
        peak = peak_of("self")
        return {"seconds": seconds, "peak": peak, "fingerprint": contenders.fingerprint(contenders.frame_of(found))}


def timed(work: Any) -> float:
    """Return what a call takes; letting go of its result does not count."""
    begun = time.perf_counter()
    found = work()
    taken = time.perf_counter() - begun
    del found
    return taken


def show(job: str, medians: dict[str, float]) -> None:
    """Print a line a contender."""
    ours = medians["ours"]
    print(f"  {job}: {ours * 1000:,.0f} ms")
    for name, median in medians.items():
        if name != "ours":
            print(f"    {name:18} {median * 1000:9,.0f} ms  ratio {ours / median:.2f}")


def grown(jobs: list[dict[str, Any]], sizes: list[int]) -> dict[str, float]:
    """Fit the exponent by which each job's time grows with the number of images, by least squares of logarithms."""
    exponents = {}
    for job in {found["job"]: None for found in jobs}:
        of = [found for found in jobs if found["job"] == job]
        if len(sizes) > 1:
            x = [math.log(found["images"]) for found in of]
            y = [math.log(found["seconds"]["ours"]) for found in of]
            exponents[job] = statistics.linear_regression(x, y).slope
    return exponents


def peaks(folder: Path, size: int) -> dict[str, float]:
    """Return the peak memory in bytes of processes that expand pairs with text once."""
    found = {}
    for name in ("ours", "Polars streaming", "Polars in-memory", "DuckDB"):
        found[name] = done_alone(folder, "pairs with text", name)["peak"]
        print(f"  peak memory of pairs with text, {label(size)}, {name}: {found[name] / 1e9:.2f} GB")
    return found


def peak_of(process: int | str) -> int:
    """Return the most memory in bytes that a process has had; what `getrusage` tells includes its parent's."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")), 0)


def out_of_core(folder: Path) -> dict[str, float]:
    """Write the pairs of 8 million prompts to Parquet, as a command of its own; return seconds, bytes and rows."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
        target = Path(temporary) / "pairs.parquet"
        command = [sys.executable, "-m", "irdb_sql", "query", "pairs", "--data", str(folder), "-o", str(target)]
        begun = time.perf_counter()
        usage = 0
        with subprocess.Popen(command) as running:
            while running.poll() is None:
                usage = max(usage, peak_of(running.pid))
                time.sleep(0.02)
        taken = time.perf_counter() - begun
        assert running.returncode == 0
        rows = pl.scan_parquet(target).select(pl.len()).collect().item()
        size = target.stat().st_size
    images = pl.scan_parquet(folder / "*.parquet").select(pl.len()).collect().item()
    print(
        f"\nout of core: {rows:,} pairs of {images:,} images in {taken:.0f} s, {size / 1e9:.1f} GB of Parquet, "
        f"peak memory {usage / 1e9:.2f} GB"
    )
    return {"seconds": taken, "peak": usage, "rows": rows, "images": images, "bytes": size}


def check_bars(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Compare with the bars what was measured of what they are about."""
    bars = []
    for job, size, against, most in BARS:
        for measured_job in found["jobs"]:
            if (measured_job["job"], measured_job["size"]) == (job, size):
                seconds = measured_job["seconds"]
                best = min(taken for name, taken in seconds.items() if name.startswith(against))
                bars.append(bar(f"{job}, {label(size)}", f"{against}", seconds["ours"] / best, most))
    bars += found["interactive"]
    if "peak" in found:
        peak = found["peak"]
        best = min(taken for name, taken in peak.items() if name.startswith("Polars"))
        bars.append(bar("peak memory of pairs with text", "Polars", peak["ours"] / best, MEMORY_BAR))
    if found["growth"]:
        job, exponent = max(found["growth"].items(), key=lambda pair: pair[1])
        bars.append(bar(f"growth, at most ({job})", "exponent", exponent, GROWTH_BAR))
    if "start_up" in found:
        alone, ours = list(found["start_up"].values())[:2]
        bars.append(bar('start-up, irdb sql "SELECT 1"', "importing duckdb and polars", ours / alone, startup.AT_MOST))
    return bars


def bar(what: str, against: str, ratio: float, most: float) -> dict[str, Any]:
    """Make a line of the table."""
    return {"what": what, "against": against, "ratio": round(ratio, 3), "at_most": most}


if __name__ == "__main__":
    main()
