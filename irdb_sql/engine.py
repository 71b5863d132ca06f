"""The DuckDB engine behind a database: the one place where statements run."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import duckdb
from duckdb.sqltypes import DuckDBPyType

from irdb_sql.errors import (
    ClosedError,
    FrameTypeError,
    QueryError,
    StatementError,
)
from irdb_sql.interruptible import Task
from irdb_sql.metadata import make_base_view

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping, Sequence

    import pyarrow as pa
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

    from irdb_sql.sources import Source
    from irdb_sql.sqlfiles import SqlFile, SqlFiles

Params: TypeAlias = "Mapping[str, Any] | Sequence[Any] | None"
T = TypeVar("T")
_BATCH_ROWS = 100_000
_READING = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN)


class Engine:
    """A DuckDB in memory that holds a source's metadata as views, and every macro.

    Every statement runs on a cursor of its own, so that threads, half-read results and interrupts do not meet.

    Args:
        source: What to read; each file is checked before a view is made of it.
        sqlfiles: The views and macros to define.

    Raises:
        FileError: A file is not what its name says, or lacks a column, or holds a wrong type or value.
    """

    def __init__(self, source: Source, sqlfiles: SqlFiles) -> None:
        self._connection: DuckDBPyConnection | None = duckdb.connect(
            config={
                "python_enable_replacements": "false",
                "autoload_known_extensions": "false",
                "autoinstall_known_extensions": "false",
            }
        )
        try:
            before, after = sqlfiles.load_order()
            self._define(before)
            with self._cursor() as cursor:
                make_base_view(cursor, source.files)
            self._define(after)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the files and the memory; what is asked afterwards raises ClosedError."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def table(self, text: str, params: Params = None) -> pa.Table:
        """Run a statement and return all its rows; Ctrl-C stops it."""
        with self._cursor() as cursor:
            return self._run(cursor, lambda: _rows(cursor.sql(text, params=params)))

    def schema(self, text: str, params: Params = None) -> pa.Schema:
        """Return names and types of a statement's columns without running it."""
        with self._cursor() as cursor:
            return self._run(cursor, lambda: _rows(cursor.sql(text, params=params), 0)).schema

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
        with self._cursor() as cursor:

            def reader() -> tuple[pa.RecordBatchReader, list[str]]:
                relation = cursor.sql(text, params=params)
                names = _distinct(relation.columns)
                if columns is not None and names == relation.columns:
                    relation = relation.select(*(duckdb.ColumnExpression(name) for name in columns))
                    names = list(columns)
                relation = relation if limit is None else relation.limit(limit)
                return relation.to_arrow_reader(_BATCH_ROWS), names

            rows, names = yield from _waiting(cursor, reader)
            try:
                while (batch := (yield from _waiting(cursor, lambda: next(rows, None)))) is not None:
                    batch = batch.rename_columns(names)
                    yield batch if columns is None else batch.select(columns)
            finally:
                rows.close()

    def checked(self, text: str) -> str:
        """Return a text if it is one statement that reads.

        Raises:
            StatementError: It is empty, several statements, or one that does not read.
            QueryError: It is no SQL.
        """
        with self._cursor() as cursor:
            try:
                kinds = [statement.type for statement in cursor.extract_statements(text)]
            except ValueError:  # a kind of statement that the Python module has no name for
                raise StatementError("a statement of another kind") from None
            except duckdb.Error as error:
                raise QueryError(str(error)) from error
        if len(kinds) != 1:
            raise StatementError(f"{len(kinds) or 'no'} statements")
        if kinds[0] not in _READING:
            raise StatementError(f"a statement of the kind {kinds[0].name}")
        return text

    def columns(self, file: SqlFile) -> list[tuple[str, str]]:
        """Return names and engine types of the columns of a view, a table macro or a query."""
        with self._cursor() as cursor:
            if file.kind == "view":
                relation = cursor.view(file.name)
            elif file.kind == "macro":
                relation = cursor.table_function(file.name, [])
            else:
                relation = cursor.sql(file.text, params=dict.fromkeys(file.params))
            return [(column, str(kind)) for column, kind in zip(relation.columns, relation.types, strict=True)]

    def _define(self, files: Sequence[SqlFile]) -> None:
        with self._cursor() as cursor:
            for file in files:
                cursor.execute(file.text)
                # COMMENT takes neither a parameter nor a name in quotes of a parameter, so its text is made here.
                kind = "VIEW" if file.kind == "view" else "MACRO TABLE" if file.is_table else "MACRO"
                summary = file.summary.replace("'", "''")
                cursor.execute(f"COMMENT ON {kind} {file.name} IS '{summary}'")

    @contextlib.contextmanager
    def _cursor(self) -> Iterator[DuckDBPyConnection]:
        if self._connection is None:
            raise ClosedError
        cursor = self._connection.cursor()
        try:
            yield cursor
        finally:
            cursor.close()

    def _run(self, cursor: DuckDBPyConnection, work: Callable[[], T]) -> T:
        try:
            return Task(work, cursor.interrupt).result()
        except duckdb.Error as error:
            raise QueryError(str(error)) from error


def _waiting(cursor: DuckDBPyConnection, work: Callable[[], T]) -> Generator[None, None, T]:
    """Do some work, yielding None while it lasts; given up, stop it."""
    task = Task(work, cursor.interrupt)
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
    except BaseException:
        task.stop()
        raise
    try:
        return task.result()
    except (duckdb.Error, OSError) as error:  # the latter is what a batch's failure is to Arrow
        raise QueryError(str(error)) from error


def _rows(relation: DuckDBPyRelation, limit: int | None = None) -> pa.Table:
    """Run a relation whose columns a frame can hold, under names that differ."""
    limited = relation if limit is None else relation.limit(limit)
    for name, kind in zip(relation.columns, relation.types, strict=True):
        if _is_foreign(kind):
            raise FrameTypeError(name, kind)
    return limited.to_arrow_table().rename_columns(_distinct(relation.columns))


def _is_foreign(kind: DuckDBPyType) -> bool:
    if kind.id in _FOREIGN:
        return True
    nested = [child for _, child in kind.children] if kind.id in _NESTED else []
    return any(_is_foreign(child) for child in nested if isinstance(child, DuckDBPyType))


_FOREIGN = ("interval", "union", "uhugeint", "bignum", "bit", "variant", "geometry")
_NESTED = ("list", "array", "struct", "map")


def _distinct(names: Sequence[str]) -> list[str]:
    """Number the names that stand there already, as the engine does for frames: a, a_1."""
    taken: set[str] = set()
    distinct = []
    for name in names:
        free, number = name, 0
        while free.lower() in taken or (number and free in names):
            number += 1
            free = f"{name}_{number}"
        taken.add(free.lower())
        distinct.append(free)
    return distinct
