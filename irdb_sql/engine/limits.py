"""Limits of time, rows, memory and threads, and the lock that keeps a database to the files of its source."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from irdb_sql.core.options import check_type
from irdb_sql.errors import RangeError
from irdb_sql.sources.local import literal_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duckdb import DuckDBPyConnection

    from irdb_sql.sources.local import Source


_SIZE = r"(?i)([0-9]+(?:\.[0-9]+)?)\s*([KMGT]?i?B)"
_MIN_BYTES = 50_000_000  # DuckDB cannot read a metadata file with less
_UNLIMITED = 2**62
_MEMORY = 2_000_000_000  # bytes that are enough to stream any number of pairs


class LimitOptions(TypedDict, total=False):
    """The fields of `Limits` as options of a call."""

    timeout: float | None
    max_rows: int | None
    memory_limit: str | None
    threads: int | None


@dataclass(frozen=True)
class Limits:
    """Limits of a database; None keeps DuckDB's default.

    Attributes:
        timeout: Seconds that a statement may run; no limit by default.
        max_rows: Rows of a result; further ones are cut, with a warning; no limit by default.
        memory_limit: Memory of all statements, such as `2GB`, and the same size for their temporary files; by default
            80 % of the memory, and half of the free disk space.
        threads: Threads of all statements; by default one per core.
    """

    timeout: float | None = None
    max_rows: int | None = None
    memory_limit: str | None = None
    threads: int | None = None

    def __post_init__(self) -> None:
        for name, minimum, maximum in (("timeout", 0.001, 1_000_000), ("max_rows", 0, 2**62), ("threads", 1, 1024)):
            value = getattr(self, name)
            kinds = (int, float) if name == "timeout" else (int,)
            allowed = f"a {'number' if name == 'timeout' else 'whole number'} from {minimum} to {maximum:,}"
            if value is not None:
                check_type(name, value, kinds, allowed)
                if not minimum <= value <= maximum:
                    raise RangeError(name, value, allowed)

        check_type("memory_limit", self.memory_limit, (str, type(None)), "a size as text, such as '2GB'")
        size = self.bytes()
        is_share = (self.memory_limit or "").strip().endswith("%")
        if self.memory_limit is not None and not is_share and (size is None or size < _MIN_BYTES):
            raise RangeError("memory_limit", self.memory_limit, "a size of at least 50MB, such as 2GB")

    @property
    def are_wide(self) -> bool:
        """Whether statements may be answered in another way than by the engine, which alone keeps limits."""
        return self.timeout is None and self.threads is None and (self.bytes() or _MEMORY) >= _MEMORY

    def bytes(self) -> int | None:
        """Return the memory limit in bytes, or None for a percentage or no limit."""
        size = None if self.memory_limit is None else re.fullmatch(_SIZE, self.memory_limit.strip())
        if size is None:
            return None
        unit = size[2].upper()
        base, power = (1024, unit.removesuffix("IB")) if unit.endswith("IB") else (1000, unit.removesuffix("B"))
        return int(float(size[1]) * base ** " KMGT".index(power or " "))

    def config(self) -> dict[str, str | bool | int | float | list[str]]:
        """Return the configuration to open DuckDB with."""
        spill = Path(tempfile.gettempdir())
        config: dict[str, str | bool | int | float | list[str]] = {
            "python_enable_replacements": "false",
            "autoload_known_extensions": "false",
            "autoinstall_known_extensions": "false",
            "allow_community_extensions": "false",
            # DuckDB removes this folder. Its default is a folder below the current one, without a limit of size.
            "temp_directory": str(spill / f"irdb-sql-{os.getpid()}-{id(self):x}"),
            "max_temp_directory_size": f"{min(shutil.disk_usage(spill).free // 2, self.bytes() or _UNLIMITED)} B",
        }
        if self.memory_limit is not None:
            config["memory_limit"] = self.memory_limit
        if self.threads is not None:
            config["threads"] = str(self.threads)
        return config


def spill_folders(process: int) -> list[Path]:
    """List the folders of temporary files that databases of a process have."""
    return sorted(Path(tempfile.gettempdir()).glob(f"irdb-sql-{process}-*"))


def set_timeout(connection: DuckDBPyConnection, limits: Limits) -> None:
    """Limit the time of every later statement."""
    if limits.timeout is not None:
        connection.execute(
            "SET GLOBAL max_execution_time = $milliseconds", {"milliseconds": round(limits.timeout * 1000)}
        )


def lock_configuration(connection: DuckDBPyConnection, source: Source) -> None:
    """Let a database open only the files of its source, for good.

    DuckDB accepts these settings only after the start and in this order, and accepts no list as a parameter of SET.
    """
    connection.execute("SET VARIABLE source_files = $paths", {"paths": _path_spellings(source)})
    connection.execute("SET allowed_paths = getvariable('source_files')")
    connection.execute("RESET VARIABLE source_files")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _path_spellings(source: Source) -> Sequence[str]:
    """Return each path as it is, and with glob characters escaped."""
    return [path for file in source.files for path in (str(file.path.absolute()), literal_path(file.path))]
