"""The DuckDB engine behind a database: the one place where statements run."""

from __future__ import annotations

import atexit
import contextlib
import threading
import time
import weakref
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import duckdb

from irdb_sql.core.tasks import Task
from irdb_sql.engine.base_view import make_base_view
from irdb_sql.engine.definitions import Definitions, comment
from irdb_sql.engine.errors import ClosedError, LimitError, QueryError, TimeLimitError
from irdb_sql.engine.hints import next_step
from irdb_sql.engine.limits import limit_time, lock
from irdb_sql.engine.parameters import bound
from irdb_sql.engine.sandbox import NEEDED, checked_statement
from irdb_sql.errors import IrdbError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

    import polars as pl
    import pyarrow as pa
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

    from irdb_sql.core.catalog import SqlFile, SqlFiles
    from irdb_sql.engine.limits import Limits
    from irdb_sql.engine.parameters import Params
    from irdb_sql.sources.local import Source

T = TypeVar("T")
_BATCH_ROWS = 100_000
_DRAINING_SECONDS = 1.0


class Engine:
    """A DuckDB in memory that holds a source's metadata as views, and every macro that a statement names.

    Every statement runs on a cursor of its own, so that threads, half-read results and interrupts do not meet. At the
    end of the process whatever still runs is stopped first: the engine's threads cannot outlive Python.

    Args:
        source: What to read; each file is checked before a view is made of it. Without files, `metadata` has no row.
        sqlfiles: The views and macros to define.
        listing: Is given a function that tells the folders of images and one that counts interrupts, and makes an
            Arrow stream of what lies there; each statement that reads `image_listing` pulls it, and no other does.
        limits: What a statement may take.

    Attributes:
        kept: Views that rows have been put in the place of.
        first_rows: The row_index of the first row of each file of the source.
        is_safe: Whether statements of others are checked, and no file but those of the source can be opened.

    Raises:
        LimitError: The engine does not take a limit.
        FileError: A file is not what its name says, or lacks a column, or holds a wrong type or value.
    """

    def __init__(
        self,
        source: Source,
        sqlfiles: SqlFiles,
        listing: Callable[[Callable[[], list[str]], Callable[[], int]], object],
        limits: Limits,
    ) -> None:
        try:
            self._connection: DuckDBPyConnection | None = duckdb.connect(config=limits.config())
        except duckdb.Error as error:
            raise LimitError(str(error)) from error
        self._limits = limits
        self._sqlfiles = sqlfiles
        self.is_safe = False
        self._is_lent = False
        self.kept: list[str] = []
        self._definitions = Definitions(
            sqlfiles,
            given=["metadata"] if source.files else [],
            made={"image_listing": partial(_make_listing, weakref.ref(self), listing)},
        )
        self._lock = threading.Lock()
        self._interrupts = 0
        self._listing: object = None
        self._tasks: dict[Task[Any], DuckDBPyConnection] = {}
        self._readers: set[pa.RecordBatchReader] = set()
        self._cursors: set[DuckDBPyConnection] = set()
        self.first_rows: list[int] = []
        _open_engines.add(self)
        try:
            if source.files:
                self._open(source)
        except BaseException:
            self.close()
            raise

    def _open(self, source: Source) -> None:
        with self._cursor(*(macro for file in source.files for macro in file.kind.macros)) as cursor:
            making = self._started(cursor, lambda: make_base_view(cursor, source.files))
            self.first_rows = self._outcome(making)
            comment(cursor, self._sqlfiles.views["metadata"])

    def guard(self, source: Source, *, trusted: bool) -> None:
        """Limit how long statements take, and unless they are trusted let them open no file but those of the source."""
        with self._cursor() as cursor:
            limit_time(cursor, self._limits)
            if not trusted:
                lock(cursor, source)
        self.is_safe = not trusted

    def close(self) -> None:
        """Stop what runs and let go of files and memory; whoever asks or waits for rows gets a ClosedError."""
        with self._lock:
            connection, self._connection = self._connection, None
        if connection is None:
            return
        for task in list(self._tasks):
            task.stop()
        for reader in list(self._readers):
            reader.close()
        for cursor in [*self._cursors, connection]:
            with contextlib.suppress(duckdb.Error):  # its thread may be closing it
                cursor.close()

    def refuse_closed(self) -> None:
        """Raise a ClosedError if it is closed."""
        if self._connection is None:
            raise ClosedError

    @property
    def shows_source(self) -> bool:
        """Whether images are those of the source's files: none is left out, and nobody can have changed a view."""
        return self.is_safe and not self._is_lent and "left_out_images" not in self.kept

    @property
    def is_idle(self) -> bool:
        """Whether no statement runs and no result is half read."""
        return not self._tasks and not self._readers

    def frame(self, text: str, params: Params = None, limit: int | None = None) -> pl.DataFrame:
        """Run a statement and return its rows, all or so many; Ctrl-C stops it."""
        return self._answered(text, params, limit)[0]

    def schema(self, text: str, params: Params = None) -> tuple[pl.Schema, Params]:
        """Return names and types of a statement's columns, without running it, and its parameters as taken."""
        rows, taken = self._answered(text, params, 0)
        return rows.schema, taken

    def _answered(self, text: str, params: Params, limit: int | None) -> tuple[pl.DataFrame, Params]:
        with self._cursor(text, params) as cursor:

            def work() -> tuple[pl.DataFrame, Params]:
                relation, taken = bound(cursor, text, params, lambda macro: self._definitions.define(cursor, [macro]))
                return _frame_of(relation, limit), taken

            return self._outcome(self._started(cursor, work))

    def batches(
        self, text: str, params: Params, columns: Sequence[str] | None, limit: int | None
    ) -> Iterator[pa.RecordBatch | None]:
        """Run a statement and yield its rows in batches.

        Args:
            text: The statement.
            params: Its parameters.
            columns: The columns to return, in order; None returns all.
            limit: How many rows to read at most; None reads all.

        Yields:
            A batch, or None while the engine still works: whoever waits can then give up, which stops the engine.
        """
        with contextlib.suppress(ClosedError):
            yield from self._batches(text, params, columns, limit)
            return
        # Anew: Polars may keep an error to the end of Python, and with it what its traceback leads to, the cursor.
        raise ClosedError

    def _batches(
        self, text: str, params: Params, columns: Sequence[str] | None, limit: int | None
    ) -> Iterator[pa.RecordBatch | None]:
        from irdb_sql.engine.frames import distinct  # noqa: PLC0415 - as below

        with self._cursor(text, params) as cursor:

            def reader() -> tuple[pa.RecordBatchReader, list[str]]:
                relation = cursor.sql(text, params=params)
                names = distinct(relation.columns)
                if columns is not None and len({name.lower() for name in relation.columns}) == len(names):
                    relation = relation.select(*(duckdb.ColumnExpression(name) for name in columns))
                    names = list(columns)
                relation = relation if limit is None else relation.limit(limit)
                return relation.to_arrow_reader(_BATCH_ROWS), names

            rows, names = yield from self._waiting(cursor, reader)
            self._readers.add(rows)
            try:
                while (batch := (yield from self._waiting(cursor, lambda: next(rows, None)))) is not None:
                    batch = batch.rename_columns(names)
                    yield batch if columns is None else batch.select(columns)
            finally:
                try:
                    self._readers.discard(rows)
                except KeyboardInterrupt:  # the notice of what has ended the reading can come late, as in _waiting
                    self._readers.discard(rows)
                rows.close()

    def leave_out(self, macro: str, params: Sequence[str]) -> None:
        """Leave images out of all views from now on: those whose row_index a macro returns."""
        with self._cursor(macro) as cursor:

            def rows() -> pl.DataFrame:
                return _frame_of(cursor.table_function(macro, list(params)))

            # Asked once: each later statement then joins to a table of few rows.
            self.keep("left_out_images", self._outcome(self._started(cursor, rows)))

    @contextlib.contextmanager
    def session(self) -> Iterator[Session]:
        """Open a session, whose statements may see tables that no other statement does."""
        with self._cursor() as cursor:
            yield Session(cursor, lambda work: self._outcome(self._started(cursor, work)), self._define)

    def keep(self, view: str, rows: pl.DataFrame) -> None:
        """Put rows in the place of a view, for all statements from now on."""
        with self._cursor(view) as cursor:

            def work() -> None:
                cursor.from_arrow(_stream_of(rows)).create(f"kept_{view}")
                cursor.table(f"kept_{view}").create_view(view, replace=True)

            self._outcome(self._started(cursor, work))
        self.kept.append(view)

    def rows(self, table: str) -> pl.DataFrame:
        """Return all rows of a table or view, in no order."""
        with self._cursor(table) as cursor:
            return self._outcome(self._started(cursor, lambda: _frame_of(cursor.table(table))))

    def register(self, name: str, rows: pl.DataFrame) -> None:
        """Add a table that all statements see, in the place of one that was added under the same name before."""
        with self._cursor() as cursor:

            def work() -> None:
                cursor.register(_REGISTERING, _stream_of(rows))
                cursor.execute(f'CREATE OR REPLACE TABLE "{name}" AS FROM {_REGISTERING}')  # no parameter names a table
                cursor.unregister(_REGISTERING)

            self._outcome(self._started(cursor, work))

    def can_be_asked(self, name: str) -> bool:
        """Whether a statement could name a table that is called so."""
        with self._cursor("refused_names") as cursor:
            try:
                return not cursor.table_function("refused_names", [f"SHOW {name}"]).fetchall() and not (
                    cursor.table_function("refused_names", [f"FROM {name}"]).fetchall()
                )
            except duckdb.Error:
                return False

    def unregister(self, name: str) -> None:
        """Take away a table that was added."""
        with self._cursor() as cursor:
            cursor.execute(f'DROP TABLE "{name}"')

    def connection(self) -> DuckDBPyConnection:
        """Open a connection to the same database, which knows every view and macro; whoever asks closes it."""
        with self._cursor() as cursor:
            self._definitions.define(cursor, (), everything=True)
        with self._lock:
            if self._connection is None:
                raise ClosedError
            self._is_lent = True
            return self._connection.cursor()

    def checked(self, text: str) -> str:
        """Return a text if it is one statement that reads, and reads nothing but the data; any where it is trusted.

        Raises:
            StatementError: It is empty, several statements, one that does not read, or one that reads something else.
            QueryError: It is no SQL.
        """
        if not self.is_safe:
            return text
        with self._cursor(text, NEEDED) as cursor:

            def work() -> str:
                return checked_statement(
                    cursor, text, lambda name: self._definitions.define(cursor, [name], everything=name is None)
                )

            return self._outcome(self._started(cursor, work))

    def columns(self, file: SqlFile) -> list[tuple[str, str | None]]:
        """Return names and types of the columns of a view, table macro or query; no types where it reads a file."""
        with self._cursor(file.name, file.text) as cursor:
            if file.kind == "view":
                relation = cursor.view(file.name)
            elif file.kind == "macro":
                try:
                    relation = cursor.table_function(file.name, [])
                except duckdb.BinderException:  # it cannot be called without a file
                    return [(column, None) for column in file.returns]
            else:
                relation = cursor.sql(file.text, params=dict.fromkeys(file.params))
            return [(column, str(kind)) for column, kind in zip(relation.columns, relation.types, strict=True)]

    def image_folders(self) -> list[str]:
        """List the folders in which images lie, in no order."""
        with self._cursor("image_folders") as cursor:
            task = self._started(cursor, lambda: cursor.table_function("image_folders", []).fetchall())
            return [folder for (folder,) in self._outcome(task)]

    def _define(self, *texts: object) -> None:
        """Define what texts name, by a cursor that has no tables of its own to take for views of the same name."""
        with self._cursor(*texts):
            pass

    @contextlib.contextmanager
    def _cursor(self, *texts: object) -> Iterator[DuckDBPyConnection]:
        """Open a cursor that knows every view and macro that is named in a text or parameters."""
        with self._lock:
            if self._connection is None:
                raise ClosedError
            cursor = self._connection.cursor()
            self._cursors.add(cursor)
        try:
            if self._definitions.lacks(texts):
                # Not in the main thread, where the engine would take Ctrl-C for an error of its own.
                self._outcome(self._started(cursor, lambda: self._definitions.define(cursor, texts)))
            yield cursor
        finally:
            # Ctrl-C may come between the start of some work and the wait for its end.
            for task in [task for task, at in list(self._tasks.items()) if at is cursor]:
                task.stop()
            self._cursors.discard(cursor)
            cursor.close()

    def _started(self, cursor: DuckDBPyConnection, work: Callable[[], T]) -> Task[T]:
        with self._lock:
            if self._connection is None:
                raise ClosedError
            task = Task(work, partial(self._interrupt, cursor))
            self._tasks[task] = cursor  # before it begins: Ctrl-C may come at any moment
        task.start()
        return task

    def _interrupt(self, cursor: DuckDBPyConnection) -> None:
        self._interrupts += 1
        cursor.interrupt()

    def _outcome(self, task: Task[T]) -> T:
        try:
            return task.result()
        except IrdbError:
            raise
        except (duckdb.Error, OSError) as error:  # the latter is what a batch's failure is to Arrow
            if self._connection is None:
                raise ClosedError from error
            failure = getattr(self._listing, "failure", None)
            if failure is not None and _OF_STREAM in str(error):
                raise failure from error
            if _TIMED_OUT in str(error):
                raise TimeLimitError(self._limits.timeout) from error
            raise QueryError(str(error), next_step(str(error), self._sqlfiles)) from error
        finally:
            self._tasks.pop(task, None)

    def _waiting(self, cursor: DuckDBPyConnection, work: Callable[[], T]) -> Generator[None, None, T]:
        """Do some work, yielding None while it lasts; given up, stop it."""
        task = self._started(cursor, work)
        try:
            while not task.ended():
                yield None
        except GeneratorExit:
            # Polars has given up. If for Ctrl-C, Python's own notice of it can arrive here, and Polars reports it too.
            try:
                task.stop()
            except KeyboardInterrupt:
                task.stop()
            raise
        except BaseException:  # Ctrl-C in the main thread
            task.stop()
            raise
        finally:
            self._tasks.pop(task, None)
        return self._outcome(task)


