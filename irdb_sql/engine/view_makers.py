"""Makes the views whose rows come from Python or from files, when a statement first needs them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from irdb_sql.core.schema import EMPTY_WITHOUT_VOTES
from irdb_sql.engine.base_view import (
    choose_profile,
    hold_images,
    hold_pairs,
    hold_scores,
    make_base_view,
    make_cells_view,
    make_vote_views,
)
from irdb_sql.engine.definitions import Definitions

if TYPE_CHECKING:
    import weakref
    from collections.abc import Callable

    from duckdb import DuckDBPyConnection

    from irdb_sql.core.catalog import SqlCatalog
    from irdb_sql.engine.error_translator import Stream
    from irdb_sql.engine.local import DuckDBEngine
    from irdb_sql.sources.local import Source

    Listing = Callable[[Callable[[], list[str]], Callable[[], int]], Stream]


def make_definitions(
    engine: weakref.ref[DuckDBEngine], listing: Listing, source: Source, catalog: SqlCatalog
) -> Definitions:
    """Return the views and macros of an engine, with what makes those views whose rows are not in their files.

    Args:
        engine: The engine of the views; weak, because it owns DuckDB, which owns the stream of a listing.
        listing: Makes the stream of `image_listing`, as `DuckDBEngine` takes it.
        source: The source; without files, `metadata` is as its file defines it.
        catalog: The views and macros.
    """
    makers: dict[str, Callable[[DuckDBPyConnection], None]] = {"image_listing": partial(_make_listing, engine, listing)}
    if source.files:
        makers["metadata"] = partial(_make_metadata, engine)
    if source.audit_profile is not None:
        makers |= {
            "source_votes": make_vote_views,
            "audit_profile": partial(choose_profile, profile=source.audit_profile),
            "image_cells": partial(_make_cells, engine),
        }
    return Definitions(
        catalog,
        view_makers=makers,
        finishers={
            "images": partial(_finish_images, engine),
            "voted_pairs": partial(_finish_pairs, engine),
            "image_scores": partial(_finish_scores, engine),
        },
        empty=EMPTY_WITHOUT_VOTES if source.audit_profile is None else (),
    )


def _finish_images(engine: weakref.ref[DuckDBEngine], duck: DuckDBPyConnection) -> None:
    """Hold the rows of the view `images`, if those of the source are held."""
    if (live_engine := engine()) is not None and live_engine.is_held:
        hold_images(duck, live_engine.opened_files)


def _finish_pairs(engine: weakref.ref[DuckDBEngine], duck: DuckDBPyConnection) -> None:
    """Hold the rows of the view `voted_pairs`, if the memory of statements is not limited."""
    if (live_engine := engine()) is not None and live_engine.limits.bytes() is None:
        hold_pairs(duck)


def _finish_scores(engine: weakref.ref[DuckDBEngine], duck: DuckDBPyConnection) -> None:
    """Hold the rows of the view `image_scores`, if the engine holds them."""
    if (live_engine := engine()) is not None and live_engine.holds_scores:
        hold_scores(duck)


def _make_metadata(engine: weakref.ref[DuckDBEngine], duck: DuckDBPyConnection) -> None:
    """Make the view `metadata` of the source."""
    if (live_engine := engine()) is not None:
        make_base_view(duck, live_engine.opened_files, is_held=live_engine.is_held)


def _make_cells(engine: weakref.ref[DuckDBEngine], duck: DuckDBPyConnection) -> None:
    """Make the view `image_cells` of the source."""
    if (live_engine := engine()) is not None:
        make_cells_view(duck, live_engine.opened_files, list(live_engine.byte_columns))


def _make_listing(engine: weakref.ref[DuckDBEngine], listing: Listing, duck: DuckDBPyConnection) -> None:
    """Make the view `image_listing` of a stream of rows from Python."""
    stream = listing(
        lambda: live_engine.image_folders() if (live_engine := engine()) else [],
        lambda: live_engine.interrupt_count if (live_engine := engine()) else -1,
    )
    if (live_engine := engine()) is not None:
        live_engine.error_translator.stream = stream
    duck.from_arrow(stream).create_view("image_listing", replace=True)
