"""What a database may do at most: limits of each statement, and a lock after which it opens no other file."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from irdb_sql.errors import RangeError
from irdb_sql.sources.local import literal_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duckdb import DuckDBPyConnection

    from irdb_sql.sources.local import Source


_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([KMGT]?i?B)", re.IGNORECASE)

_LEAST = 50_000_000  # bytes, without which the engine cannot read a metadata file
_UNLIMITED = 2**62


class LimitOptions(TypedDict, total=False):
    """What a statement may take: `Limits` as options of a call."""

    timeout: float | None
    max_rows: int | None
    memory_limit: str | None
    threads: int | None


@dataclass(frozen=True)
class Limits:
    """Limits of a database; None leaves what the engine takes by itself.

    Attributes:
        timeout: Seconds that a statement may take.
        max_rows: Rows that a result may have; what is beyond is cut, with a warning.
        memory_limit: Memory for statements, such as `2GB`, and as much again on the disk for what does not fit; the
            engine takes 80 % of what there is, and half of what is free on the disk.
        threads: Threads for statements; the engine takes one a core.
    """

    timeout: float | None = None
    max_rows: int | None = None
    memory_limit: str | None = None
    threads: int | None = None

    def __post_init__(self) -> None:
        for name, least, most in (("timeout", 0.001, 1_000_000), ("max_rows", 0, 2**62), ("threads", 1, 1024)):
            value = getattr(self, name)
            kinds = (int, float) if name == "timeout" else (int,)
            if value is not None and (type(value) not in kinds or not least <= value <= most):
                raise RangeError(
                    name, value, f"a {'number' if name == 'timeout' else 'whole number'} from {least} to {most:,}"
                )

        size = self.bytes()
        is_share = (self.memory_limit or "").strip().endswith("%")
        if self.memory_limit is not None and not is_share and (size is None or size < _LEAST):
            raise RangeError("memory_limit", self.memory_limit, "a size from 50MB on, such as 2GB")

    def bytes(self) -> int | None:
        """Return the memory limit as a number of bytes; nothing where it is a share or none."""
        found = _SIZE.fullmatch((self.memory_limit or "").strip())
        if found is None:
            return None
        unit = found[2].upper()
        base, power = (1024, unit.removesuffix("IB")) if unit.endswith("IB") else (1000, unit.removesuffix("B"))
        return int(float(found[1]) * base ** " KMGT".index(power or " "))

    def config(self) -> dict[str, str | bool | int | float | list[str]]:
        """Return what to open the engine with."""
        spill = Path(tempfile.gettempdir())
        config: dict[str, str | bool | int | float | list[str]] = {
            "python_enable_replacements": "false",
            "autoload_known_extensions": "false",
            "autoinstall_known_extensions": "false",
            "allow_community_extensions": "false",
            # A folder of its own, which the engine removes; it would take one below the current folder, and the whole
            # disk.
            "temp_directory": str(spill / f"irdb-sql-{os.getpid()}-{id(self):x}"),
            "max_temp_directory_size": f"{min(shutil.disk_usage(spill).free // 2, self.bytes() or _UNLIMITED)} B",
        }
        if self.memory_limit is not None:
            config["memory_limit"] = self.memory_limit
        if self.threads is not None:
            config["threads"] = str(self.threads)
        return config


def spill_folders(process: int) -> list[Path]:
    """List the folders that databases of a process spill to."""
    return sorted(Path(tempfile.gettempdir()).glob(f"irdb-sql-{process}-*"))


def limit_time(connection: DuckDBPyConnection, limits: Limits) -> None:
    """Let no statement take longer than the limit from now on."""
    if limits.timeout is not None:
        connection.execute(
            "SET GLOBAL max_execution_time = $milliseconds", {"milliseconds": round(limits.timeout * 1000)}
        )


def lock(connection: DuckDBPyConnection, source: Source) -> None:
    """Let a database open the files of its source and nothing else, and let nobody change that, from now on.

    The engine wants these settings after it has started and in this order, and takes no lists as parameters of SET.
    """
    connection.execute("SET VARIABLE source_files = $paths", {"paths": _spellings(source)})
    connection.execute("SET allowed_paths = getvariable('source_files')")
    connection.execute("RESET VARIABLE source_files")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _spellings(source: Source) -> Sequence[str]:
    """Spell each path as it is, and as it is in a view, where what could be a pattern is escaped."""
    return [spelling for file in source.files for spelling in (str(file.path.absolute()), literal_path(file.path))]
