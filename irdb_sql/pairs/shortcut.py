"""Faster ways to queries about pairs and ratings of files in the published layout, by Polars and NumPy."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from irdb_sql.core.late import late

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import polars as pl

    from irdb_sql.engine.statement import Shortcut
    from irdb_sql.pairs import expand, reader, statistics
    from irdb_sql.pairs.expand import PairChoice
    from irdb_sql.pairs.reader import PublishedFiles
    from irdb_sql.pairs.statistics import StatisticsChoice
    from irdb_sql.sources.local import OpenedFile
else:
    expand = late("irdb_sql.pairs.expand")
    reader = late("irdb_sql.pairs.reader")
    statistics = late("irdb_sql.pairs.statistics")

_STATISTICS = ("pair_counts", "rating_stats", "rating_agreement")


def make_shortcuts(
    files: Sequence[OpenedFile],
) -> dict[str, Callable[[Mapping[str, object]], Shortcut | None]]:
    """Return functions that find a shortcut for parameters of a query, or None, by the name of the query.

    Args:
        files: The files of the source.
    """
    published = _LatePublishedFiles(files)
    return {
        "pairs": partial(_find_pairs, published),
        **{name: partial(_find_statistic, published, name) for name in _STATISTICS},
    }


class _LatePublishedFiles:
    """The `PublishedFiles` of a source, whose module is imported when a shortcut is first taken."""

    def __init__(self, files: Sequence[OpenedFile]) -> None:
        self._files = files

    @functools.cached_property
    def published(self) -> PublishedFiles:
        return reader.PublishedFiles(self._files)


@dataclass(frozen=True)
class _Pairs:
    """The same pairs as of `queries/pairs/preference_pairs.sql`, in the order of better_row and worse_row."""

    files: _LatePublishedFiles
    choice: PairChoice

    @property
    def schema(self) -> pl.Schema:
        return expand.SCHEMA

    def frames(self, columns: Sequence[str] | None, *, whole: bool) -> Iterator[pl.DataFrame]:
        return expand.expand_pairs(self.files.published, self.choice, columns, whole=whole)


@dataclass(frozen=True)
class _Statistic:
    """The same rows as of a query that counts pairs or ratings, in its order."""

    files: _LatePublishedFiles
    name: str
    choice: StatisticsChoice

    @property
    def schema(self) -> pl.Schema:
        return statistics.STATISTICS[self.name].schema

    def frames(self, columns: Sequence[str] | None, *, whole: bool) -> Iterator[pl.DataFrame]:  # noqa: ARG002 - there are few rows
        frame = statistics.STATISTICS[self.name].frame(self.files.published, self.choice)
        yield frame if columns is None else frame.select(columns)


def _find_pairs(files: _LatePublishedFiles, params: Mapping[str, object]) -> Shortcut | None:
    choice = expand.parse_choice(params)
    return None if choice is None else _Pairs(files, choice)


def _find_statistic(files: _LatePublishedFiles, name: str, params: Mapping[str, object]) -> Shortcut | None:
    choice = statistics.parse_choice(params)
    return None if choice is None else _Statistic(files, name, choice)
