"""Lazy frames whose image bytes are read last: after rows and columns have been chosen, in small batches.

Polars applies what stands behind a source to what the source has read: it would read every image of a frame to sort it
and take five. So the frame returned here keeps, beside the plan with the bytes, the plan of its metadata, in which a
stand-in with the path takes the place of the bytes. A method that only chooses, orders or joins rows by other columns
goes to the metadata, and the bytes are joined to its result. Everything else, also `pl.concat` or a join from another
frame, works on the plan with the bytes: it gives the same rows and may read more images.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

import polars as pl
from polars.io.plugins import register_io_source

from irdb_sql.core.tasks import Task
from irdb_sql.core.thread_pool import outcome
from irdb_sql.images.join import check_on_error, image_columns, image_type, joined

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from irdb_sql.core.schema import OnError
    from irdb_sql.images.store import ImageStore

_STAND_IN = "path of an image that irdb_sql reads later"
_BATCH_IMAGES = 64
_LIST_IMAGES = 8  # of a prompt, about
_PLAIN_ROWS = 100_000
_READ_AHEAD = 16  # batches of metadata
_SINK_ROWS = 256  # in memory at once, a few times over


def with_images(
    frame: pl.DataFrame | pl.LazyFrame,
    columns: str | Sequence[str] | Mapping[str, str] | None,
    store: ImageStore,
    on_error: OnError,
) -> pl.DataFrame | pl.LazyFrame:
    """Add a column of bytes for each column of image paths; a lazy frame reads them when it is collected.

    Raises:
        PathColumnError: There is no such column, it holds no text, or a new column's name is taken.
        ChoiceError: `on_error` is none of raise, null and skip.
        ImageError: The frame is eager, an image cannot be had, and `on_error` is `raise`.
    """
    check_on_error(on_error)
    if isinstance(frame, pl.DataFrame):
        return outcome(joined(frame, image_columns(frame.schema, columns), store, on_error))
    images = image_columns(frame.collect_schema(), columns)
    if isinstance(frame, ImageFrame) and frame._store is store and frame._on_error == on_error != "skip":
        frame = frame._rows
    rows = frame.with_columns(pl.struct(pl.col(path).alias(_STAND_IN)).alias(image) for path, image in images.items())
    return ImageFrame(rows, store, on_error)


class ImageFrame(pl.LazyFrame):
    """A lazy frame with columns of image bytes, which are read for the rows that come out.

    Args:
        rows: The metadata, with stand-ins in the place of the bytes.
        store: Where the images are.
        on_error: What becomes of an image that cannot be had.
    """

    _rows: pl.LazyFrame
    _store: ImageStore
    _on_error: OnError

    def __init__(self, rows: pl.LazyFrame, store: ImageStore, on_error: OnError) -> None:
        self._rows = rows
        self._store = store
        self._on_error = on_error
        self._images = frozenset(_stand_ins(rows.collect_schema()))
        self._ldf = _scan(rows, store, on_error)._ldf

    @classmethod
    def _from_pyldf(cls, ldf: Any) -> pl.LazyFrame:
        """Let what Polars makes of this frame be a frame of Polars."""
        return pl.LazyFrame._from_pyldf(ldf)

    def sink_parquet(self, *args: Any, **options: Any) -> Any:
        """Write a parquet file, by default in row groups that are small, as Polars holds some of them in memory."""
        return super().sink_parquet(*args, **{"row_group_size": _SINK_ROWS} | options)

    def sink_ipc(self, *args: Any, **options: Any) -> Any:
        """Write an Arrow file, by default in record batches that are small, as Polars holds some of them in memory."""
        return super().sink_ipc(*args, **{"record_batch_size": _SINK_ROWS} | options)

    def _on_metadata(self, name: str, args: tuple[object, ...], options: dict[str, object]) -> pl.LazyFrame:
        """Apply a method to the metadata if the bytes do not matter to it, else to the plan with the bytes."""
        if self._on_error == "skip":  # which rows there are depends on the bytes
            return cast("pl.LazyFrame", getattr(pl.LazyFrame, name)(self, *args, **options))
        if not self._is_blind(name, args, options):
            first, then = self._split(args) if name == "filter" and not options else ([], args)
            rows = self._on_metadata(name, tuple(first), {}) if first else self
            return cast("pl.LazyFrame", getattr(pl.LazyFrame, name)(rows, *then, **options))
        rows = getattr(self._rows, name)(
            *map(self._metadata_of, args), **{key: self._metadata_of(value) for key, value in options.items()}
        )
        if not _stand_ins(rows.collect_schema()):
            return cast("pl.LazyFrame", rows)
        return ImageFrame(rows, self._store, self._on_error)

    def _metadata_of(self, value: object) -> object:
        """Return the metadata of a frame whose bytes may be read with this one's, and any other value as it is."""
        if isinstance(value, ImageFrame) and value._store is self._store and value._on_error == self._on_error:
            return value._rows
        return value

    def _split(self, predicates: tuple[object, ...]) -> tuple[list[pl.Expr], Sequence[object]]:
        """Split what a row must fulfil into what its metadata tells, to be asked first, and what the bytes tell."""
        parts = [part for predicate in predicates if isinstance(predicate, pl.Expr) for part in _conjuncts(predicate)]
        first = [part for part in parts if self._leaves_bytes_alone(part, may_name=False)]
        then = [part for part in parts if not self._leaves_bytes_alone(part, may_name=False)]
        if all(isinstance(each, pl.Expr) for each in predicates) and all(_looks_at_one_row(part) for part in then):
            return first, then
        return [], predicates

    def _is_blind(self, name: str, args: tuple[object, ...], options: dict[str, object]) -> bool:
        if name == "unique" and (args[0] if args else options.get("subset")) is None:
            return False  # it compares all columns
        may_name = name in _CHOOSES_COLUMNS
        names_images = bool(self._images & options.keys()) and not may_name
        return not names_images and all(
            self._leaves_bytes_alone(value, may_name=may_name) for value in (*args, *options.values())
        )

    def _leaves_bytes_alone(self, value: object, *, may_name: bool) -> bool:
        """Whether an argument cannot look at the bytes; what is not sure can."""
        if isinstance(value, pl.Expr):
            if may_name and value.meta.undo_aliases().meta.is_column():
                return True
            roots = value.meta.root_names()
            return not (value.meta.has_multiple_outputs() or self._images & set(roots))
        if isinstance(value, str):
            is_pattern = value.startswith("^") or value == "*"
            return not is_pattern and (may_name or value not in self._images)
        if isinstance(value, Mapping):
            return all(self._leaves_bytes_alone(each, may_name=may_name) for each in value.values())
        if isinstance(value, Iterable) and not isinstance(value, bytes | pl.Series | pl.DataFrame | pl.LazyFrame):
            return isinstance(value, list | tuple) and all(
                self._leaves_bytes_alone(each, may_name=may_name) for each in value
            )
        return not callable(value)


