"""Named queries: finds them in the catalog, checks what they are given, and prepares them on an engine."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from irdb_sql.core.schema import SPLITS, SUBSETS
from irdb_sql.engine.errors import ParameterValueError, UnknownNameError, UnknownParameterError
from irdb_sql.errors import UnknownSplitError, UnknownSubsetError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from irdb_sql.core.catalog import SqlFiles
    from irdb_sql.engine.errors import QueryError
    from irdb_sql.engine.protocol import QueryEngine, Statement


class NamedQueries:
    """The named queries of a catalog, on one engine.

    Args:
        engine: Where they run.
        catalog: The queries.
    """

    def __init__(self, engine: QueryEngine, catalog: SqlFiles) -> None:
        self._engine = engine
        self._catalog = catalog

    def prepare(self, name: str, params: Mapping[str, object] | None = None) -> Statement:
        """Return the statement of a named query.

        Args:
            name: Its name.
            params: Its parameters; one that is left out, or None, restricts nothing.

        Raises:
            UnknownNameError: No query has this name.
            UnknownParameterError: The query does not take one of the parameters.
            UnknownSplitError, UnknownSubsetError: There is no such split or subset.
        """
        if name not in self._catalog.queries:
            raise UnknownNameError("query", name, self._catalog.queries)
        query = self._catalog.queries[name]
        for param in params or ():
            if param not in query.params:
                raise UnknownParameterError(name, param, query.params)
        given = {param: value for param, value in (params or {}).items() if value is not None}
        if given.get("split", "train") not in SPLITS:
            raise UnknownSplitError(given["split"])
        if given.get("subset", "1k") not in [*SUBSETS]:  # a value that has no hash is refused, too
            raise UnknownSubsetError(given["subset"])
        return self._engine.prepare_query(query, given, partial(_explain, name, given))

    def prepare_with(self, name: str, params: Mapping[str, object]) -> Statement:
        """Return the statement of a named query, with those of the parameters that it takes."""
        query_params = self._catalog.queries[name].params
        return self.prepare(name, {param: value for param, value in params.items() if param in query_params})

    def frame(self, name: str, params: Mapping[str, object] | None = None) -> pl.DataFrame:
        """Answer a named query."""
        return self.prepare(name, params).frame()


def _explain(name: str, given: Mapping[str, object], error: QueryError) -> QueryError:
    """Return the error that names the values of parameters, where the engine could not take one."""
    is_value = error.sentence.startswith(("Conversion", "Invalid Input", "Not impl")) and "Error: " in error.sentence
    return ParameterValueError(name, given, error.sentence) if given and is_value else error
