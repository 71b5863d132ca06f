"""Errors of images and their files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irdb_sql.core.late import late
from irdb_sql.core.regular_files import describe_absent
from irdb_sql.errors import FileError, IrdbError, NotFoundError, quoted
from irdb_sql.sources.errors import VerificationNotFoundError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from irdb_sql.images import faults
    from irdb_sql.storage import addresses
else:
    addresses = late("irdb_sql.storage.addresses")
    faults = late("irdb_sql.images.faults")


class ImagesRootError(NotFoundError, NotADirectoryError):
    """The folder of the images does not exist."""

    def __init__(self, path: object) -> None:
        address = addresses.hub_address(str(path))
        super().__init__(
            f"images_root is {quoted(path)}, and there is no such folder",
            "pass the folder that contains `images/…`, or its URL"
            f"{'' if address is None else f'; a dataset of the hub is {address}'}.",
        )


class NoImagesSelectedWarning(UserWarning):
    """No image is of the subset and the classifications that a database was asked for."""

    def __init__(self, words: str) -> None:
        super().__init__(f"no image is of {words}, so that every answer is empty")


class NoImagesLeftWarning(UserWarning):
    """No image of the data is ok, so that all are left out."""

    def __init__(self, images: int) -> None:
        super().__init__(
            f"none of the {images:,} images has a file that is ok, so that all are left out and every answer is empty; "
            "`irdb verify` lists what is wrong with each"
        )


class UnmeasuredImagesWarning(UserWarning):
    """A file has no measures of some images, which are not compared."""

    def __init__(self, path: Path, counts: Sequence[tuple[str, int, int]]) -> None:
        listed = " and ".join(
            f"{unmeasured:,} of the {images:,} images of {split}" for split, images, unmeasured in counts
        )
        super().__init__(
            f"{quoted(path)} lacks measures of {listed}, which score_confounds leaves out where it compares scores "
            "with measures; the query unmeasured_images counts them"
        )


class NoImagesError(IrdbError, ValueError):
    """No image at all would be written."""

    def __init__(self, paths: int) -> None:
        super().__init__(
            f"no image would be written: {f'none of {paths:,} can be read' if paths else 'the rows name none'}",
            "select other rows; allow_empty=True (--allow-empty) writes an empty target all the same.",
        )


class ImageError(IrdbError, ValueError):
    """An image whose file is missing, empty, corrupt or refused."""

    def __init__(self, image_path: str, place: str | None, status: str, reason: str) -> None:
        self.image_path = image_path
        self.status = status
        self.reason = reason
        super().__init__(
            f"image {quoted(image_path)} cannot be read, {status.replace('_', ' ')}: {reason}"
            + (f" ({quoted(place)})" if place else ""),
            "pass the folder that contains `images/…` as images_root, or see `irdb sql 'FROM image_files'`."
            if reason in faults.ABSENT
            else "connect with images='ok' to leave such images out, or pass on_error='null' or on_error='skip'; "
            "`irdb sql 'FROM image_files'` lists them.",
        )


class PathColumnError(IrdbError, ValueError):
    """A column of image paths is missing, or holds other values."""


class DecodeError(IrdbError, ValueError):
    """Image bytes cannot be turned into pixels."""


class MeasuresNotFoundError(VerificationNotFoundError):
    """An option that names measures is no file."""

    allowed = "measures is a file of `irdb verify --measure`"

    def __init__(self, path: object) -> None:
        IrdbError.__init__(
            self,
            describe_absent(path, "file of irdb verify --measure"),
            "pass the file that `irdb verify --measure -o FILE` wrote.",
        )


class OtherMeasuresError(FileError):
    """A file has measures of none of the images."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{quoted(path)} has measures of no image of this data",
            "measure these images with `irdb verify --measure -o FILE`; it names images as the data does.",
        )
