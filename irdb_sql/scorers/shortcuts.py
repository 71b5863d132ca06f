"""Faster ways to queries about scores that the engine holds, by NumPy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from irdb_sql.core.late import late
from irdb_sql.core.schema import SPLITS, SUBSETS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import polars as pl

    from irdb_sql.engine.protocol import QueryEngine
    from irdb_sql.engine.statement import Shortcut
    from irdb_sql.scorers import picks
else:
    picks = late("irdb_sql.scorers.picks")


def make_shortcuts(engine: QueryEngine) -> dict[str, Callable[[Mapping[str, object]], Shortcut | None]]:
    """Return functions that find a shortcut for parameters of a query, or None, by the name of the query.

    Args:
        engine: The engine with the scores.
    """
    return {"best_of_n_picks": partial(_find_picks, engine)}


@dataclass(frozen=True)
class _Picks:
    """The same rows as of `queries/metrics/best_of_n_picks.sql`, in the order of split, scorer and n."""

    engine: QueryEngine
    images: tuple[object, object]

    @property
    def schema(self) -> pl.Schema:
        return picks.SCHEMA

    def frames(self, columns: Sequence[str] | None, *, whole: bool) -> Iterator[pl.DataFrame]:  # noqa: ARG002 - there are few rows
        frame = picks.best_of_n_picks(self.engine, self.images)
        yield frame if columns is None else frame.select(columns)


def _find_picks(engine: QueryEngine, params: Mapping[str, object]) -> Shortcut | None:
    split, subset = params["split"], params["subset"]
    are_known = (split is None or (isinstance(split, str) and {*split.split(",")} <= {*SPLITS})) and (
        subset is None or subset in SUBSETS
    )
    return _Picks(engine, (split, subset)) if are_known and engine.holds_scores else None
