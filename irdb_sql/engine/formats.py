"""The output formats of query results: each entry of FORMATS is also a choice of the command line."""

from __future__ import annotations

import io
import os
import re
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from irdb_sql.core.late import late
from irdb_sql.core.options import check_path, check_type
from irdb_sql.engine.errors import FarDateError, NestedBinaryError
from irdb_sql.engine.processes import check_process
from irdb_sql.errors import UnwritableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    import polars as pl

    from irdb_sql.core import atomic_write, markdown
    from irdb_sql.engine import excel, frames
    from irdb_sql.engine.screen import table as screens
    from irdb_sql.engine.screen.rows import TextRows
    from irdb_sql.sources.local import PathLike
else:
    pl = late("polars")
    atomic_write = late("irdb_sql.core.atomic_write")
    markdown = late("irdb_sql.core.markdown")
    excel = late("irdb_sql.engine.excel")
    frames = late("irdb_sql.engine.frames")
    screens = late("irdb_sql.engine.screen.table")


class Screen(NamedTuple):
    """The size of a terminal; None is no limit.

    Attributes:
        width: Width in characters.
        rows: How many rows of a table to show at most.
        important: Names of columns, those first that a narrow table keeps longest.
    """

    width: int | None = None
    rows: int | None = None
    important: Sequence[str] = ()


class OutputFormat(NamedTuple):
    """An output format.

    Attributes:
        suffixes: File suffixes that select it when no format is named.
        encode: Encodes a frame as bytes.
        is_binary: Whether a terminal cannot show it.
        check: Raises an error, before any work, if a package for it is not installed.
    """

    suffixes: tuple[str, ...]
    encode: Callable[[Any, Screen], bytes]
    is_binary: bool = False
    check: Callable[[], None] = lambda: None


FORMATS = {
    "table": OutputFormat((".txt",), lambda frame, screen: screens.draw_table(frame, *screen).encode()),
    "vertical": OutputFormat((), lambda frame, screen: screens.draw_vertical(frame, *screen[:2]).encode()),
    "csv": OutputFormat((".csv",), lambda frame, _: _flatten(frame).write_csv().encode()),
    "tsv": OutputFormat((".tsv",), lambda frame, _: _flatten(frame).write_csv(separator="\t").encode()),
    "json": OutputFormat((".json",), lambda frame, _: _make_numeric(frame).write_json().encode() + b"\n"),
    "ndjson": OutputFormat((".ndjson", ".jsonl"), lambda frame, _: _make_numeric(frame).write_ndjson().encode()),
    "markdown": OutputFormat((".md",), lambda frame, _: _markdown(_flatten(frame)).encode()),
    "parquet": OutputFormat((".parquet",), lambda frame, _: _parquet(frame), is_binary=True),
    "xlsx": OutputFormat(
        (".xlsx",),
        lambda frame, _: excel.encode_excel(_flatten(_make_numeric(frame))),
        is_binary=True,
        check=lambda: excel.check_excel(),  # noqa: PLW0108 - the module is imported when it is needed
    ),
}
"""The formats by name, in the order in which the command line lists them."""

SUFFIXES = dict(sorted((suffix, name) for name, file_format in FORMATS.items() for suffix in file_format.suffixes))
"""The name of the format that each file suffix selects."""


