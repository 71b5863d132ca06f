"""A SQL statement on DuckDB: checked, bound and run on one cursor, in one thread."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Protocol, TypeVar

import duckdb

from irdb_sql.core.late import late
from irdb_sql.core.tasks import Task, Worker
from irdb_sql.engine.errors import ClosedError, OtherLayoutError, QueryError
from irdb_sql.engine.parameters import bind, copy_params, without_foreign_mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import polars as pl
    import pyarrow as pa
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

    from irdb_sql.engine import frames
    from irdb_sql.engine.connection import Connection
    from irdb_sql.engine.definitions import Definitions
    from irdb_sql.engine.parameters import Params
    from irdb_sql.engine.screen import rows as text_rows
    from irdb_sql.engine.screen.rows import TextRows
    from irdb_sql.errors import IrdbError
else:
    pa = late("pyarrow")
    pl = late("polars")
    frames = late("irdb_sql.engine.frames")
    text_rows = late("irdb_sql.engine.screen.rows")

T = TypeVar("T")
_BATCH_ROWS = 100_000


class Shortcut(Protocol):
    """A faster way to the rows of a statement."""

    @property
    def schema(self) -> pl.Schema:
        """The names and types of its columns."""

    def frames(self, columns: Sequence[str] | None, *, whole: bool) -> Iterator[pl.DataFrame]:
        """Yield the rows in batches.

        Args:
            columns: The columns to return, in this order; None returns all.
            whole: Read all rows of the files at once, which is faster where they fit into memory.

        Raises:
            OtherLayoutError: The files do not have the published layout; the caller runs the statement instead.
        """


class DuckDBStatement:
    """A statement with parameters, which each method runs anew.

    Args:
        connection: The connection that opens its cursors.
        text: The statement.
        params: Its parameters, which are copied.
        definitions: Defines the views and macros that the text names.
        check: Returns the statement to run, or raises a StatementError; None runs the text unchecked.
        explain: Returns an error that names the wrong parameter value, or the same error.
        shortcut: A faster way to the same rows.
    """

    def __init__(  # noqa: PLR0913 - all but the first three are keyword-only
        self,
        connection: Connection,
        text: str,
        params: Params,
        *,
        definitions: Definitions,
        check: Callable[[DuckDBPyConnection, str], str] | None = None,
        explain: Callable[[QueryError], IrdbError] | None = None,
        shortcut: Shortcut | None = None,
    ) -> None:
        self._connection = connection
        self._text = text
        self._params = copy_params(params)
        self._definitions = definitions
        self._check = check
        self._explain = explain
        self._shortcut = shortcut

    def frame(self, limit: int | None = None) -> pl.DataFrame:
        """Run it and return its rows, at most `limit`."""
        if self._shortcut is not None and limit is None:
            with contextlib.suppress(OtherLayoutError):
                return self._shortcut_frame(self._shortcut)
        with self._explain_errors(), self._connection.cursor() as cursor:
            return cursor.run(lambda duck: frames.fetch_frame(self._relation(duck), limit))

    def texts(self, most: int | None = None) -> TextRows | None:
        """Run it and return its rows as texts, or None where they need a frame; it may run twice then.

        Args:
            most: How many rows there may be; None takes any number.
        """
        if self._shortcut is not None:
            return None
        with self._explain_errors(), self._connection.cursor() as cursor:
            return cursor.run(lambda duck: text_rows.rows_of_relation(self._relation(duck), most))

    def schema(self) -> pl.Schema:
        """Return the names and types of its columns, without reading rows."""
        return self.frame(0).schema if self._shortcut is None else self._shortcut.schema

    def batches(self, columns: Sequence[str] | None = None, limit: int | None = None) -> Iterator[pl.DataFrame | None]:
        """Run it and yield batches, or None while the engine works.

        Args:
            columns: The columns to return, in this order; None returns all.
            limit: How many rows to read at most; None reads all.
        """
        if self._shortcut is not None:
            with contextlib.suppress(OtherLayoutError):
                yield from _limit_rows(self._shortcut_frames(self._shortcut, columns), limit)
                return
        with contextlib.suppress(ClosedError), self._explain_errors():
            yield from self._batches(columns, limit)
            return
        # A new error, without a traceback to the cursor, because Polars may keep an error until Python exits.
        raise ClosedError

    def _relation(self, duck: DuckDBPyConnection) -> DuckDBPyRelation | None:
        """Check the text, define what it names and bind its parameters."""
        if self._check is not None:
            self._text, self._check = self._check(duck, self._text), None
        self._definitions.define(duck, [self._text, self._params])
        relation, self._params = bind(
            duck, self._text, self._params, lambda macro: self._definitions.define(duck, [macro])
        )
        return relation

    def _batches(self, columns: Sequence[str] | None, limit: int | None) -> Iterator[pl.DataFrame | None]:
        with self._connection.cursor() as cursor:
            reader, names = yield from cursor.wait(lambda duck: self._reader(duck, columns, limit))
            cursor.on_stop(reader.close)
            while (batch := (yield from cursor.wait(lambda _duck: next(reader, None)))) is not None:
                renamed = batch.rename_columns(names)
                rows = renamed if columns is None else renamed.select(columns)
                yield frames.check_dates(frames.frame_from_arrow(rows))

    def _reader(
        self, duck: DuckDBPyConnection, columns: Sequence[str] | None, limit: int | None
    ) -> tuple[pa.RecordBatchReader, list[str]]:
        """Start the statement; return a reader of rows and column names."""
        relation = self._relation(duck)
        if relation is None:
            return pa.table({}).to_reader(), []
        names = frames.unique_names(relation.columns)
        if columns is not None and len({name.lower() for name in relation.columns}) == len(names):
            relation = relation.select(*(duckdb.ColumnExpression(name) for name in columns))
            names = list(columns)
        limited = relation if limit is None else relation.limit(limit)
        return limited.to_arrow_reader(_BATCH_ROWS), names

    def _shortcut_frame(self, shortcut: Shortcut) -> pl.DataFrame:
        """Return all rows of the shortcut; Ctrl-C stops it."""
        stopped = threading.Event()

        def rows() -> pl.DataFrame:
            batches = self._shortcut_frames(shortcut, None, whole=True, is_stopped=stopped.is_set)
            return pl.concat([pl.DataFrame(schema=shortcut.schema), *batches], rechunk=False)

        # Not in the main thread, where Polars would raise KeyboardInterrupt a second time.
        worker = Worker()
        try:
            return worker.start(Task(rows, stopped.set)).result()
        finally:
            worker.close()

    def _shortcut_frames(
        self,
        shortcut: Shortcut,
        columns: Sequence[str] | None,
        *,
        whole: bool = False,
        is_stopped: Callable[[], bool] = bool,
    ) -> Iterator[pl.DataFrame]:
        """Yield the shortcut's rows until it is stopped or the database closed."""
        self._connection.check_open()
        for rows in shortcut.frames(columns, whole=whole):
            if is_stopped():
                return
            yield rows
            self._connection.check_open()

    @contextlib.contextmanager
    def _explain_errors(self) -> Iterator[None]:
        """Let `explain` add wrong parameter values to errors."""
        try:
            yield
        except QueryError as error:
            if (plain := without_foreign_mark(error.sentence, self._text)) != error.sentence:
                raise type(error)(plain, error.hint) from error
            if self._explain is None or (explained := self._explain(error)) is error:
                raise
            raise explained from error


def _limit_rows(rows: Iterator[pl.DataFrame], limit: int | None) -> Iterator[pl.DataFrame]:
    """Yield frames up to a number of rows; None yields all."""
    remaining = limit
    for frame in rows:
        if remaining is None:
            yield frame
            continue
        yield frame.head(remaining)
        remaining -= frame.height
        if remaining <= 0:
            return
