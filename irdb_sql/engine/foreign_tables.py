"""Makes frames of tables of any library, of types that the engine has, and says why it cannot."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import polars as pl

from irdb_sql.core.foreign_words import without_useless_words
from irdb_sql.core.text import is_utf8
from irdb_sql.errors import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class UnreadableTableError(Exception):
    """A value of which no frame can be made, with the reason as a part of a sentence."""


def read_frame(table: Any) -> pl.DataFrame:  # noqa: ANN401 - a table of any library
    """Make a frame of a table of any library.

    Raises:
        UnreadableTableError: It is no table, or Polars has no type for one of its columns.
    """
    try:
        if table is None or isinstance(table, str | bytes | Path):
            raise TypeError  # noqa: TRY301 - the handler below describes it like errors of Polars
        return table.collect() if isinstance(table, pl.LazyFrame) else pl.DataFrame(table)
    except (Exception, pl.exceptions.PanicException) as error:  # another library may raise any exception
        raise UnreadableTableError(_describe_fault(table, error)) from error


def make_frame(table: Any) -> pl.DataFrame:  # noqa: ANN401 - a table of any library
    """Make a frame of a table of any library, with types that the engine has.

    Raises:
        UnreadableTableError: As `read_frame` does, or the engine has no type for a column.
    """
    frame = read_frame(table)
    if not frame.width:
        raise UnreadableTableError("it has no columns")
    for column in frame:
        if _holds_objects(column.dtype):
            kinds = "Python objects" if column.dtype.is_nested() else _describe_kinds(column)
            raise UnreadableTableError(f"the column {quoted(column.name)} holds {kinds}")
    columns = []
    for column in frame:
        try:
            columns.append(column.cast(kind) if (kind := _known_type(column.dtype)) != column.dtype else column)
        except pl.exceptions.PolarsError as error:
            reason = f"the column {quoted(column.name)} of 128 bits has numbers that 64 bits cannot hold"
            raise UnreadableTableError(reason) from error
    return pl.DataFrame(columns)


def _known_type(dtype: pl.DataType) -> pl.DataType:
    """Return the type that the engine has for the values of a type of Polars."""
    if isinstance(dtype, pl.Array) and dtype.size:
        return pl.Array(_known_type(cast("pl.DataType", dtype.inner)), dtype.size)
    if isinstance(dtype, pl.List | pl.Array):
        return pl.List(_known_type(cast("pl.DataType", dtype.inner)))
    if isinstance(dtype, pl.Struct):
        return pl.Struct({field.name: _known_type(cast("pl.DataType", field.dtype)) for field in dtype.fields})
    if isinstance(dtype, pl.Map):
        return pl.Map(_known_type(cast("pl.DataType", dtype.key)), _known_type(cast("pl.DataType", dtype.value)))
    return _KNOWN.get(dtype, dtype)


_KNOWN: dict[pl.DataType, pl.DataType] = {
    pl.Float16(): pl.Float32(), pl.Int128(): pl.Int64(), pl.UInt128(): pl.UInt64(),
}  # fmt: skip


def _holds_objects(dtype: pl.DataType) -> bool:
    inner = [getattr(dtype, "inner", None), *(field.dtype for field in getattr(dtype, "fields", ()))]
    return dtype == pl.Object or any(_holds_objects(each) for each in inner if each is not None)


def _describe_fault(table: object, error: BaseException) -> str:
    """Say why Polars makes no frame of a value."""
    if isinstance(table, str | bytes | Path):
        return "it is a path or a text; read the file first, for example with pl.read_parquet"
    if isinstance(table, pl.LazyFrame):
        return f"it is a lazy frame that cannot be collected: {without_useless_words(str(error).partition(chr(10))[0])}"
    columns = list(_columns(table))
    lengths = {length for _, values in columns if (length := _length(values)) is not None}
    names: set[object] = set()
    for name, values in columns:
        if not isinstance(name, str) or not is_utf8(name) or name in names:
            fault = "as another one is" if name in names else "which is no text"
            return f"a column is called {quoted(name) if isinstance(name, str) else name}, {fault}"
        names.add(name)
        try:
            pl.Series(name, values)
        except (Exception, pl.exceptions.PanicException):  # noqa: BLE001 - as above
            return f"the column {quoted(name)} holds {_describe_kinds(values)}"
    if len(lengths) > 1:
        return f"its columns have {' and '.join(f'{length:,}' for length in sorted(lengths))} values"
    return f"it is of the type {type(table).__name__}, and Polars makes no table of it"


def _columns(table: Any) -> Iterator[tuple[object, Any]]:  # noqa: ANN401 - a table of any library
    """Yield the names and values of columns of a mapping, a table of Arrow, or a frame of pandas."""
    if isinstance(table, Mapping):
        yield from table.items()
    elif hasattr(table, "column_names"):
        yield from zip(table.column_names, table.columns, strict=True)
    elif hasattr(table, "iloc") and hasattr(table, "columns"):
        yield from ((name, table.iloc[:, place]) for place, name in enumerate(table.columns))


def _length(values: Any) -> int | None:  # noqa: ANN401 - values of any library
    return len(values) if hasattr(values, "__len__") and not isinstance(values, str | bytes) else None


def _describe_kinds(values: Any) -> str:  # noqa: ANN401 - values of any library
    """Name the types of values; of Arrow, the type of the column."""
    if type(values).__module__.startswith("pyarrow"):
        return f"the type {values.type}"
    is_column = hasattr(values, "__getitem__") and not isinstance(values, str | bytes)
    few: Iterable[object] = values if is_column else [values]
    kinds = dict.fromkeys(_describe_kind(value) for value in islice(few, _LOOKED_AT))
    return " and ".join(list(kinds)[:3]) or "no values"


_LOOKED_AT = 10_000


def _describe_kind(value: object) -> str:
    if isinstance(value, list | tuple):
        return f"lists of {_describe_kinds(value)}"
    if isinstance(value, str) and not is_utf8(value):
        return "text that is not UTF-8"
    is_large = isinstance(value, int) and value.bit_length() > _BITS
    return f"whole numbers of more than {_BITS} bits" if is_large else f"values of the type {type(value).__name__}"


_BITS = 64