def encode(
    frame: pl.DataFrame | TextRows,
    format: str,
    *,
    width: int | None = None,
    rows: int | None = None,
    important: Sequence[str] = (),
) -> bytes:
    r"""Encode a frame in an output format.

    All but `table`, `vertical` and `parquet` encode binary values as base64; `csv`, `tsv`, `markdown` and `xlsx` encode
    lists and structs as JSON. JSON and Excel have no NaN and no infinity; they become null. `table`, `vertical` (one
    column a line) and `markdown` replace control characters, and write characters that show nothing as their code
    points; the other formats keep every character.

    Args:
        frame: The rows to encode; for `table` and `vertical`, also as texts.
        format: The name of a format, a key of `FORMATS`.
        width: For `table` and `vertical`, the width of the terminal in characters; None shows every value whole.
        rows: For these, how many rows to show at most; the last line gives the number of all.
        important: For `table`, names of columns, the most important first; a terminal that is too narrow for all
            columns shows these.

    Raises:
        NestedBinaryError: A text format cannot write binary values inside lists or structs.
        FarDateError: A text format cannot write a date outside the years 1 to 9999.
        ExcelLimitError: An Excel file cannot hold so much.
        MissingPackageError: The extra `excel` is not installed.

    Example:
        >>> encode(pl.DataFrame({"n": [6399]}), "csv")
        b'n\n6399\n'
    """
    return FORMATS[format].encode(frame, Screen(width, rows, important))


def _make_textual(frame: pl.DataFrame) -> pl.DataFrame:
    """Convert columns for text: binary to base64, maps to lists."""
    for name, dtype in frame.schema.items():
        if _is_nested_binary(dtype):
            raise NestedBinaryError(name)
    for name in frame.select(pl.selectors.date() | pl.selectors.datetime()).columns:
        if not frames.are_days_between(frame[name], _FIRST_DAY, _LAST_DAY):
            raise FarDateError(name)
    whole = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.Decimal) and dtype.scale == 0]
    nested = {name: dtype for name, dtype in frame.schema.items() if dtype.is_nested()}
    listed = {name: kind for name, dtype in nested.items() if (kind := _without_maps(dtype)) != dtype}
    numeric = {name: kind for name, dtype in nested.items() if (kind := _without_decimals(dtype)) != dtype}
    return frame.with_columns(pl.col(name).cast(dtype) for name, dtype in listed.items()).with_columns(
        pl.selectors.binary().bin.encode("base64"),
        pl.col(whole).cast(pl.Int128),
        *(pl.col(name).cast(dtype) for name, dtype in numeric.items()),
    )


def _without_decimals(dtype: pl.DataType) -> pl.DataType:
    """Return a nested type with numbers in the place of decimals, which JSON would write as texts, and without maps."""

    def number(inner: pl.DataType) -> pl.DataType:
        return (pl.Float64() if inner.scale else pl.Int128()) if isinstance(inner, pl.Decimal) else inner

    return _with_inner_types(dtype, number)


def _without_maps(dtype: pl.DataType) -> pl.DataType:
    """Return a nested type with lists of keys and values in the place of maps."""
    return _with_inner_types(dtype, lambda inner: inner)


def _with_inner_types(dtype: pl.DataType, change: Callable[[pl.DataType], pl.DataType]) -> pl.DataType:
    """Return a type with other types inside, and lists of keys and values in the place of maps."""
    if isinstance(dtype, pl.List):
        return pl.List(_with_inner_types(_instance(dtype.inner), change))
    if isinstance(dtype, pl.Array):
        return pl.Array(_with_inner_types(_instance(dtype.inner), change), dtype.size)
    if isinstance(dtype, pl.Map):
        parts = {"key": _instance(dtype.key), "value": _instance(dtype.value)}
        return pl.List(pl.Struct({name: _with_inner_types(part, change) for name, part in parts.items()}))
    if isinstance(dtype, pl.Struct):
        return pl.Struct({field.name: _with_inner_types(_instance(field.dtype), change) for field in dtype.fields})
    return change(dtype)


def _instance(dtype: Any) -> pl.DataType:  # noqa: ANN401 - Polars types it as its own two
    kind: pl.DataType = dtype() if isinstance(dtype, type) else dtype
    return kind


_FIRST_DAY, _LAST_DAY = -719_162, 2_932_896  # of the years 1 to 9999, in days since 1970-01-01


def _make_numeric(frame: pl.DataFrame) -> pl.DataFrame:
    """Convert columns for JSON: as for text, and decimals to floats."""
    return _make_textual(frame).with_columns(pl.selectors.decimal().cast(pl.Float64))


