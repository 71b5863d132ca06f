"""Opens tables of scores in whatever form users have them: files, frames, lists and mappings of those."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import polars as pl

from irdb_sql.errors import quoted
from irdb_sql.scorers.errors import ScoreFileError, ScoresNotFoundError, ScoreTypeError, ScoreValueError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class ArrowTable(Protocol):
    """A table of Polars, pandas, PyArrow, DuckDB or any other library that exports Arrow streams."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Export the rows."""


ScoreSource: TypeAlias = "str | os.PathLike[str] | ArrowTable | pl.LazyFrame"
Scores: TypeAlias = "ScoreSource | Mapping[str, ScoreSource] | Sequence[ScoreSource | Mapping[str, ScoreSource]]"


@dataclass(frozen=True)
class ScoreTable:
    """A table as it was given.

    Attributes:
        name: What the caller calls the scorer or generator, or nothing.
        stem: What the name of its file calls it; None for a table of the caller's.
        source: Where the table is from, for messages.
        frame: Its rows.
        is_text: Whether numbers may be written as text, as in CSV.
    """

    name: str | None
    stem: str | None
    source: str
    frame: pl.DataFrame
    is_text: bool = False

    def column(self, *names: str) -> str | None:
        """Find the first of some columns that the table has, whatever its capitals."""
        found = {column.lower(): column for column in reversed(self.frame.columns)}
        return next((found[name] for name in names if name in found), None)

    def texts(self, column: str) -> pl.Series:
        """Return a column as text."""
        values = self.frame[column]
        if values.dtype == pl.Object:
            return pl.Series(column, [None if value is None else str(value) for value in values], pl.String)
        return values.cast(pl.String)

    def numbers(self, column: str) -> pl.Series:
        """Return a column as 64-bit floats.

        Raises:
            ScoreValueError: A value is no number, or one that such a float cannot hold.
        """
        values = self.frame[column]
        if values.dtype == pl.String and self.is_text:
            values = values.str.strip_chars().replace("", None)
            numbers = values.cast(pl.Float64, strict=False)
            wrong = values.is_not_null() & numbers.is_null()
            for row in (values.str.contains(_LONG_NUMBER) & numbers.is_not_null()).fill_null(value=False).arg_true():
                wrong[int(row)] = int(values[int(row)]) != int(numbers[int(row)])
        elif values.dtype.is_integer():
            numbers = values.cast(pl.Float64)
            wrong = numbers.cast(values.dtype, strict=False).ne_missing(values)
        elif values.dtype.is_numeric() or values.dtype == pl.Null:
            return values.cast(pl.Float64)
        else:
            floats = [as_float(value) for value in values]
            numbers = pl.Series(column, floats, pl.Float64)
            pairs = zip(values, floats, strict=True)
            wrong = pl.Series([value is not None and number is None for value, number in pairs], dtype=pl.Boolean)
        if wrong.any():
            row = wrong.arg_true()[0]
            raise ScoreValueError(self.source, column, row + 1, values[row])
        return numbers


def open_tables(scores: Scores, *, words: Mapping[str, Callable[[], pl.DataFrame]] | None = None) -> list[ScoreTable]:
    """Open every table that is meant.

    Args:
        scores: A file or table, a list of them, or a mapping of names to them.
        words: Tables that a word means instead of a file.

    Raises:
        ScoresNotFoundError: There is no such file.
        ScoreFileError: A file is broken, or of an unknown kind.
        ScoreTypeError: Something is neither file nor table.
    """
    return list(_opened(scores, words or {}))


def _opened(scores: Scores, words: Mapping[str, Callable[[], pl.DataFrame]]) -> Iterator[ScoreTable]:
    if isinstance(scores, Mapping):
        for name, source in scores.items():
            yield _table(source, str(name), words)
    elif isinstance(scores, Sequence) and not isinstance(scores, str):
        for one in scores:
            yield from _opened(one, words)
    else:
        yield _table(scores, None, words)


def _table(given: object, name: str | None, words: Mapping[str, Callable[[], pl.DataFrame]]) -> ScoreTable:
    if isinstance(given, str) and given in words:
        return ScoreTable(name, given, given, words[given]())
    if isinstance(given, str | os.PathLike):
        path = Path(os.path.expanduser(given))  # noqa: PTH111 - Path would take ./~ for ~
        return ScoreTable(name, _stem(path), path.name, _read(path), is_text=path.suffix.lower() == ".csv")
    if isinstance(given, pl.LazyFrame):
        return ScoreTable(name, None, "the frame", given.collect())
    if hasattr(given, "__arrow_c_stream__"):
        source = "the table" if name is None else f"the table of {name}"
        try:
            return ScoreTable(name, None, source, pl.DataFrame(given))
        except Exception as error:  # whatever the other library says
            raise ScoreFileError(source, str(error)) from error
    raise ScoreTypeError(given)


