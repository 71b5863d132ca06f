"""Calls every function of DuckDB that takes text with deeply nested text, each in a process of its own.

It prints those that end the process, and those that run on after their limit of time, unless a safe session refuses
them; run it after an update of DuckDB: `python tests/attacks/functions.py`. It takes some minutes.
"""

from __future__ import annotations

import itertools
import os
import resource
import signal
import sys
import time
from collections.abc import Iterator

import duckdb

from irdb_sql.core import catalog

NESTED = ("repeat('[', 400000) || repeat(']', 400000)", "repeat('{\"a\":', 300000) || '1' || repeat('}', 300000)")
OF_JSON = ("json", "variant")
TAKES_TEXT = ("VARCHAR", "JSON", "ANY", "VARIANT", "T", "BLOB")
SECONDS = 20
TIME_LIMIT_MS = 3000
ADDRESS_SPACE = 6 << 30
IGNORED = ("pg_sleep", "sleep_ms")  # they are refused, and sleep as long as they are told


def calls() -> Iterator[tuple[str, str]]:
    """Yield the name of each function and a statement that calls it."""
    with duckdb.connect() as connection:
        functions = connection.execute(
            "SELECT DISTINCT function_name, function_type, parameter_types FROM duckdb_functions() "
            "WHERE function_type IN ('scalar', 'table', 'aggregate') AND internal ORDER BY ALL"
        ).fetchall()
    for name, kind, types in functions:
        if not name[0].isalpha() or name in IGNORED:
            continue
        is_of_json = any(word in name for word in OF_JSON)
        forms = ("({})", "({})::JSON") if is_of_json else ("({})",)
        places = [place for place, type_name in enumerate(types) if type_name in TAKES_TEXT]
        for place, nested, form in itertools.product(places, NESTED if is_of_json else NESTED[:1], forms):
            arguments = ["'1'" if type_name in TAKES_TEXT else "1" for type_name in types]
            arguments[place] = form.format(nested)
            call = f"{name}({', '.join(arguments)})"
            yield name, (f"SELECT count(*) FROM {call}" if kind == "table" else f"SELECT count({call})")  # noqa: S608


def outcome(statement: str) -> str | None:
    """Run a statement in a process, and say what became of it; None if it answered or was refused."""
    process = os.fork()
    if process == 0:
        os.close(sys.stderr.fileno())
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
        try:
            connection = duckdb.connect(config={"memory_limit": "1GB", "threads": 1})
            connection.execute(f"SET max_execution_time = {TIME_LIMIT_MS}")
            connection.execute(statement).fetchall()
        finally:
            os._exit(0)
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        done, status = os.waitpid(process, os.WNOHANG)
        if done:
            return signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else None
        time.sleep(0.005)
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    return f"ran longer than {SECONDS} s"


def main() -> int:
    """Try all, and return 1 if a function that is not refused fails."""
    with duckdb.connect() as connection:
        connection.execute(catalog.load().views["function_rules"].text)
        refused = {name for name, rule in connection.execute("FROM function_rules").fetchall() if rule == "refused"}
    tried, contained, failed = 0, 0, 0
    for name, statement in dict.fromkeys(calls()):
        tried += 1
        if (what := outcome(statement)) is not None:
            contained += name in refused
            failed += name not in refused
            print(f"{'refused' if name in refused else 'FAILED'}: {what}: {statement}", flush=True)
    print(f"{tried:,} calls: {contained} of refused functions failed, {failed} of others")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