def _flatten(frame: pl.DataFrame) -> pl.DataFrame:
    """Convert columns for a table of text: nested values to JSON."""
    plain = _make_textual(frame)
    nested = [name for name, dtype in plain.schema.items() if dtype.is_nested()]
    return plain.with_columns(
        # Polars encodes structs only: {"v":…} without its start and end is the JSON of the value.
        pl.when(pl.col(name).is_not_null())
        .then(pl.struct(pl.col(name).alias("v")).struct.json_encode().str.slice(len('{"v":')).str.head(-1))
        .alias(name)
        for name in nested
    )


def _is_nested_binary(dtype: pl.DataType | type[pl.DataType]) -> bool:
    return dtype != pl.Binary and "Binary" in str(dtype)


def _markdown(frame: pl.DataFrame) -> str:
    texts = frame.select(pl.all().cast(pl.String).fill_null("NULL"))
    right = [dtype.is_numeric() for dtype in frame.dtypes]
    return markdown.table(frame.columns, texts.iter_rows(), right) + "\n"


def escape_formulas(frame: pl.DataFrame) -> pl.DataFrame:
    """Put an apostrophe before each text, and name of a column, that a spreadsheet would take for a formula.

    These begin with =, +, -, @, their full-width forms, a tab, the end of a line or a byte order mark.
    Numbers stay as they are.
    Source: OWASP, CSV Injection.

    Example:
        >>> escape_formulas(pl.DataFrame({"a": ["=1+1", "1=1"], "b": [-1, 1]})).rows()
        [("'=1+1", -1), ('1=1', 1)]
    """
    plain = _flatten(frame).with_columns(pl.selectors.by_dtype(pl.Categorical, pl.Enum).cast(pl.String))
    text = pl.selectors.string()
    safe = plain.with_columns(pl.when(text.str.contains(_FORMULA)).then("'" + text).otherwise(text).name.keep())
    return safe.rename(lambda name: f"'{name}" if re.match(_FORMULA, name) else name)


_FORMULA = r"^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20\ufeff]"


def write_parquet(
    frame: pl.LazyFrame | pl.DataFrame,
    path: PathLike,
    show: Callable[[Path], AbstractContextManager[object]] = nullcontext,
) -> int:
    """Stream the rows of a frame, lazy or not, to a parquet file, and return their number.

    Results larger than memory can be written. The write is atomic: rows go to a file `.irdb-…` beside `path`, which is
    renamed at the end, so an older file is kept until then. Only a killed process leaves that file behind.

    Args:
        frame: The rows to write.
        path: The parquet file.
        show: Makes a context manager of the growing file, which is entered while rows are written, for progress.

    Raises:
        UnwritableError: The disk is full, or the path cannot be written; nothing is left behind.

    Example:
        >>> import tempfile, irdb_sql
        >>> with tempfile.TemporaryDirectory() as folder, irdb_sql.connect() as db:
        ...     irdb_sql.write_parquet(db.pairs(split="test", lazy=True), f"{folder}/pairs.parquet")
        651
    """
    check_process()
    check_type("frame", frame, (pl.DataFrame, pl.LazyFrame), "a frame of Polars")
    check_path("path", path)
    path = Path(path)
    with atomic_write.unfinished_file(path) as unfinished, show(unfinished):
        try:
            frame.lazy().sink_parquet(unfinished, row_group_size=_ROW_GROUP_ROWS)
        except pl.exceptions.PolarsError as error:
            os_error = re.search(_OS_ERROR, str(error))
            raise UnwritableError(path, os.strerror(int(os_error[1])) if os_error else str(error)) from error
        return int(pl.scan_parquet(unfinished, glob=False).select(pl.len()).collect().item())


_ROW_GROUP_ROWS = 1 << 18
_OS_ERROR = r"\(os error (\d+)\)"


def _parquet(frame: pl.DataFrame) -> bytes:
    encoded = io.BytesIO()
    frame.write_parquet(encoded)
    return encoded.getvalue()
