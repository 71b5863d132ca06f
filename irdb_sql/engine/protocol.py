"""Interfaces of the engines: DuckDB on this machine, and Apache Spark on a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    import polars as pl

    from irdb_sql.core.catalog import SqlFile
    from irdb_sql.engine.errors import QueryError
    from irdb_sql.engine.parameters import Params
    from irdb_sql.errors import IrdbError


class Statement(Protocol):
    """A SQL statement with parameters, which each method runs anew."""

    def frame(self, limit: int | None = None) -> pl.DataFrame:
        """Run it and return its rows, at most `limit`."""

    def schema(self) -> pl.Schema:
        """Return the names and types of its columns, without reading rows."""

    def batches(self, columns: Sequence[str] | None = None, limit: int | None = None) -> Iterator[pl.DataFrame | None]:
        """Run it and yield its rows in batches.

        Args:
            columns: The columns to return, in this order; None returns all.
            limit: How many rows to read at most; None reads all.

        Yields:
            A batch, or None while the engine works; closing the iterator then stops the engine.
        """


class Session(Protocol):
    """Named queries on one cursor, for which views can be replaced."""

    def answer(self, query: SqlFile, params: Mapping[str, object] | None = None) -> pl.DataFrame:
        """Run a named query and return its rows."""

    def call(self, macro: str, arguments: Sequence[object]) -> pl.DataFrame:
        """Return the rows of a table macro, in no order."""

    def rows(self, view: str) -> pl.DataFrame:
        """Return the rows of a view, in no order."""

    def shadow_view(self, view: str, rows: pl.DataFrame) -> None:
        """Replace the rows of a view for this session only."""

    def materialize(self, view: str, source: str, arguments: Sequence[object] | None = None) -> None:
        """Compute rows once, for a view of this session only.

        Args:
            view: The view whose rows are replaced.
            source: The view, which may be the same, or the macro whose rows these are.
            arguments: The arguments of the macro; None for a view.
        """

    def publish(self, view: str) -> None:
        """Replace a view by this session's for every later statement."""


class QueryEngine(Protocol):
    """An engine that runs statements over views and macros."""

    @property
    def version(self) -> int | None:
        """A number that changes when the rows of views may; None where they may change at any time."""

    @property
    def holds_scores(self) -> bool:
        """Whether the rows of the view `image_scores` are in memory for all statements, and those of the session."""

    def prepare(self, text: str, params: Params = None) -> Statement:
        """Return a statement of SQL text, which is checked unless trusted."""

    def prepare_query(
        self,
        query: SqlFile,
        params: Mapping[str, object] | None = None,
        explain: Callable[[QueryError], IrdbError] | None = None,
    ) -> Statement:
        """Return the statement of a named query.

        Args:
            query: The query.
            params: Its parameters; a missing one is NULL.
            explain: Returns an error that names the wrong parameter value, or the same error.
        """

    def columns(self, file: SqlFile) -> list[tuple[str, str | None]]:
        """Return column names and types, None where a type depends on files."""

    def session(self) -> AbstractContextManager[Session]:
        """Open a session, which can replace views for its own statements only."""

    def replace_view(self, view: str, rows: pl.DataFrame) -> None:
        """Replace the rows of a view for every later statement."""

    def close(self) -> None:
        """Stop running statements and release files and memory; later statements raise ClosedError."""
