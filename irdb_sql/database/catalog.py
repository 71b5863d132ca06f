"""Facade methods that list the views, macros and queries, and their columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from irdb_sql.core.late import late
from irdb_sql.core.options import check_type
from irdb_sql.engine.errors import UnknownNameError

if TYPE_CHECKING:
    import polars as pl

    from irdb_sql.core.catalog import SqlCatalog
    from irdb_sql.engine.protocol import QueryEngine
else:
    pl = late("polars")


class HoldsCatalog(Protocol):
    """A facade over the views, macros and queries of a catalog."""

    _catalog: SqlCatalog

    @property
    def _engine(self) -> QueryEngine: ...


def catalog(self: HoldsCatalog) -> pl.DataFrame:
    """Return one row per view, macro and query.

    Rows are in the order of kind (view, macro, query) and name. Columns: `kind`, `name`, `call` (parameters, for a
    macro with types and defaults), `returns` (list of column names; empty for a scalar macro) and `summary`.

    Example:
        >>> import polars as pl
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     db.catalog().filter(pl.col("name") == "pair_count").select("kind", "call").row(0)
        ('macro', 'pair_count(n_images BIGINT)')
    """
    return pl.DataFrame(
        [(file.kind, file.name, file.signature, list(file.returns), file.summary) for file in self._catalog.all()],
        schema={
            "kind": pl.String,
            "name": pl.String,
            "call": pl.String,
            "returns": pl.List(pl.String),
            "summary": pl.String,
        },
        orient="row",
    )


def columns(self: HoldsCatalog, name: str) -> pl.DataFrame:
    """Return one row per column of a view, table macro or query.

    Columns: `kind` (view, macro or query), `column` and `type` (SQL type).

    Raises:
        UnknownNameError: No view, macro or query has this name.

    Example:
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     db.columns("rating_kinds").rows()
        [('view', 'kind', 'VARCHAR')]
    """
    check_type("name", name, str, "the name of a view, macro or query")
    files = self._catalog.find(name)
    if not files:
        raise UnknownNameError("name", name, [file.name for file in self._catalog.all()])
    rows = [(file.kind, *column) for file in files if file.is_table for column in self._engine.columns(file)]
    return pl.DataFrame(rows, schema={"kind": pl.String, "column": pl.String, "type": pl.String}, orient="row")
