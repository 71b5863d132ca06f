"""Looks at the names of the fields of a file, which tell its layout, without reading its rows."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

from irdb_sql.core.file_contents import find_other_kind_of_file
from irdb_sql.core.late import late
from irdb_sql.core.regular_files import check_regular_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pyarrow import parquet
else:
    parquet = late("pyarrow.parquet")  # takes longer to import than most files to be read

JSON_SUFFIXES = (".json", ".ndjson", ".jsonl")
TABLE_SUFFIXES = (".csv", ".tsv", *JSON_SUFFIXES)
"""The suffixes of text files of rows or objects."""

_FIRST_BYTES = 65_536
_MARK_BYTES = 4
_SEPARATORS = (",", "\t", ";", "|")
_QUOTED = re.compile(r'"[^"]*"')
_KEY = re.compile(r'"((?:[^"\\]|\\.){1,100})"\s*:')


def field_names(path: Path) -> frozenset[str]:
    """Return the names of the columns of a table, or those of the first objects of a JSON file, nested ones included.

    Returns:
        The names; empty for a file that cannot be read as what its name says.
    """
    return frozenset(list_names(path))


def list_names(path: Path) -> list[str]:
    """Do as `field_names`, in the order of the file, where a name may stand twice."""
    suffix = path.suffix.lower()
    try:
        check_regular_file(path)
        if suffix in JSON_SUFFIXES:
            return _KEY.findall(_first_text(path))
        if suffix in TABLE_SUFFIXES:
            line = _header(path)
            return [name.strip() for name in next(csv.reader([line], delimiter=separator_of(line)))]
        return list(parquet.read_schema(path).names)
    except (OSError, ValueError, StopIteration, csv.Error):  # whoever reads the file says what is wrong
        return []


def unique_names(names: Sequence[str]) -> list[str]:
    """Make names of columns unique by their place, where one is empty or differs from an earlier one in capitals only.

    Example:
        >>> unique_names(["prompt", "", "Prompt"])
        ['prompt', 'column 2', 'column 3']
    """
    unique: list[str] = []
    for place, name in enumerate(names, start=1):
        is_new = name and name.lower() not in {other.lower() for other in unique}
        unique.append(name if is_new else f"column {place}")
    return unique


def separator(path: Path) -> str:
    """Return what separates the values of a table in text.

    Raises:
        OSError: It cannot be read.
    """
    return separator_of(_header(path))


def separator_of(header: str) -> str:
    r"""Return what separates the names in the first line of a table: the most frequent of those in use.

    Example:
        >>> separator_of('prompt;"first, or a";second'), separator_of("prompt\tfirst"), separator_of("prompt")
        (';', '\t', ',')
    """
    unquoted = _QUOTED.sub("", header)
    return max(_SEPARATORS, key=unquoted.count)


def find_text_fault(path: Path) -> str | None:
    """Say what keeps a file of text from being read, as far as its first bytes tell; None if nothing does.

    Raises:
        OSError: It cannot be read.
    """
    if (other := find_other_kind_of_file(path)) is not None:
        return other
    with path.open("rb") as opened:
        first = opened.read(_MARK_BYTES)
    if first.startswith((b"\xff\xfe", b"\xfe\xff")) or first[1:2] == b"\0":
        return "its text is in UTF-16; write it in UTF-8"
    if first.startswith(b"\xef\xbb\xbf") and path.suffix.lower() in JSON_SUFFIXES:
        return "it begins with a byte order mark (BOM), which is no JSON; write it in UTF-8 without one"
    return None


def is_empty_list(path: Path) -> bool:
    """Whether a JSON file is a list without objects.

    Raises:
        OSError: It cannot be read.
    """
    return "".join(_first_text(path).split()) == "[]"


def _header(path: Path) -> str:
    lines = _first_text(path).splitlines()
    return lines[0] if lines else ""


def _first_text(path: Path) -> str:
    with path.open("rb") as opened:
        return opened.read(_FIRST_BYTES).decode("utf-8-sig", errors="replace")
