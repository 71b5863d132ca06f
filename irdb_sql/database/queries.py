"""The named queries of a facade, and what there is beside them: views and macros, and the columns of each."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import partial
from typing import TYPE_CHECKING, Self

from irdb_sql.core.schema import SPLITS, SUBSETS
from irdb_sql.engine.errors import ParameterValueError, QueryError, UnknownNameError, UnknownParameterError
from irdb_sql.engine.statement import Asked
from irdb_sql.errors import UnknownSplitError, UnknownSubsetError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    import polars as pl

    from irdb_sql.core.catalog import SqlFiles
    from irdb_sql.engine.local import Engine


class NamedQueries(ABC):
    """What can be asked by name, and of what, while the database is open."""

    _engine: Engine
    _sqlfiles: SqlFiles

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @abstractmethod
    def close(self) -> None:
        """Let go of what is open."""

    def _question(self, name: str, params: Mapping[str, object]) -> Asked:
        if name not in self._sqlfiles.queries:
            raise UnknownNameError("query", name, self._sqlfiles.queries)
        file = self._sqlfiles.queries[name]
        given = {param: value for param, value in params.items() if value is not None}
        for param in params:
            if param not in file.params:
                raise UnknownParameterError(name, param, file.params)
        if given.get("split", "train") not in SPLITS:
            raise UnknownSplitError(given["split"])
        if given.get("subset", "1k") not in [*SUBSETS]:  # a value that has no hash is refused, too
            raise UnknownSubsetError(given["subset"])
        return Asked(file.text, dict.fromkeys(file.params) | given, blame=partial(_blamed, name, given))

    def catalog(self) -> pl.DataFrame:
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
        import polars as pl  # noqa: PLC0415 - who only opens a database need not wait for it

        return pl.DataFrame(
            [(file.kind, file.name, file.signature, list(file.returns), file.summary) for file in self._sqlfiles.all()],
            schema={
                "kind": pl.String,
                "name": pl.String,
                "call": pl.String,
                "returns": pl.List(pl.String),
                "summary": pl.String,
            },
            orient="row",
        )

    def columns(self, name: str) -> pl.DataFrame:
        """Return the columns of what bears a name: `kind` of what bears it, `column` and its engine `type`.

        Raises:
            UnknownNameError: Nothing bears this name.

        Example:
            >>> from irdb_sql import connect
            >>> with connect() as db:
            ...     db.columns("rating_kinds").rows()
            [('view', 'kind', 'VARCHAR')]
        """
        files = self._sqlfiles.named(name)
        if not files:
            raise UnknownNameError("name", name, [file.name for file in self._sqlfiles.all()])
        import polars as pl  # noqa: PLC0415 - who only opens a database need not wait for it

        rows = [(file.kind, *column) for file in files if file.is_table for column in self._engine.columns(file)]
        return pl.DataFrame(rows, schema={"kind": pl.String, "column": pl.String, "type": pl.String}, orient="row")


def _blamed(name: str, given: Mapping[str, object], error: QueryError) -> QueryError:
    """Return the error that tells of a parameter's value, where the engine could not take one."""
    is_value = error.sentence.startswith(("Conversion", "Invalid Input", "Not impl")) and "Error: " in error.sentence
    return ParameterValueError(name, given, error.sentence) if given and is_value else error
