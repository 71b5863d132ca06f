"""Writes Parquet files whose columns of images the library `datasets` reads.

Arrow would copy the bytes of images about five times on their way into a file. So it encodes a token for each image
instead. Its pages of indices are written as they are; in each dictionary page, which has every image of a row group
once, the images replace their tokens, and are written from the memory that they were read into.
"""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from irdb_sql.exports.thrift import BINARY, I32, I64, LIST, STRUCT, read_struct, write_struct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from irdb_sql.exports.batches import Batch
    from irdb_sql.exports.hashed_file import HashedFile
    from irdb_sql.exports.layout import Layout
    from irdb_sql.exports.thrift import Struct

_ROW_GROUP_BYTES = 192 * 2**20  # of images, each counted as often as rows name it: what a reader has in memory
_ROW_GROUP_ROWS = 1 << 16
_DICTIONARY_BYTES = 2**31 - 1
_MAGIC = b"PAR1"
_LENGTH = struct.Struct("<I")

# Field numbers of the Parquet format.
_FILE_ROWS, _FILE_GROUPS, _FILE_PAIRS = 3, 4, 5
_GROUP_CHUNKS, _GROUP_BYTES, _GROUP_ROWS, _GROUP_OFFSET, _GROUP_PACKED, _GROUP_ORDINAL = 1, 2, 3, 5, 6, 7
_CHUNK_FACTS = 3
_PATH, _UNPACKED, _PACKED, _DATA_OFFSET, _DICTIONARY_OFFSET, _VALUE_SIZES = 3, 6, 7, 9, 11, 16
_PAGE_UNPACKED, _PAGE_PACKED = 2, 3


class ParquetFile:
    """A Parquet file with metadata about its images for `datasets`.

    An image that several rows of a row group name is written once per column of the row group.
    """

    def __init__(self, sink: HashedFile, layout: Layout) -> None:
        self._sink = sink
        self._layout = layout
        self._schema, self._features = _arrow_schema(layout)
        leaves = [leaf for field in self._schema for leaf in _leaves(field.name, field.type)]
        self._plain = [leaf for leaf in leaves if not leaf.endswith(".bytes")]
        self._compression = {leaf: "ZSTD" if leaf in self._plain else "NONE" for leaf in leaves}
        self._file, _ = self._encode(self._schema.empty_table())
        self._groups: list[Struct] = []
        self._sink.write(_MAGIC)

    def add(self, batch: Batch) -> None:
        """Append a batch as row groups."""
        images = list(batch.contents.values())
        places = {path: place for place, path in enumerate(batch.contents)}
        for rows in batch.rows.iter_slices(_row_group_rows(batch, self._layout)):
            file, content = self._encode(self._table(rows, places))
            (group,) = file[_FILE_GROUPS][1][1]
            self._groups.append(self._write_group(group, content, images))

    def close(self) -> None:
        """Write the footer."""
        features = json.dumps({"info": {"features": self._features}}).encode()
        footer = write_struct(
            self._file
            | {
                _FILE_ROWS: (I64, sum(group[_GROUP_ROWS][1] for group in self._groups)),
                _FILE_GROUPS: (LIST, (STRUCT, self._groups)),
                _FILE_PAIRS: (LIST, (STRUCT, [{1: (BINARY, b"huggingface"), 2: (BINARY, features)}])),
            }
        )
        self._sink.write(footer + _LENGTH.pack(len(footer)) + _MAGIC)

    def _table(self, rows: pl.DataFrame, places: dict[str, int]) -> pa.Table:
        named = self._layout.named(rows)
        images = {self._layout.columns[name] for name in self._layout.images}
        return pa.table(
            [
                _token_array(named[field.name], places, field.type) if field.name in images
                else named[field.name].to_arrow().cast(field.type)
                for field in self._schema
            ],
            schema=self._schema,
        )  # fmt: skip

    def _encode(self, table: pa.Table) -> tuple[Struct, memoryview]:
        """Encode rows in memory, and return the footer and content."""
        stream = pa.BufferOutputStream()
        with pq.ParquetWriter(
            stream,
            self._schema,
            compression=self._compression,
            write_statistics=self._plain,
            dictionary_pagesize_limit=_DICTIONARY_BYTES,
            store_schema=False,
        ) as writer:
            if table.num_rows:
                writer.write_table(table, row_group_size=table.num_rows)
        content = memoryview(stream.getvalue()).cast("B")
        end = len(content) - len(_MAGIC) - _LENGTH.size
        (length,) = _LENGTH.unpack(content[end : end + _LENGTH.size])
        return read_struct(content, end - length)[0], content

    def _write_group(self, group: Struct, content: memoryview, images: Sequence[memoryview]) -> Struct:
        """Write a row group with its images, and return its footer entry."""
        begin = self._sink.size
        data_type, (inner, chunks) = group[_GROUP_CHUNKS]
        chunks = [self._write_chunk(chunk, content, images) for chunk in chunks]
        facts = [chunk[_CHUNK_FACTS][1] for chunk in chunks]
        fields = {number: field for number, field in group.items() if number != _GROUP_ORDINAL}
        return fields | {
            _GROUP_CHUNKS: (data_type, (inner, chunks)),
            _GROUP_BYTES: (I64, sum(each[_UNPACKED][1] for each in facts)),
            _GROUP_OFFSET: (I64, begin),
            _GROUP_PACKED: (I64, sum(each[_PACKED][1] for each in facts)),
        }

    def _write_chunk(self, chunk: Struct, content: memoryview, images: Sequence[memoryview]) -> Struct:
        facts: Struct = dict(chunk[_CHUNK_FACTS][1])
        data = facts[_DATA_OFFSET][1]
        begin = facts.get(_DICTIONARY_OFFSET, (I64, data))[1]  # booleans have none
        end = begin + facts[_PACKED][1]
        place = self._sink.size
        if facts[_PATH][1][1][-1] == b"bytes":
            header, body = read_struct(content, begin)
            self._write_dictionary(header, content[body:data], images)
            facts.pop(_VALUE_SIZES, None)  # they are of the tokens
        else:
            self._sink.write(content[begin:data])
        grown = self._sink.size - place - (data - begin)
        if _DICTIONARY_OFFSET in facts:
            facts[_DICTIONARY_OFFSET] = (I64, place)
        facts |= {
            _DATA_OFFSET: (I64, self._sink.size),
            _UNPACKED: (I64, facts[_UNPACKED][1] + grown),
            _PACKED: (I64, facts[_PACKED][1] + grown),
        }
        self._sink.write(content[data:end])
        return chunk | {_CHUNK_FACTS: (STRUCT, facts)}

    def _write_dictionary(self, header: Struct, tokens: memoryview, images: Sequence[memoryview]) -> None:
        """Write a dictionary page with images in place of tokens."""
        values = [images[place] for place in np.frombuffer(tokens, dtype="<u4")[1::2]]
        size = sum(map(len, values)) + _LENGTH.size * len(values)
        self._sink.write(write_struct(header | {_PAGE_UNPACKED: (I32, size), _PAGE_PACKED: (I32, size)}))
        for value in values:
            self._sink.write(_LENGTH.pack(len(value)))
            self._sink.write(value)


