"""Verifies and measures images by reading all of them; an interrupted run can be resumed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl
from zlib_ng import zlib_ng

from irdb_sql.core.journal import Journal
from irdb_sql.core.late import late
from irdb_sql.core.schema import MEASURES
from irdb_sql.core.thread_pool import wait
from irdb_sql.images.errors import DecodeError
from irdb_sql.images.faults import Fault

if TYPE_CHECKING:
    from pathlib import Path

    from irdb_sql.images import decode as decoding
    from irdb_sql.images import measures as measuring
    from irdb_sql.images.measures import Measures
    from irdb_sql.images.store import ImageStore
else:
    decoding = late("irdb_sql.images.decode")
    measuring = late("irdb_sql.images.measures")

Progress = Callable[[int, int], None]
_IMAGES_AT_ONCE, _DECODED_AT_ONCE = 256, 32
"""Images after which the journal is written; decoding takes so long that a second is some tens of images."""


@dataclass(frozen=True)
class _ReadImage:
    """Size, CRC-32, decoding error and measures of an image that was read."""

    size: int
    crc: int
    fault: str | None = None
    measures: Measures | None = None


def verify(  # noqa: PLR0913 - all but two are named by the caller
    files: pl.DataFrame, store: ImageStore, *, decode: bool, measure: bool, journal: Path | None, progress: Progress
) -> pl.DataFrame:
    """Read each image with status `ok`, and compare its CRC-32.

    Args:
        files: Rows of the view `image_files`.
        store: Reads the images.
        decode: Whether to decode each image, too, with Pillow.
        measure: Whether to decode and measure each image.
        journal: A file that records the images that are done, which a later run does not read again.
        progress: Called with the number of finished images, and of all.

    Returns:
        The same rows, with size, CRC-32, status and detail as read, and with the columns of `measures.Measures` if
        images are measured, NULL where an image is not ok.

    Raises:
        UnwritableError: The journal cannot be written.
        RemoteError: A server or remote filesystem fails.
    """
    unique = files.filter(status="ok").unique("image_path", maintain_order=True)
    places = {path: place for path, *place in unique.select("image_path", *_PLACE).iter_rows()}
    lines = None if journal is None else _open_journal(journal, places, {"decode": decode, "measure": measure})
    facts = {} if lines is None else {line["image_path"]: tuple(line["facts"]) for line in lines.lines}
    unread = [path for path in places if path not in facts]
    progress(len(facts), len(places))
    at_once = _IMAGES_AT_ONCE if not (decode or measure) else _DECODED_AT_ONCE
    for begin in range(0, len(unread), at_once):
        paths = unread[begin : begin + at_once]
        results = wait(store.map(paths, lambda content: _inspect(content, decode=decode, measure=measure)))
        new = {path: _to_facts(result) for path, result in zip(paths, results, strict=True)}
        if lines is not None:
            lines.add({"image_path": path, "place": places[path], "facts": each} for path, each in new.items())
        facts |= new
        progress(len(facts), len(places))
    return _replace_facts(_with_measures(files) if measure else files, facts)


def _open_journal(path: Path, places: dict[str, list[Any]], header: dict[str, bool]) -> Journal:
    """Open the journal of images that are done, without those that lie elsewhere now."""
    return Journal(path, "verify", header, lambda line: places.get(line["image_path"]) == line["place"])


def _with_measures(files: pl.DataFrame) -> pl.DataFrame:
    """Add a column of NULLs for each measure, before the row_index."""
    columns = [pl.lit(None, pl.Int64 if name in _COUNTS else pl.Float64).alias(name) for name in MEASURES]
    return files.select(pl.exclude("row_index"), *columns, "row_index")


def _replace_facts(files: pl.DataFrame, facts: dict[str, _Facts]) -> pl.DataFrame:
    """Replace size, CRC-32, status, detail and measures of the images in `facts`, and keep those of other images."""
    names = [name for name in (*_FACTS, *MEASURES) if name in files.columns]
    new_facts = pl.DataFrame(
        [(path, *image_facts[: len(names)]) for path, image_facts in facts.items()],
        schema={"image_path": pl.String, **{f"new_{name}": files.schema[name] for name in names}},
        orient="row",
    )
    was_read = pl.col("new_status").is_not_null()
    return (
        files.join(new_facts, on="image_path", how="left", maintain_order="left")
        .with_columns(pl.col("new_detail").fill_null(pl.col("detail")))  # where else an image is that is ok
        .with_columns(
            pl.when(was_read).then(pl.col(f"new_{name}")).otherwise(pl.col(name)).alias(name) for name in names
        )
        .select(files.columns)
    )


_FACTS = ("size", "crc", "status", "detail")
_COUNTS = ("width", "height")
_Facts = tuple[Any, ...]
"""Values of `_FACTS`, and of `MEASURES`, or as many NULLs."""


def _inspect(content: memoryview, *, decode: bool, measure: bool) -> _ReadImage:
    size, crc = len(content), zlib_ng.crc32(content)
    if not (decode or measure):
        return _ReadImage(size, crc)
    try:
        picture = decoding.open_image(content)
    except DecodeError as error:
        return _ReadImage(size, crc, error.sentence)
    return _ReadImage(size, crc, measures=measuring.measure(picture) if measure else None)


def _to_facts(result: _ReadImage | Fault) -> _Facts:
    if isinstance(result, Fault):
        return None, None, result.status, result.reason, *_UNKNOWN
    status = "ok" if result.fault is None else "corrupt"
    return result.size, result.crc, status, result.fault, *(result.measures or _UNKNOWN)


_UNKNOWN = (None,) * len(MEASURES)
_PLACE = ("location", "member", "size", "crc")
