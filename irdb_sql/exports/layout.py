"""Names the columns of an export's files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from irdb_sql.exports.formats import ExportFormat


@dataclass(frozen=True)
class Layout:
    """The columns of an export's files.

    Attributes:
        schema: The columns of the query and their types.
        format: The format, with the names of columns in the file, and which of them are images.
        has_bytes: Whether images are bytes and not paths.
        weight: The query's column of weights, which is the file's last column, `weight`; None writes none.
    """

    schema: pl.Schema
    format: ExportFormat
    has_bytes: bool
    weight: str | None

    @property
    def columns(self) -> dict[str, str]:
        """The query's columns that are written, and their file names."""
        return dict(self.format.columns) | ({} if self.weight is None else {self.weight: "weight"})

    def named(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the columns that are written, by their names in the file."""
        return rows.select(**{column: name for name, column in self.columns.items()})

    @property
    def paths(self) -> list[str]:
        """The query's columns of image paths."""
        return [name for name, column in self.columns.items() if column in self.format.images]

    @property
    def images(self) -> list[str]:
        """The query's columns of image paths for which bytes are written."""
        return self.paths if self.has_bytes else []
