"""Measures exports against plain copies of the same bytes, from a disk whose files are not in memory.

    python tests/benchmarks/exports.py [FOLDER]

A dataset of 9 parts of train, some 14,000 images of 420 kB (6 GB), as large as published ones are on average, is
written to FOLDER and kept, or to a temporary one; an export and a copy need as much again twice. Each export runs in a
process of its own. What it reads and writes in a second is compared with what a plain copy of the same images' zips
reads and writes in a second, each from the disk and until the disk has it. In turns, three times; the median of the
ratios is shown. Then pairs of 8k without images. Nothing here is a test.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from irdb_sql.core.schema import SPLITS
from irdb_sql.sources.sample.dataset import SUBSETS, SplitShape, make_split, write_sample

SHAPE = {"train": SplitShape((250,) * 9, 0.711), "validation": SplitShape((1,), 0.7), "test": SplitShape((1,), 0.7)}
SIZES = (250_000, 590_000)  # bytes of an image, from and to
FORMATS = ("rows", "groups", "pairs", "webdataset")
RUNS = 3
EXPORT = """
import json, sys, time, irdb_sql
folder, format, target, images = sys.argv[1:]
with irdb_sql.connect(folder, split="train") as db:
    begun = time.perf_counter()
    made = db.export(format, target, images=bool(images))
    seconds = time.perf_counter() - begun
with open("/proc/self/status") as status:
    peak = next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
print(json.dumps({"seconds": seconds, "peak": peak, **made["totals"]}))
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(sys.argv[1] if len(sys.argv) > 1 else temporary)
        folder = place / "exported"
        if not folder.exists():
            print(f"writing {folder}", file=sys.stderr)
            write_dataset(folder)
        zips = sorted(folder.glob("images/train/*.zip"))
        for format in FORMATS:
            measured = [compare(folder, zips, place / "export", format) for _ in range(RUNS)]
            show(format, measured)
        write_sample(place / "8k", SUBSETS["8k"])
        seconds = [export(place / "8k", "pairs", place / "export", images=False)["seconds"] for _ in range(RUNS)]
        shutil.rmtree(place / "8k")
        print(f"pairs of 8k (train) without images: {statistics.median(seconds):.2f} s")


def write_dataset(folder: Path) -> None:
    write_sample(folder, SHAPE)
    rng = random.Random(0)  # noqa: S311 - repeatable, not secret
    noise = rng.randbytes(8 * SIZES[1])
    for split in SPLITS:
        for part, rows in enumerate(make_split(split, SHAPE[split], seed=0), start=1):
            path = folder / "images" / split / f"{split}_{part}.zip"
            path.parent.mkdir(parents=True, exist_ok=True)
            with zipfile.ZipFile(path, "w") as archive:
                for row in rows:
                    begin = rng.randrange(7 * SIZES[1])
                    name = zipfile.ZipInfo(Path(row["image_path"]).name)
                    archive.writestr(name, noise[begin : begin + rng.randrange(*SIZES)])


def compare(folder: Path, zips: list[Path], target: Path, format: str) -> dict[str, float]:
    """Export images and copy their zips, each from the disk."""
    forget(zips)
    made = export(folder, format, target, images=True)
    size = sum(path.stat().st_size for path in zips)
    copy = 2 * size / copied(zips, target.parent / "copy")
    return made | {"ratio": (size + made["bytes"]) / made["seconds"] / copy}


def export(folder: Path, format: str, target: Path, *, images: bool) -> dict[str, float]:
    command = [sys.executable, "-c", EXPORT, str(folder), format, str(target), "yes" if images else ""]
    made: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    shutil.rmtree(target)
    return made


def forget(files: list[Path]) -> None:
    """Let the system keep nothing of files in memory."""
    os.sync()
    for path in files:
        descriptor = os.open(path, os.O_RDONLY)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)


def copied(files: list[Path], target: Path) -> float:
    """Copy files one behind the other and return how long it takes until the disk has them."""
    forget(files)
    begun = time.perf_counter()
    with target.open("wb") as copy:
        for path in files:
            with path.open("rb") as file:
                shutil.copyfileobj(file, copy, 2**20)
        copy.flush()
        os.fsync(copy.fileno())
    seconds = time.perf_counter() - begun
    target.unlink()
    return seconds


def show(format: str, measured: list[dict[str, float]]) -> None:
    def median(name: str) -> float:
        return statistics.median(one[name] for one in measured)

    print(
        f"{format}: {median('seconds'):.1f} s for {median('bytes') / 1e9:.2f} GB; reads and writes {median('ratio'):.2f} times"
        f" as fast as a plain copy; memory {median('peak') / 1e6:.0f} MB",
        flush=True,
    )


if __name__ == "__main__":
    main()
