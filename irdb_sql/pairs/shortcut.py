"""The faster way to the query `pairs`: Polars expands the pairs of files in the published layout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irdb_sql.core.late import late

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import polars as pl

    from irdb_sql.engine.limits import Limits
    from irdb_sql.engine.parameters import Params
    from irdb_sql.pairs import expand
    from irdb_sql.sources.local import OpenedFile
else:
    expand = late("irdb_sql.pairs.expand")

_MEMORY = 2_000_000_000  # bytes that are enough to stream any number of pairs


class PublishedPairs:
    """A shortcut that returns the same pairs as `queries/pairs/preference_pairs.sql`.

    Args:
        files: The files of the source.
        limits: The limits of a statement; it is not used with limits of time, threads or low memory.
    """

    def __init__(self, files: Sequence[OpenedFile], limits: Limits) -> None:
        self._files = files
        self._is_limited = (
            limits.timeout is not None or limits.threads is not None or (limits.bytes() or _MEMORY) < _MEMORY
        )

    @property
    def schema(self) -> pl.Schema:
        """The names and types of the query's columns."""
        return expand.SCHEMA

    def is_applicable(self, params: Params) -> bool:
        """Whether it supports these parameters."""
        return not self._is_limited and expand.parse_choice(params) is not None

    def frames(self, params: Params, columns: Sequence[str] | None, *, whole: bool) -> Iterator[pl.DataFrame]:
        """Yield the pairs in batches, in the order of better_row and worse_row.

        Raises:
            OtherLayoutError: A file does not have the published layout.
            BrokenFileError: A file cannot be read completely.
        """
        choice = expand.parse_choice(params)
        assert choice is not None  # noqa: S101 - is_applicable was True for them
        yield from expand.expand_pairs(self._files, choice, columns, whole=whole)
