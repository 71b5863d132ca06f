"""Changes what the footer of a parquet file says, and nothing of its pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from irdb_sql.exports.thrift import BINARY, I64, read_struct, write_struct

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_TAIL = 8  # the length of the footer in four bytes, and PAR1
_ROW_GROUPS, _COLUMNS, _GROUP_ROWS, _META_DATA, _PATH, _VALUES, _STATISTICS = 4, 1, 3, 3, 3, 5, 12
MAX_OLD, MIN_OLD, NULLS, MAX, MIN = 1, 2, 3, 5, 6


def change_footer(path: Path, change: Callable[[dict[int, Any]], None]) -> None:
    """Rewrite a file with a changed footer, which `change` gets as a struct of Thrift."""
    content = path.read_bytes()
    begin = len(content) - _TAIL - int.from_bytes(content[-_TAIL:-4], "little")
    footer, _ = read_struct(memoryview(content), begin)
    change(footer)
    written = bytes(write_struct(footer))
    path.write_bytes(content[:begin] + written + len(written).to_bytes(4, "little") + b"PAR1")


def change_statistic(path: Path, column: str, statistic: int, value: bytes | int) -> None:
    """Claim a minimum, maximum or number of NULLs for a column in every row group."""

    def change(footer: dict[int, Any]) -> None:
        for statistics in _statistics(footer, column):
            for field in {MAX: (MAX, MAX_OLD), MIN: (MIN, MIN_OLD), NULLS: (NULLS,)}[statistic]:
                if field in statistics:
                    statistics[field] = (I64 if isinstance(value, int) else BINARY, value)

    change_footer(path, change)


def change_row_count(path: Path, difference: int) -> None:
    """Claim more or fewer rows in the first row group."""

    def change(footer: dict[int, Any]) -> None:
        group = _elements(footer, _ROW_GROUPS)[0]
        kind, rows = group[_GROUP_ROWS]
        group[_GROUP_ROWS] = (kind, rows + difference)

    change_footer(path, change)


def _statistics(footer: dict[int, Any], column: str) -> list[dict[int, Any]]:
    chunks = [chunk for group in _elements(footer, _ROW_GROUPS) for chunk in _elements(group, _COLUMNS)]
    data = [chunk[_META_DATA][1] for chunk in chunks]
    return [one[_STATISTICS][1] for one in data if one[_PATH][1][1] == [column.encode()]]


def _elements(struct: dict[int, Any], field: int) -> Any:
    _, (_, elements) = struct[field]
    return elements
