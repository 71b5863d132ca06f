"""Parquet files with the published columns, one row per image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irdb_sql.core.schema import PUBLISHED, SPLITS, TEXT
from irdb_sql.sources.errors import MissingColumnError, ReservedColumnError, WrongTypeError, WrongValueError
from irdb_sql.sources.kinds.base import SourceKind

if TYPE_CHECKING:
    from pathlib import Path

    from irdb_sql.sources.kinds.base import FileReader

_ROW_NUMBER = "file_row_number"  # a column of this name would hide the engine's row numbers


class ParquetFiles(SourceKind):
    """Metadata as the dataset publishes it, in files `metadata-{split}.parquet`."""

    description = "parquet file"
    macro = "parquet_file"
    check_macros = ("parquet_file_faults",)
    is_fallback = True
    has_published_columns = True

    def matches(self, path: Path) -> bool:  # noqa: ARG002 - the fallback reads the content of any file
        """Whether a file is of this kind: any file is."""
        return True

    def split_of(self, path: Path) -> str | None:
        """Return the split that a published file name has."""
        return {f"metadata-{name}.parquet": name for name in SPLITS}.get(path.name)

    def check(self, path: Path, split: str | None, reader: FileReader) -> None:
        """Check presence, type and values of each published column."""
        types = reader.parquet_columns(path)
        if _ROW_NUMBER in types:
            raise ReservedColumnError(path, _ROW_NUMBER)
        for column, allowed in PUBLISHED.items():
            if column not in types:
                raise MissingColumnError(path, column, types)
            if types[column].partition("(")[0].strip('"') not in allowed:
                raise WrongTypeError(path, column, types[column], "text" if allowed is TEXT else "an integer")
        fault = reader.first_row("parquet_file_faults", path, split)
        if fault is not None:
            raise WrongValueError(path, *fault)
