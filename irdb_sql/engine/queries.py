"""Named queries of the catalog: checks their parameters and prepares their statements."""

from __future__ import annotations

import contextlib
import datetime as dt
import numbers
from functools import partial
from typing import TYPE_CHECKING

from irdb_sql.core.late import late
from irdb_sql.core.options import check_type, wrong_value
from irdb_sql.core.splits import check_rank_gap, check_subset, join_splits
from irdb_sql.engine.errors import ParameterValueError, UnknownNameError, UnknownParameterError
from irdb_sql.errors import ArgumentTypeError, MissingParameterError, RangeError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    import polars as pl

    from irdb_sql.core.catalog import SqlCatalog, SqlFile
    from irdb_sql.engine import hints
    from irdb_sql.engine.errors import QueryError
    from irdb_sql.engine.protocol import QueryEngine, Statement

    QueryCall: TypeAlias = tuple[SqlFile, dict[str, object], Callable[[QueryError], QueryError]]
    """A named query, its parameters, and a function that names them in an error."""
else:
    hints = late("irdb_sql.engine.hints")


class NamedQueries:
    """The named queries of a catalog, on one engine.

    Args:
        engine: The engine that runs them.
        catalog: The catalog with the queries.
    """

    def __init__(self, engine: QueryEngine, catalog: SqlCatalog) -> None:
        self._engine = engine
        self._catalog = catalog

    def prepare(self, name: str, params: Mapping[str, object] | None = None) -> Statement:
        """Return the statement of a named query; `resolve` names the errors."""
        return self._engine.prepare_query(*self.resolve(name, params))

    def resolve(self, name: str, params: Mapping[str, object] | None = None) -> QueryCall:
        """Return a named query, its checked parameters, and what explains a failed conversion of one.

        Args:
            name: Its name.
            params: Its parameters; a missing one, or None, is NULL, and does not filter.

        Raises:
            UnknownNameError: No query has this name.
            UnknownParameterError: The query does not take one of the parameters.
            MissingParameterError: A query of the user lacks a parameter that its header does not declare.
            UnknownSplitError, UnknownSubsetError: There is no such split or subset.
            ArgumentTypeError: A value is of a type that no parameter has.
        """
        check_type("name", name, str, "the name of a query, as `irdb list` prints it")
        if name not in self._catalog.queries:
            raise UnknownNameError("query", name, self._catalog.queries, hints.name_hint(name, "query", self._catalog))
        return self.resolve_file(self._catalog.queries[name], params)

    @staticmethod
    def resolve_file(query: SqlFile, params: Mapping[str, object] | None = None) -> QueryCall:
        """Return what `resolve` does, for a query that need not be in the catalog."""
        for param in params or ():
            if param not in query.params:
                raise UnknownParameterError(query.name, param, query.params)
        # The package describes every parameter, and so does the header of who wants to leave one out.
        missing = [param for param, meaning in query.params.items() if not meaning and param not in (params or {})]
        if missing:
            raise MissingParameterError(query.name, missing)
        values = {param: value for param, value in (params or {}).items() if value is not None}
        for param, value in values.items():
            is_scalar = isinstance(value, str | numbers.Number | dt.date) or type(value).__module__ == "numpy"
            if not is_scalar and param not in ("split", "subset"):
                raise ArgumentTypeError(f"parameter {param}", value, "text, a number, True or False")
        if "split" in values:
            values["split"] = join_splits(values["split"])
        check_subset(values.get("subset"))
        check_rank_gap(values.get("min_rank_gap"))
        for param, value in values.items():
            _check_kind(query, param, value)
        return query, values, partial(_explain, query.name, values)

    def prepare_with(self, name: str, params: Mapping[str, object]) -> Statement:
        """Return the statement of a named query, ignoring other parameters."""
        query_params = self._catalog.queries[name].params
        return self.prepare(name, {param: value for param, value in params.items() if param in query_params})

    def frame(self, name: str, params: Mapping[str, object] | None = None) -> pl.DataFrame:
        """Run a named query and return its rows."""
        return self.prepare(name, params).frame()


def _check_kind(query: SqlFile, param: str, value: object) -> None:
    """Raise an error for a value that is no truth value, or no number, where a query of the package takes one.

    The engine would show the text of the query, which its user has not written.
    """
    if f"${param}::BOOLEAN" in query.text and str(value).lower() not in _TRUTHS:
        raise wrong_value(param, value, "True or False", str)
    is_negative = isinstance(value, numbers.Real) and value < 0
    if isinstance(value, str):
        with contextlib.suppress(ValueError):
            is_negative = float(value) < 0
    if f"whole_number(${param})" in query.text and is_negative:
        raise RangeError(param, value, "a whole number from 0")


_TRUTHS = ("true", "false", "t", "f", "yes", "no", "y", "n", "1", "0")


def _explain(name: str, params: Mapping[str, object], error: QueryError) -> QueryError:
    """Return an error that names the parameters whose values are wrong, if that is what DuckDB's message is about.

    A damaged file fails with errors of the same kinds, of which no parameter is the cause.
    """
    sentence = error.sentence
    is_conversion = sentence.startswith(("Conversion Error: ", "Invalid Input Error: ", "Not implemented Error: "))
    shown = {param: value for param, value in params.items() if f"'{value}'" in sentence}
    wrong = shown or (params if " cast " in sentence else {})
    return ParameterValueError(name, wrong, sentence) if wrong and is_conversion else error