_CHOOSES_COLUMNS = ("select", "drop", "rename", "with_columns")
_CHOOSES_ROWS = (
    "bottom_k", "filter", "gather_every", "head", "join", "limit", "remove", "reverse", "slice", "sort", "tail",
    "top_k", "unique", "with_row_index",
)  # fmt: skip


def _delegating(name: str) -> Callable[..., pl.LazyFrame]:
    def method(self: ImageFrame, *args: object, **options: object) -> pl.LazyFrame:
        return self._on_metadata(name, args, options)

    method.__name__ = name
    method.__doc__ = getattr(pl.LazyFrame, name).__doc__
    return method


for _name in (*_CHOOSES_COLUMNS, *_CHOOSES_ROWS):
    setattr(ImageFrame, _name, _delegating(_name))


def _conjuncts(predicate: pl.Expr) -> list[pl.Expr]:
    """Take `a & b & c` apart; what cannot be taken apart stays whole."""
    try:
        tree = json.loads(predicate.meta.serialize(format="json"))
    except (pl.exceptions.PolarsError, ValueError):  # it calls Python
        return [predicate]
    if not isinstance(tree, dict) or tree.get("BinaryExpr", {}).get("op") != "And":
        return [predicate]
    return [part for each in predicate.meta.pop() for part in _conjuncts(each)]


