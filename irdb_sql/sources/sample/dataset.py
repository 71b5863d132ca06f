"""Writes synthetic datasets like ImageRewardDB, and caches the small one that `connect()` opens.

Images per prompt and tied pairs are distributed as in the published test split.
"""

from __future__ import annotations

import atexit
import functools
import json
import random
import secrets
import shutil
import tempfile
import time
import uuid
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from irdb_sql.core import schema as columns
from irdb_sql.core.atomic_write import unfinished_folder
from irdb_sql.core.late import late
from irdb_sql.core.schema import PUBLISHED, TEXT
from irdb_sql.errors import TargetExistsError, UnwritableError
from irdb_sql.sources.sample.checks import CHECKS, size_of_rows, write_checks
from irdb_sql.sources.sample.prompts import CLASSIFICATIONS, make_prompt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import platformdirs
    import pyarrow as pa
    import pyarrow.parquet as pq

    from irdb_sql.sources.kinds.base import FileSize
    from irdb_sql.sources.sample import images as sample_images
else:
    platformdirs = late("platformdirs")
    pa = late("pyarrow")
    pq = late("pyarrow.parquet")
    sample_images = late("irdb_sql.sources.sample.images")

Row = dict[str, Any]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class SplitShape:
    """Prompts of each part, and share of prompts with over four images."""

    prompts: tuple[int, ...]
    large_share: float


def _published_shapes(train_parts: int) -> dict[str, SplitShape]:
    return {
        "train": SplitShape((250,) * train_parts, 0.711),
        "validation": SplitShape((206, 206), 0.722),
        "test": SplitShape((233, 233), 272 / 466),
    }


SUBSETS = {name: _published_shapes(train_parts) for name, train_parts in columns.SUBSETS.items()}
"""The published subsets: parts of train, and validation and test whole."""

EMBEDDED = {
    "train": SplitShape((8,) * 32, 0.711),
    "validation": SplitShape((20, 20), 0.722),
    "test": SplitShape((24, 24), 272 / 466),
}
"""The embedded sample: a few hundred prompts, with as many parts as the real dataset."""

_EDITION = 1  # of the generator; a new edition makes a new embedded sample beside the old one
_LARGEST_SMALL_GROUP = 4
_GROUPS = {  # (images, tied pairs) of a prompt: prompts of the test split that have them
    (4, 0): 117, (4, 1): 77, (5, 1): 1, (5, 2): 1, (6, 1): 17, (6, 2): 21, (6, 3): 7,
    (7, 2): 45, (7, 3): 114, (8, 3): 25, (8, 4): 18, (9, 4): 23,
}  # fmt: skip
_RANKS = (1, 2, 3, 4, 5)
_SKIP_WEIGHTS = (0.10, 0.03, 0.06, 0.12, 0.69)  # how likely a rank is skipped
_TIE_WEIGHTS = (0.8, 1.1, 1.0, 0.8, 0.25)  # how likely two images share a rank
_REPEATED_TEXT_SHARE = 0.006


@functools.cache
def embedded_sample() -> Path:
    """Return the folder of the embedded sample, written at first use.

    Where the cache cannot be written, a temporary folder of this process holds it.

    Raises:
        UnwritableError: Neither place can be written.
    """
    folder = platformdirs.user_cache_path("irdb-sql") / f"sample-{_EDITION}"
    if _is_sealed(folder):
        return folder
    try:
        _clear(folder)
        write_sample(folder, EMBEDDED, images=True, seal=True)
    except TargetExistsError:  # another process was first, with the same bytes
        pass
    except (UnwritableError, OSError):
        private = Path(tempfile.mkdtemp(prefix="irdb-sql-"))
        atexit.register(shutil.rmtree, private, ignore_errors=True)
        folder = private / folder.name
        write_sample(folder, EMBEDDED, images=True)
    return folder


def _is_sealed(folder: Path) -> bool:
    """Whether a folder holds a complete sample, compared by file sizes."""
    try:
        sizes = json.loads((folder / _SEAL).read_text())
        return CHECKS in sizes and all((folder / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError, AttributeError, TypeError):  # the file may hold any JSON
        return False


def _clear(folder: Path) -> None:
    """Remove a damaged sample, and unfinished folders of killed processes."""
    if folder.is_dir():
        damaged = folder.with_name(f".irdb-{secrets.token_hex(8)}")
        folder.rename(damaged)
        shutil.rmtree(damaged, ignore_errors=True)
    else:
        folder.unlink(missing_ok=True)
    for unfinished in folder.parent.glob(".irdb-*"):
        if time.time() - unfinished.stat().st_mtime > _STALE_SECONDS:
            shutil.rmtree(unfinished, ignore_errors=True)


_SEAL = "sizes.json"
_STALE_SECONDS = 3600


def write_sample(  # noqa: PLR0913 - all but two are named by the caller
    folder: Path,
    shape: dict[str, SplitShape],
    *,
    images: bool = False,
    seed: int = 0,
    seal: bool = False,
    progress: Progress = lambda _done, _total: None,
) -> None:
    """Write a synthetic dataset in the published layout, atomically.

    Args:
        folder: The folder to write, which is new or empty.
        shape: The shape of each split, such as a value of `SUBSETS` or `EMBEDDED`.
        images: Also write `images/{split}/{split}_{part}.zip` with each part's WebP images and JSON.
        seed: Same seed, same dataset.
        seal: Also write the size of each file, so that damage can be detected, and what checks find of them.
        progress: Called with the number of finished prompts, and of all.

    Raises:
        TargetExistsError: The folder is there and not empty.
        UnwritableError: The disk is full, or the place cannot be written; nothing is left behind.
    """
    with unfinished_folder(folder) as unfinished:
        metadata = _write(unfinished, shape, images=images, seed=seed, progress=progress)
        if seal:
            write_checks(unfinished, metadata)
            files = sorted(path for path in unfinished.rglob("*") if path.is_file())
            sizes = {path.relative_to(unfinished).as_posix(): path.stat().st_size for path in files}
            (unfinished / _SEAL).write_text(json.dumps(sizes, indent=1))


def _write(
    folder: Path, shape: dict[str, SplitShape], *, images: bool, seed: int, progress: Progress
) -> dict[str, FileSize]:
    """Write the files, and return how much each file of metadata holds."""
    schema = pa.schema([(name, pa.string() if kinds is TEXT else pa.int64()) for name, kinds in PUBLISHED.items()])
    total = sum(sum(split.prompts) for split in shape.values())
    done = 0
    sizes: dict[str, FileSize] = {}
    for split, split_shape in shape.items():
        rows: list[Row] = []
        for part, part_rows in enumerate(make_split(split, split_shape, seed), start=1):
            if images:
                _write_part(folder / "images" / split, f"{split}_{part}", part_rows)
            rows += part_rows
            done += split_shape.prompts[part - 1]
            progress(done, total)
        name = f"metadata-{split}.parquet"
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), folder / name)
        sizes[name] = size_of_rows(rows)
    return sizes


