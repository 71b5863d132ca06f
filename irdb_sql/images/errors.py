"""What is wrong with images and their files, in sentences."""

from __future__ import annotations

from irdb_sql.errors import IrdbError, NotFoundError, quoted


class ImagesRootError(NotFoundError, NotADirectoryError):
    """The folder that is to hold the images is not there."""

    def __init__(self, path: object) -> None:
        super().__init__(
            f"images_root is {quoted(path)}, and there is no such folder",
            "name the folder below which `images/…` lies, or a URL of one.",
        )


class ImageError(IrdbError, ValueError):
    """An image cannot be had: its file is missing, empty, broken, or must not be read."""

    def __init__(self, image_path: str, place: str | None, status: str, reason: str) -> None:
        self.image_path = image_path
        self.status = status
        super().__init__(
            f"image {quoted(image_path)} cannot be had, {status.replace('_', ' ')}: {reason}"
            + (f" ({quoted(place)})" if place else ""),
            "name the folder below which `images/…` lies as images_root, or see `irdb sql 'FROM image_files'`."
            if status in ("missing", "archive_missing")
            else "connect with images='ok' to leave such images out everywhere, or pass on_error='null' or 'skip'.",
        )


class PathColumnError(IrdbError, ValueError):
    """A frame has no column of image paths, or one that holds something else."""


class DecodeError(IrdbError, ValueError):
    """Image bytes cannot be turned into pixels."""
