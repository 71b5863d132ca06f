"""Errors of images and their files."""

from __future__ import annotations

from irdb_sql.errors import IrdbError, NotFoundError, quoted


class ImagesRootError(NotFoundError, NotADirectoryError):
    """The folder of the images does not exist."""

    def __init__(self, path: object) -> None:
        super().__init__(
            f"images_root is {quoted(path)}, and there is no such folder",
            "pass the folder that contains `images/…`, or its URL.",
        )


class ImageError(IrdbError, ValueError):
    """An image whose file is missing, empty, corrupt or refused."""

    def __init__(self, image_path: str, place: str | None, status: str, reason: str) -> None:
        self.image_path = image_path
        self.status = status
        super().__init__(
            f"image {quoted(image_path)} cannot be read, {status.replace('_', ' ')}: {reason}"
            + (f" ({quoted(place)})" if place else ""),
            "pass the folder that contains `images/…` as images_root, or see `irdb sql 'FROM image_files'`."
            if status in ("missing", "archive_missing")
            else "connect with images='ok' to leave such images out, or pass on_error='null' or on_error='skip'.",
        )


class PathColumnError(IrdbError, ValueError):
    """A column of image paths is missing, or holds other values."""


class DecodeError(IrdbError, ValueError):
    """Image bytes cannot be turned into pixels."""
