"""Facade methods that run a SQL statement or a named query."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal, overload

from irdb_sql.core.late import late
from irdb_sql.core.options import check_flags, check_type
from irdb_sql.engine.errors import LazyIsolationError, RowsCutWarning
from irdb_sql.engine.parameters import check_statement, merge_params

if TYPE_CHECKING:
    import polars as pl

    from irdb_sql.core.schema import OnError
    from irdb_sql.database import own_queries
    from irdb_sql.database.facade import ImageRewardDB
    from irdb_sql.database.filters import Frame
    from irdb_sql.engine import lazy as scans
    from irdb_sql.engine.parameters import Params
    from irdb_sql.engine.protocol import Statement
else:
    own_queries = late("irdb_sql.database.own_queries")
    scans = late("irdb_sql.engine.lazy")


@overload
def sql(
    self: ImageRewardDB,
    text: str,
    params: Params = None,
    *,
    lazy: Literal[False] = False,
    isolated: bool = False,
    **more_params: object,
) -> pl.DataFrame: ...
@overload
def sql(
    self: ImageRewardDB,
    text: str,
    params: Params = None,
    *,
    lazy: Literal[True],
    isolated: Literal[False] = False,
    **more_params: object,
) -> pl.LazyFrame: ...
@overload
def sql(
    self: ImageRewardDB,
    text: str,
    params: Params = None,
    *,
    lazy: bool,
    isolated: bool = False,
    **more_params: object,
) -> Frame: ...
def sql(
    self: ImageRewardDB,
    text: str,
    params: Params = None,
    *,
    lazy: bool = False,
    isolated: bool = False,
    **more_params: object,
) -> Frame:
    """Run a SQL statement and return its rows.

    Args:
        text: A read-only statement: SELECT, FROM, WITH, VALUES, DESCRIBE, SUMMARIZE or SHOW.
        params: Values for `$name` (a mapping) or `?` (a sequence) in the text.
        lazy: Return a lazy frame.
        isolated: Run the statement in a separate process, for untrusted SQL. The system kills it after `timeout`
            (default 30 seconds) and limits its memory to `memory_limit` (default 2 GB). Starting the process takes
            about 0.3 s. Linux only, and not with `lazy`.
        **more_params: Further values for `$name`.

    Returns:
        The rows, in the order of the statement's ORDER BY, else in an undefined order.

    Raises:
        StatementError: The text is not one read-only statement.
        QueryError: The engine refuses the statement or fails; the message is the engine's own.
        TimeLimitError: The statement runs longer than its limit.
        IsolationError: The separate process was killed, crashed, or needed more memory than its limit.
        TypeError: The text is none, or there are values for `?` and named ones.

    Example:
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     db.sql("SELECT count(*) AS n FROM preference_pairs(in_split := $split)", split="test").item()
        651
    """
    check_statement(text, params)
    check_flags(lazy=lazy, isolated=isolated)
    params = merge_params(params, more_params)
    if isolated and lazy:
        raise LazyIsolationError
    max_rows = self._engine.limits.max_rows
    statement = self._engine.prepare(text, params)
    if lazy:
        return scans.scan(statement, max_rows)
    limit = None if max_rows is None else max_rows + 1
    rows = self._run_isolated(text, params) if isolated else statement.frame(limit)
    if max_rows is None or rows.height <= max_rows:
        return rows
    warnings.warn(RowsCutWarning(max_rows), stacklevel=2)
    return rows.head(max_rows)


@overload
def query(
    self: ImageRewardDB,
    name: str | Path,
    params: Mapping[str, object] | None = None,
    *,
    lazy: Literal[False] = False,
    images: bool = False,
    on_error: OnError = "raise",
    **more_params: object,
) -> pl.DataFrame: ...
@overload
def query(
    self: ImageRewardDB,
    name: str | Path,
    params: Mapping[str, object] | None = None,
    *,
    lazy: Literal[True],
    images: bool = False,
    on_error: OnError = "raise",
    **more_params: object,
) -> pl.LazyFrame: ...
@overload
def query(
    self: ImageRewardDB,
    name: str | Path,
    params: Mapping[str, object] | None = None,
    *,
    lazy: bool,
    images: bool = False,
    on_error: OnError = "raise",
    **more_params: object,
) -> Frame: ...
def query(
    self: ImageRewardDB,
    name: str | Path,
    params: Mapping[str, object] | None = None,
    *,
    lazy: bool = False,
    images: bool = False,
    on_error: OnError = "raise",
    **more_params: object,
) -> Frame:
    """Run a named query of `queries/` and return its rows.

    Args:
        name: The name of the query; `catalog` lists all. Or the path of a SQL file of your own, as a `pathlib.Path`:
            one SELECT, checked as text is, whose `$name` are its parameters.
        params: The parameters by name; a missing parameter, or None, keeps the query's default. One of your own query
            that its header does not declare must be given.
        lazy: Return a lazy frame.
        images: Add columns of image bytes for the columns of image paths, as `with_images` does.
        on_error: For an image that cannot be read: `raise`, `null` or `skip`, as in `with_images`.
        **more_params: Further parameters.

    Returns:
        The rows, in the total order that the query defines.

    Raises:
        UnknownNameError: No query has this name.
        NoSqlError: There is no such file.
        SqlFileError: The file is no query.
        UnknownParameterError: The query has no parameter of this name.
        MissingParameterError: A parameter of your own query is neither declared in its header nor given.
        UnknownSplitError: `split` is not train, validation or test.
        UnknownSubsetError: `subset` is not 1k, 2k, 4k or 8k.
        ParameterValueError: A value cannot be converted to the type of its parameter.
        PathColumnError: `images` is True, and no column holds image paths.
        ImageError: An image cannot be read and `on_error` is `raise`.

    Example:
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     db.query("rank_gaps", split="test").select("rank_gap", "pairs").rows()
        [(0, 85), (1, 293), (2, 210), (3, 111), (4, 37)]
    """
    check_type("params", params, (Mapping, type(None)), "a mapping of names to values")
    check_flags(lazy=lazy, images=images)
    values = {**(params or {}), **more_params}
    if isinstance(name, Path):
        query_call = self._queries.resolve_file(own_queries.inspect_own_query(self._engine, name), values)
        statement: Statement = self._engine.prepare_query(*query_call)
    else:
        statement = self._queries.prepare(name, values)
    rows = scans.scan(statement) if lazy else statement.frame()
    return self._images.with_images(rows, on_error=on_error) if images else rows