def _write_part(folder: Path, name: str, rows: Sequence[Row]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / f"{name}.zip", "w") as archive:
        for row in rows:
            archive.writestr(zipfile.ZipInfo(Path(row["image_path"]).name), sample_images.draw(row))
        listing = json.dumps(rows, ensure_ascii=False, indent=1)
        archive.writestr(zipfile.ZipInfo(f"{name}.json"), listing, zipfile.ZIP_DEFLATED)


def make_split(split: str, shape: SplitShape, seed: int) -> Iterator[list[Row]]:
    """Yield the rows of each part of a split, as published."""
    rng = random.Random(f"irdb-sql {_EDITION} {seed} {split}")  # noqa: S311 - repeatable, not secret
    groups = _group_shapes(sum(shape.prompts), shape.large_share)
    rng.shuffle(groups)
    first_id = {"train": 0, "validation": 20_000, "test": 30_000}[split]
    texts: list[tuple[str, str]] = []
    for part, prompts in enumerate(shape.prompts, start=1):
        rows: list[Row] = []
        for _ in range(prompts):
            number = first_id + len(texts)
            if texts and rng.random() < _REPEATED_TEXT_SHARE:
                text = rng.choice(texts)
            else:
                classification = rng.choices(list(CLASSIFICATIONS), list(CLASSIFICATIONS.values()))[0]
                text = (classification, make_prompt(rng, classification))
            texts.append(text)
            rows += _make_prompt_rows(rng, f"images/{split}/{split}_{part}", number, text, groups[len(texts) - 1])
        yield rows


def _group_shapes(prompts: int, large_share: float) -> list[tuple[int, int]]:
    """Distribute prompts over `_GROUPS` by largest remainder, given the large share."""
    large_total = sum(count for (images, _), count in _GROUPS.items() if images > _LARGEST_SMALL_GROUP)
    small_total = sum(_GROUPS.values()) - large_total
    exact = {
        group: prompts * count * (large_share / large_total if group[0] > _LARGEST_SMALL_GROUP
                                  else (1 - large_share) / small_total)
        for group, count in _GROUPS.items()
    }  # fmt: skip
    counts = {group: int(share + 1e-9) for group, share in exact.items()}
    by_remainder = sorted(exact, key=lambda group: (counts[group] - exact[group], group))
    for group in by_remainder[: prompts - sum(counts.values())]:
        counts[group] += 1
    return [group for group, count in counts.items() for _ in range(count)]


def _make_prompt_rows(
    rng: random.Random, folder: str, number: int, text: tuple[str, str], group: tuple[int, int]
) -> list[Row]:
    images, ties = group
    ranks = _draw_without_replacement(rng, _RANKS, _SKIP_WEIGHTS, len(_RANKS) - (images - ties))[1]
    ranks = [*ranks, *_draw_without_replacement(rng, ranks, [_TIE_WEIGHTS[rank - 1] for rank in ranks], ties)[0]]
    rng.shuffle(ranks)
    prompt_quality = _noise(rng, 0.7)
    rows: list[Row] = []
    for rank in ranks:
        quality = 6.0 - 0.85 * (rank - 1) + prompt_quality + _noise(rng, 0.3)
        rows.append(
            {
                "image_path": f"{folder}/{uuid.UUID(int=rng.getrandbits(128), version=4)}.webp",
                "prompt_id": f"{5000 + number // 7:06d}-{number * 613 % 1000:04d}",
                "prompt": text[1],
                "classification": text[0],
                "image_amount_in_total": images,
                "rank": rank,
                "overall_rating": _rating(quality),
                "image_text_alignment_rating": _rating(quality + 0.3 + _noise(rng, 1.0)),
                "fidelity_rating": _rating(quality + 0.1 + _noise(rng, 0.8)),
            }
        )
    return rows


def _draw_without_replacement(
    rng: random.Random, values: Sequence[int], weights: Sequence[float], count: int
) -> tuple[list[int], list[int]]:
    """Draw weighted values without replacement, and return drawn and remaining values."""
    left = dict(zip(values, weights, strict=True))
    drawn = []
    for _ in range(count):
        drawn.append(rng.choices(list(left), list(left.values()))[0])
        del left[drawn[-1]]
    return drawn, list(left)


def _noise(rng: random.Random, deviation: float) -> float:
    """Draw a nearly normal number by additions, equal on every machine."""
    return (rng.random() + rng.random() + rng.random() - 1.5) * 2 * deviation


def _rating(quality: float) -> int:
    return max(1, min(7, int(quality + 0.5)))
