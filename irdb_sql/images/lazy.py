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
from itertools import compress
from typing import TYPE_CHECKING, Any, cast

import polars as pl
from polars.io.plugins import register_io_source

from irdb_sql.core.tasks import Task
from irdb_sql.core.thread_pool import outcome
from irdb_sql.images.join import check_on_error, image_columns, image_type, join_images

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
        return outcome(join_images(frame, image_columns(frame.schema, columns), store, on_error))
    images = image_columns(frame.collect_schema(), columns)
    if on_error != "skip":
        frame = cast("pl.LazyFrame", _metadata_of(frame, store, on_error))
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
        self._ldf = _scan(rows, store, on_error)._ldf  # noqa: SLF001 - of which Polars makes every frame

    @classmethod
    def _from_pyldf(cls, ldf: Any) -> pl.LazyFrame:  # noqa: ANN401 - a type of Polars that has no public name
        """Let what Polars makes of this frame be a frame of Polars."""
        return pl.LazyFrame._from_pyldf(ldf)  # noqa: SLF001 - what this overrides

    def sink_parquet(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - handed on to Polars
        """Write a parquet file, by default in row groups that are small, as Polars holds some of them in memory."""
        return super().sink_parquet(*args, **{"row_group_size": _SINK_ROWS} | options)

    def sink_ipc(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - handed on to Polars
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
            *(_metadata_of(value, self._store, self._on_error) for value in args),
            **{key: _metadata_of(value, self._store, self._on_error) for key, value in options.items()},
        )
        if not _stand_ins(rows.collect_schema()):
            return cast("pl.LazyFrame", rows)
        return ImageFrame(rows, self._store, self._on_error)

    def _split(self, predicates: tuple[object, ...]) -> tuple[list[pl.Expr], Sequence[object]]:
        """Split what a row must fulfil into what its metadata tells, to be asked first, and what the bytes tell."""
        if not all(isinstance(predicate, pl.Expr) for predicate in predicates):
            return [], predicates
        parts = [part for predicate in cast("tuple[pl.Expr, ...]", predicates) for part in _conjuncts(predicate)]
        is_blind = [self._leaves_bytes_alone(part, may_name=False) for part in parts]
        then = [part for part, blind in zip(parts, is_blind, strict=True) if not blind]
        return (list(compress(parts, is_blind)), then) if all(map(_looks_at_one_row, then)) else ([], predicates)

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
            return self._is_blind_expression(value, may_name=may_name)
        if isinstance(value, str):
            is_pattern = value.startswith("^") or value == "*"
            return not is_pattern and (may_name or value not in self._images)
        if isinstance(value, bytes | pl.Series | pl.DataFrame | pl.LazyFrame) or not isinstance(value, Iterable):
            return not callable(value)
        if isinstance(value, Mapping):
            value = list(value.values())
        return isinstance(value, list | tuple) and all(
            self._leaves_bytes_alone(each, may_name=may_name) for each in value
        )

    def _is_blind_expression(self, value: pl.Expr, *, may_name: bool) -> bool:
        if may_name and value.meta.undo_aliases().meta.is_column():
            return True
        return not (value.meta.has_multiple_outputs() or self._images & set(value.meta.root_names()))


def _metadata_of(value: object, store: ImageStore, on_error: OnError) -> object:
    """Return the metadata of a frame whose bytes are read in the same way, and any other value as it is."""
    if not isinstance(value, ImageFrame):
        return value
    is_same = value._store is store and value._on_error == on_error  # noqa: SLF001 - a class of this module
    return value._rows if is_same else value  # noqa: SLF001 - a class of this module


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
    scan = _ImageScan(rows, store, on_error)
    return register_io_source(scan.read, schema=scan.schema)


class _ImageScan:
    """Reads what Polars asks of rows with images.

    Args:
        rows: The metadata, with stand-ins in the place of the bytes.
        store: Where the images are.
        on_error: What becomes of an image that cannot be had.
    """

    def __init__(self, rows: pl.LazyFrame, store: ImageStore, on_error: OnError) -> None:
        self._rows = rows
        self._store = store
        self._on_error = on_error
        self._skips = on_error == "skip"  # for which every image of a row is looked at
        kinds = rows.collect_schema()
        self._paths = _stand_ins(kinds)
        self.schema = pl.Schema(
            {name: image_type(self._paths[name]) if name in self._paths else kind for name, kind in kinds.items()}
        )

    def read(
        self, columns: list[str] | None, predicate: pl.Expr | None, limit: int | None, _batch_rows: int | None
    ) -> Iterator[pl.DataFrame]:
        """Yield rows as Polars wants them of a source; an empty frame lets it see whether the user interrupts."""
        wanted = list(self.schema) if columns is None else columns
        tested = set() if predicate is None else set(predicate.meta.root_names())
        images = [name for name in self._paths if self._skips or name in wanted or name in tested]
        metadata, late = self._narrowed(predicate, tested, limit)
        metadata = metadata.select(name for name in self.schema if name in {*images, *wanted, *tested})
        size = _rows_at_once(self._paths[name] for name in images)
        batches = _with_bytes(metadata, size, images, self._store, self._on_error)
        nothing = pl.DataFrame(schema={name: self.schema[name] for name in wanted})
        for batch in _first_rows(batches, limit) if self._skips else batches:
            if batch is None:
                yield nothing
            else:
                yield (batch if late is None else batch.filter(late)).select(wanted)

    def _narrowed(
        self, predicate: pl.Expr | None, tested: set[str], limit: int | None
    ) -> tuple[pl.LazyFrame, pl.Expr | None]:
        """Return the metadata of no more rows than needed, and what of the predicate is left to apply with bytes."""
        rows = self._rows if limit is None or self._skips else self._rows.head(limit)
        needs_bytes = not tested.isdisjoint(self._paths) or (self._skips and limit is not None)
        return (rows, predicate) if predicate is None or needs_bytes else (rows.filter(predicate), None)


def _first_rows(batches: Iterator[pl.DataFrame | None], limit: int | None) -> Iterator[pl.DataFrame | None]:
    """Yield batches up to so many rows; None, which stands for waiting, is passed on."""
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
    """Yield metadata in batches, with bytes in the place of stand-ins, and None while that takes its time."""
    for batch in _batches(metadata, size):
        if batch is None or not images:
            yield batch
            continue
        columns = {f"{_STAND_IN}: {name}": name for name in images}
        paths = batch.select(pl.col(name).struct.field(_STAND_IN).alias(path) for path, name in columns.items())
        yield (yield from join_images(batch.drop(images).hstack(paths), columns, store, on_error))


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
