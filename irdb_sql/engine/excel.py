"""Encodes rows as an Excel file, in which every value is what it was, or text."""

from __future__ import annotations

import importlib.util
import io
from datetime import date, datetime
from typing import TYPE_CHECKING

import polars as pl

from irdb_sql.core.late import late
from irdb_sql.engine.errors import ExcelLimitError
from irdb_sql.engine.frames import unique_names
from irdb_sql.errors import MissingPackageError

if TYPE_CHECKING:
    import xlsxwriter
else:
    xlsxwriter = late("xlsxwriter", extra="excel")

_MOST_ROWS, _MOST_COLUMNS, _MOST_CHARACTERS = 1_048_575, 16_384, 32_767  # limits of a sheet, without its header
_MOST_EXACT = 1 << 53  # Excel's numbers are floats
_FIRST_DAY = date(1900, 1, 1)
_CREATED = datetime(1980, 1, 1)  # noqa: DTZ001 - the file has no time zone
_NO_FORMULAS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
}


def check_excel() -> None:
    """Raise a MissingPackageError if the package that writes Excel files is not installed."""
    if importlib.util.find_spec("xlsxwriter") is None:
        raise MissingPackageError.of_extra("xlsxwriter", "excel")


def encode_excel(rows: pl.DataFrame) -> bytes:
    """Encode rows without nested and binary columns as an Excel file, the same bytes for the same rows.

    There is no NaN and no infinity; they become empty. Whole numbers that a float cannot hold, dates before 1900 and
    times with a time zone are written as text. No text is a formula.

    Raises:
        ExcelLimitError: A sheet cannot hold so many rows, columns or characters.
    """
    _check_limits(rows)
    whole = [name for name, dtype in rows.schema.items() if dtype.is_integer() and _is_beyond(rows[name])]
    early = [
        name
        for name, dtype in rows.schema.items()
        if dtype in (pl.Date, pl.Datetime) and (_has_zone(dtype) or (rows[name].cast(pl.Date) < _FIRST_DAY).any())
    ]
    numbers = pl.selectors.float()
    texts = rows.with_columns(
        pl.when(numbers.is_finite()).then(numbers).name.keep(), pl.col([*whole, *early]).cast(pl.String)
    )
    lower = unique_names([name.lower() for name in rows.columns])  # a table of Excel takes A and a for one name
    texts.columns = [name + unique[len(name) :] for name, unique in zip(rows.columns, lower, strict=True)]
    encoded = io.BytesIO()
    with xlsxwriter.Workbook(encoded, _NO_FORMULAS) as workbook:
        workbook.set_properties({"created": _CREATED})
        texts.write_excel(workbook, worksheet="rows", dtype_formats={(pl.Float32, pl.Float64): "General"})
    return encoded.getvalue()


def _check_limits(rows: pl.DataFrame) -> None:
    if rows.height > _MOST_ROWS:
        raise ExcelLimitError(f"{rows.height:,} rows", f"{_MOST_ROWS:,} rows")
    if rows.width > _MOST_COLUMNS:
        raise ExcelLimitError(f"{rows.width:,} columns", f"{_MOST_COLUMNS:,} columns")
    for name in rows.select(pl.selectors.string()).columns:
        longest = rows[name].str.len_chars().max()
        if isinstance(longest, int) and longest > _MOST_CHARACTERS:
            raise ExcelLimitError(
                f"a text of {longest:,} characters in column {name!r}", f"{_MOST_CHARACTERS:,} characters"
            )


def _is_beyond(numbers: pl.Series) -> bool:
    return any(isinstance(bound, int) and abs(bound) > _MOST_EXACT for bound in (numbers.min(), numbers.max()))


def _has_zone(dtype: pl.DataType) -> bool:
    return isinstance(dtype, pl.Datetime) and dtype.time_zone is not None
