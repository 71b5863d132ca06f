"""A web server of images for each test."""

from __future__ import annotations

import threading
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fakes.image_server import FOLDER, ImageServer, content

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ImageServer]:
    """A server of one zip with six images, and of one unpacked image elsewhere."""
    folder = tmp_path / "served"
    (folder / FOLDER).parent.mkdir(parents=True)
    with zipfile.ZipFile(folder / f"{FOLDER}.zip", "w") as archive:
        for name in "abcdef":
            archive.writestr(zipfile.ZipInfo(f"{name}.webp"), content(name))
        archive.writestr("test_1.json", bytes(20_000_000))
    (folder / "images/un packed").mkdir()
    (folder / "images/un packed/ä?&#.webp").write_bytes(b"unpacked")
    server = ImageServer(folder)
    # Each test has a URL of its own, as a process indexes each zip once.
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()
