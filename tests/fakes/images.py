"""Small datasets with images whose bytes a test knows."""

from __future__ import annotations

import contextlib
import io
import random
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conftest import image, write_metadata
from PIL import Image

import irdb_sql

if TYPE_CHECKING:
    from collections.abc import Iterable

    from irdb_sql import ImageRewardDB


FOLDER = "images/test/test_1"


def content(name: str, size: int = 2000) -> bytes:
    """Bytes that only this name has."""
    return random.Random(name).randbytes(size)  # noqa: S311 - repeatable, not secret


def webp(shade: int) -> bytes:
    """A small image of one colour."""
    encoded = io.BytesIO()
    Image.new("RGB", (16, 16), (shade, 0, 255 - shade)).save(encoded, "WEBP", lossless=True)
    return encoded.getvalue()


def write_zip(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return path


def dataset(folder: Path, names: Iterable[str]) -> Path:
    """Metadata of one prompt whose images have these names."""
    return write_metadata(folder, [image("p", name, rank) for rank, name in enumerate(names, start=1)])


def bytes_of(source: Path | ImageRewardDB, *, lazy: bool = False, **options: Any) -> list[bytes | None]:
    """Return the bytes of all images of a folder or an open database."""
    with irdb_sql.connect(source) if isinstance(source, Path) else contextlib.nullcontext(source) as db:
        frame = db.images(images=True, lazy=lazy, **options)
        return frame.lazy().collect()["image"].to_list()
