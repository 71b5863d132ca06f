"""Measures how long a command takes from a cold start, against what importing the engine and Polars alone takes.

    python tests/benchmarks/startup.py

Each is a process of its own, run in turns; medians, and the ratio to `python -c "import duckdb, polars"`. The embedded
sample is made before. `irdb sql "SELECT 1"` is to take at most 1.5 times as long. Nothing here is a test.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import time

RUNS = 21
AT_MOST = 1.5


def main() -> None:
    """Print a line a command."""
    found = medians()
    alone = next(iter(found.values()))
    for name, median in found.items():
        print(f"{name:40} {median * 1000:5.0f} ms  ratio {median / alone:.2f}")
    print(f'bar for irdb sql "SELECT 1": {AT_MOST}')


def medians() -> dict[str, float]:
    """Return the median seconds of each command, the imports alone first."""
    irdb = shutil.which("irdb")
    if irdb is None:
        sys.exit("irdb is not installed here")
    commands = {
        'python -c "import duckdb, polars"': [sys.executable, "-c", "import duckdb, polars"],
        'irdb sql "SELECT 1"': [irdb, "sql", "SELECT 1"],
        'irdb sql "SELECT count(*) FROM images"': [irdb, "sql", "SELECT count(*) FROM images"],
        "irdb query totals": [irdb, "query", "totals"],
        "irdb --help": [irdb, "--help"],
    }
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for run in range(RUNS + 1):
        for name, command in commands.items():
            begun = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            if run:  # the first fills caches
                seconds[name].append(time.perf_counter() - begun)
    return {name: statistics.median(taken) for name, taken in seconds.items()}


if __name__ == "__main__":
    main()
