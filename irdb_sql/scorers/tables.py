"""Reads tables of scores: files, data frames, and lists and mappings of them."""

from __future__ import annotations

import numbers
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import polars as pl

from irdb_sql.engine.foreign_tables import UnreadableTableError, read_frame
from irdb_sql.errors import quoted
from irdb_sql.scorers.errors import (
    ScoreColumnError,
    ScoreFileError,
    ScoreTypeError,
    ScoreValueError,
)
from irdb_sql.scorers.files import make_column, read_score_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class ArrowTable(Protocol):
    """A table of Polars, pandas, PyArrow or another exporter of Arrow streams."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Export the rows."""


IMAGE_NAMES = ("image_path", "path", "image", "file_name", "filename", "image_id", "uuid")
"""Columns that may name an image; the first of them that a table has does."""

ScoreSource: TypeAlias = "str | os.PathLike[str] | ArrowTable | pl.LazyFrame"
Keywords: TypeAlias = "Mapping[str, Callable[[], pl.DataFrame]]"
NamedScores: TypeAlias = "Mapping[str, ScoreSource | ScoreFunction | Mapping[str, float]] | Mapping[str, float]"
ScoreFunction: TypeAlias = "Callable[[list[str], list[Any]], Any]"
"""Takes prompts and images, and returns a number for each image, higher is better."""

Scores: TypeAlias = "ScoreSource | NamedScores | ScoreFunction | Sequence[ScoreSource | NamedScores | ScoreFunction]"


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
        """Return a column as text.

        Raises:
            ScoreColumnError: It holds lists, structs or bytes that are no text.
        """
        values = self.frame[column]
        if values.dtype == pl.Object:
            return pl.Series(column, [None if value is None else str(value) for value in values], pl.String)
        try:
            if not values.dtype.is_nested():
                return values.cast(pl.String)
        except pl.exceptions.PolarsError:  # bytes that are not UTF-8
            pass
        problem = f"has no texts in the column {quoted(column)}, but {values.dtype}"
        raise ScoreColumnError(self.source, problem, self.frame.columns, "write one text in each row of it.")

    def numbers(self, column: str) -> pl.Series:
        """Return a column as 64-bit floats.

        Raises:
            ScoreValueError: A value is not a number, or one that such a float cannot hold.
        """
        given = self.frame[column]
        values = _without_lists(given)
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
            wrong_value = given[row]
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
        scores: A file or table, a mapping of image paths to numbers, a mapping of names to any of these, or a list.
        keywords: Words that stand for a table instead of a file.

    Raises:
        ScoresNotFoundError: There is no such file.
        ScoreFileError: A file is broken, or of an unknown format.
        ScoreTypeError: A value is neither a file nor a table.
    """
    return list(_read_tables(scores, keywords or {}))


def _read_tables(scores: Scores, keywords: Keywords) -> Iterator[ScoreTable]:
    if isinstance(scores, Mapping) and _holds_scores(scores):
        yield _read_table(scores, None, keywords)
    elif isinstance(scores, Mapping):
        for name, source in scores.items():
            yield _read_table(source, str(name), keywords)
    elif isinstance(scores, Sequence) and not isinstance(scores, str):
        for element in scores:
            yield from _read_tables(element, keywords)
    else:
        yield _read_table(scores, None, keywords)


def _holds_scores(scores: Mapping[Any, object]) -> bool:
    """Whether a mapping has scores of images, and not sources of scores."""
    return any(_is_score(value) for value in scores.values())


def _is_score(value: object) -> bool:
    """Whether a value is a number, or a list of such values or of none; a list of sources is no score."""
    plain = _as_plain(value)
    return isinstance(plain, numbers.Number) or (
        isinstance(plain, list | tuple) and all(each is None or _is_score(each) for each in plain)
    )


def as_number(value: object) -> object:
    """Return the number that a value is or, in a list of one, holds, as Python's; any other value as it is.

    Example:
        >>> as_number([0.5]), as_number([1, 2]), as_number([[0.5]])
        (0.5, [1, 2], [[0.5]])
    """
    plain = _as_plain(value)
    if isinstance(plain, list | tuple) and len(plain) == 1 and not isinstance(plain[0], list | tuple):
        return _as_plain(plain[0])
    return plain


def _as_plain(value: Any) -> Any:  # noqa: ANN401 - a value of any library
    """Return a number or an array of another library as Python's, and any other value as it is."""
    is_array = hasattr(value, "tolist") and hasattr(value, "ndim") and not hasattr(value, "reset_index")
    return float(value) if isinstance(value, Decimal | Fraction) else value.tolist() if is_array else value