def _looks_at_one_row(predicate: pl.Expr) -> bool:
    """Whether what a predicate says of a row is the same whichever other rows there are; not where that is unknown."""
    try:
        return predicate.meta.is_row_separable()
    except pl.exceptions.PolarsError:  # it has selectors
        return False


def _stand_ins(schema: pl.Schema) -> dict[str, pl.DataType]:
    """Return the columns that stand for bytes, and the type of their paths."""
    return {
        name: cast("pl.DataType", kind.fields[0].dtype)
        for name, kind in schema.items()
        if isinstance(kind, pl.Struct) and [field.name for field in kind.fields] == [_STAND_IN]
    }


def _scan(rows: pl.LazyFrame, store: ImageStore, on_error: OnError) -> pl.LazyFrame:
    """Return a plan that collects metadata in batches, and joins to each the bytes that are asked for."""
    kinds = rows.collect_schema()
    paths = _stand_ins(kinds)
    schema = pl.Schema({name: image_type(paths[name]) if name in paths else kind for name, kind in kinds.items()})

    def read(
        columns: list[str] | None, predicate: pl.Expr | None, limit: int | None, _batch_rows: int | None
    ) -> Iterator[pl.DataFrame]:
        chosen = list(schema) if columns is None else columns
        tested = set() if predicate is None else set(predicate.meta.root_names())
        skips = on_error == "skip"  # for which every image of a row must be looked at
        images = [name for name in paths if skips or name in chosen or name in tested]
        metadata = rows
        late = predicate
        if limit is not None and not skips:
            metadata = metadata.head(limit)
        if predicate is not None and tested.isdisjoint(paths) and not (skips and limit is not None):
            metadata, late = metadata.filter(predicate), None
        metadata = metadata.select(name for name in kinds if name in images or name in chosen or name in tested)
        size = _rows_at_once(paths[name] for name in images)
        nothing = pl.DataFrame(schema={name: schema[name] for name in chosen})
        left = limit if skips else None
        for batch in _with_bytes(metadata, size, images, store, on_error):
            if batch is None:
                # An empty frame hands control to Polars, which then sees whether the user has interrupted it.
                yield nothing
                continue
            found = batch if left is None else batch.head(left)
            yield (found if late is None else found.filter(late)).select(chosen)
            if left is not None and (left := left - found.height) == 0:
                return

    return register_io_source(read, schema=schema)


def _rows_at_once(paths: Iterable[pl.DataType]) -> int:
    images = sum(_LIST_IMAGES if isinstance(kind, pl.List) else 1 for kind in paths)
    return max(1, _BATCH_IMAGES // images) if images else _PLAIN_ROWS


def _with_bytes(
    metadata: pl.LazyFrame, size: int, images: Collection[str], store: ImageStore, on_error: OnError
) -> Iterator[pl.DataFrame | None]:
    """Yield metadata in batches, with bytes in the place of stand-ins, and None while that takes its time."""
    for batch in _batches(metadata, size):
        if batch is None or not images:
            yield batch
            continue
        columns = {f"{_STAND_IN}: {name}": name for name in images}
        paths = batch.select(pl.col(name).struct.field(_STAND_IN).alias(path) for path, name in columns.items())
        yield (yield from joined(batch.drop(images).hstack(paths), columns, store, on_error))


def _batches(metadata: pl.LazyFrame, size: int) -> Iterator[pl.DataFrame | None]:
    """Collect a frame in batches, at most so many rows each, and yield None while one is being made."""
    batches = metadata.collect_batches(chunk_size=min(_PLAIN_ROWS, _READ_AHEAD * size), maintain_order=True, lazy=True)
    while True:
        task = Task(lambda: next(batches, None), lambda: None).start()
        while not task.ended():
            yield None
        batch = task.result()
        if batch is None:
            return
        yield from batch.iter_slices(size)
