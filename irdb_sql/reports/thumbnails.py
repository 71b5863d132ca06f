"""Makes thumbnails of images for reports, within a budget of bytes."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from irdb_sql.core.late import late
from irdb_sql.images.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from irdb_sql.database.facade import ImageRewardDB
    from irdb_sql.images import decode
else:
    decode = late("irdb_sql.images.decode")

SIDE = 224
"""Pixels of the longer side."""

BUDGET = 3_500_000
"""Bytes that all pictures of a page may take, written as text."""


@dataclass(frozen=True)
class Thumbnail:
    """A thumbnail of an image, or why there is none.

    Attributes:
        address: The thumbnail as a `data:` URL; empty where there is none.
        width: Its width in pixels.
        height: Its height in pixels.
        problem: Why there is none; empty where there is one.
    """

    address: str
    width: int
    height: int
    problem: str


class Thumbnails:
    """Makes thumbnails of a database's images, within a budget of bytes.

    Args:
        db: The database.
        budget: Bytes of all thumbnails together.
    """

    def __init__(self, db: ImageRewardDB, budget: int = BUDGET) -> None:
        self._db = db
        self._left = budget
        self._made: dict[str, Thumbnail] = {}

    def of(self, paths: Iterable[str]) -> dict[str, Thumbnail]:
        """Return the thumbnail of each path."""
        wanted = list(dict.fromkeys(paths))
        new = [path for path in wanted if path not in self._made]
        if new:
            frame = pl.DataFrame({"image_path": new}, schema={"image_path": pl.String})
            contents = self._db.with_images(frame, on_error="null")["image"]
            for path, content in zip(new, contents, strict=True):
                self._made[path] = self._make(content)
        return {path: self._made[path] for path in wanted}

    def _make(self, content: bytes | None) -> Thumbnail:
        if content is None:
            return Thumbnail("", 0, 0, "its file is not here, or broken")
        if self._left <= 0:
            return Thumbnail("", 0, 0, "left out: the page would grow too large")
        try:
            small = decode.open_image(content)
        except DecodeError as error:
            return Thumbnail("", 0, 0, error.sentence)
        small.thumbnail((SIDE, SIDE))
        encoded = io.BytesIO()
        small.save(encoded, "WEBP", quality=70, method=4)
        address = "data:image/webp;base64," + base64.b64encode(encoded.getvalue()).decode()
        self._left -= len(address)
        return Thumbnail(address, small.width, small.height, "")
