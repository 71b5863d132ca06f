"""Draws the sample's images: one landscape per prompt, coarser at worse ranks."""

from __future__ import annotations

import io
import random
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from collections.abc import Mapping

_SIZE = 64
_COARSENESS = (1, 1, 2, 3, 4, 6)  # side of a square of equal pixels, by rank


def draw(row: Mapping[str, Any]) -> bytes:
    """Draw the image of a metadata row as lossless WebP, deterministically."""
    prompt_rng = random.Random(row["prompt_id"])  # noqa: S311 - repeatable, not secret
    image_rng = random.Random(row["image_path"])  # noqa: S311 - repeatable, not secret
    sky, land, light = (tuple(prompt_rng.randrange(40, 226) for _ in range(3)) for _ in range(3))
    picture = Image.new("RGB", (_SIZE, _SIZE), sky)
    pen = ImageDraw.Draw(picture)
    horizon = prompt_rng.randrange(28, 46)
    for y in range(0, horizon, 4):
        pen.rectangle((0, y, _SIZE, y + 4), fill=tuple(min(255, value + y) for value in sky))
    x, y, radius = prompt_rng.randrange(10, 54), prompt_rng.randrange(8, 26), prompt_rng.randrange(4, 10)
    shift = image_rng.randrange(-6, 7)
    pen.ellipse((x + shift - radius, y - radius, x + shift + radius, y + radius), fill=light)
    for layer in range(3):
        ridge = horizon + layer * 7
        points = [(step * 16, ridge + image_rng.randrange(-6, 7)) for step in range(5)]
        shade = tuple(max(0, value - layer * 35) for value in land)
        pen.polygon([(0, _SIZE), *points, (_SIZE, _SIZE)], fill=shade)
    coarse = _SIZE // _COARSENESS[row["rank"]]
    picture = picture.resize((coarse, coarse), Image.Resampling.BILINEAR).resize(
        (_SIZE, _SIZE), Image.Resampling.NEAREST
    )
    encoded = io.BytesIO()
    picture.save(encoded, "WEBP", lossless=True, method=0, quality=0)
    return encoded.getvalue()
