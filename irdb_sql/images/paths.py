"""Splits image paths, which come from untrusted metadata, and refuses unsafe ones."""

from __future__ import annotations

import functools
import os
import re
from pathlib import PureWindowsPath
from typing import NamedTuple

from irdb_sql.core.schema import SPLITS
from irdb_sql.errors import quoted


class ImagePath(NamedTuple):
    """Folder and file name of an image below the root.

    Attributes:
        folder: Its folder, `images/test/test_1`; the archive of the same images is `images/test/test_1.zip`.
        name: Its file name, which is its name in the archive.
    """

    folder: str
    name: str


class UnsafePathError(ValueError):
    """A path that may lead out of the root of the images."""


def split_path(image_path: str) -> ImagePath:
    """Split a safe image path into folder and file name.

    Backslashes are taken for slashes, and `./` at the start is left out, as by the macro `plain_path`.

    Raises:
        UnsafePathError: The path is absolute, has a part that is empty, `.` or `..`, a drive or a NUL.

    Example:
        >>> split_path("images/test/test_1/a.webp")
        ImagePath(folder='images/test/test_1', name='a.webp')
    """
    if "\\" in image_path or image_path.startswith("./"):
        image_path = _START.sub("", image_path.replace("\\", "/"))
    folder, slash, name = image_path.rpartition("/")
    if name in _DOTS or (slash and not _is_safe(folder)) or not _is_plain(name) or (not slash and ":" in name):
        raise UnsafePathError(REFUSAL)
    return ImagePath(folder, name)


@functools.lru_cache(maxsize=4096)
def _is_safe(folder: str) -> bool:
    return _is_plain(folder) and _DOTS.isdisjoint(folder.split("/")) and not PureWindowsPath(folder).drive


def _is_plain(text: str) -> bool:
    return "\\" not in text and "\0" not in text


_START = re.compile(r"^(\./+)+")
_DOTS = frozenset({"", ".", ".."})
REFUSAL = "the path is refused, as it may lead out of the folder of the images"


def describe_link(root: str, link: str, target: str) -> str:
    """Describe a link that leads out of the folder of the images or to nothing, and what to do about it.

    Args:
        root: The folder of the images.
        link: The path of the link.
        target: Where it leads in the end.
    """
    name = os.path.relpath(link, root)
    if link == target:
        return f"the link {quoted(name)} leads to itself; make it anew"
    if not os.path.exists(target):
        return (
            f"the link {quoted(name)} leads to {quoted(target)}, and nothing is there; mount the disk that it is on, "
            "or make the link anew"
        )
    is_images = name == "images" and any(os.path.isdir(os.path.join(target, split)) for split in SPLITS)
    remedy = (
        f"pass {target!r} as images_root (--images-root)"
        if is_images
        else "put what it leads to in the place of the link, or pass as images_root (--images-root) a copy of the "
        "folder without links, as `cp -rL` makes it"
    )
    return f"the link {quoted(name)} leads out of the folder of the images, to {quoted(target)}; {remedy}"
