"""Writes portions of an export into files of each kind, while they come."""

from __future__ import annotations

import json
import tarfile
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Protocol

import polars as pl

from irdb_sql.exports.parquet import ParquetExport

if TYPE_CHECKING:
    from collections.abc import Callable

    from irdb_sql.exports.batches import Portion
    from irdb_sql.exports.formats import FileKind
    from irdb_sql.exports.hashed_file import HashedFile
    from irdb_sql.exports.layout import Layout


class ExportFile(Protocol):
    """A file that grows by portions."""

    def add(self, portion: Portion) -> None:
        """Write a portion behind those before."""

    def close(self) -> None:
        """Write what stands at the end."""


def open_file(kind: FileKind, sink: HashedFile, layout: Layout, first_row: int) -> ExportFile:
    """Begin a file of a kind.

    Args:
        kind: The kind.
        sink: What to write on.
        layout: What it holds.
        first_row: How many rows of the split are in files before it.
    """
    kinds: dict[FileKind, Callable[[], ExportFile]] = {
        "parquet": lambda: ParquetExport(sink, layout),
        "json": lambda: _RankingFile(sink, layout),
        "tar": lambda: _TarFile(sink, layout, first_row),
        "csv": lambda: _CsvFile(sink, layout),
        "ndjson": lambda: _NdjsonFile(sink, layout),
    }
    return kinds[kind]()


class _TarFile:
    """Images as tar members, and beside each a JSON of what its row says, under one number."""

    def __init__(self, sink: HashedFile, layout: Layout, first_row: int) -> None:
        self._sink = sink
        self._layout = layout
        self._number = first_row

    def add(self, portion: Portion) -> None:
        for row in self._layout.named(portion.rows).iter_rows(named=True):
            key = f"{self._number:09d}"
            if self._layout.images:
                content = portion.contents[row["image_path"]]
                self._sink.write(_header(f"{key}{_suffix(row['image_path'])}", content))
                self._sink.write(content)
                self._sink.write(_padding(content))
            text = json.dumps(row, ensure_ascii=False).encode()
            self._sink.write(_header(f"{key}.json", text) + text + _padding(text))
            self._number += 1

    def close(self) -> None:
        self._sink.write(bytes(2 * tarfile.BLOCKSIZE))
        self._sink.write(bytes(-self._sink.size % tarfile.RECORDSIZE))


def _header(name: str, content: bytes | memoryview) -> bytes:
    """Describe a member, without a time, so that the same images make the same bytes."""
    member = tarfile.TarInfo(name)
    member.size = len(content)
    return member.tobuf(tarfile.GNU_FORMAT)


def _padding(content: bytes | memoryview) -> bytes:
    return bytes(-len(content) % tarfile.BLOCKSIZE)


def _suffix(path: str) -> str:
    """Return the suffix of an image, which must not be taken for that of the JSON beside it."""
    suffix = PurePosixPath(path).suffix.lower()
    return suffix if suffix[1:].isascii() and suffix[1:].isalnum() and suffix != ".json" else ".image"


class _RankingFile:
    """A JSON list of rankings, as the ImageReward repository writes it."""

    def __init__(self, sink: HashedFile, layout: Layout) -> None:
        self._sink = sink
        self._layout = layout
        self._is_empty = True

    def add(self, portion: Portion) -> None:
        rows = self._layout.named(portion.rows)
        for row in rows.iter_rows(named=True):
            text = json.dumps(row, ensure_ascii=False, indent=4).replace("\n", "\n    ")
            self._sink.write(f"{'[' if self._is_empty else ','}\n    {text}".encode())
            self._is_empty = False

    def close(self) -> None:
        self._sink.write(b"[]" if self._is_empty else b"\n]")


class _CsvFile:
    """Rows as CSV."""

    def __init__(self, sink: HashedFile, layout: Layout) -> None:
        self._sink = sink
        self._layout = layout
        self._sink.write(pl.DataFrame(schema=list(layout.columns.values())).write_csv().encode())

    def add(self, portion: Portion) -> None:
        self._sink.write(self._layout.named(portion.rows).write_csv(include_header=False).encode())

    def close(self) -> None:
        """Write nothing more."""


class _NdjsonFile:
    """Rows as JSON, a line each."""

    def __init__(self, sink: HashedFile, layout: Layout) -> None:
        self._sink = sink
        self._layout = layout

    def add(self, portion: Portion) -> None:
        rows = self._layout.named(portion.rows)
        self._sink.write(rows.write_ndjson().encode())

    def close(self) -> None:
        """Write nothing more."""