def _stem(path: Path) -> str:
    """Name what a file is of; the scripts of the ImageReward repository put words around it."""
    stem = path.stem
    before, benchmark, generator = stem.partition("-benchmark-")
    if before and benchmark and generator.endswith("-result"):
        return generator.removesuffix("-result")
    return stem.removeprefix("test_") or stem


def _read(path: Path) -> pl.DataFrame:
    if not path.exists():
        raise ScoresNotFoundError(path)
    if not path.is_file():
        raise ScoreFileError(path.name, "it is a folder" if path.is_dir() else "it is no regular file")
    readers: dict[str, Callable[[Path], pl.DataFrame]] = {
        ".parquet": partial(pl.read_parquet, glob=False),
        ".csv": _csv,
        ".json": lambda path: _objects(path, json.loads(path.read_bytes())),
        ".ndjson": _lines,
        ".jsonl": _lines,
    }
    if path.suffix.lower() not in readers:
        kind = f"a file of the kind {quoted(path.suffix)} is not known" if path.suffix else "its name has no suffix"
        raise ScoreFileError(path.name, kind)
    try:
        return readers[path.suffix.lower()](path)
    except ScoreFileError:
        raise
    except (OSError, ValueError, RecursionError, csv.Error, pl.exceptions.PolarsError) as error:
        raise ScoreFileError(path.name, str(error).partition("\n")[0]) from error


def _csv(path: Path) -> pl.DataFrame:
    """Read a table as text: which columns are numbers is judged later, with the place of what is none."""
    content = path.read_bytes().decode("utf-8-sig")
    rows = csv.reader(io.StringIO(content, newline=""), strict=True)
    header = next((row for row in rows if row), [])
    if len(set(header)) < len(header):
        twice = next(name for place, name in enumerate(header) if name in header[:place])
        raise ScoreFileError(path.name, f"two columns are called {quoted(twice)}")
    try:
        table = pl.read_csv(io.BytesIO(content.lstrip("\r\n").encode()), infer_schema=False)
    except pl.exceptions.PolarsError:
        for number, row in enumerate((row for row in rows if row), start=1):
            if len(row) != len(header):
                fault = f"row {number:,} has {len(row)} values, and the header {len(header)}"
                raise ScoreFileError(path.name, fault) from None
        raise
    return table.filter(~pl.all_horizontal(pl.all().is_null()))  # empty lines


def _lines(path: Path) -> pl.DataFrame:
    objects = []
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            objects += [json.loads(line)] if line.strip() else []
        except ValueError as error:
            raise ScoreFileError(path.name, f"line {number:,}: {error}") from error
    return _objects(path, objects)


def _objects(path: Path, objects: object) -> pl.DataFrame:
    """Make a frame of JSON objects; what stands in a column need not be of one type yet."""
    if not isinstance(objects, list):
        raise ScoreFileError(path.name, "it is no list of objects")
    for number, one in enumerate(objects, start=1):
        if not isinstance(one, dict):
            raise ScoreFileError(path.name, f"element {number:,} is no object")
    names = list(dict.fromkeys(name for one in objects for name in one))
    return pl.DataFrame([_column(name, [one.get(name) for one in objects]) for name in names])


def _column(name: str, values: list[Any]) -> pl.Series:
    kinds = {type(value) for value in values} - {type(None)}
    if kinds <= {int, float} and all(type(value) is not int or abs(value) <= _LARGEST for value in values):
        return pl.Series(name, values, pl.Int64 if kinds == {int} else pl.Float64, strict=False)
    return pl.Series(name, values, pl.String if kinds == {str} else pl.Object)


_LONG_NUMBER = r"^[+-]?[0-9]{16,}$"
_LARGEST = 2**53  # whole numbers up to this are 64-bit floats


def as_float(value: object) -> float | None:
    """Return a number of JSON as a float, or nothing if it is none or has no such float."""
    if type(value) not in (int, float):
        return None
    try:
        number = float(value)  # type: ignore[arg-type]
    except OverflowError:
        return None
    return number if number == value or isinstance(value, float) else None
