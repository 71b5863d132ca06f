"""Looks at the names of the fields of a file, which tell its layout, without reading its rows."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

from irdb_sql.core.late import late
from irdb_sql.core.regular_files import check_regular_file

if TYPE_CHECKING:
    from pathlib import Path

    from pyarrow import parquet
else:
    parquet = late("pyarrow.parquet")  # takes longer to import than most files to be read

JSON_SUFFIXES = (".json", ".ndjson", ".jsonl")
TABLE_SUFFIXES = (".csv", ".tsv", *JSON_SUFFIXES)
"""The suffixes of text files of rows or objects."""

_FIRST_BYTES = 65_536
_KEY = re.compile(r'"((?:[^"\\]|\\.){1,100})"\s*:')


def field_names(path: Path) -> frozenset[str]:
    """Return the names of the columns of a table, or those of the first objects of a JSON file, nested ones included.

    Returns:
        The names; empty for a file that cannot be read as what its name says.
    """
    suffix = path.suffix.lower()
    try:
        check_regular_file(path)
        if suffix in JSON_SUFFIXES:
            return frozenset(_KEY.findall(_first_text(path)))
        if suffix in TABLE_SUFFIXES:
            lines = _first_text(path).splitlines()
            separator = "\t" if suffix == ".tsv" or "\t" in lines[0] else ";" if ";" in lines[0] else ","
            return frozenset(next(csv.reader(lines[:1], delimiter=separator)))
        return frozenset(parquet.read_schema(path).names)
    except (OSError, ValueError, IndexError, StopIteration, csv.Error):  # whoever reads the file says what is wrong
        return frozenset()


def _first_text(path: Path) -> str:
    with path.open("rb") as opened:
        return opened.read(_FIRST_BYTES).decode("utf-8-sig", errors="replace")