def _read_table(table: object, name: str | None, keywords: Keywords) -> ScoreTable:
    if isinstance(table, str) and table in keywords:
        return ScoreTable(name, table, table, keywords[table]())
    if isinstance(table, str) and "://" in table:
        raise ScoreFileError(table, "it is a URL; download the file first")
    if isinstance(table, str | os.PathLike):
        path = Path(os.path.expanduser(table))  # noqa: PTH111 - Path.expanduser takes ./~ for ~
        return ScoreTable(
            name, _stem(path), path.name, read_score_file(path), is_text=path.suffix.lower() in (".csv", ".tsv")
        )
    if isinstance(table, Mapping) and (not table or _holds_scores(table)):
        source = "the mapping" if name is None else f"the mapping of {name}"
        columns = make_column("image", list(table)), make_column("score", [as_number(each) for each in table.values()])
        return ScoreTable(name, None, source, pl.DataFrame(columns))
    if isinstance(table, pl.LazyFrame):
        return ScoreTable(name, None, "the frame", _read_frame(table, "the frame"))
    if hasattr(table, "reset_index"):
        table = _with_index_column(table)
    if isinstance(table, pl.Series) or hasattr(type(table), "type"):  # a column, also of Arrow
        raise ScoreTypeError(table, _SERIES_HINT)
    if hasattr(table, "__arrow_c_stream__"):
        source = "the table" if name is None else f"the table of {name}"
        return ScoreTable(name, None, source, _read_frame(table, source))
    raise ScoreTypeError(table)


def _read_frame(table: object, source: str) -> pl.DataFrame:
    try:
        return read_frame(table)
    except UnreadableTableError as error:
        raise ScoreFileError(source, str(error)) from error.__cause__


def _with_index_column(table: Any) -> object:  # noqa: ANN401 - pandas is not imported
    """Return a table of pandas whose index of image paths, if it has one, is a column.

    Raises:
        ScoreTypeError: It is a Series whose index names no images.
    """
    is_series = hasattr(table, "to_frame")
    frame = table.to_frame("score" if table.name is None else table.name) if is_series else table
    names = [str(column).lower() for column in frame.columns] if not is_series else []
    if any(name in names for name in IMAGE_NAMES):
        return frame if str(frame.index.name).lower() in IMAGE_NAMES else frame.reset_index(drop=True)
    if frame.index.nlevels == 1 and all(isinstance(label, str) for label in frame.index):
        return frame.reset_index(names="image")
    if is_series:
        raise ScoreTypeError(table, _SERIES_HINT)
    return frame


_SERIES_HINT = "a Series of scores names no images: pass a table with image_path and score, or {path: score}."


def _without_lists(values: pl.Series) -> pl.Series:
    """Return scores without the lists of one that some models put them in."""
    if isinstance(values.dtype, pl.Array):
        values = values.arr.to_list()
    if isinstance(values.dtype, pl.List) and not values.dtype.inner.is_nested() and (values.list.len() == 1).all():
        return values.list.first()
    if isinstance(values.dtype, pl.List):
        return make_column(values.name, [as_number(value) for value in values.to_list()])
    if values.dtype == pl.Object:
        return make_column(values.name, [as_number(value) for value in values])
    return values


def _stem(path: Path) -> str:
    """Return the file's scorer or generator, without the ImageReward scripts' affixes."""
    stem = path.stem
    before, benchmark, generator = stem.partition("-benchmark-")
    if before and benchmark and generator.endswith("-result"):
        return generator.removesuffix("-result")
    return stem.removeprefix("test_") or stem


_LONG_NUMBER = r"^[+-]?[0-9]{16,}$"


def as_float(value: object) -> float | None:
    """Return a number of JSON as a float, or None if impossible."""
    if type(value) not in (int, float):
        return None
    try:
        number = float(value)  # type: ignore[arg-type]
    except OverflowError:
        return None
    return number if number == value or isinstance(value, float) else None
