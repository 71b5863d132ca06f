"""Parquet files with the published columns, one row per image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irdb_sql.core.schema import PUBLISHED, SPLITS, TEXT
from irdb_sql.errors import quoted
from irdb_sql.sources.errors import (
    BrokenFileError,
    MissingColumnError,
    ReservedColumnError,
    WrongTypeError,
    WrongValueError,
)
from irdb_sql.sources.kinds.base import FileSize, SourceKind

if TYPE_CHECKING:
    from pathlib import Path

    from irdb_sql.sources.kinds.base import FileReader

_ROW_NUMBER = "file_row_number"  # a column of this name would hide the engine's row numbers


class ParquetFiles(SourceKind):
    """Metadata as the dataset publishes it, in files `metadata-{split}.parquet`."""

    description = "parquet file"
    macro = "parquet_file"
    check_macros = ("parquet_file_checks",)
    in_place_macros = ("parquet_statistics_faults",)
    layout = "imagerewarddb"
    priority = -2
    has_published_columns = True

    def matches(self, path: Path, fields: frozenset[str]) -> bool:  # noqa: ARG002 - the last kind reads any file
        """Whether a file is of this kind: any file is that is of no other one."""
        return True

    def split_of(self, path: Path) -> str | None:
        """Return the split that a published file name has."""
        return {f"metadata-{name}.parquet": name for name in SPLITS}.get(path.name)

    def check(self, path: Path, split: str | None, reader: FileReader) -> FileSize:
        """Check presence, type and values of each published column, and count the rows."""
        types = reader.parquet_columns(path)
        if _ROW_NUMBER in types:
            raise ReservedColumnError(path, _ROW_NUMBER)
        for column, allowed in PUBLISHED.items():
            if column not in types:
                raise MissingColumnError(path, column, types)
            if types[column].partition("(")[0].strip('"') not in allowed:
                raise WrongTypeError(path, column, types[column], "text" if allowed is TEXT else "an integer")
        row = reader.first_row("parquet_file_checks", path, split)
        assert row is not None  # noqa: S101 - the macro has one row
        rows, value_bytes, wrong_column, wrong_value, footer_fault = row
        if wrong_column is not None:
            raise WrongValueError(path, wrong_column, wrong_value)
        if footer_fault is not None:
            raise BrokenFileError(path, self.description, footer_fault)
        return FileSize(rows, value_bytes)

    def check_in_place(self, path: Path, reader: FileReader) -> None:
        """Check that no value is below the minimum or above the maximum that the footer says of its row group."""
        fault = reader.first_row("parquet_statistics_faults", path)
        if fault is not None:
            group, column, claimed_min, claimed_max, actual_min, actual_max = fault
            contradiction = (
                f"its footer says that {column} is from {quoted(claimed_min)} to {quoted(claimed_max)} in row group "
                f"{group}, but it is from {quoted(actual_min)} to {quoted(actual_max)}"
            )
            raise BrokenFileError(path, self.description, contradiction)
