"""Turns metadata files into the base view: checks each, and unites their rows in published columns."""

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
    cursor: DuckDBPyConnection, files: Sequence[MetadataFile], spell: Callable[[Path], str] = literal_path
) -> list[int]:
    """Check each file, make the view `metadata` of them all, in their order, and return each one's first row_index.

    Args:
        cursor: Where to make it.
        files: What it reads; the macros of their kinds are defined.
        spell: Writes the path of a file as the view is to name it.

    Raises:
        FileError: A file is not what its name says, or lacks a column, or holds a wrong type or value.
    """
    relations: list[DuckDBPyRelation] = []
    first_rows = [0]
    for number, file in enumerate(files):
        if number:
            first_rows.append(first_rows[-1] + int(relations[-1].shape[0]))
        _check(cursor, file)
        rows = cursor.table_function(file.kind.macro, [spell(file.path), file.split, first_rows[-1]])
        if file.kind.is_in_memory:
            table = f"{file.kind.macro}_{number}"
            rows.create(table)
            rows = cursor.table(table)
        relations.append(rows)
    reduce(lambda all_rows, rows: all_rows.union(rows), relations).create_view("metadata")
    return first_rows


def _check(cursor: DuckDBPyConnection, file: MetadataFile) -> None:
    try:
        file.kind.check(file.path, file.split, _Reader(cursor))
    except (duckdb.Error, UnicodeDecodeError) as error:
        raise BrokenFileError(file.path, file.kind.description, str(error)) from error


class _Reader:
    """Reads files for their checks, as `FileReader` has it."""

    def __init__(self, cursor: DuckDBPyConnection) -> None:
        self._cursor = cursor

    def parquet_columns(self, path: Path) -> dict[str, str]:
        rows = self._cursor.read_parquet(literal_path(path), hive_partitioning=False)
        return {name.lower(): str(kind) for name, kind in zip(rows.columns, rows.types, strict=True)}

    def first_row(self, macro: str, *arguments: object, order: str | None = None) -> tuple[Any, ...] | None:
        values = [literal_path(value) if isinstance(value, Path) else value for value in arguments]
        rows = self._cursor.table_function(macro, values)
        if order is not None:
            rows = rows.sort(order)
        first = rows.limit(1).fetchall()
        return first[0] if first else None
