"""The DuckDB engine behind a database: the one place where statements are made to run."""

from __future__ import annotations

import contextlib
import weakref
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import duckdb

from irdb_sql.core.late import late
from irdb_sql.engine.base_view import make_base_view
from irdb_sql.engine.connection import Connection
from irdb_sql.engine.definitions import Definitions, comment
from irdb_sql.engine.failures import Failures
from irdb_sql.engine.limits import limit_time, lock
from irdb_sql.engine.sandbox import NEEDED, checked_statement
from irdb_sql.engine.session import DuckDBSession
from irdb_sql.engine.statement import DuckDBStatement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import polars as pl
    from duckdb import DuckDBPyConnection

    from irdb_sql.core.catalog import SqlFile, SqlFiles
    from irdb_sql.engine import frames
    from irdb_sql.engine.errors import QueryError
    from irdb_sql.engine.failures import Stream
    from irdb_sql.engine.limits import Limits
    from irdb_sql.engine.parameters import Params
    from irdb_sql.engine.statement import Shortcut
    from irdb_sql.errors import IrdbError
    from irdb_sql.sources.local import Source

    Listing = Callable[[Callable[[], list[str]], Callable[[], int]], Stream]
else:
    frames = late("irdb_sql.engine.frames")

T = TypeVar("T")


