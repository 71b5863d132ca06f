"""Draws the pictures of the samples of layouts, few of them, as they are only to be told apart."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from irdb_sql.core.late import late
from irdb_sql.sources.sample.layouts.base import image_path

if TYPE_CHECKING:
    from pathlib import Path

    from irdb_sql.sources.sample import images as sample_images
    from irdb_sql.sources.sample.layouts.groups import Group
else:
    sample_images = late("irdb_sql.sources.sample.images")

PICTURES = 512
"""How many pictures there are: many images have the same one, so that files of many pairs stay small."""
_IMAGES_OF_SCENE = 4
_RANKS = 5


@functools.cache
def draw_picture(number: int) -> bytes:
    """Draw one of the pictures, of which four each show the same scene.

    Args:
        number: From 0 to `PICTURES` - 1.
    """
    row = {"prompt_id": f"scene {number // _IMAGES_OF_SCENE}", "image_path": f"{number}", "rank": 1 + number % _RANKS}
    return sample_images.draw(row)


def write_pictures(folder: Path, group: Group) -> None:
    """Write the pictures of a prompt's images as files."""
    for image in group.images:
        path = folder / image_path(group.split, image.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(draw_picture(image.number % PICTURES))
