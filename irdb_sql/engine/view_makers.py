"""Makes the views whose rows come from Python or from files, when a statement first needs them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from irdb_sql.engine.base_view import choose_profile, hold_images, hold_pairs, make_base_view, make_vote_views

if TYPE_CHECKING:
    import weakref
    from collections.abc import Callable, Mapping

    from duckdb import DuckDBPyConnection

    from irdb_sql.engine.error_translator import Stream
    from irdb_sql.engine.local import DuckDBEngine

    Listing = Callable[[Callable[[], list[str]], Callable[[], int]], Stream]


def view_makers(
    engine: weakref.ref[DuckDBEngine], listing: Listing, *, has_files: bool, profile: str | None
) -> Mapping[str, Callable[[DuckDBPyConnection], None]]:
    """Return a function for each view that makes it.

    Args:
        engine: The engine of the views; weak, because it owns DuckDB, which owns the stream of a listing.
        listing: Makes the stream of `image_listing`, as `DuckDBEngine` takes it.
        has_files: Whether the source has files; without, `metadata` is as its file defines it.
        profile: The profile of the audit of a source with votes; None for any other source.
    """
    makers: dict[str, Callable[[DuckDBPyConnection], None]] = {"image_listing": partial(_make_listing, engine, listing)}
    if has_files:
        makers["metadata"] = partial(_make_metadata, engine)
    if profile is not None:
        makers |= {"source_votes": make_vote_views, "audit_profile": partial(choose_profile, profile=profile)}
    return makers


def finish_images(engine: weakref.ref[DuckDBEngine], duck: DuckDBPyConnection) -> None:
    """Hold the rows of the view `images`, if those of the source are held."""
    if (live_engine := engine()) is not None and live_engine.is_held:
        hold_images(duck, live_engine.opened_files)


def finish_pairs(engine: weakref.ref[DuckDBEngine], duck: DuckDBPyConnection) -> None:
    """Hold the rows of the view `voted_pairs`, if the memory of statements is not limited."""
    if (live_engine := engine()) is not None and live_engine.has_votes and live_engine.limits.bytes() is None:
        hold_pairs(duck)


def _make_metadata(engine: weakref.ref[DuckDBEngine], duck: DuckDBPyConnection) -> None:
    """Make the view `metadata` of the source."""
    if (live_engine := engine()) is not None:
        make_base_view(duck, live_engine.opened_files, is_held=live_engine.is_held)


def _make_listing(engine: weakref.ref[DuckDBEngine], listing: Listing, duck: DuckDBPyConnection) -> None:
    """Make the view `image_listing` of a stream of rows from Python."""
    stream = listing(
        lambda: live_engine.image_folders() if (live_engine := engine()) else [],
        lambda: live_engine.interrupt_count if (live_engine := engine()) else -1,
    )
    if (live_engine := engine()) is not None:
        live_engine.error_translator.stream = stream
    duck.from_arrow(stream).create_view("image_listing", replace=True)
