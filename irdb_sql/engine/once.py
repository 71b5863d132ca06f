"""Asks another source one question, with an engine that is open for that only."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from irdb_sql.engine.limits import Limits
from irdb_sql.engine.local import DuckDBEngine

if TYPE_CHECKING:
    import polars as pl

    from irdb_sql.core.catalog import SqlFiles
    from irdb_sql.engine.failures import Stream
    from irdb_sql.sources.local import Source


def read_query(source: Source, catalog: SqlFiles, name: str) -> pl.DataFrame:
    """Open another source without its images, answer one named query, and close it.

    Args:
        source: The source.
        catalog: The views, macros and queries.
        name: The name of the query.
    """
    engine = DuckDBEngine(source, catalog, no_listing, Limits())
    with contextlib.closing(engine):
        return engine.prepare_query(catalog.queries[name]).frame()


def no_listing(_folders: object, _interrupts: object) -> Stream:
    """Refuse to list images, for an engine that nobody asks for them."""
    message = "this engine lists no images"
    raise AssertionError(message)
