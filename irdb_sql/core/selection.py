"""The images of a database, of all those of its source."""

from __future__ import annotations

from typing import NamedTuple


class Selection(NamedTuple):
    """The images of a database.

    Attributes:
        images: `ok`, the path of a file of `irdb verify`, or None for all.
        subset: The published subset; None takes every image.
        classifications: The classifications; empty for all.
    """

    images: str | None = None
    subset: str | None = None
    classifications: tuple[str, ...] = ()
