"""Reads images of zips with changed bytes: what is read is the image, or an error of ours says that it is damaged.

Run it as `python tests/attacks/zips.py [NUMBER [SEED]]`. Each zip has one to eight bytes changed, or its end cut, half of
them in the central directory.
"""

from __future__ import annotations

import random
import sys
import tempfile
import zipfile
from collections import Counter
from functools import partial
from pathlib import Path

import polars as pl
from damage import damaged, outcome

import irdb_sql

NUMBER = 2000
FOLDER = "images/test/test_1"
IMAGES = {f"{FOLDER}/{name}.webp": name.encode() * 300 for name in "abcdef"}


def read(folder: Path) -> str:
    """Read all images of a folder."""
    with irdb_sql.connect(images_root=folder) as db:
        paths = pl.DataFrame({"image_path": list(IMAGES)})
        found = dict(db.with_images(paths, on_error="null").select("image_path", "image").iter_rows())
        if any(content is not None and content != IMAGES[path] for path, content in found.items()):
            return "FAILED: other bytes than those of the image"
        db.with_images(paths)
    return "read"


def main(number: int, seed: int) -> int:
    """Try that many zips, and return 1 if any is read wrongly."""
    source = random.Random(seed)  # noqa: S311 - repeatable
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        for place in range(number):
            archive = Path(name) / str(place) / f"{FOLDER}.zip"
            archive.parent.mkdir(parents=True)
            with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED if place % 2 else zipfile.ZIP_STORED) as written:
                for path, image in IMAGES.items():
                    written.writestr(Path(path).name, image)
            content = archive.read_bytes()
            directory = content.index(b"PK\x01\x02")
            archive.write_bytes(damaged(content, source, directory=directory, cut_share=0.1))
            found[outcome(partial(read, Path(name) / str(place)))] += 1
    for what, times in found.most_common():
        print(f"{times:6,} {what}")
    return int(any("FAILED" in what for what in found))


if __name__ == "__main__":
    sys.exit(main(*map(int, (sys.argv[1:] + [str(NUMBER), "0"][len(sys.argv) - 1 :]))))
