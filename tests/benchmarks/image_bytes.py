"""Measures reading images from zips against the bare reads of the same bytes, and against opening a zip for each.

    python tests/benchmarks/image_bytes.py [FOLDER]

Datasets of 36 zips are written to FOLDER and kept, or to a temporary one: 100 members of some 420 kB each, as large as
published images are on average; 300 of 72 kB; and 1,500 of 30 kB (3.9 GB together). Each figure is the median of
interleaved runs on a warm cache. Nothing here is a test.
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

import irdb_sql
from irdb_sql.core.schema import PUBLISHED, TEXT

if TYPE_CHECKING:
    from collections.abc import Callable

PARTS = {"train": 32, "validation": 2, "test": 2}
IMAGES_A_PROMPT = 6
SHAPES = ((100, 420_000), (300, 72_000), (1500, 30_000))  # members a zip, and their mean size in bytes
RUNS = 9
WANTED = 1000
SCHEMA = {name: pl.String if kinds is TEXT else pl.Int32 for name, kinds in PUBLISHED.items()}


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path()
        for members, size in SHAPES:
            folder = Path(sys.argv[1] if len(sys.argv) > 1 else temporary) / f"images-36x{members}x{size}"
            if not folder.exists():
                print(f"writing {folder}", file=sys.stderr)
                write_dataset(folder, members, size)
            random_images(folder)
        first_batch(folder)


def write_dataset(folder: Path, members: int, size: int) -> None:
    rng = random.Random(0)  # noqa: S311 - repeatable, not secret
    noise = rng.randbytes(4 * size)
    for split, parts in PARTS.items():
        rows: list[dict[str, Any]] = []
        for part in range(1, parts + 1):
            path = folder / "images" / split / f"{split}_{part}.zip"
            path.parent.mkdir(parents=True, exist_ok=True)
            with zipfile.ZipFile(path, "w") as archive:
                for number in range(members):
                    name = f"{rng.getrandbits(128):036x}.webp"
                    begin = rng.randrange(2 * size)
                    archive.writestr(zipfile.ZipInfo(name), noise[begin : begin + rng.randrange(2 * size)])
                    facts = dict.fromkeys(PUBLISHED, 1) | {
                        "image_path": f"images/{split}/{split}_{part}/{name}",
                        "prompt_id": f"{part}-{number // IMAGES_A_PROMPT}",
                        "prompt": "a prompt",
                        "classification": "People",
                        "rank": number % IMAGES_A_PROMPT,
                    }
                    rows.append(facts)
        pl.DataFrame(rows, schema=SCHEMA).write_parquet(folder / f"metadata-{split}.parquet")


def random_images(folder: Path) -> None:
    """Read 1,000 random images of the whole dataset."""
    with irdb_sql.connect(folder) as db:
        wanted = db.images().sample(WANTED, seed=1, shuffle=True).select("image_path")
        places = ranges(folder, wanted["image_path"].to_list())
        descriptors = {path: os.open(path, os.O_RDONLY) for path, _, _ in places}
        ordered = sorted(places)
        tasks = [ordered[begin : begin + 50] for begin in range(0, WANTED, 50)]
        pool = ThreadPoolExecutor(os.cpu_count())

        def bare() -> list[bytes]:
            return [os.pread(descriptors[path], length, begin) for path, begin, length in places]

        def bare_threads() -> list[bytes]:
            work = pool.map(lambda some: [os.pread(descriptors[path], size, at) for path, at, size in some], tasks)
            return [each for some in work for each in some]

        def reopened() -> list[bytes]:
            found = []
            for path, name in [image.rsplit("/", 1) for image in wanted["image_path"][: WANTED // 20]]:
                with zipfile.ZipFile(folder / f"{path}.zip") as archive:
                    found.append(archive.read(name))
            return found

        ours = db.with_images(wanted)["image"].to_list()
        assert ours[: WANTED // 20] == reopened()
        times = medians({"ours": lambda: db.with_images(wanted), "bare": bare, "threads": bare_threads}, RUNS)
        reopening = 20 * medians({"reopened": reopened}, 3)["reopened"]
    print(f"{WANTED:,} random images of {len(descriptors)} zips, {sum(map(len, ours)) / 1e6:.1f} MB, warm cache")
    print(f"  with_images                          {times['ours'] * 1e3:8.1f} ms")
    print(
        f"  bare positioned reads, one thread    {times['bare'] * 1e3:8.1f} ms  ours has {times['bare'] / times['ours']:.2f} of their speed"
    )
    print(
        f"  bare positioned reads, {os.cpu_count()} threads     {times['threads'] * 1e3:8.1f} ms  ours has {times['threads'] / times['ours']:.2f} of their speed"
    )
    print(
        f"  opening the zip anew for each        {reopening * 1e3:8.1f} ms  ours has {reopening / times['ours']:.0f} times their speed"
    )


def ranges(folder: Path, image_paths: list[str]) -> list[tuple[str, int, int]]:
    """Say where the content of each image lies: file, offset, length."""
    entries: dict[str, dict[str, zipfile.ZipInfo]] = {}
    found = []
    for path, name in [image.rsplit("/", 1) for image in image_paths]:
        file = str(folder / f"{path}.zip")
        if file not in entries:
            with zipfile.ZipFile(file) as archive:
                entries[file] = {info.filename: info for info in archive.infolist()}
        info = entries[file][name]
        found.append((file, info.header_offset + 30 + len(name), info.compress_size))
    return found


def medians(jobs: dict[str, Callable[[], object]], runs: int) -> dict[str, float]:
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(runs):
        for name, job in jobs.items():
            begun = time.perf_counter()
            answer = job()
            times[name].append(time.perf_counter() - begun)
            del answer
    return {name: statistics.median(each) for name, each in times.items()}


FIRST = """
import time
begun = time.perf_counter()
import sys
import irdb_sql
imported = time.perf_counter()
db = irdb_sql.connect(sys.argv[1])
opened = time.perf_counter()

