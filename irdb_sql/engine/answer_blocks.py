"""The answer of a separate process, as bytes of which a missing end is noticed.

An answer is a sequence of blocks. Each has a kind, a size and a content: rows as an IPC stream of Polars, one pickled
error, or the end, which is the number of all rows. Bytes that stop before the end are no answer.
"""

from __future__ import annotations

import io
import pickle
import struct
from typing import IO, TYPE_CHECKING

import polars as pl

from irdb_sql.engine.errors import AnswerSizeError
from irdb_sql.errors import IrdbError

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROWS, _ERROR, _END = b"R", b"E", b"."
_HEADER = struct.Struct(">cQ")  # kind and size
_COUNT = struct.Struct(">Q")
_BLOCK_ROWS = 100_000


class IncompleteAnswerError(Exception):
    """The bytes of an answer stop before its end, or are damaged."""


def write_rows(output: IO[bytes], rows: pl.DataFrame) -> None:
    """Write rows as a whole answer."""
    for begin in range(0, max(rows.height, 1), _BLOCK_ROWS):  # without rows, one block has their schema
        block = io.BytesIO()
        rows[begin : begin + _BLOCK_ROWS].write_ipc_stream(block)
        _write_block(output, _ROWS, block.getvalue())
    _write_block(output, _END, _COUNT.pack(rows.height))
    output.flush()


def write_error(output: IO[bytes], error: IrdbError) -> None:
    """Write an error as a whole answer."""
    _write_block(output, _ERROR, pickle.dumps(error))
    output.flush()


def read_answer(stream: IO[bytes], max_bytes: int) -> pl.DataFrame | IrdbError:
    """Return the rows or the error of an answer.

    Args:
        stream: The bytes, read block by block and up to their end.
        max_bytes: Memory that the rows may need.

    Raises:
        IncompleteAnswerError: The bytes are no whole answer.
        AnswerSizeError: The rows need more memory.
    """
    frames: list[pl.DataFrame] = []
    size = 0
    for kind, content in _read_blocks(stream, max_bytes):
        if kind == _ERROR:
            return _parse_error(content)
        if kind == _END:
            return _join(frames, content)
        frames.append(_parse_rows(content))
        size += len(content)  # which is the memory that the rows take
        if size > max_bytes:
            raise AnswerSizeError(max_bytes)
    raise IncompleteAnswerError


def _write_block(output: IO[bytes], kind: bytes, content: bytes) -> None:
    output.write(_HEADER.pack(kind, len(content)))
    output.write(content)


def _read_blocks(stream: IO[bytes], max_bytes: int) -> Iterator[tuple[bytes, bytes]]:
    while header := stream.read(_HEADER.size):
        if len(header) < _HEADER.size:
            raise IncompleteAnswerError
        kind, size = _HEADER.unpack(header)
        if kind not in (_ROWS, _ERROR, _END):
            raise IncompleteAnswerError
        if size > max_bytes:
            raise AnswerSizeError(max_bytes)
        content = stream.read(size)
        if len(content) < size:
            raise IncompleteAnswerError
        yield kind, content


def _parse_rows(content: bytes) -> pl.DataFrame:
    try:
        return pl.read_ipc_stream(content)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise IncompleteAnswerError from error


def _parse_error(content: bytes) -> IrdbError:
    error = pickle.loads(content)  # noqa: S301 - write_error wrote it, and a statement cannot run Python
    if not isinstance(error, IrdbError):
        raise IncompleteAnswerError
    return error


def _join(frames: list[pl.DataFrame], end: bytes) -> pl.DataFrame:
    if not frames or end != _COUNT.pack(sum(frame.height for frame in frames)):
        raise IncompleteAnswerError
    return pl.concat(frames, rechunk=False)
