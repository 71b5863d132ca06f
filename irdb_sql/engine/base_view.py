"""Makes the view `metadata`: checks each metadata file, and unites their rows in the published columns.

Small sources are read into a table when a statement first needs them: planning over a table takes the engine half the
time that it takes over files, and the statistics of a table are its own, not those that a file claims.
"""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from irdb_sql.core.file_contents import is_lfs_pointer
from irdb_sql.core.regular_files import describe_error
from irdb_sql.core.schema import PUBLISHED
from irdb_sql.engine import layout_tables
from irdb_sql.errors import find_twins
from irdb_sql.sources.errors import (
    BrokenFileError,
    ChangedFileError,
    PointerFileError,
    TwinColumnsError,
    UnreadableError,
)
from irdb_sql.sources.kinds.base import FileSize
from irdb_sql.sources.local import MetadataFile, OpenedFile, literal_path
from irdb_sql.sources.peek import JSON_SUFFIXES, TABLE_SUFFIXES, list_names, separator, unique_names

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from duckdb import DuckDBPyConnection, DuckDBPyRelation

    from irdb_sql.sources.kinds.layout import ByteColumns


KEPT = "kept"
"""The schema of tables behind views, so that SHOW TABLES lists the views alone."""

LARGEST_HELD = 64_000_000
"""Bytes of values up to which a source is held in memory; the published dataset has 11 million."""

_SMALLEST_IMAGES = 2_000_000
"""Bytes of values from which the images are held, too: it takes longer than it saves in a few statements."""


def open_files(cursor: DuckDBPyConnection, files: Sequence[MetadataFile]) -> list[OpenedFile]:
    """Check files and count their rows; the macros of their kinds are defined.

    Raises:
        FileError: A file is not of its kind, lacks a column, or holds a wrong type or value.
    """
    cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {KEPT}")
    opened: list[OpenedFile] = []
    first_row = 0
    for number, file in enumerate(files):
        table = f"{KEPT}.{file.kind.macro}_{number}" if file.kind.is_in_memory else None
        if file.kind.has_votes:
            table = layout_tables.IMAGES
        size = _check_file(cursor, file, first_row, table)
        absolute = replace(file, path=file.path.absolute())  # the current folder may change before a statement reads it
        opened.append(OpenedFile(absolute, first_row, size.value_bytes, table))
        first_row += size.rows
    voted = [file for file in files if file.kind.has_votes]
    if voted:
        _read_layouts(cursor, voted, first_row)
    return opened


def _read_layouts(cursor: DuckDBPyConnection, files: Sequence[MetadataFile], first_row: int) -> None:
    try:
        layout_tables.read_layouts(cursor, files, first_row, _Reader(cursor))
    except duckdb.Error as error:
        raise BrokenFileError(files[0].path, files[0].kind.description, str(error)) from error


