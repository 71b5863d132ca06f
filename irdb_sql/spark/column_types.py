"""Names and types of the columns of whatever runs on Apache Spark, as DuckDB reports them without any rows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from irdb_sql.core.signatures import parameters
from irdb_sql.engine.limits import Limits
from irdb_sql.engine.local import DuckDBEngine
from irdb_sql.images.listing import SCHEMA
from irdb_sql.sources.local import Source
from irdb_sql.spark.values import parameter_type

if TYPE_CHECKING:
    from irdb_sql.core.catalog import SqlCatalog, SqlFile
    from irdb_sql.errors import IrdbError

Columns = list[tuple[str, str]]
"""Names of columns, and their types as DuckDB writes them."""


class Types:
    """The types of the catalog.

    Args:
        catalog: The views, macros and queries.
    """

    def __init__(self, catalog: SqlCatalog) -> None:
        source = Source((), "no rows", Path())
        self._engine = DuckDBEngine(source, catalog, lambda _folders, _interrupts: _NoImages(), Limits())

    def columns(self, file: SqlFile) -> Columns:
        """Return names and types of the columns of a view, table macro or query."""
        return [(name, str(kind)) for name, kind in self._engine.columns(file)]

    def value(self, macro: SqlFile) -> str:
        """Return the type of a scalar macro whose parameters all have types."""
        arguments = ", ".join(f"CAST(NULL AS {parameter_type(macro, one)})" for one in parameters(macro))
        kind = self._engine.prepare(f"SELECT typeof({macro.name}({arguments})) AS kind").frame()  # no data in it
        return str(kind.item())

    def close(self) -> None:
        """Let go of memory."""
        self._engine.close()


class _NoImages:
    """An empty listing of images, as Spark reads no image files."""

    failure: IrdbError | None = None

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return SCHEMA.to_frame().__arrow_c_stream__(requested_schema)
