"""Passes rows between DuckDB and Polars as an Arrow stream, without pyarrow, which is slow to import.

This module imports nothing of ours: Polars keeps the class of each object that it reads until Python exits. With a
class from a module that uses DuckDB it would keep DuckDB too, which reports that as a leak.
"""

from __future__ import annotations

from typing import Protocol


class _Exporting(Protocol):
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


class ArrowStream:
    """A wrapper that exports the Arrow stream of any object."""

    def __init__(self, rows: _Exporting) -> None:
        self._rows = rows

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._rows.__arrow_c_stream__(requested_schema)
