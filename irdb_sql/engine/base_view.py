"""Turns metadata files into the base view: checks each, and unites their rows in published columns."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import duckdb

from irdb_sql.core.schema import PUBLISHED, TEXT
from irdb_sql.sources.errors import (
    BrokenFileError,
    MissingColumnError,
    ReservedColumnError,
    WrongRankingError,
    WrongTypeError,
    WrongValueError,
)
from irdb_sql.sources.local import literal_path

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from duckdb import DuckDBPyConnection, DuckDBPyRelation

    from irdb_sql.sources.local import MetadataFile


def make_base_view(
    cursor: DuckDBPyConnection, files: Sequence[MetadataFile], spell: Callable[[Path], str] = literal_path
) -> list[int]:
    """Check each file, make the view `metadata` of them all, in their order, and return each one's first row_index.

    Args:
        cursor: Where to make it.
        files: What it reads.
        spell: Writes the path of a file as the view is to name it.

    Raises:
        FileError: A file is not what its name says, or lacks a column, or holds a wrong type or value.
    """
    relations: list[DuckDBPyRelation] = []
    first_rows = [0]
    for number, file in enumerate(files):
        path = spell(file.path)
        if number:
            first_rows.append(first_rows[-1] + int(relations[-1].shape[0]))
        if file.form == "parquet":
            _check_parquet(cursor, file)
            relation = cursor.table_function("parquet_file", [path, file.split, first_rows[-1]])
        else:
            _check_ranking(cursor, file)
            # Read once into memory: JSON would be parsed anew by every statement.
            table = f"ranking_file_{number}"
            cursor.table_function("ranking_file", [path, file.split, first_rows[-1]]).create(table)
            relation = cursor.table(table)
        relations.append(relation)
    reduce(lambda all_rows, rows: all_rows.union(rows), relations).create_view("metadata")
    return first_rows


def _check_parquet(cursor: DuckDBPyConnection, file: MetadataFile) -> None:
    """Check columns, types and values of a metadata file."""
    path = literal_path(file.path)
    try:
        relation = cursor.read_parquet(path, hive_partitioning=False)
        found = {name.lower(): str(kind) for name, kind in zip(relation.columns, relation.types, strict=True)}
        if _ROW_NUMBER in found:
            raise ReservedColumnError(file.path, _ROW_NUMBER)
        for column, kinds in PUBLISHED.items():
            if column not in found:
                raise MissingColumnError(file.path, column, found)
            if found[column].partition("(")[0].strip('"') not in kinds:
                wanted = "text" if kinds is TEXT else "an integer"
                raise WrongTypeError(file.path, column, found[column], wanted)
        faults = cursor.table_function("parquet_file_faults", [path, file.split]).fetchall()
    except duckdb.Error as error:
        raise BrokenFileError(file.path, "parquet file", str(error)) from error
    if faults:
        raise WrongValueError(file.path, *faults[0])


_FIRST_BYTES = 65_536
_ROW_NUMBER = "file_row_number"  # which a column of the file would hide


def _check_ranking(cursor: DuckDBPyConnection, file: MetadataFile) -> None:
    try:
        with file.path.open("rb") as opened:
            if not opened.read(_FIRST_BYTES).strip():
                raise BrokenFileError(file.path, "ranking file", "it is empty")
        faults = (
            cursor.table_function("ranking_file_faults", [literal_path(file.path)])
            .sort("object_number")
            .limit(1)
            .fetchall()
        )
    except (duckdb.Error, UnicodeDecodeError) as error:
        raise BrokenFileError(file.path, "ranking file", str(error)) from error
    if faults:
        raise WrongRankingError(file.path, *faults[0])
