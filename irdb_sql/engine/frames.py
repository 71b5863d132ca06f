"""Runs relations of the engine as Polars frames, and lends frames to it, without Arrow's library where it can."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import polars as pl
from duckdb.sqltypes import DuckDBPyType
from polars.exceptions import ComputeError

from irdb_sql.engine.arrow import ArrowStream
from irdb_sql.engine.errors import FrameTypeError, FrameValueError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa
    from duckdb import DuckDBPyRelation


def frame_of(relation: DuckDBPyRelation | None, limit: int | None = None) -> pl.DataFrame:
    """Run a relation and return its rows, all or so many, in columns whose names differ.

    A statement that returns nothing makes a frame without columns.

    Raises:
        FrameTypeError: A frame cannot hold the type of a column.
        FrameValueError: Polars cannot show a date of a column.
        duckdb.Error: The engine refuses the relation or fails.
    """
    if relation is None:
        return pl.DataFrame()
    for name, kind in zip(relation.columns, relation.types, strict=True):
        try:
            is_foreign = _is_foreign(kind)
        except RecursionError as error:
            raise FrameTypeError(name, "type of too many levels") from error
        if is_foreign:
            raise FrameTypeError(name, kind)
    limited = relation if limit is None else relation.limit(limit)
    names = distinct(relation.columns)
    if names == limited.columns:  # a limit renames those that differ in case alone
        try:
            frame = pl.DataFrame(ArrowStream(limited))
        except ComputeError as error:  # the engine failed amid the rows
            raise duckdb.Error(str(error).removeprefix(_OF_POLARS)) from error
    else:
        frame = frame_of_rows(limited.to_arrow_table().rename_columns(names))
    return checked_frame(frame)


def frame_of_rows(rows: pa.Table | pa.RecordBatch) -> pl.DataFrame:
    """Turn Arrow rows into a frame without copying what need not be copied."""
    made = pl.from_arrow(rows, rechunk=False)
    assert isinstance(made, pl.DataFrame)  # noqa: S101 - a table never becomes a series
    return made


def stream_of(frame: pl.DataFrame) -> object:
    """Return a frame's rows as the engine takes them."""
    # It does not take the nulls of a column of nothing else as Polars hands them on.
    return frame.to_arrow() if any("Null" in str(kind) for kind in frame.dtypes) else ArrowStream(frame)


def _is_foreign(kind: DuckDBPyType) -> bool:
    if kind.id in _FOREIGN:
        return True
    nested = [child for _, child in kind.children] if kind.id in _NESTED else []
    return any(_is_foreign(child) for child in nested if isinstance(child, DuckDBPyType))


def checked_frame(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame whose dates Polars can show; it would panic.

    Raises:
        FrameValueError: It holds another one.
    """
    for name, kind in frame.schema.items():
        if "Date" in str(kind):
            for dates in _dates(frame[name]):
                if not lie_within(dates, _FIRST_DAY, _LAST_DAY):
                    raise FrameValueError(name)
    return frame


def lie_within(dates: pl.Series, first: int, last: int) -> bool:
    """Whether all dates of a column lie between two days, counted from 1970."""
    days = dates.cast(pl.Datetime("ms")).dt.epoch("ms") // _MILLISECONDS_A_DAY
    return days.drop_nulls().is_between(first, last).all()


def _dates(values: pl.Series) -> Iterator[pl.Series]:
    """List the dates that stand in a column, also within its lists and structs."""
    if values.dtype in (pl.Date, pl.Datetime):
        yield values
    elif isinstance(values.dtype, pl.List | pl.Array):
        yield from _dates(values.explode(empty_as_null=False, keep_nulls=False))
    elif isinstance(values.dtype, pl.Struct):
        for field in values.struct.fields:
            yield from _dates(values.struct.field(field))


_OF_POLARS = "got external error: "
_MILLISECONDS_A_DAY = 86_400_000
_FIRST_DAY, _LAST_DAY = -96_465_292, 95_026_236  # from 1970; Polars panics where it is to show one beyond
_FOREIGN = ("interval", "union", "uhugeint", "bignum", "bit", "variant", "geometry")
_NESTED = ("list", "array", "struct", "map")


def distinct(names: Sequence[str]) -> list[str]:
    """Number a name that stands there already: a, a_1, or the next one that is free."""
    distinct: list[str] = []
    for name in names:
        free, number = name, 0
        while free in distinct or (number and free in names):
            number += 1
            free = f"{name}_{number}"
        distinct.append(free)
    return distinct
