"""Reads files with votes into two tables, of images and of votes, which the base views show."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from irdb_sql.core.steps import tell_step
from irdb_sql.sources.errors import WrongRowError
from irdb_sql.sources.kinds.errors import NoRowsWarning, VotelessRowsWarning
from irdb_sql.sources.kinds.layout import ByteColumns, LayoutFiles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duckdb import DuckDBPyConnection

    from irdb_sql.sources.kinds.base import FileReader
    from irdb_sql.sources.local import MetadataFile

IMAGES = "kept.layout_images"
"""The table of all images, in the columns of `metadata` and those that say where the bytes of each are."""
VOTES = "kept.layout_votes"
_ROWS = "kept.layout_rows"
_PROMPTS, _PAIRS = "kept.layout_prompts", "kept.layout_pairs"
_NOT_METADATA = ("prompt_number", "cell_file", "cell_row", "cell_side")


def read_layouts(cursor: DuckDBPyConnection, files: Sequence[MetadataFile], first_row: int, reader: FileReader) -> None:
    """Read files with votes, all of them together, as images and pairs may be in several of them.

    Args:
        cursor: The cursor; the macros of the files' kinds are defined.
        files: The files, which were checked.
        first_row: The row_index of the first image.
        reader: Opens tables.

    Raises:
        WrongRowError: A row holds what its layout does not allow.
    """
    for table in (_ROWS, _PROMPTS, _PAIRS, IMAGES, VOTES):
        cursor.execute(f"DROP TABLE IF EXISTS {table}")
    for number, file in enumerate(files):
        kind = file.kind
        assert isinstance(kind, LayoutFiles)  # noqa: S101 - what has votes has a layout
        tell_step("file", number + 1, len(files), file.path.name)
        arguments = kind.arguments(file.path, file.split, number, reader)
        rows = cursor.table_function(kind.macro, reader.literal(arguments))
        rows.create(_ROWS) if number == 0 else rows.insert_into(_ROWS)
    _check_rows(cursor, files)
    cursor.table_function("layout_prompts", [_ROWS]).create(_PROMPTS)
    cursor.table_function("layout_pairs", [_ROWS, _PROMPTS]).create(_PAIRS)
    cursor.table_function("layout_images", [_PAIRS, _PROMPTS, first_row]).create(IMAGES)
    names = [file.path.name for file in files]
    cursor.table_function("layout_votes", [_PAIRS, IMAGES, names]).create(VOTES)
    _tell_voteless(cursor, files)
    for table in (_ROWS, _PROMPTS, _PAIRS):
        cursor.execute(f"DROP TABLE {table}")


def _tell_voteless(cursor: DuckDBPyConnection, files: Sequence[MetadataFile]) -> None:
    """Warn of rows that name two images and hold no vote on them, and of files without any row."""
    if not cursor.table(_ROWS).limit(1).fetchall():
        warnings.warn(NoRowsWarning([file.path for file in files]), stacklevel=2)
    ((rows,),) = cursor.table_function("voteless_rows", [_PAIRS]).fetchall()
    if rows:
        warnings.warn(VotelessRowsWarning(rows), stacklevel=2)


def find_byte_columns(files: Sequence[MetadataFile], reader: FileReader) -> dict[int, ByteColumns]:
    """Return the columns of bytes of the files with votes that have them, by the number of the file."""
    found = {}
    for number, file in enumerate(files):
        columns = file.kind.bytes_columns if isinstance(file.kind, LayoutFiles) else None
        types = reader.parquet_columns(file.path) if columns is not None else {}
        if columns is not None and all(name in types for name in columns):
            first, second = (f"{name}.bytes" if types[name].startswith("STRUCT") else name for name in columns)
            found[number] = ByteColumns(file.path, (first, second), file.stamp)
    return found


def make_cells_view(cursor: DuckDBPyConnection, names: Sequence[str], numbers: Sequence[int]) -> None:
    """Make the view `image_cells` of files with columns of bytes.

    Args:
        cursor: The cursor; the macro `layout_cells` is defined.
        names: The names of all files, by their numbers.
        numbers: The numbers of the files with such columns.
    """
    cells = cursor.table_function("layout_cells", [IMAGES, list(names), list(numbers)])
    cells.create_view("image_cells", replace=True)


def _check_rows(cursor: DuckDBPyConnection, files: Sequence[MetadataFile]) -> None:
    faults = cursor.table_function("layout_faults", [_ROWS]).sort("file_number", "source_row").limit(1).fetchall()
    for number, row, field, fault in faults:
        file = files[number]
        kind = file.kind
        assert isinstance(kind, LayoutFiles)  # noqa: S101 - as above
        raise WrongRowError(file.path, f"{kind.row} {row:,}", kind.field_of(file.path, field), fault, kind.layout)


def metadata_columns(cursor: DuckDBPyConnection) -> list[str]:
    """Return the names of the columns of `metadata` in the table of images."""
    return [name for name in cursor.table(IMAGES).columns if name not in _NOT_METADATA]
