"""Reads images by the rows of the catalogue, and makes thumbnails, which are kept in memory within a limit."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING, NamedTuple

from irdb_sql.core.late import late
from irdb_sql.core.regular_files import file_stamp
from irdb_sql.explore.errors import NoImageError
from irdb_sql.explore.kept import Kept
from irdb_sql.images.errors import ImageError
from irdb_sql.reports.thumbnails import SIDE

if TYPE_CHECKING:
    from irdb_sql.database.facade import ImageRewardDB
    from irdb_sql.errors import IrdbError
    from irdb_sql.images import decode
else:
    decode = late("irdb_sql.images.decode")

MOST_BYTES = 128_000_000
"""Bytes of all pictures that are kept."""


class Picture(NamedTuple):
    """An image or thumbnail.

    Attributes:
        content: Its bytes.
        media_type: Its type, such as image/webp.
        tag: A text that is another one for other bytes.
    """

    content: bytes
    media_type: str
    tag: str


class Pictures:
    """Finds images by row_index: no path of a request reaches a disk or server.

    Args:
        db: The database.
        most_bytes: Bytes of all pictures that are kept; those that were asked for longest ago go first.

    Attributes:
        key: A text that is another one for other files of the data, for addresses that a browser may keep.
    """

    def __init__(self, db: ImageRewardDB, most_bytes: int = MOST_BYTES) -> None:
        self._db = db
        self._kept: Kept[Picture] = Kept(lambda picture: len(picture.content), most_bytes)
        stamps = [(str(file.path), file_stamp(file.path)) for file in db.source.files]
        self.key = hashlib.sha256(repr((db.source.name, stamps)).encode()).hexdigest()[:12]

    def image(self, row: int) -> Picture:
        """Return the image of a row as it is.

        Raises:
            NoImageError: There is no such row.
            ImageError: It cannot be read.
            DecodeError: Its bytes are no image of a known format.
        """
        return self._kept.get(("image", row), lambda: self._read(row))

    def thumbnail(self, row: int) -> Picture:
        """Return a small picture of the image of a row; errors are those of `image`."""
        return self._kept.get(("thumbnail", row), lambda: _make_thumbnail(self._read(row).content))

    def _read(self, row: int) -> Picture:
        paths = self._db.query("row_image", row=row).select("image_path")
        if paths.is_empty():
            raise NoImageError(row)
        content: bytes = self._db.with_images(paths)["image"].item()
        return Picture(content, f"image/{decode.image_format(content).lower()}", _tag(content))


def describe_problem(error: IrdbError) -> str:
    """Say in a few words why there is no picture."""
    if isinstance(error, ImageError):
        return f"{error.status.replace('_', ' ')}: {error.reason}"
    return error.sentence


def _make_thumbnail(content: bytes) -> Picture:
    small = decode.open_image(content)
    small.thumbnail((SIDE, SIDE))
    encoded = io.BytesIO()
    small.save(encoded, "WEBP", quality=75, method=1)
    return Picture(encoded.getvalue(), "image/webp", _tag(encoded.getvalue()))


def _tag(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'
