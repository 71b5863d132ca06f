"""Methods of the facade that take a statement of SQL or the name of a query."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Literal, cast, overload

from irdb_sql.core.late import late
from irdb_sql.engine.errors import LazyIsolationError, RowsCutWarning

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from irdb_sql.core.schema import OnError
    from irdb_sql.database.facade import ImageRewardDB
    from irdb_sql.database.filters import Frame
    from irdb_sql.engine import lazy as scans
    from irdb_sql.engine.parameters import Params
else:
    scans = late("irdb_sql.engine.lazy")


@overload
def sql(
    self: ImageRewardDB, text: str, params: Params = None, *, lazy: Literal[False] = False, isolated: bool = False
) -> pl.DataFrame: ...
@overload
def sql(self: ImageRewardDB, text: str, params: Params = None, *, lazy: Literal[True]) -> pl.LazyFrame: ...
@overload
def sql(self: ImageRewardDB, text: str, params: Params = None, *, lazy: bool, isolated: bool = False) -> Frame: ...
def sql(self: ImageRewardDB, text: str, params: Params = None, *, lazy: bool = False, isolated: bool = False) -> Frame:
    """Answer one SQL statement over the views and macros.

    Args:
        text: A statement that reads: SELECT, FROM, WITH, VALUES, DESCRIBE, SUMMARIZE or SHOW.
        params: Values for `$name` (a mapping) or `?` (a sequence) in the text.
        lazy: Return a lazy frame.
        isolated: Run the statement in a process of its own, for strangers' SQL: it is killed after `timeout` (30
            seconds unless told) and can take `memory_limit` (2 GB unless told), whatever it does. Starting the
            process takes some 0.3 s. On Linux, and not lazily.

    Returns:
        The rows, in the order of the text's ORDER BY, else in no order that is promised.

    Raises:
        StatementError: The text is not one statement that reads.
        QueryError: The engine refuses it or fails; the engine's own text is kept.
        TimeLimitError: It takes longer than it may.
        IsolationError: A process of its own ended without an answer.

    Example:
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     db.sql("SELECT count(*) AS n FROM preference_pairs(in_split := $split)", {"split": "test"}).item()
        651
    """
    if not isinstance(cast("object", text), str):
        message = f"a statement is text, not {type(text).__name__}"
        raise TypeError(message)
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
    name: str,
    params: Mapping[str, object] | None = None,
    *,
    lazy: Literal[False] = False,
    images: bool = False,
    on_error: OnError = "raise",
    **more: object,
) -> pl.DataFrame: ...
@overload
def query(
    self: ImageRewardDB,
    name: str,
    params: Mapping[str, object] | None = None,
    *,
    lazy: Literal[True],
    images: bool = False,
    on_error: OnError = "raise",
    **more: object,
) -> pl.LazyFrame: ...
@overload
def query(
    self: ImageRewardDB,
    name: str,
    params: Mapping[str, object] | None = None,
    *,
    lazy: bool,
    images: bool = False,
    on_error: OnError = "raise",
    **more: object,
) -> Frame: ...
def query(
    self: ImageRewardDB,
    name: str,
    params: Mapping[str, object] | None = None,
    *,
    lazy: bool = False,
    images: bool = False,
    on_error: OnError = "raise",
    **more: object,
) -> Frame:
    """Answer a named query, a question with a file of its own in `queries/`.

    Args:
        name: Its name; `catalog` lists them.
        params: Its parameters by name; one that is left out, or None, restricts nothing.
        lazy: Return a lazy frame.
        images: Add the bytes of the images that its columns of paths name, as `with_images` does.
        on_error: What becomes of an image that cannot be had: `raise`, `null` or `skip`.
        **more: Further parameters.

    Returns:
        The rows, in the total order that the query states.

    Raises:
        UnknownNameError: No query has this name.
        UnknownParameterError: The query does not take one of the parameters.
        UnknownSplitError: `split` is none of the published ones.
        UnknownSubsetError: `subset` is none of the published ones.
        ParameterValueError: A value does not fit its parameter.
        PathColumnError: Bytes are asked for, and no column holds image paths.
        ImageError: An image cannot be had, and `on_error` is `raise`.

    Example:
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     db.query("rank_gaps", split="test").select("rank_gap", "pairs").rows()
        [(0, 85), (1, 293), (2, 210), (3, 111), (4, 37)]
    """
    statement = self._queries.prepare(name, {**(params or {}), **more})
    rows = scans.scan(statement) if lazy else statement.frame()
    return self._images.with_images(rows, on_error=on_error) if images else rows