def _row_group_rows(batch: Batch, layout: Layout) -> int:
    """Return how many rows make a row group that fits into memory."""
    rows = batch.rows
    if not batch.contents:
        return max(1, rows.height)
    count = sum(
        int(rows[name].list.len().sum()) if rows.schema[name] == pl.List else rows.height for name in layout.images
    )
    mean = sum(map(len, batch.contents.values())) / len(batch.contents)
    return max(1, min(_ROW_GROUP_ROWS, int(_ROW_GROUP_BYTES * rows.height / max(1, count * mean))))


def _token_array(paths: pl.Series, places: dict[str, int], data_type: pa.DataType) -> pa.Array:
    """Return structs of path and token for a column of paths."""
    if isinstance(paths.dtype, pl.List):
        flat = paths.explode(empty_as_null=False, keep_nulls=False)
        ends = pa.array([0, *paths.list.len().cum_sum()], pa.int32())
        return pa.ListArray.from_arrays(ends, _token_array(flat, places, data_type.value_type), type=data_type)
    tokens = np.array([places[path] for path in paths], dtype="<u4")
    return pa.StructArray.from_arrays([_binary_array(tokens), paths.to_arrow().cast(pa.string())], type=data_type)


def _binary_array(tokens: NDArray[Any]) -> pa.Array:
    offsets = np.arange(tokens.size + 1, dtype=np.int32) * tokens.itemsize
    buffers = [None, pa.py_buffer(offsets.tobytes()), pa.py_buffer(tokens.tobytes())]
    return pa.Array.from_buffers(pa.binary(), tokens.size, buffers)


_IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])


def _arrow_schema(layout: Layout) -> tuple[pa.Schema, dict[str, object]]:
    """Return the schema of a file, and its features for `datasets`."""
    fields: list[pa.Field] = []
    features: dict[str, object] = {}
    for name, column in layout.columns.items():
        data_type = layout.schema[name]
        is_list = isinstance(data_type, pl.List)
        inner = data_type.inner if isinstance(data_type, pl.List) else data_type
        arrow = _IMAGE if name in layout.images else _arrow_type(inner)
        feature = {"_type": "Image"} if name in layout.images else {"dtype": _dtype(arrow), "_type": "Value"}
        fields.append(pa.field(column, pa.list_(arrow) if is_list else arrow))
        features[column] = [feature] if is_list else feature
    return pa.schema(fields), features


def _arrow_type(data_type: pl.datatypes.DataTypeClass | pl.DataType) -> pa.DataType:
    # Polars makes large strings, which `datasets` calls otherwise.
    return pa.string() if data_type == pl.String else pl.Series(dtype=data_type).to_arrow().type


def _leaves(name: str, data_type: pa.DataType) -> list[str]:
    """Return the Parquet paths of a column's leaves, such as `image.bytes`."""
    if pa.types.is_list(data_type):
        return _leaves(f"{name}.list.element", data_type.value_type)
    if pa.types.is_struct(data_type):
        return [leaf for field in data_type for leaf in _leaves(f"{name}.{field.name}", field.type)]
    return [name]


def _dtype(data_type: pa.DataType) -> str:
    return {"double": "float64"}.get(str(data_type), str(data_type))
