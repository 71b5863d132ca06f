"""Reads tables of scores: files, data frames, and lists and mappings of them."""

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

from irdb_sql.core.regular_files import check_regular_file, is_lfs_pointer
from irdb_sql.errors import quoted
from irdb_sql.scorers.errors import (
    ScoreColumnError,
    ScoreFileError,
    ScoresNotFoundError,
    ScoreTypeError,
    ScoreValueError,
)
from irdb_sql.sources.errors import PointerFileError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class ArrowTable(Protocol):
    """A table of Polars, pandas, PyArrow or another exporter of Arrow streams."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Export the rows."""


ScoreSource: TypeAlias = "str | os.PathLike[str] | ArrowTable | pl.LazyFrame"
Keywords: TypeAlias = "Mapping[str, Callable[[], pl.DataFrame]]"
Scores: TypeAlias = "ScoreSource | Mapping[str, ScoreSource] | Sequence[ScoreSource | Mapping[str, ScoreSource]]"


@dataclass(frozen=True)
class ScoreTable:
    """A table of scores as the user has it.

    Attributes:
        name: The caller's name for the scorer or generator, if any.
        stem: The name of the scorer or generator by the name of the file; None for a data frame.
        source: Name of the file or table, for messages.
        frame: The rows.
        is_text: Whether numbers may be written as text, as in CSV.
    """

    name: str | None
    stem: str | None
    source: str
    frame: pl.DataFrame
    is_text: bool = False

    def column(self, *names: str) -> str | None:
        """Find the first of these columns in the table: by its exact name, else ignoring case.

        Raises:
            ScoreColumnError: Two columns have the name in other capitals.
        """
        columns = set(self.frame.columns)
        for name in names:
            if name in columns:
                return name
            alike = [column for column in self.frame.columns if column.lower() == name]
            if len(alike) > 1:
                problem = f"has columns {quoted(alike[0])} and {quoted(alike[1])}, and either may be {name}"
                raise ScoreColumnError(self.source, problem, alike, f"call the one that is meant {name}.")
            if alike:
                return alike[0]
        return None

    def texts(self, column: str) -> pl.Series:
        """Return a column as text."""
        values = self.frame[column]
        if values.dtype == pl.Object:
            return pl.Series(column, [None if value is None else str(value) for value in values], pl.String)
        return values.cast(pl.String)

    def numbers(self, column: str) -> pl.Series:
        """Return a column as 64-bit floats.

        Raises:
            ScoreValueError: A value is not a number, or one that such a float cannot hold.
        """
        values = _without_lists(self.frame[column])
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
            wrong = pl.Series([value is not None for value in values], dtype=pl.Boolean) & numbers.is_null()
        if wrong.any():
            row = wrong.arg_true()[0]
            wrong_value = values[row]
            shown = wrong_value.to_list() if isinstance(wrong_value, pl.Series) else wrong_value
            raise ScoreValueError(self.source, column, row + 1, shown)
        return numbers

    def number_columns(self, columns: Sequence[str]) -> pl.DataFrame:
        """Return columns as 64-bit floats, those of plain text numbers all at once.

        Raises:
            ScoreValueError: As `numbers` does.
        """
        schema = self.frame.schema
        texts = [name for name in columns if self.is_text and schema[name] == pl.String]
        parsed = self.frame.select(pl.col(texts).str.strip_chars().replace("", None))
        floats = parsed.cast(pl.Float64, strict=False)
        is_long = parsed.select(pl.all().str.contains(_LONG_NUMBER).any())
        plain = {
            column.name: column
            for text, column, long in zip(parsed, floats, is_long, strict=True)
            if text.null_count() == column.null_count() and not long.item()
        }
        return pl.DataFrame([plain[name] if name in plain else self.numbers(name) for name in columns])


