"""Hands rows from one library to the other as an Arrow stream, without Arrow's own library, whose import takes long.

It has a room of its own, which imports nothing: Polars keeps the class of all that it is given to the end of Python,
and with a class of the engine it would keep the whole engine, which then complains.
"""

from __future__ import annotations

from typing import Protocol


class _Exporting(Protocol):
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


class ArrowStream:
    """Rows of which nothing else is known: of a frame for the engine, or of a relation for Polars."""

    def __init__(self, rows: _Exporting) -> None:
        self._rows = rows

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._rows.__arrow_c_stream__(requested_schema)
