"""Writes a frame in the formats that the command line offers."""

from __future__ import annotations

import io
import os
import re
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
from polars import selectors
from polars.exceptions import PolarsError

from irdb_sql.core import markdown
from irdb_sql.core.atomic_write import unfinished_file
from irdb_sql.core.text import REPLACEMENT, UNSAFE
from irdb_sql.engine.errors import FarDateError, NestedBinaryError
from irdb_sql.engine.frames import lie_within
from irdb_sql.engine.tables import draw_table
from irdb_sql.errors import UnwritableError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from irdb_sql.sources.local import PathLike

FORMATS = ("table", "csv", "json", "ndjson", "markdown", "parquet")
SUFFIXES = {
    ".csv": "csv",
    ".json": "json",
    ".jsonl": "ndjson",
    ".md": "markdown",
    ".ndjson": "ndjson",
    ".parquet": "parquet",
    ".txt": "table",
}
"""The format that a file's suffix means where none is named."""


def encode(frame: pl.DataFrame, form: str, *, width: int | None = None, rows: int | None = None) -> bytes:
    r"""Write a frame in a format.

    `csv`, `json` and `ndjson` write binary values as base64; `csv` and `markdown` write lists and structs as JSON;
    JSON has no NaN and no infinity and writes them as null. `table` and `markdown` show control characters, the other
    formats keep every value as it is.

    Args:
        frame: What to write.
        form: One of `FORMATS`.
        width: For `table`, the columns of a terminal to fit; None shows every value whole.
        rows: For `table`, how many rows to show at most; the last line says how many there are.

    Raises:
        NestedBinaryError: A text format meets binary values inside lists or structs.

    Example:
        >>> encode(pl.DataFrame({"n": [6399]}), "csv")
        b'n\n6399\n'
    """
    encoder: dict[str, Callable[[pl.DataFrame], bytes]] = {
        "csv": lambda frame: _flat(frame).write_csv().encode(),
        "json": lambda frame: _numeric(_plain(frame)).write_json().encode() + b"\n",
        "ndjson": lambda frame: _numeric(_plain(frame)).write_ndjson().encode(),
        "markdown": lambda frame: _markdown(_flat(frame)).encode(),
        "parquet": _parquet,
        # The engine shows ASCII control characters; the others go before it measures how wide a value is.
        "table": lambda frame: draw_table(_safe(frame), width, rows).encode(),
    }
    return encoder[form](frame)


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Make every column one that text can hold: binary as base64, huge integers as numbers."""
    for name, kind in frame.schema.items():
        if _holds_binary(kind):
            raise NestedBinaryError(name, kind)
    for name in frame.select(selectors.date() | selectors.datetime()).columns:
        if not lie_within(frame[name], _FIRST_DAY, _LAST_DAY):
            raise FarDateError(name)
    whole = [name for name, kind in frame.schema.items() if isinstance(kind, pl.Decimal) and kind.scale == 0]
    maps = {name: kind for name, kind in frame.schema.items() if isinstance(kind, pl.Map)}
    return frame.with_columns(
        *(pl.col(name).cast(pl.List(pl.Struct({"key": kind.key, "value": kind.value}))) for name, kind in maps.items()),
        selectors.binary().bin.encode("base64"),
        pl.col(whole).cast(pl.Int128),
    )


_FIRST_DAY, _LAST_DAY = -719_162, 2_932_896  # of the years 1 to 9999, from 1970


def _numeric(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(selectors.decimal().cast(pl.Float64))


def _safe(frame: pl.DataFrame) -> pl.DataFrame:
    unsafe = "".join(chr(code) for code in UNSAFE if code >= _FIRST_AFTER_ASCII)
    return frame.with_columns(selectors.string().str.replace_all(f"[{unsafe}]", REPLACEMENT))


_FIRST_AFTER_ASCII = 0x7F


def _flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Make every column one that a text table has: nested values as JSON."""
    plain = _plain(frame)
    nested = [name for name, kind in plain.schema.items() if kind.is_nested()]
    return plain.with_columns(
        # A struct of one field v is written {"v":…}; what stands between is the value.
        pl.when(pl.col(name).is_not_null())
        .then(pl.struct(pl.col(name).alias("v")).struct.json_encode().str.slice(len('{"v":')).str.head(-1))
        .alias(name)
        for name in nested
    )


def _holds_binary(kind: pl.DataType | type[pl.DataType]) -> bool:
    return kind != pl.Binary and "Binary" in str(kind)


def _markdown(frame: pl.DataFrame) -> str:
    texts = frame.select(pl.all().cast(pl.String).fill_null("NULL"))
    right = [kind.is_numeric() for kind in frame.dtypes]
    return markdown.table(frame.columns, texts.iter_rows(), right) + "\n"


def write_parquet(
    frame: pl.LazyFrame, path: PathLike, show: Callable[[Path], AbstractContextManager[object]] = nullcontext
) -> None:
    """Write the rows of a lazy frame to a parquet file, in their order, while they are read.

    As many as there are fit into memory. The file appears at once and whole, or not at all: until then it has another
    name, `.irdb-…`, which only a killed process leaves behind, and what was there stays.

    Args:
        frame: What to write.
        path: The file.
        show: Is given the file that grows, and shows on entering and until its end that work goes on.

    Raises:
        UnwritableError: The disk is full, or the place cannot be written; nothing is left behind.

    Example:
        >>> import tempfile, irdb_sql
        >>> with tempfile.TemporaryDirectory() as folder, irdb_sql.connect() as db:
        ...     irdb_sql.write_parquet(db.pairs(split="test", lazy=True), f"{folder}/pairs.parquet")
        ...     pl.read_parquet(f"{folder}/pairs.parquet").height
        651
    """
    path = Path(path)
    with unfinished_file(path) as unfinished, show(unfinished):
        try:
            frame.sink_parquet(unfinished, row_group_size=_GROUP_ROWS)
        except PolarsError as error:
            number = _OF_SYSTEM.search(str(error))
            raise UnwritableError(path, os.strerror(int(number[1])) if number else str(error)) from error


_GROUP_ROWS = 1 << 18
_OF_SYSTEM = re.compile(r"\(os error (\d+)\)")


def _parquet(frame: pl.DataFrame) -> bytes:
    encoded = io.BytesIO()
    frame.write_parquet(encoded)
    return encoded.getvalue()
