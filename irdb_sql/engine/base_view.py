"""Makes the view `metadata`: checks each metadata file and unites their rows in the published columns."""

from __future__ import annotations

from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from irdb_sql.sources.errors import BrokenFileError
from irdb_sql.sources.local import literal_path

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from duckdb import DuckDBPyConnection, DuckDBPyRelation

    from irdb_sql.sources.local import MetadataFile


def make_base_view(
    cursor: DuckDBPyConnection, files: Sequence[MetadataFile], format_path: Callable[[Path], str] = literal_path
) -> list[int]:
    """Make the view `metadata` of files and return each file's first row_index.

    Args:
        cursor: The cursor in whose database the view is made.
        files: The files that it reads, in this order; the macros of their kinds are defined.
        format_path: Formats the path of a file for the view's SQL.

    Raises:
        FileError: A file is not of its kind, lacks a column, or holds a wrong type or value.
    """
    relations: list[DuckDBPyRelation] = []
    first_rows = [0]
    for number, file in enumerate(files):
        if number:
            first_rows.append(first_rows[-1] + int(relations[-1].shape[0]))
        _check_file(cursor, file)
        rows = cursor.table_function(file.kind.macro, [format_path(file.path), file.split, first_rows[-1]])
        if file.kind.is_in_memory:
            table = f"{file.kind.macro}_{number}"
            rows.create(table)
            rows = cursor.table(table)
        relations.append(rows)
    reduce(lambda all_rows, rows: all_rows.union(rows), relations).create_view("metadata")
    return first_rows


def _check_file(cursor: DuckDBPyConnection, file: MetadataFile) -> None:
    try:
        file.kind.check(file.path, file.split, _Reader(cursor))
    except (duckdb.Error, UnicodeDecodeError) as error:
        raise BrokenFileError(file.path, file.kind.description, str(error)) from error


class _Reader:
    """The `FileReader` that checks of files read with."""

    def __init__(self, cursor: DuckDBPyConnection) -> None:
        self._cursor = cursor

    def parquet_columns(self, path: Path) -> dict[str, str]:
        rows = self._cursor.read_parquet(literal_path(path), hive_partitioning=False)
        return {name.lower(): str(duck_type) for name, duck_type in zip(rows.columns, rows.types, strict=True)}

    def first_row(self, macro: str, *arguments: object, order: str | None = None) -> tuple[Any, ...] | None:
        values = [literal_path(value) if isinstance(value, Path) else value for value in arguments]
        rows = self._cursor.table_function(macro, values)
        if order is not None:
            rows = rows.sort(order)
        first = rows.limit(1).fetchall()
        return first[0] if first else None