def read_bytes():
    return int(open("/proc/self/io").readline().split()[1])

before = read_bytes()
rows = db.pairs(split="train", lazy=True).head(32).collect()
metadata, before = read_bytes() - before, read_bytes()
begun_to_read = time.perf_counter()
pairs = db.pairs(split="train", lazy=True, images=True).head(32).collect()
done, after = time.perf_counter(), read_bytes()
own = sum(dict(pairs.select("better_path", pairs["better_image"].bin.size()).rows()
               + pairs.select("worse_path", pairs["worse_image"].bin.size()).rows()).values())
print(imported - begun, opened - imported, done - begun_to_read, after - before - metadata, own)
"""


def first_batch(folder: Path) -> None:
    """Read the first 32 pairs in a new process, without and with their images' directories and metadata."""
    zip_path = folder / "images/train/train_1.zip"
    with zipfile.ZipFile(zip_path) as archive:
        directory = zip_path.stat().st_size - archive.start_dir
    runs = [
        list(map(float, subprocess.run([sys.executable, "-c", FIRST, folder], capture_output=True, check=True, text=True).stdout.split()))
        for _ in range(RUNS)
    ]  # fmt: skip
    imports, opening, reading, read, own = (statistics.median(figure) for figure in zip(*runs, strict=True))
    print("first 32 pairs with images of 36 zips of 1,500 members, in a new process")
    print(f"  import {imports:.3f} s, connect {opening:.3f} s, first batch {reading:.3f} s")
    print(f"  beyond what the same pairs without images read: {read / 1e6:.3f} MB, of which a zip's directory has")
    print(
        f"  {directory / 1e6:.3f} MB; the rest is {(read - directory) / own:.2f} times the {own / 1e6:.3f} MB of the images"
    )


if __name__ == "__main__":
    main()
