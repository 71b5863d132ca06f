"""Runs one named query over another source, on an engine that is closed afterwards."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from irdb_sql.engine.limits import Limits
from irdb_sql.engine.local import DuckDBEngine

if TYPE_CHECKING:
    import polars as pl

    from irdb_sql.core.catalog import SqlCatalog
    from irdb_sql.engine.error_translator import Stream
    from irdb_sql.sources.local import Source


def read_query(source: Source, catalog: SqlCatalog, name: str) -> pl.DataFrame:
    """Run a named query over a source, without its images.

    Args:
        source: The source, which is opened for this query only.
        catalog: The views, macros and queries.
        name: The name of the query.
    """
    engine = DuckDBEngine(source, catalog, no_listing, Limits())
    with contextlib.closing(engine):
        return engine.prepare_query(catalog.queries[name]).frame()


def no_listing(_folders: object, _interrupt_count: object) -> Stream:
    """Raise an AssertionError: the listing of an engine that never reads `image_listing`."""
    message = "this engine lists no images"
    raise AssertionError(message)
