"""Reads every image and says which are whole; an interrupted run goes on where it stopped."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl
from zlib_ng import zlib_ng

from irdb_sql.core.atomic_write import write_file
from irdb_sql.core.late import late
from irdb_sql.core.thread_pool import outcome
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
class _Seen:
    """What reading an image has shown."""

    size: int
    crc: int
    fault: str | None


def verify(
    files: pl.DataFrame, store: ImageStore, *, decode: bool, journal: Path | None, progress: Progress
) -> pl.DataFrame:
    """Read each image whose file seems whole, and check its CRC-32.

    Args:
        files: Rows of the view `image_files`.
        store: Where the images are.
        decode: Also decode each, with Pillow.
        journal: File that keeps what is done; a run that finds it does not do it again. It stays afterwards.
        progress: Is told how many of how many images are done.

    Returns:
        The same rows, with the size, CRC-32, status and detail that were found.

    Raises:
        UnwritableError: The journal cannot be written.
        RemoteError: A server or remote filesystem fails.
    """
    unique = files.filter(status="ok").unique("image_path", maintain_order=True)
    places = {path: place for path, *place in unique.select("image_path", *_PLACE).iter_rows()}
    lines = None if journal is None else _Journal(journal, places, decode=decode)
    facts = {} if lines is None else lines.facts
    left = [path for path in places if path not in facts]
    progress(len(facts), len(places))
    for begin in range(0, len(left), _IMAGES_AT_ONCE):
        paths = left[begin : begin + _IMAGES_AT_ONCE]
        answers = outcome(store.use(paths, lambda content: _look(content, decode=decode)))
        new = {path: _facts_of(answer) for path, answer in zip(paths, answers, strict=True)}
        if lines is not None:
            lines.add(new)
        facts |= new
        progress(len(facts), len(places))
    return _with_facts(files, facts)


def _with_facts(files: pl.DataFrame, facts: dict[str, _Facts]) -> pl.DataFrame:
    """Put what reading has shown in the place of what is known of the files of images that were read."""
    read = pl.DataFrame(
        [(path, *facts_of_image) for path, facts_of_image in facts.items()],
        schema={"image_path": pl.String, **{f"new_{name}": files.schema[name] for name in _FACTS}},
        orient="row",
    )
    was_read = pl.col("new_status").is_not_null()
    return (
        files.join(read, on="image_path", how="left", maintain_order="left")
        .with_columns(pl.when(was_read).then(f"new_{name}").otherwise(name).alias(name) for name in _FACTS)
        .select(files.columns)
    )


_FACTS = ("size", "crc", "status", "detail")
_Facts = tuple[int | None, int | None, str, str | None]


def _look(content: memoryview, *, decode: bool) -> _Seen:
    fault = None
    if decode:
        try:
            decoding.open_image(content)
        except DecodeError as error:
            fault = error.sentence
    return _Seen(len(content), zlib_ng.crc32(content), fault)


def _facts_of(answer: _Seen | Fault) -> _Facts:
    if isinstance(answer, Fault):
        return None, None, answer.status, answer.reason
    return answer.size, answer.crc, "ok" if answer.fault is None else "corrupt", answer.fault


class _Journal:
    """A file that holds what is known so far, one line of JSON per image.

    Args:
        path: Where it is, or will be.
        places: Where each image is now; lines about another place are forgotten.
        decode: Whether images are decoded; lines of a run that did otherwise are forgotten.

    Attributes:
        facts: What an earlier run has found out, by path.
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
        """Read the lines that are there, up to the one in whose midst a run was killed."""
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return
        except OSError as error:
            raise UnwritableError(self._path, error.strerror or str(error)) from error
        if content and not content.startswith(_BEGIN):
            raise UnwritableError(self._path, "it is there already, and no journal of irdb verify")
        for line in content[: content.rfind(b"\n") + 1].splitlines():
            yield json.loads(line)


def _encoded(lines: Iterable[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


_BEGIN = b'{"irdb_verify"'
_PLACE = ("location", "member", "size", "crc")
