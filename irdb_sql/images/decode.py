"""Decodes image bytes into arrays or Pillow images."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Literal, cast, overload

import pyarrow as pa
from PIL import Image, UnidentifiedImageError

from irdb_sql.core.file_contents import LFS_HINT, LFS_POINTER
from irdb_sql.core.late import late
from irdb_sql.core.options import check_choice, check_type
from irdb_sql.core.thread_pool import THREAD_POOL, gather, wait
from irdb_sql.errors import ArgumentTypeError, RangeError
from irdb_sql.images.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt
else:
    np = late("numpy")

_FORMATS = ("WEBP", "PNG", "JPEG")  # Pillow has further formats, some of which start other programs
_MOST_PIXELS = 64_000_000


def open_image(content: bytes | memoryview) -> Image.Image:
    """Decode WebP, PNG or JPEG bytes to an RGB image.

    Raises:
        DecodeError: The bytes have another format, are damaged, or have more than 64 million pixels.
    """
    with _told(content):
        return _to_rgb(_read_head(content))


def image_format(content: bytes | memoryview) -> str:
    """Return WEBP, PNG or JPEG, as the first bytes of an image say, which is not decoded.

    Raises:
        DecodeError: The bytes have another format, or more than 64 million pixels.
    """
    with _told(content):
        return str(_read_head(content).format)


def _read_head(content: bytes | memoryview) -> Image.Image:
    """Read what an image says of itself."""
    picture = Image.open(io.BytesIO(content), formats=_FORMATS)
    if picture.width * picture.height > _MOST_PIXELS:
        raise DecodeError(
            f"an image of {picture.width} x {picture.height} pixels is too large to decode",
            "images of the dataset have less than one million pixels; this one may be an attack.",
        )
    return picture


@contextlib.contextmanager
def _told(content: bytes | memoryview) -> Iterator[None]:
    """Say what bytes are that are no image, or a damaged one."""
    try:
        yield
    except DecodeError:
        raise
    except UnidentifiedImageError as error:
        if bytes(content[: len(LFS_POINTER)]) == LFS_POINTER:
            raise DecodeError("a pointer of Git LFS, not the image", LFS_HINT) from error
        head = bytes(content[:16])
        kinds = [kind for (place, start), kind in _OTHER_KINDS.items() if head[place:].startswith(start)]
        unknown = "a web page" if head.lstrip()[:1] == b"<" else "bytes that are no image, or a damaged one"
        reason = f"an image of the kind {kinds[0]}" if kinds else unknown
        hint = _CONVERT if kinds else _VERIFY
        raise DecodeError(f"{reason}; only WebP, PNG and JPEG are read", hint) from error
    except Exception as error:  # for damaged bytes, Pillow raises any error of its decoders
        raise DecodeError(
            f"bytes that are no image, or a damaged one: {_ADDRESS.sub('', str(error))}",
            _VERIFY,
        ) from error


def _to_rgb(picture: Image.Image) -> Image.Image:
    """Convert a picture to RGB; one of 16 bits is scaled, where Pillow would make all bright values white."""
    if picture.mode.startswith("I"):
        picture = picture.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    return picture.convert("RGB")


_OTHER_KINDS = {
    (0, b"GIF8"): "GIF", (0, b"BM"): "BMP", (0, b"II*\0"): "TIFF", (0, b"MM\0*"): "TIFF", (0, b"II+\0"): "TIFF",
    (0, b"MM\0+"): "TIFF", (4, b"ftypavi"): "AVIF", (4, b"ftyphe"): "HEIC", (4, b"ftypmif1"): "HEIC",
    (4, b"ftypmsf1"): "HEIC", (0, b"<svg"): "SVG", (0, b"<?xml"): "SVG", (0, b"\xff\x0a"): "JPEG XL",
    (4, b"JXL "): "JPEG XL", (4, b"jP  "): "JPEG 2000", (0, b"\0\0\1\0"): "ICO", (0, b"8BPS"): "PSD",
}  # fmt: skip
"""Where the first bytes of other kinds of images stand, and what they are."""

_CONVERT = "convert such images, for example with Pillow: Image.open(…).convert('RGB').save('….png')."
_VERIFY = "`irdb verify --decode` finds such images; connect(images=…) leaves them out."
_ADDRESS = re.compile(r" (?:object )?at 0x[0-9a-f]+")


@overload
def decode(
    images: Iterable[bytes | None], format: Literal["numpy"] = "numpy", *, size: tuple[int, int] | None = None
) -> npt.NDArray[np.uint8]: ...
@overload
def decode(
    images: Iterable[bytes | None], format: Literal["pil"], *, size: tuple[int, int] | None = None
) -> list[Image.Image]: ...
def decode(
    images: Iterable[bytes | None], format: Literal["numpy", "pil"] = "numpy", *, size: tuple[int, int] | None = None
) -> npt.NDArray[np.uint8] | list[Image.Image]:
    """Decode a batch of images, several at a time.

    Args:
        images: The bytes of each: a column of a frame, or any sequence.
        format: `numpy` makes one array of shape (images, height, width, 3) and dtype uint8, red, green and blue, into
            which each image is decoded; `torch.from_numpy` shares its memory. `pil` makes a list of Pillow images.
        size: Width and height to which each image is resized, bicubic; None requires equal sizes for an array.

    Raises:
        DecodeError: Bytes are missing or are no image, or the images of an array differ in size.
        ArgumentTypeError: `images` is a frame, or anything else than bytes of images.
        ChoiceError, RangeError: `format` or `size` has a wrong value.

    Example:
        >>> from irdb_sql import connect, decode
        >>> with connect() as db:
        ...     decode(db.images(lazy=True, images=True).head(4).collect()["image"]).shape
        (4, 64, 64, 3)
    """
    check_choice("format", format, ("numpy", "pil"))
    _check_size(size)
    contents = _read_contents(images)
    if format == "pil":
        numbered = enumerate(contents)
        return wait(gather([THREAD_POOL.submit(partial(_open, content, size, number)) for number, content in numbered]))
    width, height = size or (_open(contents[0], None, 0).size if contents else (0, 0))
    array = np.empty((len(contents), height, width, 3), np.uint8)

    def fill(number: int) -> None:
        picture = _open(contents[number], size, number)
        if picture.size != (width, height):
            raise DecodeError(
                f"image {number} of the batch has {picture.width} x {picture.height} pixels, not {width} x {height}",
                "pass size=(width, height), to which all are resized.",
            )
        pixels = _pixels(picture)
        for channel in range(3):  # channel by channel takes half the time of all three at once
            array[number, :, :, channel] = pixels[:, :, channel]

    wait(gather([THREAD_POOL.submit(partial(fill, number)) for number in range(len(contents))]))
    return array


def _check_size(size: object) -> None:
    allowed = "two whole numbers from 1, the width and the height"
    if size is not None:
        check_type("size", size, (tuple, list), allowed)
        for pixels in cast("Sequence[object]", size):
            check_type("size", pixels, int, allowed)
        if len(cast("Sequence[int]", size)) != _SIDES or min(cast("Sequence[int]", size)) < 1:
            raise RangeError("size", size, allowed)


def _read_contents(images: object) -> list[bytes | None]:
    """Return the bytes of images as a list.

    Raises:
        ArgumentTypeError: They are no list of bytes.
        DecodeError: Those of an image are missing.
    """
    expected = "the bytes of images: one column, such as frame['image'], or a list"
    is_frame = hasattr(type(images), "columns") or isinstance(images, str | bytes | Mapping)
    if is_frame or not isinstance(images, Iterable):
        raise ArgumentTypeError("images", images, expected)
    contents: list[bytes | None] = list(images)
    for number, content in enumerate(contents):
        if content is None:
            hint = "drop such rows, or pass on_error='skip' to with_images."
            raise DecodeError(f"image {number} of the batch has no bytes", hint)
        check_type(f"image {number} of the batch", content, (bytes, bytearray, memoryview), expected)
    return contents


_SIDES = 2


def _open(content: bytes | None, size: tuple[int, int] | None, number: int) -> Image.Image:
    try:
        picture = open_image(content or b"")
    except DecodeError as error:
        raise DecodeError(f"image {number} of the batch is {error.sentence}", error.hint) from error
    return picture if size is None or size == picture.size else picture.resize(size, Image.Resampling.BICUBIC)


def _pixels(picture: Image.Image) -> npt.NDArray[np.uint8]:
    """Return the pixels of an RGBA image, uncopied where possible."""
    try:
        values = pa.array(picture).values
    except ValueError:  # an image so large that Pillow holds it in several blocks of memory
        return np.asarray(picture)
    pixels: npt.NDArray[np.uint8] = values.to_numpy(zero_copy_only=True)
    return pixels.reshape(picture.height, picture.width, 4)
