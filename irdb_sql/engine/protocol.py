"""What every engine answers to: DuckDB on this machine, and Apache Spark on a cluster."""

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
    """A SQL statement with its parameters, ready to run; each method runs it on a cursor and in a thread of its own."""

    def frame(self, limit: int | None = None) -> pl.DataFrame:
        """Run it and return its rows, at most `limit` of them; Ctrl-C stops it."""

    def schema(self) -> pl.Schema:
        """Return names and types of its columns without running it."""

    def batches(self, columns: Sequence[str] | None = None, limit: int | None = None) -> Iterator[pl.DataFrame | None]:
        """Run it and yield its rows in batches.

        Args:
            columns: The columns to return, in this order; None returns all.
            limit: How many rows to read at most; None reads all.

        Yields:
            A batch, or None while the engine still works: whoever waits can then give up, which stops the engine.
        """


class Session(Protocol):
    """Named queries that see tables of their own in the place of views."""

    def answer(self, query: SqlFile, params: Mapping[str, object] | None = None) -> pl.DataFrame:
        """Run a named query and return its rows."""

    def call(self, macro: str, arguments: Sequence[object]) -> pl.DataFrame:
        """Return the rows of a table macro, in no order."""

    def rows(self, view: str) -> pl.DataFrame:
        """Return the rows of a view, in no order."""

    def shadow_view(self, view: str, rows: pl.DataFrame) -> None:
        """Let this session see rows in the place of a view."""

    def materialize(self, view: str) -> None:
        """Compute a view once, for all that this session asks afterwards."""

    def publish(self, view: str) -> None:
        """Let every statement from now on see what this session sees in a view."""


class QueryEngine(Protocol):
    """Runs statements over the views and macros of the catalog."""

    def prepare(self, text: str, params: Params = None) -> Statement:
        """Return a statement that somebody typed; it is checked when it first runs, on the same cursor."""

    def prepare_query(
        self,
        query: SqlFile,
        params: Mapping[str, object] | None = None,
        explain: Callable[[QueryError], IrdbError] | None = None,
    ) -> Statement:
        """Return the statement of a named query.

        Args:
            query: The query.
            params: Its parameters; one that is left out is NULL.
            explain: Says of an error which of the given values is wrong, if it can tell.
        """

    def columns(self, file: SqlFile) -> list[tuple[str, str | None]]:
        """Return names and types of the columns of a view, table macro or query; no types where it reads a file."""

    def session(self) -> AbstractContextManager[Session]:
        """Open a session, whose statements may see tables that no other statement does."""

    def replace_view(self, view: str, rows: pl.DataFrame) -> None:
        """Let every statement from now on see rows in the place of a view."""

    def close(self) -> None:
        """Stop what runs and let go of files and memory; asking afterwards raises ClosedError."""
