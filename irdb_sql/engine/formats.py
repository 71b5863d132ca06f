"""The formats in which answers are written: each is one entry of FORMATS, which the command line offers by itself."""

from __future__ import annotations

import io
import os
import re
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from irdb_sql.core.late import late
from irdb_sql.core.text import REPLACEMENT, UNSAFE, character_class
from irdb_sql.engine.errors import FarDateError, NestedBinaryError
from irdb_sql.errors import UnwritableError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    import polars as pl

    from irdb_sql.core import atomic_write, markdown
    from irdb_sql.engine import frames, tables
    from irdb_sql.sources.local import PathLike
else:
    pl = late("polars")
    atomic_write = late("irdb_sql.core.atomic_write")
    markdown = late("irdb_sql.core.markdown")
    frames = late("irdb_sql.engine.frames")
    tables = late("irdb_sql.engine.tables")


class Screen(NamedTuple):
    """What a format that is drawn has to fit; None is no limit.

    Attributes:
        width: Columns of a terminal.
        rows: How many rows to show at most.
    """

    width: int | None = None
    rows: int | None = None


class Format(NamedTuple):
    """A format of answers.

    Attributes:
        suffixes: Those of files that mean it where no format is named.
        encode: Writes a frame as bytes.
    """

    suffixes: tuple[str, ...]
    encode: Callable[[pl.DataFrame, Screen], bytes]


FORMATS = {
    "table": Format((".txt",), lambda frame, screen: _drawn(frame, screen).encode()),
    "csv": Format((".csv",), lambda frame, _: _flat(frame).write_csv().encode()),
    "json": Format((".json",), lambda frame, _: _numeric(_plain(frame)).write_json().encode() + b"\n"),
    "ndjson": Format((".ndjson", ".jsonl"), lambda frame, _: _numeric(_plain(frame)).write_ndjson().encode()),
    "markdown": Format((".md",), lambda frame, _: _markdown(_flat(frame)).encode()),
    "parquet": Format((".parquet",), lambda frame, _: _parquet(frame)),
}
"""Each format by its name, in the order in which the command line offers them."""

SUFFIXES = dict(sorted((suffix, name) for name, form in FORMATS.items() for suffix in form.suffixes))
"""The format that a file's suffix means where none is named."""


def encode(frame: pl.DataFrame, form: str, *, width: int | None = None, rows: int | None = None) -> bytes:
    r"""Write a frame in a format.

    `csv`, `json` and `ndjson` write binary values as base64; `csv` and `markdown` write lists and structs as JSON;
    JSON has no NaN and no infinity and writes them as null. `table` and `markdown` show control characters, the other
    formats keep every value as it is.

    Args:
        frame: What to write.
        form: A name of `FORMATS`.
        width: For `table`, the columns of a terminal to fit; None shows every value whole.
        rows: For `table`, how many rows to show at most; the last line says how many there are.

    Raises:
        NestedBinaryError: A text format meets binary values inside lists or structs.

    Example:
        >>> encode(pl.DataFrame({"n": [6399]}), "csv")
        b'n\n6399\n'
    """
    return FORMATS[form].encode(frame, Screen(width, rows))


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Make every column one that text can hold: binary as base64, huge integers as numbers."""
    for name, kind in frame.schema.items():
        if _holds_binary(kind):
            raise NestedBinaryError(name, kind)
    for name in frame.select(pl.selectors.date() | pl.selectors.datetime()).columns:
        if not frames.lie_within(frame[name], _FIRST_DAY, _LAST_DAY):
            raise FarDateError(name)
    whole = [name for name, kind in frame.schema.items() if isinstance(kind, pl.Decimal) and kind.scale == 0]
    maps = {name: kind for name, kind in frame.schema.items() if isinstance(kind, pl.Map)}
    return frame.with_columns(
        *(pl.col(name).cast(pl.List(pl.Struct({"key": kind.key, "value": kind.value}))) for name, kind in maps.items()),
        pl.selectors.binary().bin.encode("base64"),
        pl.col(whole).cast(pl.Int128),
    )


_FIRST_DAY, _LAST_DAY = -719_162, 2_932_896  # of the years 1 to 9999, from 1970


def _numeric(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.selectors.decimal().cast(pl.Float64))


def _drawn(frame: pl.DataFrame, screen: Screen) -> str:
    """Draw a table; the engine shows unsafe characters of ASCII itself, and must not measure the others."""
    unsafe = character_class(code for code in UNSAFE if code >= _FIRST_AFTER_ASCII)
    safe = frame.with_columns(pl.selectors.string().str.replace_all(unsafe, REPLACEMENT))
    return tables.draw_table(safe, screen.width, screen.rows)


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
    with atomic_write.unfinished_file(path) as unfinished, show(unfinished):
        try:
            frame.sink_parquet(unfinished, row_group_size=_GROUP_ROWS)
        except pl.exceptions.PolarsError as error:
            number = re.search(_OF_SYSTEM, str(error))
            raise UnwritableError(path, os.strerror(int(number[1])) if number else str(error)) from error


_GROUP_ROWS = 1 << 18
_OF_SYSTEM = r"\(os error (\d+)\)"


def _parquet(frame: pl.DataFrame) -> bytes:
    encoded = io.BytesIO()
    frame.write_parquet(encoded)
    return encoded.getvalue()
