"""Cuts rows into portions of whole prompts, and reads the images of the next ones while one is written."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from irdb_sql.core.tasks import Task
from irdb_sql.core.thread_pool import outcome
from irdb_sql.exports.errors import ExportedImageError
from irdb_sql.images.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from irdb_sql.images.store import ImageStore

_MOST_ROWS = 1 << 16
_FIRST_ROWS = 8
_GROWTH = 4  # of the rows of a portion from one to the next
_IMAGE_BYTES = 12 * 2**20  # of a portion
_AHEAD = 3  # portions that are read, or being read, while one is written
_LONGEST_PROMPT = 4096  # rows, beyond which a prompt is cut


@dataclass(frozen=True)
class Portion:
    """Some rows of an export.

    Attributes:
        rows: The columns of its query.
        contents: The bytes of each image that they name, by path; empty where only paths are wanted.
        ends_prompt: Whether no later portion has rows of its last prompt.
        prompts: How many prompts it has that no portion before has.
        images: How many images its rows name that no portion before names for the same prompt.
    """

    rows: pl.DataFrame
    contents: Mapping[str, memoryview]
    ends_prompt: bool
    prompts: int
    images: int


def portions(
    frames: Iterable[pl.DataFrame], columns: Sequence[str], store: ImageStore | None, key: str, most_bytes: float
) -> Iterator[Portion]:
    """Cut rows into portions, and read their images ahead.

    A portion ends where a prompt does, unless the prompt is huge. How many rows it has follows from the sizes of the
    images before, so that the same rows and images make the same portions.

    Args:
        frames: The rows, those of a prompt side by side.
        columns: Those of image paths, text or lists of text.
        store: Where the images are; None reads none.
        key: The column that tells prompts apart.
        most_bytes: How many bytes of images a portion is to have at most, as far as can be told.

    Raises:
        ExportedImageError: An image cannot be had.
        RemoteError: A server or remote filesystem fails.
    """
    stopped = threading.Event()
    tasks: deque[Task[Portion]] = deque()
    last: _Prompt | None = None
    pace = _Pace(_MOST_ROWS if store is None else _FIRST_ROWS, min(most_bytes, _IMAGE_BYTES))
    try:
        for rows, ends_prompt in _cut(frames, key, pace):
            named = _named(rows, columns, key)
            new = named if last is None else last.left_out_of(named)
            goes_on = last is not None and rows[key][0] == last.key
            portion = Portion(rows, {}, ends_prompt, named["key"].n_unique() - goes_on, new.height)
            last = _last_prompt(named, rows[key][-1], last)
            tasks.append(Task(partial(_filled, portion, named, store, stopped), stopped.set).start())
            if len(tasks) > _AHEAD:
                done = tasks.popleft().result()
                pace.learn(done)
                yield done
        while tasks:
            yield tasks.popleft().result()
    finally:
        for task in tasks:
            task.stop()


@dataclass(frozen=True)
class _Prompt:
    """A prompt whose rows may go on, and its images that have been named."""

    key: str
    paths: frozenset[str]

    def left_out_of(self, named: pl.DataFrame) -> pl.DataFrame:
        return named.remove(pl.col("key") == self.key, pl.col("path").is_in(self.paths))


def _last_prompt(named: pl.DataFrame, key: str, before: _Prompt | None) -> _Prompt:
    paths = frozenset(named.filter(pl.col("key") == key)["path"])
    return _Prompt(key, paths | before.paths if before is not None and before.key == key else paths)


@dataclass
class _Pace:
    """How many rows the next portion is to have."""

    rows: int
    most_bytes: float

    def learn(self, portion: Portion) -> None:
        """Take the next images to be about as large as those that a portion has."""
        if portion.contents:
            read = max(1, sum(map(len, portion.contents.values())))
            self.rows = max(1, min(int(portion.rows.height * self.most_bytes / read), self.rows * _GROWTH, _MOST_ROWS))


def _named(rows: pl.DataFrame, columns: Sequence[str], key: str) -> pl.DataFrame:
    """Return each prompt and image that rows name, once, in their order."""
    named = [rows.select(key=key, path=column) for column in columns]
    return pl.concat(
        some.explode("path", empty_as_null=False, keep_nulls=False) if some.schema["path"] == pl.List else some
        for some in named
    ).unique(maintain_order=True)


def _filled(portion: Portion, named: pl.DataFrame, store: ImageStore | None, stopped: threading.Event) -> Portion:
    """Read the images of a portion."""
    if store is None:
        return portion
    paths: list[str] = named["path"].unique(maintain_order=True).to_list()

    def check() -> None:
        if stopped.is_set():
            raise InterruptedError

    found = outcome(store.read(paths), check)
    contents: dict[str, memoryview] = {}
    for path, content in zip(paths, found, strict=True):
        if isinstance(content, Fault):
            raise ExportedImageError(path, content.place, content.status, content.reason)
        contents[path] = content
    return replace(portion, contents=contents)


def _cut(frames: Iterable[pl.DataFrame], key: str, pace: _Pace) -> Iterator[tuple[pl.DataFrame, bool]]:
    """Cut frames at the ends of prompts, into pieces of about so many rows, and say whether a piece ends a prompt."""
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
    """Return where prompts end, behind their last rows; whether the last one ends there is not known."""
    return np.flatnonzero(keys.slice(1).ne_missing(keys.head(-1)).to_numpy()) + 1


def _next_end(begin: int, ends: NDArray[np.int64], most: int, height: int) -> int | None:
    """Return the end of the piece that begins there; None if it is not known before more rows are."""
    within = int(np.searchsorted(ends, begin + most, "right"))
    if within and ends[within - 1] > begin and (within < ends.size or begin + most <= height):
        return int(ends[within - 1])
    if within < ends.size and ends[within] - begin <= max(most, _LONGEST_PROMPT):
        return int(ends[within])
    return begin + max(most, _LONGEST_PROMPT) if height - begin > max(most, _LONGEST_PROMPT) else None
