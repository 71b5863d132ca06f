"""The faster way to the query `pairs`: Polars expands files that are as published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irdb_sql.core.late import late

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import polars as pl

    from irdb_sql.engine.limits import Limits
    from irdb_sql.engine.parameters import Params
    from irdb_sql.pairs import expand
    from irdb_sql.sources.local import PlacedFile
else:
    expand = late("irdb_sql.pairs.expand")

_MEMORY = 2_000_000_000  # bytes that are enough for as many pairs as there are, while they are read


class PublishedPairs:
    """Pairs of published files, as `queries/pairs/preference_pairs.sql` defines them.

    Args:
        files: The files of the source.
        limits: What a statement may take; limits of time, threads or little memory are for the engine to keep.
    """

    def __init__(self, files: Sequence[PlacedFile], limits: Limits) -> None:
        self._files = files
        self._is_limited = (
            limits.timeout is not None or limits.threads is not None or (limits.bytes() or _MEMORY) < _MEMORY
        )

    @property
    def schema(self) -> pl.Schema:
        """Names and types of the query's columns."""
        return expand.SCHEMA

    def is_applicable(self, params: Params) -> bool:
        """Whether it can answer the query with these parameters."""
        return not self._is_limited and expand.pair_choice(params) is not None

    def frames(self, params: Params, columns: Sequence[str] | None, *, whole: bool) -> Iterator[pl.DataFrame]:
        """Yield the pairs, some at a time, in the order of better_row and worse_row.

        Raises:
            NotPublishedError: A file is not as published.
            BrokenFileError: A file cannot be read to its end.
        """
        choice = expand.pair_choice(params)
        assert choice is not None  # noqa: S101 - it is asked for parameters that suit it
        yield from expand.expanded_pairs(self._files, choice, columns, whole=whole)