class Session:
    """Statements that share tables of their own, which stand before views of the same name.

    Args:
        cursor: Where they run.
        run: Runs a call that Ctrl-C can stop.
        define: Defines every view and macro that is named in a text or parameters.
    """

    def __init__(
        self,
        cursor: DuckDBPyConnection,
        run: Callable[[Callable[[], Any]], Any],
        define: Callable[..., None],
    ) -> None:
        self._cursor = cursor
        self._run = run
        self._define = define

    def frame(self, text: str, params: Params = None) -> pl.DataFrame:
        """Run a statement and return all its rows; Ctrl-C stops it."""
        self._define(text, params)
        rows: pl.DataFrame = self._run(lambda: _frame_of(self._cursor.sql(text, params=params)))
        return rows

    def call(self, macro: str, arguments: Sequence[object]) -> pl.DataFrame:
        """Return the rows of a table macro, in no order."""
        self._define(macro)
        rows: pl.DataFrame = self._run(lambda: _frame_of(self._cursor.table_function(macro, list(arguments))))
        return rows

    def rows(self, view: str) -> pl.DataFrame:
        """Return the rows of a view, in no order."""
        self._define(view)
        rows: pl.DataFrame = self._run(lambda: _frame_of(self._cursor.view(view)))
        return rows

    def lend(self, view: str, rows: pl.DataFrame) -> None:
        """Put rows in the place of a view, for this session only."""
        # As a table of Arrow, of which the engine reads only the columns that a statement needs.
        self._run(lambda: self._cursor.register(view, rows.to_arrow()))