def read_tables(scores: Scores, *, keywords: Keywords | None = None) -> list[ScoreTable]:
    """Read all tables of scores.

    Args:
        scores: A file or table, a list of them, or a mapping of names to them.
        keywords: Words that stand for a table instead of a file.

    Raises:
        ScoresNotFoundError: There is no such file.
        ScoreFileError: A file is broken, or of an unknown format.
        ScoreTypeError: A value is neither a file nor a table.
    """
    return list(_read_tables(scores, keywords or {}))


def _read_tables(scores: Scores, keywords: Keywords) -> Iterator[ScoreTable]:
    if isinstance(scores, Mapping):
        for name, source in scores.items():
            yield _read_table(source, str(name), keywords)
    elif isinstance(scores, Sequence) and not isinstance(scores, str):
        for element in scores:
            yield from _read_tables(element, keywords)
    else:
        yield _read_table(scores, None, keywords)


def _read_table(table: object, name: str | None, keywords: Keywords) -> ScoreTable:
    if isinstance(table, str) and table in keywords:
        return ScoreTable(name, table, table, keywords[table]())
    if isinstance(table, str) and "://" in table:
        raise ScoreFileError(table, "it is a URL; download the file first")
    if isinstance(table, str | os.PathLike):
        path = Path(os.path.expanduser(table))  # noqa: PTH111 - Path.expanduser takes ./~ for ~
        return ScoreTable(name, _stem(path), path.name, _read_file(path), is_text=path.suffix.lower() == ".csv")
    if isinstance(table, pl.LazyFrame):
        return ScoreTable(name, None, "the frame", table.collect())
    if hasattr(table, "__arrow_c_stream__"):
        source = "the table" if name is None else f"the table of {name}"
        try:
            return ScoreTable(name, None, source, pl.DataFrame(table))
        except Exception as error:  # another library may raise errors of any type
            raise ScoreFileError(source, str(error)) from error
    raise ScoreTypeError(table)


def _without_lists(values: pl.Series) -> pl.Series:
    """Return scores that are lists of one, as some models give them, without the lists."""
    if isinstance(values.dtype, pl.Array):
        values = values.arr.to_list()
    if isinstance(values.dtype, pl.List) and (values.list.len() == 1).all():
        return values.list.first()
    if values.dtype == pl.Object and all(isinstance(value, list) and len(value) == 1 for value in values):
        return _make_column(values.name, [value[0] for value in values])
    return values


def _stem(path: Path) -> str:
    """Return the file's scorer or generator, without the ImageReward scripts' affixes."""
    stem = path.stem
    before, benchmark, generator = stem.partition("-benchmark-")
    if before and benchmark and generator.endswith("-result"):
        return generator.removesuffix("-result")
    return stem.removeprefix("test_") or stem


def _read_file(path: Path) -> pl.DataFrame:
    try:
        check_regular_file(path)
        is_pointer = is_lfs_pointer(path)
    except FileNotFoundError as error:
        raise ScoresNotFoundError(path) from error
    except OSError as error:
        raise ScoreFileError(path.name, error.strerror or str(error)) from error
    if is_pointer:
        raise PointerFileError(path)
    readers: dict[str, Callable[[Path], pl.DataFrame]] = {
        ".parquet": partial(pl.read_parquet, glob=False),
        ".csv": _read_csv,
        ".json": lambda path: _make_frame(path, _parse_json(path.read_bytes())),
        ".ndjson": _read_ndjson,
        ".jsonl": _read_ndjson,
    }
    if path.suffix.lower() not in readers:
        problem = f"a file of the kind {quoted(path.suffix)} is not known" if path.suffix else "its name has no suffix"
        raise ScoreFileError(path.name, problem)
    try:
        return readers[path.suffix.lower()](path)
    except ScoreFileError:
        raise
    except json.JSONDecodeError as error:
        is_of_lines = error.msg == "Extra data" and path.suffix.lower() == ".json"
        reason = "it holds an object a line; call it .ndjson or .jsonl" if is_of_lines else str(error)
        raise ScoreFileError(path.name, reason) from error
    except UnicodeDecodeError as error:
        raise ScoreFileError(path.name, f"byte {error.start + 1:,} is not of UTF-8") from error
    except (OSError, ValueError, RecursionError, csv.Error, pl.exceptions.PolarsError) as error:
        raise ScoreFileError(path.name, str(error).partition("\n")[0]) from error


