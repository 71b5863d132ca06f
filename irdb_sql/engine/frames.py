"""Converts between DuckDB relations and Polars frames, without importing pyarrow where possible."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import polars as pl
from duckdb.sqltypes import DuckDBPyType
from polars.exceptions import ComputeError

from irdb_sql.core.arrow import ArrowStream
from irdb_sql.engine.errors import FrameNameError, FrameTypeError, FrameValueError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa
    from duckdb import DuckDBPyRelation


def fetch_frame(relation: DuckDBPyRelation | None, limit: int | None = None) -> pl.DataFrame:
    """Run a relation and return its rows, in columns with unique names.

    Args:
        relation: The relation; None, for a statement without a result, gives a frame without columns.
        limit: How many rows to return at most; None returns all.

    Raises:
        FrameTypeError: Polars has no type for a column.
        FrameValueError: Polars cannot represent a date of a column.
        duckdb.Error: DuckDB refuses the relation or fails.
    """
    if relation is None:
        return pl.DataFrame()
    for name, duck_type in zip(relation.columns, relation.types, strict=True):
        try:
            is_unsupported = _is_unsupported(duck_type)
        except RecursionError as error:
            raise FrameTypeError(name, "type with too many levels") from error
        if is_unsupported:
            raise FrameTypeError(name, duck_type)
    limited = relation if limit is None else relation.limit(limit)
    names = unique_names(relation.columns)
    if names == limited.columns:  # DuckDB's limit() renames columns whose names differ in case only
        try:
            frame = pl.DataFrame(ArrowStream(limited))
        except ComputeError as error:  # DuckDB failed after the first rows
            raise duckdb.Error(str(error).removeprefix(_POLARS_PREFIX)) from error
    else:
        frame = frame_from_arrow(limited.to_arrow_table().rename_columns(names))
    return check_dates(frame)


def frame_from_arrow(rows: pa.Table | pa.RecordBatch) -> pl.DataFrame:
    """Convert Arrow rows to a frame, without copying where possible."""
    frame = pl.from_arrow(rows, rechunk=False)
    assert isinstance(frame, pl.DataFrame)  # noqa: S101 - from_arrow makes a series only of an array
    return frame


def arrow_stream(frame: pl.DataFrame) -> object:
    """Return a frame as an object that DuckDB can read.

    Raises:
        FrameNameError: A column's name has a NUL, at which DuckDB would end the process.
    """
    for name in frame.columns:
        if "\0" in name:
            raise FrameNameError(name)
    # DuckDB cannot read Polars' own stream of a column of type Null.
    return frame.to_arrow() if any("Null" in str(dtype) for dtype in frame.dtypes) else ArrowStream(frame)


def _is_unsupported(duck_type: DuckDBPyType) -> bool:
    if duck_type.id in _UNSUPPORTED:
        return True
    nested = [child for _, child in duck_type.children] if duck_type.id in _NESTED else []
    return any(_is_unsupported(child) for child in nested if isinstance(child, DuckDBPyType))


def check_dates(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame, or raise an error for dates beyond Polars' range.

    Raises:
        FrameValueError: A column holds infinity, or a date outside the years -262143 to 262142.
    """
    for name, dtype in frame.schema.items():
        if "Date" in str(dtype):
            for dates in _dates(frame[name]):
                if not are_days_between(dates, _FIRST_DAY, _LAST_DAY):
                    raise FrameValueError(name)
    return frame


def are_days_between(dates: pl.Series, first: int, last: int) -> bool:
    """Whether all dates lie between two days, both counted from 1970-01-01."""
    days = dates.cast(pl.Datetime("ms")).dt.epoch("ms") // _MILLISECONDS_PER_DAY
    return days.drop_nulls().is_between(first, last).all()


def _dates(values: pl.Series) -> Iterator[pl.Series]:
    """Yield the dates of a column and of its nested values."""
    if values.dtype in (pl.Date, pl.Datetime):
        yield values
    elif isinstance(values.dtype, pl.List | pl.Array):
        yield from _dates(values.explode(empty_as_null=False, keep_nulls=False))
    elif isinstance(values.dtype, pl.Struct):
        for field in values.struct.fields:
            yield from _dates(values.struct.field(field))


_POLARS_PREFIX = "got external error: "
_MILLISECONDS_PER_DAY = 86_400_000
_FIRST_DAY, _LAST_DAY = -96_465_292, 95_026_236  # from 1970-01-01; Polars panics when it formats a date beyond
_UNSUPPORTED = ("interval", "union", "uhugeint", "bignum", "bit", "variant", "geometry")
_NESTED = ("list", "array", "struct", "map")


def unique_names(names: Sequence[str]) -> list[str]:
    """Make column names unique by appending _1, _2, …."""
    unique: list[str] = []
    for name in names:
        candidate, number = name, 0
        while candidate in unique or (number and candidate in names):
            number += 1
            candidate = f"{name}_{number}"
        unique.append(candidate)
    return unique