def _frame_of(relation: DuckDBPyRelation | None, limit: int | None = None) -> pl.DataFrame:
    from irdb_sql.engine.frames import frame_of  # noqa: PLC0415 - Polars loads while the engine opens its source

    return frame_of(relation, limit)


def _stream_of(rows: pl.DataFrame) -> object:
    from irdb_sql.engine.frames import stream_of  # noqa: PLC0415 - as above

    return stream_of(rows)


def _make_listing(
    me: weakref.ref[Engine],  # DuckDB owns the stream, and is owned by the engine
    listing: Callable[[Callable[[], list[str]], Callable[[], int]], object],
    cursor: DuckDBPyConnection,
) -> None:
    stream = listing(
        lambda: engine.image_folders() if (engine := me()) else [],
        lambda: engine._interrupts if (engine := me()) else -1,  # noqa: SLF001 - of the same room
    )
    if (engine := me()) is not None:
        engine._listing = stream  # noqa: SLF001 - as above
    cursor.from_arrow(stream).create_view("image_listing", replace=True)


_open_engines: weakref.WeakSet[Engine] = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    """Stop every engine, and wait a moment for the threads of Polars that were reading from it."""
    engines = list(_open_engines)
    for engine in engines:
        engine.close()
    patience = time.monotonic() + _DRAINING_SECONDS
    while not all(engine.is_idle for engine in engines) and time.monotonic() < patience:
        time.sleep(_DRAINING_SECONDS / 100)


_REGISTERING = "rows_to_register"
_OF_STREAM = "reading the Arrow source failed"
_TIMED_OUT = "exceeded maximum execution time"