class DuckDBEngine:
    """A DuckDB in memory that holds a source's metadata as views, and every macro that a statement names.

    Every statement runs on a cursor of its own, so that threads, half-read results and interrupts do not meet.

    Args:
        source: What to read; each file is checked before a view is made of it. Without files, `metadata` has no row.
        catalog: The views, macros and queries.
        listing: Makes the rows of the view `image_listing`, given a function that returns the folders of images and
            one that counts interrupts; each statement that reads the view pulls them, and no other does.
        limits: What a statement may take.

    Attributes:
        source: What it reads.
        limits: What a statement may take.
        replaced_views: Views that rows have been put in the place of.
        first_rows: The row_index of the first row of each file of the source.
        is_safe: Whether typed statements are checked, and no file but those of the source can be opened.
        shortcuts: Faster ways to the rows of named queries, by the query's name.

    Raises:
        LimitError: DuckDB does not take a limit.
        FileError: A file is not what its name says, or lacks a column, or holds a wrong type or value.
    """

    def __init__(self, source: Source, catalog: SqlFiles, listing: Listing, limits: Limits) -> None:
        self.source = source
        self.limits = limits
        self.is_safe = False
        self.replaced_views: list[str] = []
        self.first_rows: list[int] = []
        self.shortcuts: dict[str, Shortcut] = {}
        self._is_lent = False
        self._catalog = catalog
        self._failures = Failures(catalog, limits)
        self._connection = Connection(limits, self._failures.describe)
        self._definitions = Definitions(
            catalog,
            given=["metadata"] if source.files else [],
            made={"image_listing": partial(_make_listing, weakref.ref(self), listing)},
        )
        try:
            if source.files:
                self.first_rows = self._run(self._open_files)
        except BaseException:
            self.close()
            raise

    def _open_files(self, duck: DuckDBPyConnection) -> list[int]:
        """Check the files of the source and make the view `metadata` of them."""
        self._definitions.define(duck, [macro for file in self.source.files for macro in file.kind.macros])
        first_rows = make_base_view(duck, self.source.files)
        comment(duck, self._catalog.views["metadata"])
        return first_rows

    def lock_down(self, *, trusted: bool) -> None:
        """Limit how long statements take, and unless they are trusted let them open no file but those of the source."""

        def work(duck: DuckDBPyConnection) -> None:
            limit_time(duck, self.limits)
            if not trusted:
                lock(duck, self.source)

        self._run(work)
        self.is_safe = not trusted

    def close(self) -> None:
        """Stop what runs and let go of files and memory; asking afterwards raises ClosedError."""
        self._connection.close()

    def refuse_closed(self) -> None:
        """Raise a ClosedError if it is closed."""
        self._connection.refuse_closed()

    @property
    def is_idle(self) -> bool:
        """Whether no statement runs and no result is half read."""
        return self._connection.is_idle

    @property
    def interrupts(self) -> int:
        """How many times a statement was interrupted."""
        return self._connection.interrupts

    def prepare(self, text: str, params: Params = None) -> DuckDBStatement:
        """Return a statement that somebody typed; where statements are not trusted, it is checked when it first runs.

        Args:
            text: One statement that reads; any where statements are trusted.
            params: Values for `$name` (a mapping) or `?` (a sequence) in the text.
        """
        check = self._check if self.is_safe else None
        return DuckDBStatement(self._connection, text, params, definitions=self._definitions, check=check)

    def prepare_query(
        self,
        query: SqlFile,
        params: Mapping[str, object] | None = None,
        explain: Callable[[QueryError], IrdbError] | None = None,
    ) -> DuckDBStatement:
        """Return the statement of a named query.

        Args:
            query: The query.
            params: Its parameters; one that is left out is NULL.
            explain: Says of an error which of the given values is wrong, if it can tell.
        """
        given = {name: (params or {}).get(name) for name in query.params}
        return DuckDBStatement(
            self._connection,
            query.text,
            given,
            definitions=self._definitions,
            explain=explain,
            shortcut=self._shortcut(query.name, given),
        )

    def _shortcut(self, name: str, params: Params) -> Shortcut | None:
        """Return a faster way to a query's rows, if images are those of the source's files, as it reads these."""
        shows_source = self.is_safe and not self._is_lent and "left_out_images" not in self.replaced_views
        shortcut = self.shortcuts.get(name) if shows_source else None
        return shortcut if shortcut is not None and shortcut.suits(params) else None

    def _check(self, duck: DuckDBPyConnection, text: str) -> str:
        """Return a text without what stands behind its one statement.

        Raises:
            StatementError: It is empty, several statements, one that does not read, or one that reads something else.
            QueryError: It is no SQL.
        """
        self._definitions.define(duck, [text, NEEDED])
        return checked_statement(
            duck, text, lambda name: self._definitions.define(duck, [name], everything=name is None)
        )

    @contextlib.contextmanager
    def session(self) -> Iterator[DuckDBSession]:
        """Open a session, whose statements may see tables that no other statement does."""
        with self._connection.cursor() as cursor:
            yield DuckDBSession(cursor, self._define_apart, self.replace_view)

    def replace_view(self, view: str, rows: pl.DataFrame) -> None:
        """Let every statement from now on see rows in the place of a view."""

        def work(duck: DuckDBPyConnection) -> None:
            duck.from_arrow(frames.stream_of(rows)).create(f"kept_{view}")
            duck.table(f"kept_{view}").create_view(view, replace=True)

        self._run(work, view)
        self.replaced_views.append(view)

    def call(self, macro: str, arguments: Sequence[object] = ()) -> pl.DataFrame:
        """Return the rows of a table macro, in no order."""
        return self._run(lambda duck: frames.frame_of(duck.table_function(macro, list(arguments))), macro)

    def rows(self, table: str) -> pl.DataFrame:
        """Return all rows of a table or view, in no order."""
        return self._run(lambda duck: frames.frame_of(duck.table(table)), table)

    def register(self, name: str, rows: pl.DataFrame) -> None:
        """Add a table that all statements see, in the place of one that was added under the same name before."""

        def work(duck: DuckDBPyConnection) -> None:
            duck.register(_REGISTERING, frames.stream_of(rows))
            duck.execute(f'CREATE OR REPLACE TABLE "{name}" AS FROM {_REGISTERING}')  # no parameter names a table
            duck.unregister(_REGISTERING)

        self._run(work)

    def unregister(self, name: str) -> None:
        """Take away a table that was added."""
        self._run(lambda duck: duck.execute(f'DROP TABLE "{name}"'))

    def is_table_name(self, name: str) -> bool:
        """Whether a statement could name a table that is called so."""

        def is_allowed(duck: DuckDBPyConnection) -> bool:
            try:
                return not any(
                    duck.table_function("refused_names", [f"{verb} {name}"]).fetchall() for verb in ("SHOW", "FROM")
                )
            except duckdb.Error:
                return False

        return self._run(is_allowed, "refused_names")

    def connection(self) -> DuckDBPyConnection:
        """Open a connection to the same database, which knows every view and macro; whoever asks closes it."""
        self._run(lambda duck: self._definitions.define(duck, (), everything=True))
        self._is_lent = True
        return self._connection.duck_cursor()

    def columns(self, file: SqlFile) -> list[tuple[str, str | None]]:
        """Return names and types of the columns of a view, table macro or query; no types where it reads a file."""

        def columns(duck: DuckDBPyConnection) -> list[tuple[str, str | None]]:
            if file.kind == "view":
                relation = duck.view(file.name)
            elif file.kind == "macro":
                try:
                    relation = duck.table_function(file.name, [])
                except duckdb.BinderException:  # it cannot be called without a file
                    return [(column, None) for column in file.returns]
            else:
                relation = duck.sql(file.text, params=dict.fromkeys(file.params))
            return [(column, str(kind)) for column, kind in zip(relation.columns, relation.types, strict=True)]

        return self._run(columns, file.name, file.text)

    def image_folders(self) -> list[str]:
        """List the folders in which images lie, in no order."""
        rows = self._run(lambda duck: duck.table_function("image_folders", []).fetchall(), "image_folders")
        return [folder for (folder,) in rows]

    def _run(self, work: Callable[[DuckDBPyConnection], T], *texts: str) -> T:
        """Do some work on a cursor that knows what texts name; Ctrl-C stops it."""

        def defined_work(duck: DuckDBPyConnection) -> T:
            self._definitions.define(duck, texts)
            return work(duck)

        with self._connection.cursor() as cursor:
            return cursor.run(defined_work)

    def _define_apart(self, text: object) -> None:
        """Define what a text names, by a cursor that has no tables of its own to take for views of the same name."""
        if self._definitions.lacks([text]):
            with contextlib.closing(self._connection.duck_cursor()) as duck:
                self._definitions.define(duck, [text])


def _make_listing(
    engine: weakref.ref[DuckDBEngine],  # DuckDB owns the stream, and is owned by the engine
    listing: Listing,
    duck: DuckDBPyConnection,
) -> None:
    """Make the view `image_listing` of rows that Python makes."""
    stream = listing(
        lambda: opened.image_folders() if (opened := engine()) else [],
        lambda: opened.interrupts if (opened := engine()) else -1,
    )
    if (opened := engine()) is not None:
        opened._failures.stream = stream  # noqa: SLF001 - a function of the same module
    duck.from_arrow(stream).create_view("image_listing", replace=True)


_REGISTERING = "rows_to_register"
