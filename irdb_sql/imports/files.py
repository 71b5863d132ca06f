"""Reads the JSON files of parts, from the zips of images or unpacked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from irdb_sql.core.regular_files import describe_error
from irdb_sql.core.schema import PARTS, SPLITS
from irdb_sql.core.thread_pool import wait
from irdb_sql.errors import quoted
from irdb_sql.images.errors import ImagesRootError
from irdb_sql.images.faults import ABSENT, Fault
from irdb_sql.images.paths import UnsafePathError
from irdb_sql.images.roots import open_root
from irdb_sql.images.store import ImageStore
from irdb_sql.imports.errors import NoPartsError, PartFileError
from irdb_sql.storage.errors import RemoteError

if TYPE_CHECKING:
    from collections.abc import Callable

    from irdb_sql.sources.local import PathLike


@dataclass(frozen=True)
class PartFile:
    """The JSON file of a part.

    Attributes:
        split: Its split.
        part: Its number.
        location: The zip or unpacked file, below the root of the images.
        member: Its name in the zip; None for an unpacked file.
        content: Its text.
    """

    split: str
    part: int
    location: str
    member: str | None
    content: str


@dataclass(frozen=True)
class SplitParts:
    """The JSON files of a split.

    Attributes:
        split: Its name.
        files: Its JSON files, by part.
        missing: The reason for each part without one, by its number.
    """

    split: str
    files: tuple[PartFile, ...]
    missing: dict[int, str]


def read_parts(place: PathLike, progress: Callable[[int, int], None]) -> list[SplitParts]:
    """Read the JSON files of all parts below a folder or URL.

    Args:
        place: The folder or URL below which `images/…` lies.
        progress: Called with the number of parts that were tried, and of all.

    Returns:
        The splits that have a part, in published order.

    Raises:
        NoPartsError: There is no such folder, or no such file in it.
        PartFileError: A file cannot be read.
        RemoteError, MissingPackageError: The URL cannot be read.
    """
    try:
        store = ImageStore(open_root(place))
    except ImagesRootError as error:
        raise NoPartsError(place, is_there=False) from error
    numbers = {split: _part_numbers(store, split) for split in SPLITS}
    total = sum(map(len, numbers.values()))
    done = 0
    splits: list[SplitParts] = []
    for split, parts in numbers.items():
        files: list[PartFile] = []
        missing: dict[int, str] = {}
        for part in parts:
            file = _read_part(store, split, part)
            if isinstance(file, PartFile):
                files.append(file)
            else:
                missing[part] = file
            done += 1
            progress(done, total)
        if files:
            splits.append(SplitParts(split, tuple(files), missing))
    if not splits:
        raise NoPartsError(place)
    return splits


def _part_numbers(store: ImageStore, split: str) -> list[int]:
    """List part numbers up to the last published or present one."""
    folder = f"images/{split}"
    try:
        names = store.root.sizes(folder) or {}
    except (OSError, UnsafePathError) as error:
        if isinstance(error, RemoteError):
            raise
        raise PartFileError(folder, None, describe_error(error)) from error
    matches = (re.fullmatch(rf"{split}_([1-9][0-9]{{0,3}})(\.zip)?", name) for name in names)
    last = max([PARTS[split], *(int(match[1]) for match in matches if match)])
    return list(range(1, last + 1))


def _read_part(store: ImageStore, split: str, part: int) -> PartFile | str:
    """Read a part's JSON file, or return why it is missing."""
    folder, name = f"images/{split}/{split}_{part}", f"{split}_{part}.json"
    (content,) = wait(store.read([f"{folder}/{name}"]))
    if isinstance(content, Fault):
        place = content.place or f"{folder}/{name}"
        if content.reason in ABSENT:
            return f"{content.reason} ({quoted(place)})"
        raise PartFileError(place, name if place.endswith(".zip") else None, content.reason)
    is_packed = not store.root.unpacked(folder, [name]) and store.archive(folder)[1] is not None
    location, member = (f"{folder}.zip", name) if is_packed else (f"{folder}/{name}", None)
    if len(content) > _LARGEST:
        raise PartFileError(location, member, f"it has {len(content):,} bytes, more than {_LARGEST:,}")
    try:
        return PartFile(split, part, location, member, str(content, "utf-8"))
    except UnicodeDecodeError as error:
        raise PartFileError(location, member, f"it is not UTF-8: {error}") from error


_LARGEST = 16 * 2**20
"""Bytes; a larger file is refused as an attack. Published files have about a tenth of it."""
