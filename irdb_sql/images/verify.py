"""Verifies images by reading all of them; an interrupted run can be resumed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl
from zlib_ng import zlib_ng

from irdb_sql.core.atomic_write import write_file
from irdb_sql.core.late import late
from irdb_sql.core.regular_files import read_regular_file
from irdb_sql.core.thread_pool import wait
from irdb_sql.errors import UnwritableError
from irdb_sql.images.errors import DecodeError
from irdb_sql.images.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from irdb_sql.images import decode as decoding
    from irdb_sql.images.store import ImageStore
else:
    decoding = late("irdb_sql.images.decode")

Progress = Callable[[int, int], None]
_IMAGES_AT_ONCE = 256
_EDITION = 1  # of the journal's lines


@dataclass(frozen=True)
class _ReadImage:
    """Size, CRC-32 and decoding error of an image that was read."""

    size: int
    crc: int
    fault: str | None


def verify(
    files: pl.DataFrame, store: ImageStore, *, decode: bool, journal: Path | None, progress: Progress
) -> pl.DataFrame:
    """Read each image with status `ok`, and compare its CRC-32.

    Args:
        files: Rows of the view `image_files`.
        store: Reads the images.
        decode: Whether to decode each image, too, with Pillow.
        journal: A file that records the images that are done, which a later run does not read again.
        progress: Called with the number of finished images, and of all.

    Returns:
        The same rows, with size, CRC-32, status and detail as read.

    Raises:
        UnwritableError: The journal cannot be written.
        RemoteError: A server or remote filesystem fails.
    """
    unique = files.filter(status="ok").unique("image_path", maintain_order=True)
    places = {path: place for path, *place in unique.select("image_path", *_PLACE).iter_rows()}
    lines = None if journal is None else _Journal(journal, places, decode=decode)
    facts = {} if lines is None else lines.facts
    unread = [path for path in places if path not in facts]
    progress(len(facts), len(places))
    for begin in range(0, len(unread), _IMAGES_AT_ONCE):
        paths = unread[begin : begin + _IMAGES_AT_ONCE]
        results = wait(store.map(paths, lambda content: _inspect(content, decode=decode)))
        new = {path: _to_facts(result) for path, result in zip(paths, results, strict=True)}
        if lines is not None:
            lines.add(new)
        facts |= new
        progress(len(facts), len(places))
    return _replace_facts(files, facts)


def _replace_facts(files: pl.DataFrame, facts: dict[str, _Facts]) -> pl.DataFrame:
    """Replace size, CRC-32, status and detail of the images in `facts`, and keep those of other images."""
    new_facts = pl.DataFrame(
        [(path, *image_facts) for path, image_facts in facts.items()],
        schema={"image_path": pl.String, **{f"new_{name}": files.schema[name] for name in _FACTS}},
        orient="row",
    )
    was_read = pl.col("new_status").is_not_null()
    return (
        files.join(new_facts, on="image_path", how="left", maintain_order="left")
        .with_columns(
            pl.when(was_read).then(pl.col(f"new_{name}")).otherwise(pl.col(name)).alias(name) for name in _FACTS
        )
        .select(files.columns)
    )


_FACTS = ("size", "crc", "status", "detail")
_Facts = tuple[int | None, int | None, str, str | None]


def _inspect(content: memoryview, *, decode: bool) -> _ReadImage:
    fault = None
    if decode:
        try:
            decoding.open_image(content)
        except DecodeError as error:
            fault = error.sentence
    return _ReadImage(len(content), zlib_ng.crc32(content), fault)


def _to_facts(result: _ReadImage | Fault) -> _Facts:
    if isinstance(result, Fault):
        return None, None, result.status, result.reason
    return result.size, result.crc, "ok" if result.fault is None else "corrupt", result.fault


class _Journal:
    """A file with one line of JSON per image that is done.

    Args:
        path: Its path; the file is created unless it exists.
        places: The place of each image now; lines with another place are dropped.
        decode: Whether images are decoded; lines of a run with the other choice are dropped.

    Attributes:
        facts: Size, CRC-32, status and detail by path, from an earlier run.
    """

    def __init__(self, path: Path, places: dict[str, list[Any]], *, decode: bool) -> None:
        self._path = path
        self._places = places
        self.facts: dict[str, _Facts] = {}
        header = {"irdb_verify": _EDITION, "decode": decode}
        lines = list(self._lines())
        if lines and lines[0] == header:
            self.facts = {
                image_path: tuple(facts) for image_path, place, facts in (line.values() for line in lines[1:])
                if places.get(image_path) == place
            }  # fmt: skip
        write_file(path, _encoded([header, *self._to_lines(self.facts)]))

    def add(self, facts: dict[str, _Facts]) -> None:
        try:
            with self._path.open("ab") as file:
                file.write(_encoded(self._to_lines(facts)))
        except OSError as error:
            raise UnwritableError(self._path, error.strerror or str(error)) from error

    def _to_lines(self, facts: dict[str, _Facts]) -> list[dict[str, Any]]:
        return [{"image_path": path, "place": self._places[path], "facts": each} for path, each in facts.items()]

    def _lines(self) -> Iterator[dict[str, Any]]:
        """Read the complete lines, as a killed run may cut one."""
        try:
            content = read_regular_file(self._path)
        except FileNotFoundError:
            return
        except OSError as error:
            raise UnwritableError(self._path, error.strerror or str(error)) from error
        if content and not content.startswith(_BEGIN):
            raise UnwritableError(self._path, "it exists already, and is no journal of irdb verify")
        for line in content[: content.rfind(b"\n") + 1].splitlines():
            yield json.loads(line)


def _encoded(lines: Iterable[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


_BEGIN = b'{"irdb_verify"'
_PLACE = ("location", "member", "size", "crc")
