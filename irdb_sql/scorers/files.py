"""Reads files of scores: Parquet, CSV, JSON and NDJSON."""

from __future__ import annotations

import csv
import io
import json
from functools import partial
from typing import TYPE_CHECKING, Any

import polars as pl

from irdb_sql.core.file_contents import find_other_kind_of_file, is_lfs_pointer
from irdb_sql.core.foreign_words import file_fault
from irdb_sql.core.regular_files import check_regular_file, describe_error
from irdb_sql.errors import quoted
from irdb_sql.scorers.errors import ScoreFileError, ScoresNotFoundError
from irdb_sql.sources.errors import PointerFileError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def read_score_file(path: Path) -> pl.DataFrame:
    """Read a file of scores in the format of its suffix.

    Raises:
        ScoresNotFoundError: There is no such file.
        PointerFileError: It is a pointer of Git LFS.
        ScoreFileError: It is broken, or of an unknown format.
    """
    try:
        check_regular_file(path)
        is_pointer = is_lfs_pointer(path)
        other_kind = find_other_kind_of_file(path)
    except FileNotFoundError as error:
        raise ScoresNotFoundError(path) from error
    except (OSError, ValueError) as error:  # the second for a NUL in the path
        raise ScoreFileError(path.name, describe_error(error)) from error
    if is_pointer:
        raise PointerFileError(path)
    readers: dict[str, Callable[[Path], pl.DataFrame]] = {
        ".parquet": partial(pl.read_parquet, glob=False),
        ".csv": partial(_read_csv, separator=","),
        ".tsv": partial(_read_csv, separator="\t"),
        ".json": lambda path: _make_frame(path, _parse_json(path.read_bytes())),
        ".ndjson": _read_ndjson,
        ".jsonl": _read_ndjson,
    }
    if path.suffix.lower() not in readers:
        problem = f"a file of the kind {quoted(path.suffix)} is not known" if path.suffix else "its name has no suffix"
        raise ScoreFileError(path.name, problem)
    if other_kind is not None:
        raise ScoreFileError(path.name, other_kind)
    try:
        return readers[path.suffix.lower()](path)
    except ScoreFileError:
        raise
    except json.JSONDecodeError as error:
        is_of_lines = error.msg == "Extra data" and path.suffix.lower() == ".json"
        reason = "it holds an object a line; call it .ndjson or .jsonl" if is_of_lines else describe_error(error)
        raise ScoreFileError(path.name, reason) from error
    except UnicodeDecodeError as error:
        raise ScoreFileError(path.name, describe_error(error)) from error
    except (OSError, ValueError, RecursionError, csv.Error, pl.exceptions.PolarsError) as error:
        raise ScoreFileError(path.name, file_fault(str(error).partition("\n")[0])) from error


def _parse_json(content: str | bytes) -> Any:  # noqa: ANN401 - any value of JSON
    """Parse JSON whose objects have each key once."""
    return json.loads(content, object_pairs_hook=_without_repeats)


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    parsed = dict(pairs)
    if len(parsed) < len(pairs):
        repeated = next(key for place, (key, _) in enumerate(pairs) if key in dict(pairs[:place]))
        message = f"the key {quoted(repeated)} stands twice in an object"
        raise ValueError(message)
    return parsed


def _read_csv(path: Path, separator: str) -> pl.DataFrame:
    """Read columns as text; numbers are parsed later, with their rows."""
    content = path.read_bytes().decode("utf-8-sig")
    # Lines may end as on old Macs, for which the two readers below have different words.
    content = content.replace("\r\n", "\n").replace("\r", "\n")
    rows = csv.reader(io.StringIO(content, newline=""), strict=True, delimiter=separator)
    header = next((row for row in rows if row), [])
    if len(header) == 1 and (other := next((mark for mark in ";\t,|" if mark in header[0]), None)) is not None:
        raise ScoreFileError(path.name, f"its columns are separated by {quoted(other)}, not by {quoted(separator)}")
    if len(set(header)) < len(header):
        repeated = next(name for place, name in enumerate(header) if name in header[:place])
        raise ScoreFileError(path.name, f"two columns are called {quoted(repeated)}")
    try:
        table = pl.read_csv(io.BytesIO(content.lstrip("\n").encode()), infer_schema=False, separator=separator)
    except pl.exceptions.PolarsError:
        for number, row in enumerate((row for row in rows if row), start=1):
            if len(row) != len(header):
                fault = f"data row {number:,} has {len(row)} values, but the header has {len(header)}"
                raise ScoreFileError(path.name, fault) from None
        raise
    return table.filter(~pl.all_horizontal(pl.all().is_null()))  # empty lines


def _read_ndjson(path: Path) -> pl.DataFrame:
    objects = []
    for number, line in enumerate(path.read_bytes().decode("utf-8-sig").split("\n"), start=1):
        try:
            objects += [_parse_json(line)] if line.strip() else []
        except json.JSONDecodeError as error:
            reason = describe_error(error).replace("line 1,", f"line {number:,},")
            raise ScoreFileError(path.name, reason) from error
        except ValueError as error:
            raise ScoreFileError(path.name, f"line {number:,}: {error}") from error
    return _make_frame(path, objects)


def _make_frame(path: Path, rows: object) -> pl.DataFrame:
    """Make a frame of JSON objects with values of any type."""
    if not isinstance(rows, list):
        raise ScoreFileError(path.name, "it is not a list of objects")
    if not rows:
        raise ScoreFileError(path.name, "it has no object")
    if len(rows) == 1 and isinstance(rows[0], list):
        raise ScoreFileError(path.name, "it is one list; call it .json")
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            raise ScoreFileError(path.name, f"element {number:,} is not an object")
    names = list(dict.fromkeys(name for row in rows for name in row))
    given = sum(map(len, rows))
    if len(names) * len(rows) > max(_MOST_CELLS, _SPARSEST * given):
        problem = f"its {len(rows):,} objects have {len(names):,} different keys, and {given:,} values in all"
        raise ScoreFileError(path.name, problem)
    return pl.DataFrame([make_column(name, [row.get(name) for row in rows]) for name in names])


def make_column(name: str, values: list[Any]) -> pl.Series:
    """Make a column of values of JSON: numbers, texts, or Python objects where they are of several kinds."""
    kinds = {type(value) for value in values} - {type(None)}
    if kinds <= {int, float} and all(type(value) is not int or abs(value) <= _LARGEST for value in values):
        return pl.Series(name, values, pl.Int64 if kinds == {int} else pl.Float64, strict=False)
    return pl.Series(name, values, pl.String if kinds == {str} else pl.Object)


_MOST_CELLS, _SPARSEST = 1_000_000, 20  # cells of a table, in all and for each value: a table holds every one
_LARGEST = 2**53  # 64-bit floats hold all whole numbers up to this
