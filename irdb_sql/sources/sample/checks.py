"""Keeps what checks find of the embedded sample, so that a command need not check it again while it is unchanged."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from irdb_sql.sources.kinds.base import FileSize

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

CHECKS = "checks.json"
"""The name of the file with what checks find."""


def size_of_rows(rows: Iterable[Mapping[str, str | int]]) -> FileSize:
    """Return how much the file of some rows holds, as the macro `parquet_file_checks` finds it.

    Example:
        >>> size_of_rows([{"prompt": "näh", "rank": 1}])
        FileSize(rows=1, value_bytes=5)
    """
    lengths = [sum(len(value.encode()) if isinstance(value, str) else 1 for value in row.values()) for row in rows]
    return FileSize(len(lengths), sum(lengths))


def write_checks(folder: Path, sizes: Mapping[str, FileSize]) -> None:
    """Write what checks find of sound files, by their names."""
    facts = {
        name: {"sha256": _digest(folder / name), "rows": size.rows, "value_bytes": size.value_bytes}
        for name, size in sizes.items()
    }
    (folder / CHECKS).write_text(json.dumps(facts, indent=1))


def read_checks(folder: Path) -> dict[str, FileSize]:
    """Return how much the files of a folder hold, without those that have changed since they were written."""
    try:
        facts = json.loads((folder / CHECKS).read_text())
        return {
            name: FileSize(int(fact["rows"]), int(fact["value_bytes"]))
            for name, fact in facts.items()
            if fact["sha256"] == _digest(folder / name)
        }
    except (OSError, ValueError, LookupError, TypeError, AttributeError):  # they are checked as any other files
        return {}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
