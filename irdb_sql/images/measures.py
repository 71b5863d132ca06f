"""Measures decoded images: how large, bright, colourful, sharp and varied they are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import ImageChops

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt
    from PIL import Image

    Bytes = npt.NDArray[np.uint8]


class Measures(NamedTuple):
    """What an image measures.

    Attributes:
        width: Pixels in a row.
        height: Rows of pixels.
        brightness: Mean luma, 0 (black) to 1 (white).
        saturation: Mean saturation, 0 (grey) to 1 (pure colours).
        sharpness: Variance of the Laplacian of the luma; None for less than 3 x 3 pixels.
        entropy: Entropy of the lumas, in bits: 0 (one luma) to 8 (256 lumas, all as frequent).
    """

    width: int
    height: int
    brightness: float
    saturation: float
    sharpness: float | None
    entropy: float


def measure(picture: Image.Image) -> Measures:
    """Measure an RGB image.

    The luma of a pixel is a whole number from 0 to 255, 0.299 red + 0.587 green + 0.114 blue (ITU-R BT.601), as Pillow
    rounds it. Saturation is that of HSV, (max - min) / max of red, green and blue, 0 for black. The Laplacian of an
    inner pixel is the sum of its four neighbours' lumas minus four times its own (Pech-Pacheco et al. 2000,
    10.1109/ICPR.2000.903548); pixels at the edges have none. Entropy is Shannon's, of how frequent each luma is. All
    counts and sums are exact, so that the same pixels always have the same measures.

    Example:
        >>> from PIL import Image
        >>> measure(Image.new("RGB", (4, 3), (255, 0, 0)))
        Measures(width=4, height=3, brightness=0.2980392156862745, saturation=1.0, sharpness=0.0, entropy=0.0)
    """
    grey = picture.convert("L")
    lumas, pixels = grey.histogram(), picture.width * picture.height
    return Measures(
        picture.width,
        picture.height,
        sum(luma * count for luma, count in enumerate(lumas)) / (255 * pixels),
        _saturation(picture),
        _laplacian_variance(np.asarray(grey)),
        math.fsum(count / pixels * math.log2(pixels / count) for count in lumas if count),
    )


def _saturation(picture: Image.Image) -> float:
    red, green, blue = picture.split()
    highest = np.asarray(ImageChops.lighter(ImageChops.lighter(red, green), blue))
    lowest = np.asarray(ImageChops.darker(ImageChops.darker(red, green), blue))
    counts = np.zeros(_VALUES * _VALUES, np.int64)
    for rows in _strips(*highest.shape):
        both = highest[rows].astype(np.uint16) * _VALUES + lowest[rows]
        counts += np.bincount(both.ravel(), minlength=counts.size)
    values = np.arange(_VALUES)
    ranges = (counts.reshape(_VALUES, _VALUES) * (values[:, None] - values)).sum(axis=1)
    return math.fsum(int(total) / high for high, total in enumerate(ranges) if high) / highest.size


def _laplacian_variance(lumas: Bytes) -> float | None:
    height, width = lumas.shape
    if min(height, width) < _KERNEL:
        return None
    pixels: int = (height - 2) * (width - 2)
    total, squares = 0, 0
    for rows in _strips(height - 2, width):
        near = lumas[rows.start : rows.stop + 2].astype(np.int16)
        laplacian = near[1:-1, 1:-1] * -4
        for neighbour in (near[:-2, 1:-1], near[2:, 1:-1], near[1:-1, :-2], near[1:-1, 2:]):
            laplacian += neighbour  # in place, as new arrays of many pixels take more time than the sum
        values = laplacian.ravel()
        total += int(values.sum(dtype=np.int64))
        squares += int(np.einsum("i,i", values, values, dtype=np.int64))
    return (squares * pixels - total * total) / (pixels * pixels)


def _strips(height: int, width: int) -> Iterator[slice]:
    """Yield slices of rows, so that an image of many pixels needs little memory."""
    rows = max(1, _PIXELS_AT_ONCE // width)
    for begin in range(0, height, rows):
        yield slice(begin, min(begin + rows, height))


_VALUES = 256  # of a colour, and of a luma
_KERNEL = 3  # pixels that the Laplacian takes in a row
_PIXELS_AT_ONCE = 1_000_000