def _parse_json(content: bytes) -> Any:  # noqa: ANN401 - any value of JSON
    """Parse JSON whose objects have each key once."""
    return json.loads(content, object_pairs_hook=_without_repeats)


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    parsed = dict(pairs)
    if len(parsed) < len(pairs):
        repeated = next(key for place, (key, _) in enumerate(pairs) if key in dict(pairs[:place]))
        message = f"the key {quoted(repeated)} stands twice in an object"
        raise ValueError(message)
    return parsed


def _read_csv(path: Path) -> pl.DataFrame:
    """Read columns as text; numbers are parsed later, with their rows."""
    content = path.read_bytes().decode("utf-8-sig")
    if "\n" not in content:  # lines that end as on old Macs, for which the two readers below have different words
        content = content.replace("\r", "\n")
    rows = csv.reader(io.StringIO(content, newline=""), strict=True)
    header = next((row for row in rows if row), [])
    if len(set(header)) < len(header):
        repeated = next(name for place, name in enumerate(header) if name in header[:place])
        raise ScoreFileError(path.name, f"two columns are called {quoted(repeated)}")
    try:
        table = pl.read_csv(io.BytesIO(content.lstrip("\r\n").encode()), infer_schema=False)
    except pl.exceptions.PolarsError:
        for number, row in enumerate((row for row in rows if row), start=1):
            if len(row) != len(header):
                fault = f"data row {number:,} has {len(row)} values, but the header has {len(header)}"
                raise ScoreFileError(path.name, fault) from None
        raise
    return table.filter(~pl.all_horizontal(pl.all().is_null()))  # empty lines


def _read_ndjson(path: Path) -> pl.DataFrame:
    objects = []
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            objects += [_parse_json(line)] if line.strip() else []
        except ValueError as error:
            raise ScoreFileError(path.name, f"line {number:,}: {error}") from error
    return _make_frame(path, objects)


def _make_frame(path: Path, rows: object) -> pl.DataFrame:
    """Make a frame of JSON objects with values of any type."""
    if not isinstance(rows, list):
        raise ScoreFileError(path.name, "it is not a list of objects")
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            raise ScoreFileError(path.name, f"element {number:,} is not an object")
    names = list(dict.fromkeys(name for row in rows for name in row))
    given = sum(map(len, rows))
    if len(names) * len(rows) > max(_MOST_CELLS, _SPARSEST * given):
        problem = f"its {len(rows):,} objects have {len(names):,} different keys, and {given:,} values in all"
        raise ScoreFileError(path.name, problem)
    return pl.DataFrame([_make_column(name, [row.get(name) for row in rows]) for name in names])


def _make_column(name: str, values: list[Any]) -> pl.Series:
    kinds = {type(value) for value in values} - {type(None)}
    if kinds <= {int, float} and all(type(value) is not int or abs(value) <= _LARGEST for value in values):
        return pl.Series(name, values, pl.Int64 if kinds == {int} else pl.Float64, strict=False)
    return pl.Series(name, values, pl.String if kinds == {str} else pl.Object)


_MOST_CELLS, _SPARSEST = 1_000_000, 20  # cells of a table, in all and for each value: a table holds every one
_LONG_NUMBER = r"^[+-]?[0-9]{16,}$"
_LARGEST = 2**53  # 64-bit floats hold all whole numbers up to this


def as_float(value: object) -> float | None:
    """Return a number of JSON as a float, or None if impossible."""
    if type(value) not in (int, float):
        return None
    try:
        number = float(value)  # type: ignore[arg-type]
    except OverflowError:
        return None
    return number if number == value or isinstance(value, float) else None
