"""Pixels of image bytes, and what is no image."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from PIL import Image

from irdb_sql import decode
from irdb_sql.errors import ChoiceError
from irdb_sql.images.errors import DecodeError

if TYPE_CHECKING:
    from irdb_sql import ImageRewardDB


def encoded(format: str, size: tuple[int, int] = (20, 10), mode: str = "RGB") -> bytes:
    written = io.BytesIO()
    Image.effect_noise(size, 90).convert(mode).save(written, format, **({"lossless": True} if format == "WEBP" else {}))
    return written.getvalue()


def test_pixels_are_those_that_pillow_decodes(db: ImageRewardDB) -> None:
    images = db.images(split="test", images=True)["image"].head(20)
    actual = decode(images)
    assert (actual.shape, str(actual.dtype), actual.flags.c_contiguous) == ((20, 64, 64, 3), "uint8", True)
    for pixels, data in zip(actual, images, strict=True):
        assert (pixels == np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))).all()
    pictures = decode(images, "pil")
    assert [picture.size for picture in pictures] == [(64, 64)] * 20
    assert (np.asarray(pictures[3]) == actual[3]).all()


@pytest.mark.parametrize("format", ["WEBP", "PNG", "JPEG"])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_each_format_becomes_rgb(format: str, mode: str) -> None:
    data = encoded(format, mode=mode)
    assert (decode([data])[0] == np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))).all()


def test_images_of_other_sizes_are_resized_or_refused() -> None:
    data = [encoded("PNG"), encoded("PNG", (30, 30))]
    assert decode(data, size=(8, 6)).shape == (2, 6, 8, 3)
    assert [picture.size for picture in decode(data, "pil", size=(8, 6))] == [(8, 6)] * 2
    assert [picture.size for picture in decode(data, "pil")] == [(20, 10), (30, 30)]
    with pytest.raises(DecodeError, match="image 1 of the batch has 30 x 30 pixels, not 20 x 10"):
        decode(data)


def test_no_image_is_no_pixel() -> None:
    assert decode([]).shape == (0, 0, 0, 3)
    assert decode([], size=(8, 6)).shape == (0, 6, 8, 3)
    assert decode(pl.Series([], dtype=pl.Binary), "pil") == []


@pytest.mark.parametrize(
    "data",
    [b"", b"x", encoded("WEBP")[:100], encoded("GIF"), encoded("PNG")[:-40], encoded("TIFF"), b"%!PS-Adobe-3.0 EPSF"],
)
def test_what_is_no_image_is_refused(data: bytes) -> None:
    for format in ("numpy", "pil"):
        with pytest.raises(DecodeError, match="no image, or a damaged one|an image of the kind (GIF|TIFF); only WebP"):
            decode([encoded("PNG"), data], format)


def test_a_null_and_another_form_are_refused() -> None:
    with pytest.raises(DecodeError, match="image 1 of the batch has no bytes"):
        decode([encoded("PNG"), None])
    with pytest.raises(ChoiceError, match="format cannot be 'torch'"):
        decode([], "torch")  # type: ignore[call-overload]  # no such format


def test_a_small_file_of_very_many_pixels_is_refused() -> None:
    written = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        Image.new("1", (9000, 9000)).save(written, "PNG")
        with pytest.raises(DecodeError, match="9000 x 9000 pixels is too large"):
            decode([written.getvalue()])


def test_a_very_large_image_is_decoded_though_pillow_holds_it_in_pieces() -> None:
    written = io.BytesIO()
    Image.linear_gradient("L").resize((5000, 4000)).save(written, "PNG")
    pixels = decode([written.getvalue()])[0]
    assert (pixels == np.asarray(Image.open(written).convert("RGB"))).all()