def are_held(files: Sequence[OpenedFile], memory_limit: int | None) -> bool:
    """Whether the rows of files are so few that they are read into memory: most of its limit is for statements."""
    most = LARGEST_HELD if memory_limit is None else min(LARGEST_HELD, memory_limit // 16)
    return sum(file.value_bytes for file in files) <= most


def check_in_place(cursor: DuckDBPyConnection, files: Sequence[OpenedFile]) -> None:
    """Check what statements trust of files that are not held in memory.

    Raises:
        FileError: A file says what is not so.
    """
    for file in (opened.file for opened in files if opened.table is None):
        try:
            file.kind.check_in_place(file.path, _Reader(cursor))
        except duckdb.Error as error:
            raise BrokenFileError(file.path, file.kind.description, str(error)) from error


def make_base_view(
    cursor: DuckDBPyConnection,
    files: Sequence[OpenedFile],
    *,
    is_held: bool,
    format_path: Callable[[Path], str] = literal_path,
) -> None:
    """Make the view `metadata` of files.

    Args:
        cursor: The cursor in whose database the view is made.
        files: The files that it reads, in this order.
        is_held: Whether all rows are read now, into memory.
        format_path: Formats the path of a file for the view's SQL.

    Raises:
        ChangedFileError: A file that is read now has changed since it was opened.
    """
    relations = [
        cursor.table_function(file.file.kind.macro, [format_path(file.file.path), file.file.split, file.first_row])
        if file.table is None
        else cursor.table(file.table)
        for file in files
        if not file.file.kind.has_votes
    ]
    if any(file.file.kind.has_votes for file in files):
        relations.append(cursor.table(layout_tables.IMAGES).select(*layout_tables.metadata_columns(cursor)))
        is_held = is_held and len(relations) > 1  # its rows are in memory already
    rows = reduce(lambda all_rows, rows: all_rows.union(rows), relations)
    if not is_held:
        rows.create_view("metadata", replace=True)
        return
    cursor.execute(f"DROP TABLE IF EXISTS {_HELD}")  # Ctrl-C may have come between the table and the view
    rows.create(_HELD)
    for opened in files:
        if opened.table is None and opened.file.has_changed():
            raise ChangedFileError(opened.file.path)
    cursor.table(_HELD).create_view("metadata", replace=True)


def find_byte_columns(cursor: DuckDBPyConnection, files: Sequence[OpenedFile]) -> dict[int, ByteColumns]:
    """Return the columns of image bytes, by the number of their file among those with votes."""
    voted = [file.file for file in files if file.file.kind.has_votes]
    return layout_tables.find_byte_columns(voted, _Reader(cursor))


def make_cells_view(cursor: DuckDBPyConnection, files: Sequence[OpenedFile], numbers: Sequence[int]) -> None:
    """Make the view `image_cells` of the files with columns of image bytes, which have these numbers."""
    names = [file.path.name for file in files if file.file.kind.has_votes]
    layout_tables.make_cells_view(cursor, names, numbers)


def make_vote_views(cursor: DuckDBPyConnection) -> None:
    """Make the view `source_votes` of files with votes."""
    cursor.table(layout_tables.VOTES).create_view("source_votes", replace=True)


def hold_pairs(cursor: DuckDBPyConnection) -> None:
    """Count the votes of the view `voted_pairs` once, and hold its rows."""
    _hold(cursor, "voted_pairs", "better_row, worse_row")


def hold_scores(cursor: DuckDBPyConnection) -> None:
    """Hold the rows of the view `image_scores`, which most questions about scores ask."""
    _hold(cursor, "image_scores")


def replace_rows(cursor: DuckDBPyConnection, view: str, stream: object) -> None:
    """Let a view show the rows of an Arrow stream."""
    cursor.from_arrow(stream).create(f"{KEPT}.{view}")
    cursor.table(f"{KEPT}.{view}").create_view(view, replace=True)


def register_rows(cursor: DuckDBPyConnection, name: str, stream: object) -> None:
    """Make or replace a table of the rows of an Arrow stream."""
    cursor.register("rows_to_register", stream)
    # The name is checked by RegisteredTables, and cannot be a parameter of the statement.
    cursor.execute(f'CREATE OR REPLACE TABLE "{name}" AS FROM rows_to_register')
    cursor.unregister("rows_to_register")


def choose_profile(cursor: DuckDBPyConnection, profile: str) -> None:
    """Make the view `audit_profile` of a row of `audit_profiles`."""
    is_chosen = duckdb.ColumnExpression("profile") == duckdb.ConstantExpression(profile)
    cursor.view("audit_profiles").filter(is_chosen).create_view("audit_profile", replace=True)


def hold_images(cursor: DuckDBPyConnection, files: Sequence[OpenedFile]) -> None:
    """Read the rows of the view `images` into memory, so that a statement is planned over a table and no join.

    Args:
        cursor: The cursor; the view is defined.
        files: The files of the source; those of a small one are left as they are.
    """
    if is_worth_holding(files):
        _hold(cursor, "images", "row_index")


def is_worth_holding(files: Sequence[OpenedFile]) -> bool:
    """Whether the rows of files are so many that reading views of them into memory saves time."""
    return sum(file.value_bytes for file in files) >= _SMALLEST_IMAGES


def _hold(cursor: DuckDBPyConnection, view: str, order: str | None = None) -> None:
    """Read the rows of a view into a table, in an order if one is given, and let the view show these."""
    table = f"{KEPT}.{view}"
    cursor.execute(f"DROP TABLE IF EXISTS {table}")
    rows = cursor.view(view)
    (rows if order is None else rows.order(order)).create(table)
    cursor.table(table).create_view(view, replace=True)


_HELD = f"{KEPT}.metadata"


def _check_file(cursor: DuckDBPyConnection, file: MetadataFile, first_row: int, table: str | None) -> FileSize:
    """Check a file, make its table if it has one, and return its size, without bytes where a table has them already."""
    try:
        if is_lfs_pointer(file.path):
            raise PointerFileError(file.path)
        size = (file.size or _SIZES.get(file)) if table is None and not file.kind.has_votes else None
        if size is None:
            size = file.kind.check(file.path, file.split, _Reader(cursor))
    except OSError as error:
        raise UnreadableError(file.path, describe_error(error)) from error
    except (duckdb.Error, UnicodeDecodeError) as error:
        raise BrokenFileError(file.path, file.kind.description, str(error)) from error
    except RuntimeError as error:  # DuckDB's Python module cannot return the name of a column
        raise BrokenFileError(file.path, file.kind.description, "the name of a column is not UTF-8") from error
    if file.kind.has_votes:
        return FileSize(0, 0)  # the rows of all files are read together
    if table is None:
        assert size is not None  # noqa: S101 - only kinds in memory count no rows
        _SIZES[file] = size
        if len(_SIZES) > _MOST_SIZES:
            _SIZES.pop(next(iter(_SIZES)), None)
        return size
    cursor.table_function(file.kind.macro, [literal_path(file.path), file.split, first_row]).create(table)
    return FileSize(int(cursor.table(table).shape[0]), 0)


_SIZES: dict[MetadataFile, FileSize] = {}
"""What was found of files, by their stamps: one that has not changed is not checked again in this process."""
_MOST_SIZES = 100


_NAMES = ("prompt", "first", "second", "label")  # of a table without rows that names no columns


class _Reader:
    """The `FileReader` that checks of files read with."""

    def __init__(self, cursor: DuckDBPyConnection) -> None:
        self._cursor = cursor
        self._read: Path | None = None  # the file that labelled_rows holds

    def parquet_columns(self, path: Path) -> dict[str, str]:
        rows = self._cursor.read_parquet(literal_path(path), hive_partitioning=False)
        types = {name.lower(): str(duck_type) for name, duck_type in zip(rows.columns, rows.types, strict=True)}
        if any(f"{name}_1" in types for name in types):  # as the engine calls the second of two columns of one name
            names = self._cursor.table_function("parquet_schema", [literal_path(path)]).project("name").fetchall()
            if (twins := find_twins((name for (name,) in names), PUBLISHED)) is not None:
                raise TwinColumnsError(path, *twins)
        return types

    def json_fields(self, path: Path) -> list[str]:
        fields = self._cursor.table_function("json_fields", [literal_path(path)]).fetchall()
        return sorted(name for (name,) in fields)

    def read_table(self, path: Path) -> tuple[str, dict[str, str]]:
        name = f"{KEPT}.labelled_rows"
        if self._read != path:
            self._cursor.execute(f"DROP TABLE IF EXISTS {name}")
            self._open_table(path).create(name)
            self._read = path
        rows = self._cursor.table(name)
        return name, {column: str(kind) for column, kind in zip(rows.columns, rows.types, strict=True)}

    def _open_table(self, path: Path) -> DuckDBPyRelation:
        literal, suffix = literal_path(path), path.suffix.lower()
        if suffix in JSON_SUFFIXES:
            # The engine would take texts for dates and UUIDs, and texts beside numbers for JSON.
            return self._cursor.read_json(literal, columns=dict.fromkeys(self.json_fields(path) or _NAMES, "VARCHAR"))
        if suffix in TABLE_SUFFIXES:
            # The engine would guess such a format that most rows fit, and leave out the others.
            columns = dict.fromkeys(unique_names(list_names(path)) or _NAMES, "VARCHAR")
            return self._cursor.read_csv(
                literal, columns=columns, auto_detect=False, header=True, sep=separator(path), quotechar='"',
                escapechar='"',
            )  # fmt: skip
        return self._cursor.read_parquet(literal, hive_partitioning=False)

    def literal(self, values: Sequence[object]) -> list[object]:
        """Return values with paths as the engine takes them."""
        return [literal_path(value) if isinstance(value, Path) else value for value in values]

    def first_row(self, macro: str, *arguments: object, order: str | None = None) -> tuple[Any, ...] | None:
        rows = self._cursor.table_function(macro, self.literal(arguments))
        # The rows are few where no order is asked for, and a limit would let the engine plan them once more.
        first = rows.fetchall() if order is None else rows.sort(order).limit(1).fetchall()
        return first[0] if first else None
