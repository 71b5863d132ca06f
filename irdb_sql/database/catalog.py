"""Methods of both facades that list what there is to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from irdb_sql.core.late import late
from irdb_sql.engine.errors import UnknownNameError

if TYPE_CHECKING:
    import polars as pl

    from irdb_sql.core.catalog import SqlFiles
    from irdb_sql.engine.protocol import QueryEngine
else:
    pl = late("polars")


class HoldsCatalog(Protocol):
    """A facade over the views, macros and queries of a catalog."""

    _catalog: SqlFiles

    @property
    def _engine(self) -> QueryEngine: ...


def catalog(self: HoldsCatalog) -> pl.DataFrame:
    """Return every view, macro and query: its kind, name, call, columns and summary; views first, then by name.

    Columns: `kind` (view, macro or query), `name`, `call` (a macro's parameters with types and defaults, a query's
    parameters), `returns` (names of the columns; empty for a macro that is a value), `summary`.

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
    """Return the columns of what bears a name: `kind` of what bears it, `column` and its engine `type`.

    Raises:
        UnknownNameError: Nothing bears this name.

    Example:
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     db.columns("rating_kinds").rows()
        [('view', 'kind', 'VARCHAR')]
    """
    files = self._catalog.named(name)
    if not files:
        raise UnknownNameError("name", name, [file.name for file in self._catalog.all()])
    rows = [(file.kind, *column) for file in files if file.is_table for column in self._engine.columns(file)]
    return pl.DataFrame(rows, schema={"kind": pl.String, "column": pl.String, "type": pl.String}, orient="row")
