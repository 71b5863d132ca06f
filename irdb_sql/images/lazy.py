"""Lazy frames whose image bytes are read last: after rows and columns are selected, in small batches.

Polars applies a query to what its source has read: it would read every image of a frame to sort the frame and take the
first five rows. So the frame here keeps, beside the plan with the bytes, a plan of its metadata, with a placeholder
column of paths for each column of bytes. A method that only selects, sorts or joins rows by other columns is applied to
the metadata, and the bytes are joined to its result. Everything else, also `pl.concat` or a join from another frame, is
applied to the plan with the bytes: it returns the same rows and may read more images.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import compress
from typing import TYPE_CHECKING, Any, cast

import polars as pl
from polars.io.plugins import register_io_source

from irdb_sql.core.tasks import Task
from irdb_sql.core.thread_pool import wait
from irdb_sql.images.join import check_on_error, image_columns, image_type, join_images

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from irdb_sql.core.schema import OnError
    from irdb_sql.images.store import ImageStore

_PLACEHOLDER = "path of an image that irdb_sql reads later"
_BATCH_IMAGES = 64
_LIST_IMAGES = 8  # of a prompt, on average
_PLAIN_ROWS = 100_000
_READ_AHEAD = 16  # batches of metadata
_SINK_ROWS = 256  # which Polars holds in memory several times


def with_images(
    frame: pl.DataFrame | pl.LazyFrame,
    columns: str | Sequence[str] | Mapping[str, str] | None,
    store: ImageStore,
    on_error: OnError,
) -> pl.DataFrame | pl.LazyFrame:
    """Add a column of bytes per column of image paths.

    Raises:
        PathColumnError: There is no such column, it holds no text, or a new column's name exists.
        ChoiceError: `on_error` is not raise, null or skip.
        ImageError: The frame is eager, an image cannot be read, and `on_error` is `raise`.
    """
    check_on_error(on_error)
    if isinstance(frame, pl.DataFrame):
        return wait(join_images(frame, image_columns(frame.schema, columns), store, on_error))
    images = image_columns(frame.collect_schema(), columns)
    if on_error != "skip":
        frame = cast("pl.LazyFrame", _metadata_of(frame, store, on_error))
    rows = frame.with_columns(pl.struct(pl.col(path).alias(_PLACEHOLDER)).alias(name) for path, name in images.items())
    return ImageFrame(rows, store, on_error)


class ImageFrame(pl.LazyFrame):
    """A lazy frame that reads image bytes only for its result.

    Args:
        rows: The metadata, with placeholders for the bytes.
        store: Reads the images.
        on_error: `raise`, `null` or `skip` for images that cannot be read.
    """

    _rows: pl.LazyFrame
    _store: ImageStore
    _on_error: OnError

    def __init__(self, rows: pl.LazyFrame, store: ImageStore, on_error: OnError) -> None:
        self._rows = rows
        self._store = store
        self._on_error = on_error
        self._images = frozenset(_placeholders(rows.collect_schema()))
        self._ldf = _scan(rows, store, on_error)._ldf  # noqa: SLF001 - Polars makes every frame of it

    @classmethod
    def _from_pyldf(cls, ldf: Any) -> pl.LazyFrame:  # noqa: ANN401 - a type of Polars that has no public name
        """Return results of Polars' own methods as frames of Polars."""
        return pl.LazyFrame._from_pyldf(ldf)  # noqa: SLF001 - this method overrides it

    def sink_parquet(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - handed on to Polars
        """Write a parquet file, by default in small row groups."""
        return super().sink_parquet(*args, **{"row_group_size": _SINK_ROWS} | options)

    def sink_ipc(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - handed on to Polars
        """Write an Arrow file, by default in small record batches."""
        return super().sink_ipc(*args, **{"record_batch_size": _SINK_ROWS} | options)

    def _on_metadata(self, name: str, args: tuple[object, ...], options: dict[str, object]) -> pl.LazyFrame:
        """Apply a method to the metadata alone if it ignores bytes."""
        if self._on_error == "skip":  # the rows of the frame depend on the bytes
            return cast("pl.LazyFrame", getattr(pl.LazyFrame, name)(self, *args, **options))
        if not self._ignores_bytes(name, args, options):
            first, rest = self._split_filter(args) if name == "filter" and not options else ([], args)
            rows = self._on_metadata(name, tuple(first), {}) if first else self
            return cast("pl.LazyFrame", getattr(pl.LazyFrame, name)(rows, *rest, **options))
        rows = getattr(self._rows, name)(
            *(_metadata_of(value, self._store, self._on_error) for value in args),
            **{key: _metadata_of(value, self._store, self._on_error) for key, value in options.items()},
        )
        if not _placeholders(rows.collect_schema()):
            return cast("pl.LazyFrame", rows)
        return ImageFrame(rows, self._store, self._on_error)

    def _split_filter(self, predicates: tuple[object, ...]) -> tuple[list[pl.Expr], Sequence[object]]:
        """Split the predicates of a filter by whether they need bytes."""
        if not all(isinstance(predicate, pl.Expr) for predicate in predicates):
            return [], predicates
        parts = [part for predicate in cast("tuple[pl.Expr, ...]", predicates) for part in _conjuncts(predicate)]
        ignores_bytes = [self._argument_ignores_bytes(part, may_name_images=False) for part in parts]
        rest = [part for part, ignores in zip(parts, ignores_bytes, strict=True) if not ignores]
        return (list(compress(parts, ignores_bytes)), rest) if all(map(_looks_at_one_row, rest)) else ([], predicates)

    def _ignores_bytes(self, name: str, args: tuple[object, ...], options: dict[str, object]) -> bool:
        if name == "unique" and (args[0] if args else options.get("subset")) is None:
            return False  # it compares all columns
        may_name_images = name in _COLUMN_METHODS
        names_images = bool(self._images & options.keys()) and not may_name_images
        return not names_images and all(
            self._argument_ignores_bytes(value, may_name_images=may_name_images) for value in (*args, *options.values())
        )

    def _argument_ignores_bytes(self, value: object, *, may_name_images: bool) -> bool:
        """Whether an argument is sure not to depend on bytes."""
        if isinstance(value, pl.Expr):
            return self._expression_ignores_bytes(value, may_name_images=may_name_images)
        if isinstance(value, str):
            is_pattern = value.startswith("^") or value == "*"
            return not is_pattern and (may_name_images or value not in self._images)
        if isinstance(value, bytes | pl.Series | pl.DataFrame | pl.LazyFrame) or not isinstance(value, Iterable):
            return not callable(value)
        if isinstance(value, Mapping):
            value = list(value.values())
        return isinstance(value, list | tuple) and all(
            self._argument_ignores_bytes(each, may_name_images=may_name_images) for each in value
        )

    def _expression_ignores_bytes(self, value: pl.Expr, *, may_name_images: bool) -> bool:
        if may_name_images and value.meta.undo_aliases().meta.is_column():
            return True
        return not (value.meta.has_multiple_outputs() or self._images & set(value.meta.root_names()))


def _metadata_of(value: object, store: ImageStore, on_error: OnError) -> object:
    """Return the metadata of a compatible frame; other values unchanged."""
    if not isinstance(value, ImageFrame):
        return value
    is_same = value._store is store and value._on_error == on_error  # noqa: SLF001 - a class of this module
    return value._rows if is_same else value  # noqa: SLF001 - a class of this module


_COLUMN_METHODS = ("select", "drop", "rename", "with_columns")
_ROW_METHODS = (
    "bottom_k", "filter", "gather_every", "head", "join", "limit", "remove", "reverse", "slice", "sort", "tail",
    "top_k", "unique", "with_row_index",
)  # fmt: skip


def _make_method(name: str) -> Callable[..., pl.LazyFrame]:
    def method(self: ImageFrame, *args: object, **options: object) -> pl.LazyFrame:
        return self._on_metadata(name, args, options)

    method.__name__ = name
    method.__doc__ = getattr(pl.LazyFrame, name).__doc__
    return method


for _name in (*_COLUMN_METHODS, *_ROW_METHODS):
    setattr(ImageFrame, _name, _make_method(_name))


def _conjuncts(predicate: pl.Expr) -> list[pl.Expr]:
    """Split a predicate `a & b & c` into its parts."""
    try:
        tree = json.loads(predicate.meta.serialize(format="json"))
    except (pl.exceptions.PolarsError, ValueError):  # an expression that calls Python cannot be serialized
        return [predicate]
    if not isinstance(tree, dict) or tree.get("BinaryExpr", {}).get("op") != "And":
        return [predicate]
    return [part for each in predicate.meta.pop() for part in _conjuncts(each)]


def _looks_at_one_row(predicate: pl.Expr) -> bool:
    """Whether a predicate surely depends on single rows only."""
    try:
        return predicate.meta.is_row_separable()
    except pl.exceptions.PolarsError:  # it has selectors
        return False


def _placeholders(schema: pl.Schema) -> dict[str, pl.DataType]:
    """Return the placeholder columns, and the type of their paths."""
    return {
        name: cast("pl.DataType", kind.fields[0].dtype)
        for name, kind in schema.items()
        if isinstance(kind, pl.Struct) and [field.name for field in kind.fields] == [_PLACEHOLDER]
    }


def _scan(rows: pl.LazyFrame, store: ImageStore, on_error: OnError) -> pl.LazyFrame:
    """Return a plan that joins bytes to batches of metadata."""
    scan = _ImageScan(rows, store, on_error)
    return register_io_source(scan.read, schema=scan.schema)


class _ImageScan:
    """A source of Polars that reads rows with image bytes.

    Args:
        rows: The metadata, with placeholders for the bytes.
        store: Reads the images.
        on_error: `raise`, `null` or `skip` for images that cannot be read.
    """

    def __init__(self, rows: pl.LazyFrame, store: ImageStore, on_error: OnError) -> None:
        self._rows = rows
        self._store = store
        self._on_error = on_error
        self._skips = on_error == "skip"  # which needs every image of a row
        kinds = rows.collect_schema()
        self._paths = _placeholders(kinds)
        self.schema = pl.Schema(
            {name: image_type(self._paths[name]) if name in self._paths else kind for name, kind in kinds.items()}
        )

    def read(
        self, columns: list[str] | None, predicate: pl.Expr | None, limit: int | None, _batch_rows: int | None
    ) -> Iterator[pl.DataFrame]:
        """Yield frames to Polars, empty ones to let it notice interrupts."""
        output = list(self.schema) if columns is None else columns
        predicate_columns = set() if predicate is None else set(predicate.meta.root_names())
        images = [name for name in self._paths if self._skips or name in output or name in predicate_columns]
        metadata, deferred = self._narrowed(predicate, predicate_columns, limit)
        metadata = metadata.select(name for name in self.schema if name in {*images, *output, *predicate_columns})
        size = _rows_at_once(self._paths[name] for name in images)
        batches = _with_bytes(metadata, size, images, self._store, self._on_error)
        empty = pl.DataFrame(schema={name: self.schema[name] for name in output})
        for batch in _first_rows(batches, limit) if self._skips else batches:
            if batch is None:
                yield empty
            else:
                yield (batch if deferred is None else batch.filter(deferred)).select(output)

    def _narrowed(
        self, predicate: pl.Expr | None, predicate_columns: set[str], limit: int | None
    ) -> tuple[pl.LazyFrame, pl.Expr | None]:
        """Return the needed rows of metadata, and the predicate that needs bytes."""
        rows = self._rows if limit is None or self._skips else self._rows.head(limit)
        needs_bytes = not predicate_columns.isdisjoint(self._paths) or (self._skips and limit is not None)
        return (rows, predicate) if predicate is None or needs_bytes else (rows.filter(predicate), None)


def _first_rows(batches: Iterator[pl.DataFrame | None], limit: int | None) -> Iterator[pl.DataFrame | None]:
    """Yield batches up to a number of rows, and waiting Nones."""
    left = limit
    for batch in batches:
        if batch is None or left is None:
            yield batch
            continue
        rows = batch.head(left)
        yield rows
        left -= rows.height
        if left == 0:
            return


def _rows_at_once(paths: Iterable[pl.DataType]) -> int:
    images = sum(_LIST_IMAGES if isinstance(kind, pl.List) else 1 for kind in paths)
    return max(1, _BATCH_IMAGES // images) if images else _PLAIN_ROWS


def _with_bytes(
    metadata: pl.LazyFrame, size: int, images: Collection[str], store: ImageStore, on_error: OnError
) -> Iterator[pl.DataFrame | None]:
    """Yield batches with bytes for placeholders, and None meanwhile."""
    for batch in _batches(metadata, size):
        if batch is None or not images:
            yield batch
            continue
        columns = {f"{_PLACEHOLDER}: {name}": name for name in images}
        paths = batch.select(pl.col(name).struct.field(_PLACEHOLDER).alias(path) for path, name in columns.items())
        yield (yield from join_images(batch.drop(images).hstack(paths), columns, store, on_error))


def _batches(metadata: pl.LazyFrame, size: int) -> Iterator[pl.DataFrame | None]:
    """Collect batches of at most `size` rows, yielding None meanwhile."""
    batches = metadata.collect_batches(chunk_size=min(_PLAIN_ROWS, _READ_AHEAD * size), maintain_order=True, lazy=True)
    while True:
        task = Task(lambda: next(batches, None), lambda: None).start()
        while not task.has_ended():
            yield None
        batch = task.result()
        if batch is None:
            return
        yield from batch.iter_slices(size)
