"""Cuts rows into batches of whole prompts, and reads images ahead."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from irdb_sql.core.tasks import Task
from irdb_sql.core.thread_pool import wait
from irdb_sql.exports.errors import ExportedImageError
from irdb_sql.images.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from irdb_sql.images.store import ImageStore

_MOST_ROWS = 1 << 16
_FIRST_ROWS = 8
_GROWTH = 4  # at most, of the rows from one batch to the next
_IMAGE_BYTES = 12 * 2**20  # of a batch
_AHEAD = 3  # batches that are read, or being read, while one is written
_LONGEST_PROMPT = 4096  # rows; a longer prompt is cut


@dataclass(frozen=True)
class Batch:
    """Consecutive rows of an export, with their images.

    Attributes:
        rows: The rows, with the columns of the query.
        contents: The bytes of each image in the rows, by path; empty where only paths are written.
        ends_prompt: Whether no later batch has rows of the last prompt.
        prompts: How many prompts begin in it.
        images: How many images it has that no earlier batch has for the same prompt.
    """

    rows: pl.DataFrame
    contents: Mapping[str, memoryview]
    ends_prompt: bool
    prompts: int
    images: int


def read_batches(
    frames: Iterable[pl.DataFrame], path_columns: Sequence[str], store: ImageStore | None, key: str, most_bytes: float
) -> Iterator[Batch]:
    """Cut rows into batches and read their images ahead.

    A batch ends where a prompt does, unless the prompt is huge. Its number of rows follows from the sizes of the images
    before, so that the same rows and images make the same batches.

    Args:
        frames: The rows; those of a prompt are consecutive.
        path_columns: The columns of image paths, which are text or lists of text.
        store: Reads the images; None reads none.
        key: The column of prompt ids.
        most_bytes: Bytes of images that a batch should have at most; an estimate, as sizes are known once it is read.

    Raises:
        ExportedImageError: An image cannot be read.
        RemoteError: A server or remote filesystem fails.
    """
    stopped = threading.Event()
    tasks: deque[Task[Batch]] = deque()
    last: _Prompt | None = None
    pace = _Pace(_MOST_ROWS if store is None else _FIRST_ROWS, min(most_bytes, _IMAGE_BYTES))
    try:
        for rows, ends_prompt in _cut(frames, key, pace):
            images = _prompt_images(rows, path_columns, key)
            new_images = images if last is None else last.without_images(images)
            continues_prompt = last is not None and rows[key][0] == last.key
            batch = Batch(rows, {}, ends_prompt, images["key"].n_unique() - continues_prompt, new_images.height)
            last = _last_prompt(images, rows[key][-1], last)
            tasks.append(Task(partial(_read_images, batch, images, store, stopped), stopped.set).start())
            if len(tasks) > _AHEAD:
                read_batch = tasks.popleft().result()
                pace.learn(read_batch)
                yield read_batch
        while tasks:
            yield tasks.popleft().result()
    finally:
        for task in tasks:
            task.stop()


@dataclass(frozen=True)
class _Prompt:
    """A prompt that may continue in the next batch, with its images."""

    key: str
    paths: frozenset[str]

    def without_images(self, images: pl.DataFrame) -> pl.DataFrame:
        return images.remove(pl.col("key") == self.key, pl.col("path").is_in(self.paths))


def _last_prompt(images: pl.DataFrame, key: str, before: _Prompt | None) -> _Prompt:
    paths = frozenset(images.filter(pl.col("key") == key)["path"])
    return _Prompt(key, paths | before.paths if before is not None and before.key == key else paths)


@dataclass
class _Pace:
    """The number of rows of the next batch."""

    rows: int
    most_bytes: float

    def learn(self, batch: Batch) -> None:
        """Adapt the number of rows to a batch's image sizes."""
        if batch.contents:
            size = max(1, sum(map(len, batch.contents.values())))
            self.rows = max(1, min(int(batch.rows.height * self.most_bytes / size), self.rows * _GROWTH, _MOST_ROWS))


def _prompt_images(rows: pl.DataFrame, path_columns: Sequence[str], key: str) -> pl.DataFrame:
    """Return the distinct prompts (key) and images (path) of rows."""
    parts = [rows.select(key=key, path=column) for column in path_columns]
    return pl.concat(
        part.explode("path", empty_as_null=False, keep_nulls=False) if part.schema["path"] == pl.List else part
        for part in parts
    ).unique(maintain_order=True)


def _read_images(batch: Batch, images: pl.DataFrame, store: ImageStore | None, stopped: threading.Event) -> Batch:
    if store is None:
        return batch
    paths: list[str] = images["path"].unique(maintain_order=True).to_list()

    def check() -> None:
        if stopped.is_set():
            raise InterruptedError

    results = wait(store.read(paths), check)
    contents: dict[str, memoryview] = {}
    for path, content in zip(paths, results, strict=True):
        if isinstance(content, Fault):
            raise ExportedImageError(path, content.place, content.status, content.reason)
        contents[path] = content
    return replace(batch, contents=contents)


def _cut(frames: Iterable[pl.DataFrame], key: str, pace: _Pace) -> Iterator[tuple[pl.DataFrame, bool]]:
    """Yield pieces of frames, and whether each ends a prompt."""
    rest: pl.DataFrame | None = None
    for frame in frames:
        rows = frame if rest is None else pl.concat([rest, frame])
        begin = 0
        ends = _ends(rows[key])
        while (end := _next_end(begin, ends, pace.rows, rows.height)) is not None:
            yield rows.slice(begin, end - begin), end in ends
            begin = end
        rest = rows.slice(begin)
    if rest is None:
        return
    begin = 0
    ends = np.append(_ends(rest[key]), rest.height)
    while begin < rest.height:
        end = _next_end(begin, ends, pace.rows, rest.height) or rest.height
        yield rest.slice(begin, end - begin), end in ends
        begin = end


def _ends(keys: pl.Series) -> NDArray[np.int64]:
    """Return where prompts end, but for the last, which may continue."""
    return np.flatnonzero(keys.slice(1).ne_missing(keys.head(-1)).to_numpy()) + 1


def _next_end(begin: int, ends: NDArray[np.int64], most: int, height: int) -> int | None:
    """Return a piece's end; None if it depends on further rows."""
    within = int(np.searchsorted(ends, begin + most, "right"))
    if within and ends[within - 1] > begin and (within < ends.size or begin + most <= height):
        return int(ends[within - 1])
    if within < ends.size and ends[within] - begin <= max(most, _LONGEST_PROMPT):
        return int(ends[within])
    return begin + max(most, _LONGEST_PROMPT) if height - begin > max(most, _LONGEST_PROMPT) else None
