"""Interrupts and kills commands at random moments, and lets their files not grow, and looks at what is left.

Run it as `python tests/attacks/processes.py [TIMES [SEED]]`. An interrupted command exits with 130 and prints no traceback; one
that cannot write exits with 1 and a sentence; a separate process that is killed gives all rows or an error. In all
cases an older file is as it was or the new one is whole, and nothing else lies in the folder.
"""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import irdb_sql
from irdb_sql.engine.errors import IsolationError

TIMES = 40
INTERRUPTED = 130
OLDER = b"what was there before"
IRDB = (str(Path(sys.executable).with_name("irdb")),)
EARLIEST = 0.05  # seconds; before, Python itself starts, and nothing of ours runs
NOTE = "note: no --data given; this is the embedded sample, which is synthetic"
EXPECTED = (".unfinished", ".manifest.json")  # of irdb verify, which goes on there, and of irdb export
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "sql to a file": ("sql", "FROM preference_pairs()", "-o", "{out}.parquet"),
    "sql to csv": ("sql", "SELECT * FROM images, range(40)", "-o", "{out}.csv"),
    "sql": ("sql", "SELECT count(*) FROM range(100000000) AS a, range(100000) AS b WHERE a.range = b.range + 1"),
    "sql isolated": ("sql", "SELECT range FROM range(3000000)", "--isolated", "-o", "{out}.parquet"),
    "export pairs": ("export", "pairs", "-o", "{out}.parquet"),
    "export ndjson": ("export", "metadata", "--split", "test", "-o", "{out}.ndjson"),
    "report": ("report", "-o", "{out}.md"),
    "report scorers": ("report", "scorers", "-o", "{out}.md"),
    "catalog": ("catalog", "{out}.duckdb"),
    "audit": ("audit", "-o", "{out}.csv"),
    "verify": ("verify", "-o", "{out}.parquet"),
    "evaluate": ("evaluate", "baselines", "-o", "{out}.csv"),
    "list": ("list",),
    "help": ("--help",),
}
SIZES = (0, 1, 100, 4096, 20_000)
LONGEST = 120


def run(words: tuple[str, ...], place: Path, seconds: float | None, size: int | None = None) -> tuple[int, str, float]:
    """Run a command, interrupt it after some seconds, and return its status, what it printed and how long it took."""
    limit = None if size is None else partial(_limit_files, size)
    begun = time.monotonic()
    with subprocess.Popen(
        [*IRDB, *(word.format(out=place / "out") for word in words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=place,
        preexec_fn=limit,  # noqa: PLW1509 - which only sets limits
    ) as process:
        if seconds is not None:
            threading.Timer(seconds, process.send_signal, [signal.SIGINT]).start()
        try:
            _, errors = process.communicate(timeout=LONGEST)
        except subprocess.TimeoutExpired:
            process.kill()
            return 0, "it did not end", LONGEST
        return process.returncode, errors.decode(errors="replace"), time.monotonic() - begun


def _limit_files(size: int) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def outputs(place: Path, words: tuple[str, ...]) -> list[Path]:
    """Return the files that a command writes."""
    return [Path(word.format(out=place / "out")) for word in words if word.startswith("{out}")]


def others(place: Path, words: tuple[str, ...]) -> str:
    """Say which files a command has left beside its output, or nothing."""
    names = [
        path.name for path in place.iterdir() if path not in outputs(place, words) and not path.name.endswith(EXPECTED)
    ]
    return f"left {', '.join(names)}" if names else ""


def left_over(place: Path, words: tuple[str, ...], *, has_succeeded: bool) -> str:
    """Say what is wrong with the files that a command has left, or nothing."""
    is_kept = [path.read_bytes() == OLDER for path in outputs(place, words)]
    if any(is_kept) and has_succeeded:
        return "kept the older file"
    if not all(is_kept) and not has_succeeded:
        return "wrote a file although it failed"
    return others(place, words)


def attempt(words: tuple[str, ...], seconds: float | None, size: int | None) -> str:
    """Run a command over older files, and judge it."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        for path in outputs(place, words):
            path.write_bytes(OLDER)
        status, errors, _ = run(words, place, seconds, size)
        expected = (0,) if seconds is None and size is None else (0, INTERRUPTED) if size is None else (0, 1)
        if "Traceback" in errors or status not in expected:
            return f"FAILED with status {status}: {errors.strip()[-200:]}"
        said = [line for line in errors.splitlines() if line and line != NOTE]
        if status == INTERRUPTED and said not in ([], ["interrupted"]):
            return f"FAILED: it said {errors.strip()[-200:]}"
        # Ctrl-C may come when the file has its name already.
        wrong = left_over(place, words, has_succeeded=status == 0) if status != INTERRUPTED else others(place, words)
        return f"FAILED: {wrong}" if wrong else {0: "done", INTERRUPTED: "interrupted", 1: "an error"}[status]


def interrupts(source: random.Random, times: int) -> Counter[str]:
    """Interrupt each command at random moments before it ends."""
    found: Counter[str] = Counter()
    for words in COMMANDS.values():
        with tempfile.TemporaryDirectory() as name:
            _, _, seconds = run(words, Path(name), 5)
        for _ in range(max(1, times // len(COMMANDS))):
            found[attempt(words, source.uniform(EARLIEST, seconds), None)] += 1
    return found


def full_disks() -> Counter[str]:
    """Let no file of a command grow beyond some sizes."""
    writing = [words for words in COMMANDS.values() if any(word.startswith("{out}") for word in words)]
    return Counter(attempt(words, None, size) for words in writing for size in SIZES)


def kills(source: random.Random, times: int) -> Counter[str]:
    """Kill the separate process of a statement at random moments."""
    found: Counter[str] = Counter()
    rows = 2_000_000
    with irdb_sql.connect() as db:
        for _ in range(times):
            stop = threading.Event()
            killer = threading.Thread(target=_kill_children, args=(source.uniform(0.05, 1.2), stop))
            killer.start()
            try:
                answer = db.sql(f"SELECT range AS a FROM range({rows})", isolated=True)  # noqa: S608 - a number
                found["all rows" if answer.height == rows else f"FAILED: {answer.height:,} rows"] += 1
            except IsolationError:
                found["an error of ours"] += 1
            except Exception as error:  # noqa: BLE001 - what this script looks for
                found[f"FAILED with {type(error).__name__}: {error}"] += 1
            stop.set()
            killer.join()
    return found


def _kill_children(seconds: float, stop: threading.Event) -> None:
    if not stop.wait(seconds):
        subprocess.run(["pkill", "-9", "-P", str(os.getpid()), "-f", "irdb_sql"], check=False)  # noqa: S607


def main(times: int, seed: int) -> int:
    """Try all, and return 1 if anything failed."""
    source = random.Random(seed)  # noqa: S311 - repeatable
    attacks: dict[str, Callable[[], Counter[str]]] = {
        "interrupts": lambda: interrupts(source, times),
        "full disks": full_disks,
        "kills": lambda: kills(source, times),
    }
    has_failed = False
    for name, attack in attacks.items():
        found = attack()
        for what, number in found.most_common():
            print(f"{name}: {number:4,} {what}", flush=True)
        has_failed |= any("FAILED" in what for what in found)
    return int(has_failed)


if __name__ == "__main__":
    sys.exit(main(*map(int, (sys.argv[1:] + [str(TIMES), "0"][len(sys.argv) - 1 :]))))
