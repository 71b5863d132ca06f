"""Joins image bytes to frames with image paths."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast, get_args

import polars as pl

from irdb_sql.core.late import late
from irdb_sql.core.options import check_choice
from irdb_sql.core.schema import OnError
from irdb_sql.errors import quoted, suggest_name
from irdb_sql.images.errors import ImageError, PathColumnError
from irdb_sql.images.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence

    import pyarrow as pa

    from irdb_sql.images.store import ImageStore
else:
    pa = late("pyarrow")

Columns = Mapping[str, str]
_PUBLISHED = ("image_path", "better_path", "worse_path")


def image_columns(schema: pl.Schema, columns: str | Sequence[str] | Mapping[str, str] | None) -> Columns:
    """Map columns of paths to the names of columns of bytes.

    Args:
        schema: The schema of the frame with the paths.
        columns: Names of path columns, or a mapping of them to the names of the new columns; None means
            `image_path`, `better_path` and `worse_path`, as far as the frame has them.

    Raises:
        PathColumnError: There is no such column, it holds no text, or a new column's name exists.
    """
    if columns is None:
        columns = _published_columns(schema)
    elif isinstance(columns, str):
        columns = [columns]
    if not isinstance(columns, Mapping):
        columns = {name: _image_name(name) for name in columns}
    for path, image in columns.items():
        _check_path_column(schema, path)
        _check_new_name(schema, image, list(columns.values()))
    return dict(columns)


def _published_columns(schema: pl.Schema) -> list[str]:
    names = [name for name in _PUBLISHED if name in schema]
    if not names:
        raise PathColumnError(
            f"the frame has none of the columns {', '.join(_PUBLISHED)}; it has {', '.join(schema) or 'none'}",
            "pass the columns that hold image paths, as in columns=['my_path'].",
        )
    return names


def _check_path_column(schema: pl.Schema, column: str) -> None:
    if column not in schema:
        raise PathColumnError(
            f"the frame has no column {quoted(column)}",
            suggest_name(column, schema) or f"its columns are {', '.join(schema)}.",
        )
    if not _holds_paths(schema[column]):
        raise PathColumnError(
            f"column {quoted(column)} holds {schema[column]}, not paths", "paths are text, or lists of text."
        )


def _check_new_name(schema: pl.Schema, image: str, images: Sequence[str]) -> None:
    if image in schema or images.count(image) > 1:
        raise PathColumnError(
            f"the name {quoted(image)} is already used", "name the new column, as columns={'image_path': 'my_image'}."
        )


def _image_name(path: str) -> str:
    stem = path.removesuffix("_path")
    return stem if stem.endswith("image") else f"{stem}_image"


def _holds_paths(kind: pl.DataType) -> bool:
    inner = kind.inner if isinstance(kind, pl.List) else kind
    return isinstance(inner, pl.String | pl.Categorical | pl.Enum | pl.Null)


def image_type(paths: pl.DataType) -> pl.DataType:
    """Return the type of the column of bytes for paths."""
    return pl.List(pl.Binary) if isinstance(paths, pl.List) else pl.Binary()


def check_on_error(on_error: str) -> None:
    """Raise an error unless `on_error` is raise, null or skip.

    Raises:
        ChoiceError: It is another word.
    """
    check_choice("on_error", on_error, get_args(OnError))


def join_images(
    frame: pl.DataFrame, columns: Columns, store: ImageStore, on_error: OnError
) -> Generator[None, None, pl.DataFrame]:
    """Add columns of bytes to a frame, yielding None meanwhile.

    Args:
        frame: The frame with the paths; each path is read once.
        columns: Columns of paths, and the name of the column of bytes of each.
        store: Reads the images.
        on_error: `raise` the first fault in the order of rows; make the image `null`; or `skip` rows of which
            an image, or all paths, are missing.

    Raises:
        ImageError: An image cannot be read, and `on_error` is `raise`.
        RemoteError: A server or remote filesystem fails.
    """
    flat = {name: _flat(frame[name]) for name in columns}
    paths = pl.concat([_texts(values) for values in flat.values()]).drop_nulls().unique(maintain_order=True)
    contents = yield from store.read(cast("list[str]", paths.to_list()))
    if on_error == "raise":
        faults = {path: fault for path, fault in zip(paths, contents, strict=True) if isinstance(fault, Fault)}
        if faults:
            raise _first_fault(faults, flat)
    images = binary_series([None if isinstance(content, Fault) else content for content in contents])
    places = pl.DataFrame({"path": paths, "place": pl.int_range(paths.len(), dtype=pl.UInt32, eager=True)})
    frame = frame.with_columns(
        _nest_like(frame[path], _images_of(flat[path], places, images)).alias(image) for path, image in columns.items()
    )
    return frame.filter(_has_all_images(frame.schema, columns.values())) if on_error == "skip" else frame


def _images_of(paths: pl.Series, places: pl.DataFrame, images: pl.Series) -> pl.Series:
    """Return the bytes of each path's image.

    Args:
        paths: The paths, some of them NULL.
        places: The place of each path among the images.
        images: The bytes of each image.
    """
    if not images.len():
        return pl.Series([None] * paths.len(), dtype=pl.Binary)
    numbered_paths = _texts(paths).to_frame("path").join(places, on="path", how="left", maintain_order="left")
    return images.gather(numbered_paths["place"])


def _flat(paths: pl.Series) -> pl.Series:
    return paths.explode(empty_as_null=False, keep_nulls=False) if isinstance(paths.dtype, pl.List) else paths


def _texts(paths: pl.Series) -> pl.Series:
    return paths.cast(pl.String).alias("path")


def _first_fault(faults: Mapping[str, Fault], flat: Mapping[str, pl.Series]) -> ImageError:
    places = {name: _texts(paths).is_in(list(faults)).arg_true() for name, paths in flat.items()}
    _, name = min((places[name][0], name) for name in flat if places[name].len())
    path = flat[name][places[name][0]]
    fault = faults[path]
    return ImageError(path, fault.place, fault.status, fault.reason)


def binary_series(contents: Sequence[memoryview | None]) -> pl.Series:
    """Make a series of bytes that shares the memory of its values."""
    views = bytearray(_VIEW * len(contents))
    valid = bytearray((len(contents) + 7) // 8)
    buffers: list[pa.Buffer] = []
    py_buffer = pa.py_buffer  # looked up once, as a late module takes a while for each name
    for number, content in enumerate(contents):
        if content is None:
            continue
        valid[number // 8] |= 1 << number % 8
        if len(content) <= _LONGEST_INLINE:
            struct.pack_into("<i12s", views, _VIEW * number, len(content), bytes(content))
        else:
            struct.pack_into("<i4sii", views, _VIEW * number, len(content), bytes(content[:4]), len(buffers), 0)
            buffers.append(py_buffer(content))
    array = pa.Array.from_buffers(
        pa.binary_view(), len(contents), [py_buffer(bytes(valid)), py_buffer(bytes(views)), *buffers]
    )
    return pl.Series(_Exported(array))


class _Exported:
    """An array behind Arrow's C interface, which saves Polars imports."""

    def __init__(self, array: pa.Array) -> None:
        self._array = array

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        exported: tuple[object, object] = self._array.__arrow_c_array__(requested_schema)
        return exported


_VIEW, _LONGEST_INLINE = 16, 12  # bytes, of Arrow's BinaryView layout


def _nest_like(paths: pl.Series, values: pl.Series) -> pl.Series:
    """Nest values of exploded paths in lists like the paths."""
    if not isinstance(paths.dtype, pl.List):
        return values
    ends = paths.list.len().fill_null(0).cum_sum()
    array = pa.LargeListArray.from_arrays(
        pa.array([0, *ends], pa.int64()),
        values.to_arrow(compat_level=pl.CompatLevel.newest()),
        mask=pa.array(paths.is_null().to_list(), pa.bool_()),
    )
    return pl.Series(_Exported(array))


def _has_all_images(schema: pl.Schema, images: Iterable[str]) -> pl.Expr:
    tests = [
        pl.col(name).is_not_null() & pl.col(name).list.eval(pl.element().is_not_null()).list.all()
        if isinstance(schema[name], pl.List)
        else pl.col(name).is_not_null()
        for name in images
    ]
    return pl.all_horizontal(tests)
