"""Says which columns of a query the files of an export hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from irdb_sql.exports.formats import ExportFormat


@dataclass(frozen=True)
class Layout:
    """What the files of an export hold.

    Attributes:
        schema: The columns of the query that are written.
        form: Their names in the file, and which of them are images.
        has_bytes: Whether images are bytes and not paths.
        weight: A column of the query that is written last, as `weight`.
    """

    schema: pl.Schema
    form: ExportFormat
    has_bytes: bool
    weight: str | None

    @property
    def columns(self) -> dict[str, str]:
        """The query's columns and what they are called."""
        return dict(self.form.columns) | ({} if self.weight is None else {self.weight: "weight"})

    def named(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the columns that are written, under their names in the file."""
        return rows.select(**{column: name for name, column in self.columns.items()})

    @property
    def paths(self) -> list[str]:
        """The query's columns of image paths."""
        return [name for name, column in self.columns.items() if column in self.form.images]

    @property
    def images(self) -> list[str]:
        """The query's columns of which bytes are written."""
        return self.paths if self.has_bytes else []
