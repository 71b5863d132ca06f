"""Writes batches of an export into files of each kind."""

from __future__ import annotations

import json
import tarfile
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Protocol

import polars as pl

from irdb_sql.exports.parquet import ParquetFile

if TYPE_CHECKING:
    from collections.abc import Callable

    from irdb_sql.exports.batches import Batch
    from irdb_sql.exports.formats import FileKind
    from irdb_sql.exports.hashed_file import HashedFile
    from irdb_sql.exports.layout import Layout


class ExportFile(Protocol):
    """A file that grows by batches."""

    def add(self, batch: Batch) -> None:
        """Append a batch."""

    def close(self) -> None:
        """Write the end of the file."""


def open_file(kind: FileKind, sink: HashedFile, layout: Layout, first_row: int) -> ExportFile:
    """Begin a file.

    Args:
        kind: The kind of file.
        sink: The file to write to.
        layout: The columns of the file.
        first_row: How many rows of the split are in the files before it.
    """
    return _FILES[kind](sink, layout, first_row)


class _TarFile:
    """A tar with two members per row: its image and its JSON."""

    def __init__(self, sink: HashedFile, layout: Layout, first_row: int) -> None:
        self._sink = sink
        self._layout = layout
        self._number = first_row

    def add(self, batch: Batch) -> None:
        for row in self._layout.named(batch.rows).iter_rows(named=True):
            key = f"{self._number:09d}"
            for name in self._layout.images:
                path = row[self._layout.columns[name]]
                content = batch.contents[path]
                self._sink.write(_header(f"{key}{_suffix(path)}", content))
                self._sink.write(content)
                self._sink.write(_padding(content))
            text = json.dumps(row, ensure_ascii=False).encode()
            self._sink.write(_header(f"{key}.json", text) + text + _padding(text))
            self._number += 1

    def close(self) -> None:
        self._sink.write(bytes(2 * tarfile.BLOCKSIZE))
        self._sink.write(bytes(-self._sink.size % tarfile.RECORDSIZE))


def _header(name: str, content: bytes | memoryview) -> bytes:
    """Return the header of a member without a time, for reproducibility."""
    member = tarfile.TarInfo(name)
    member.size = len(content)
    return member.tobuf(tarfile.GNU_FORMAT)


def _padding(content: bytes | memoryview) -> bytes:
    return bytes(-len(content) % tarfile.BLOCKSIZE)


def _suffix(path: str) -> str:
    """Return the suffix of an image, never that of JSON."""
    suffix = PurePosixPath(path).suffix.lower()
    return suffix if suffix[1:].isascii() and suffix[1:].isalnum() and suffix != ".json" else ".image"


class _JsonFile:
    """A JSON list of objects, indented as in the ImageReward repository."""

    def __init__(self, sink: HashedFile, layout: Layout, _first_row: int) -> None:
        self._sink = sink
        self._layout = layout
        self._is_empty = True

    def add(self, batch: Batch) -> None:
        omits_nulls = self._layout.format.omits_nulls
        for row in self._layout.named(batch.rows).iter_rows(named=True):
            fields = {name: value for name, value in row.items() if value is not None or not omits_nulls}
            text = json.dumps(fields, ensure_ascii=False, indent=4).replace("\n", "\n    ")
            self._sink.write(f"{'[' if self._is_empty else ','}\n    {text}".encode())
            self._is_empty = False

    def close(self) -> None:
        self._sink.write(b"[]" if self._is_empty else b"\n]")


class _CsvFile:
    """Rows as CSV."""

    def __init__(self, sink: HashedFile, layout: Layout, _first_row: int) -> None:
        self._sink = sink
        self._layout = layout
        self._sink.write(pl.DataFrame(schema=list(layout.columns.values())).write_csv().encode())

    def add(self, batch: Batch) -> None:
        self._sink.write(self._layout.named(batch.rows).write_csv(include_header=False).encode())

    def close(self) -> None:
        """Write nothing more."""


class _NdjsonFile:
    """Rows as JSON, one per line."""

    def __init__(self, sink: HashedFile, layout: Layout, _first_row: int) -> None:
        self._sink = sink
        self._layout = layout

    def add(self, batch: Batch) -> None:
        self._sink.write(self._layout.named(batch.rows).write_ndjson().encode())

    def close(self) -> None:
        """Write nothing more."""


_FILES: dict[FileKind, Callable[[HashedFile, Layout, int], ExportFile]] = {
    "parquet": lambda sink, layout, _first_row: ParquetFile(sink, layout),
    "json": _JsonFile,
    "tar": _TarFile,
    "csv": _CsvFile,
    "ndjson": _NdjsonFile,
}
