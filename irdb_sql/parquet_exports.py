"""Writes exports as Parquet, with columns of images as the library `datasets` reads them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from irdb_sql.images import binary_views

if TYPE_CHECKING:
    from collections.abc import Sequence

    from irdb_sql.export_layouts import Layout
    from irdb_sql.hashed_files import HashedFile
    from irdb_sql.portions import Portion

_ROW_GROUP_BYTES = 192 * 2**20  # of images, each counted as often as rows name it: what a reader has in memory
_ROW_GROUP_ROWS = 1024  # of images: Arrow cannot write more views at once
_DICTIONARY_BYTES = 2**31 - 1


class ParquetExport:
    """Rows as Parquet, with what tells the library `datasets` which columns are images.

    The bytes of an image that several rows of a row group name stand there once for each column.
    """

    def __init__(self, sink: HashedFile, layout: Layout) -> None:
        self._layout = layout
        self._schema, features = _arrow_schema(layout)
        leaves = [leaf for field in self._schema for leaf in _leaves(field.name, field.type)]
        images = {leaf for leaf in leaves if leaf.endswith(".bytes")}
        self._writer = pq.ParquetWriter(
            pa.PythonFile(sink, "w"),
            self._schema,
            compression={leaf: "NONE" if leaf in images else "ZSTD" for leaf in leaves},
            use_dictionary=[leaf for leaf in leaves if leaf not in images or layout.form.has_pairs],
            write_statistics=[leaf for leaf in leaves if leaf not in images],
            dictionary_pagesize_limit=_DICTIONARY_BYTES,
            store_schema=False,  # or readers would take images for views
        )
        self._writer.add_key_value_metadata({"huggingface": json.dumps({"info": {"features": features}})})

    def add(self, portion: Portion) -> None:
        """Write a portion as row groups."""
        rows = portion.rows
        for some in rows.iter_slices(_row_group_rows(portion, self._layout)):
            self._writer.write_table(self._table(some, portion), row_group_size=some.height)

    def _table(self, rows: pl.DataFrame, portion: Portion) -> pa.Table:
        named = self._layout.named(rows)
        images = {self._layout.columns[name] for name in self._layout.images}
        return pa.table(
            [
                _image_array(named[field.name], portion, field.type) if field.name in images
                else named[field.name].to_arrow().cast(field.type)
                for field in self._schema
            ],
            schema=self._schema,
        )  # fmt: skip

    def close(self) -> None:
        """Write the footer."""
        self._writer.close()


def _row_group_rows(portion: Portion, layout: Layout) -> int:
    """Return how many rows of a portion a reader can have in memory."""
    rows = portion.rows
    if not portion.contents:
        return max(1, rows.height)
    named = sum(
        int(rows[name].list.len().sum()) if rows.schema[name] == pl.List else rows.height for name in layout.images
    )
    mean = sum(map(len, portion.contents.values())) / len(portion.contents)
    return max(1, min(_ROW_GROUP_ROWS, int(_ROW_GROUP_BYTES * rows.height / max(1, named * mean))))


def _image_array(paths: pl.Series, portion: Portion, kind: pa.DataType) -> pa.Array:
    """Make images, of text or lists of text, as `datasets` holds them: bytes and path."""
    if isinstance(paths.dtype, pl.List):
        flat = paths.explode(empty_as_null=False, keep_nulls=False)
        ends = pa.array([0, *paths.list.len().cum_sum()], pa.int32())
        return pa.ListArray.from_arrays(ends, _image_array(flat, portion, kind.value_type), type=kind)
    contents = [portion.contents[path] for path in paths]
    is_view = pa.types.is_binary_view(kind.field("bytes").type)
    values = binary_views(contents) if is_view else _binary_array(contents)
    return pa.StructArray.from_arrays([values, paths.to_arrow().cast(pa.string())], type=kind)


def _binary_array(contents: Sequence[memoryview]) -> pa.Array:
    """Make an array of bytes; pa.array would never let go of what it is given views of."""
    offsets = np.cumsum([0, *map(len, contents)], dtype=np.int32)
    return pa.Array.from_buffers(
        pa.binary(), len(contents), [None, pa.py_buffer(offsets.tobytes()), pa.py_buffer(b"".join(contents))]
    )


_IMAGE = pa.struct([("bytes", pa.binary_view()), ("path", pa.string())])
_LISTED_IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])  # Arrow writes no views in lists
_ARROW = {
    "String": pa.string(), "Int8": pa.int8(), "Int64": pa.int64(), "Float64": pa.float64(), "Boolean": pa.bool_(),
}  # fmt: skip


def _arrow_schema(layout: Layout) -> tuple[pa.Schema, dict[str, object]]:
    """Return the columns of a file, and what tells `datasets` which of them are images."""
    fields: list[pa.Field] = []
    features: dict[str, object] = {}
    for name, column in layout.columns.items():
        kind = layout.schema[name]
        is_list = isinstance(kind, pl.List)
        inner = kind.inner if isinstance(kind, pl.List) else kind
        image = _LISTED_IMAGE if is_list else _IMAGE
        arrow = image if name in layout.images else _ARROW[str(inner)]
        feature = {"_type": "Image"} if name in layout.images else {"dtype": _dtype(arrow), "_type": "Value"}
        fields.append(pa.field(column, pa.list_(arrow) if is_list else arrow))
        features[column] = [feature] if is_list else feature
    return pa.schema(fields), features


def _leaves(name: str, kind: pa.DataType) -> list[str]:
    """Return how Parquet calls the columns that a column is made of."""
    if pa.types.is_list(kind):
        return _leaves(f"{name}.list.element", kind.value_type)
    if pa.types.is_struct(kind):
        return [leaf for field in kind for leaf in _leaves(f"{name}.{field.name}", field.type)]
    return [name]


def _dtype(kind: pa.DataType) -> str:
    return {"double": "float64"}.get(str(kind), str(kind))
