"""Fixtures of images: a folder with one of each kind, good or bad."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from conftest import image, write_metadata
from fakes.images import FOLDER, webp


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six images of one prompt: two good, one of no image format, one damaged, one empty, one missing."""
    path = tmp_path / "data" / f"{FOLDER}.zip"
    path.parent.mkdir(parents=True)
    data = {
        "good": webp(1),
        "fine": webp(2),
        "text": b"not an image",
        "flipped": webp(3) + b"damaged here",
        "empty": b"",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in data.items():
            archive.writestr(zipfile.ZipInfo(f"{name}.webp"), content)
    path.write_bytes(path.read_bytes().replace(b"damaged here", b"damaged HERE"))
    rows = [image("p", name, rank) for rank, name in enumerate([*data, "missing"], start=1)]
    return write_metadata(tmp_path / "data", rows)
