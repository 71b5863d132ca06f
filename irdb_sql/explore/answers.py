"""Keeps answers of named queries, so that the next pair or page of the same rows is not asked for again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from irdb_sql.explore.kept import Kept

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

    from irdb_sql.database.facade import ImageRewardDB
    from irdb_sql.explore.statements import Client

MOST_BYTES = 256_000_000
"""Bytes of all answers that are kept."""


class Answers:
    """Asks named queries of a database, whose rows do not change while it is open.

    Args:
        db: The database.
        most_bytes: Bytes of all answers that are kept; those that were asked for longest ago go first.
    """

    def __init__(self, db: ImageRewardDB, most_bytes: int = MOST_BYTES) -> None:
        self._db = db
        self._kept = Kept[pl.DataFrame](lambda rows: int(rows.estimated_size()), most_bytes)

    def ask(self, query: str, params: Mapping[str, object] | None = None, columns: Sequence[str] = ()) -> pl.DataFrame:
        """Return the rows of a query, or some of their columns.

        Args:
            query: Its name.
            params: Its parameters.
            columns: Names of columns; empty for all.
        """

        def ask() -> pl.DataFrame:
            if columns:
                return self._db.query(query, params, lazy=True).select(columns).collect()
            return self._db.query(query, params)

        return self.keep((query, tuple(sorted((params or {}).items())), tuple(columns)), ask)

    def keep(self, key: Hashable, ask: Callable[[], pl.DataFrame], client: Client | None = None) -> pl.DataFrame:
        """Return the rows that are kept by a key; those that are asked for now where none are, as `Kept.get` does."""
        return self._kept.get(key, ask, client)
