"""The DuckDB engine of a database, which runs every statement."""

from __future__ import annotations

import contextlib
import weakref
from typing import TYPE_CHECKING, TypeVar

from irdb_sql.core.late import late
from irdb_sql.engine import base_view
from irdb_sql.engine.connection import Connection
from irdb_sql.engine.error_translator import ErrorTranslator
from irdb_sql.engine.limits import lock_configuration, set_timeout
from irdb_sql.engine.macro_calls import find_call
from irdb_sql.engine.own_files import column_types, inspect_file
from irdb_sql.engine.processes import check_process
from irdb_sql.engine.sandbox import check_statement
from irdb_sql.engine.session import DuckDBSession
from irdb_sql.engine.statement import DuckDBStatement
from irdb_sql.engine.unknown_parts import UnknownParts, count_without_part, warn_of_gap
from irdb_sql.engine.view_makers import make_definitions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import polars as pl
    from duckdb import DuckDBPyConnection

    from irdb_sql.core.catalog import SqlCatalog, SqlFile
    from irdb_sql.engine import frames
    from irdb_sql.engine.errors import QueryError
    from irdb_sql.engine.limits import Limits
    from irdb_sql.engine.parameters import Params
    from irdb_sql.engine.statement import Shortcut
    from irdb_sql.engine.view_makers import Listing
    from irdb_sql.errors import IrdbError
    from irdb_sql.sources.kinds.layout import ByteColumns
    from irdb_sql.sources.local import OpenedFile, Source
else:
    frames = late("irdb_sql.engine.frames")

T = TypeVar("T")


class DuckDBEngine:
    """An in-memory DuckDB with views and macros over a source.

    Every statement runs on its own cursor, so that threads, open results and interrupts do not affect each other.

    Args:
        source: The source; each file is checked before a view is made of it. Without files, `metadata` has no rows.
        catalog: The views, macros and queries.
        listing: Makes the stream of the view `image_listing` from two functions: one that returns the folders of
            images, and one that returns the number of interrupts. Only statements that read the view pull its rows.
        limits: The limits of a statement.

    Attributes:
        source: The source.
        limits: The limits of a statement.
        replaced_views: Names of the views that rows have replaced.
        opened_files: The files of the source, checked, with the row_index of their first rows.
        is_safe: Whether SQL text is checked before it runs, and only files of the source can be opened.
        is_held: Whether the rows of the source are read into memory when a statement first needs them.
        has_votes: Whether the source has votes.
        byte_columns: Columns of image bytes, by the number of their file among those with votes.
        error_translator: Turns exceptions of DuckDB into errors of ours.
        shortcuts: Functions that return a faster way to the rows of a named query with some parameters, or None, by
            the query's name.

    Raises:
        LimitError: DuckDB refuses a limit.
        FileError: A file is not of its kind, lacks a column, or holds a wrong type or value.
    """

    def __init__(self, source: Source, catalog: SqlCatalog, listing: Listing, limits: Limits) -> None:
        self.source = source
        self.limits = limits
        self.is_safe = False
        self.replaced_views: list[str] = []
        self.opened_files: list[OpenedFile] = []
        self.shortcuts: dict[str, Callable[[Mapping[str, object]], Shortcut | None]] = {}
        self._has_raw_connection = False
        self.is_held = False
        self.has_votes = source.audit_profile is not None
        self.byte_columns: dict[int, ByteColumns] = {}
        self._unknown_parts = UnknownParts(
            weakref.WeakMethod(self._count_without_part), [file.split for file in source.files]
        )
        self._approved: dict[str, str] = {}
        self._catalog = catalog
        self.error_translator = ErrorTranslator(catalog, limits)
        self._connection = Connection(limits, self.error_translator.translate)
        self._definitions = make_definitions(weakref.ref(self), listing, source, catalog)
        try:
            self._run(self._open_files)
        except BaseException:
            self.close()
            raise

    def _open_files(self, duck: DuckDBPyConnection) -> None:
        """Check the files, and decide whether a statement that needs them reads all rows into memory."""
        macros = [file.kind.macros if file.size is None else (file.kind.macro,) for file in self.source.files]
        self._definitions.define(duck, [macro for names in macros for macro in names])
        self.opened_files = base_view.open_files(duck, self.source.files)
        self.byte_columns = base_view.find_byte_columns(duck, self.opened_files)
        self.is_held = bool(self.opened_files) and base_view.are_held(self.opened_files, self.limits.bytes())
        if not self.is_held:
            self._definitions.define(duck, [macro for file in self.source.files for macro in file.kind.in_place_macros])
            base_view.check_in_place(duck, self.opened_files)

    def lock_down(self, *, trusted: bool) -> None:
        """Limit the time of statements, and unless trusted their files."""

        def work(duck: DuckDBPyConnection) -> None:
            set_timeout(duck, self.limits)
            if not trusted:
                lock_configuration(duck, self.source)

        self._run(work)
        self.is_safe = not trusted

    def close(self) -> None:
        """Stop running statements and release files and memory; later statements raise ClosedError."""
        self._connection.close()

    def check_open(self) -> None:
        """Raise a ClosedError if the engine is closed."""
        self._connection.check_open()

    @property
    def is_idle(self) -> bool:
        """Whether no statement runs and no result is open."""
        return self._connection.is_idle

    @property
    def version(self) -> int | None:
        """A number that changes when the rows of views may; None where they may change at any time."""
        check_process()
        self.check_open()
        is_changing = not self.is_safe or self._has_raw_connection
        is_changing = is_changing or any(opened.file.has_changed() for opened in self.opened_files)
        return None if is_changing else len(self.replaced_views)

    @property
    def holds_scores(self) -> bool:
        """Whether the rows of the view `image_scores` are read into memory when a statement first needs them."""
        is_unchanged = self.is_safe and not self._has_raw_connection and self.is_held
        return is_unchanged and self.limits.bytes() is None and base_view.is_worth_holding(self.opened_files)

    @property
    def interrupt_count(self) -> int:
        """How many times a statement was interrupted."""
        return self._connection.interrupt_count

    def prepare(self, text: str, params: Params = None) -> DuckDBStatement:
        """Return a statement of SQL text, which is checked unless trusted.

        Args:
            text: One read-only statement; any statement where the database is trusted.
            params: Values for `$name` (a mapping) or `?` (a sequence) in the text.
        """
        check_process()
        self._unknown_parts.warn_of_text(text, params)
        check = self._check if self.is_safe else None
        call = find_call(text, params, self._catalog) if self.shortcuts and self.is_safe else None
        shortcut = None if call is None else self._find_shortcut(*call)
        return DuckDBStatement(
            self._connection, text, params, definitions=self._definitions, check=check, shortcut=shortcut
        )

    def prepare_query(
        self,
        query: SqlFile,
        params: Mapping[str, object] | None = None,
        explain: Callable[[QueryError], IrdbError] | None = None,
    ) -> DuckDBStatement:
        """Return the statement of a named query.

        Args:
            query: The query.
            params: Its parameters; a missing one is NULL.
            explain: Returns an error that names the wrong parameter value, or the same error.
        """
        all_params = {name: (params or {}).get(name) for name in query.params}
        check_process()
        self._unknown_parts.warn_of(all_params.values())
        if self.has_votes:
            warn_of_gap(all_params)
        return DuckDBStatement(
            self._connection,
            query.text,
            all_params,
            definitions=self._definitions,
            explain=explain,
            shortcut=self._find_shortcut(query, all_params),
        )

    def _find_shortcut(self, query: SqlFile, params: Mapping[str, object] | None) -> Shortcut | None:
        """Return the shortcut of a query of the catalog, if the views show the source unchanged."""
        is_unchanged = self.is_safe and not self._has_raw_connection and "left_out_images" not in self.replaced_views
        is_ours = self._catalog.queries.get(query.name) is query  # a file of the user may have the same name
        find = self.shortcuts.get(query.name) if is_unchanged and is_ours else None
        return None if find is None else find({name: (params or {}).get(name) for name in query.params})

    def _check(self, duck: DuckDBPyConnection, text: str) -> str:
        """Check a text and return its statement without a final semicolon.

        Raises:
            StatementError: The text is not one read-only statement over the data.
            QueryError: The text is no SQL.
        """
        self._definitions.define(duck, [text])
        return check_statement(
            duck, text, lambda name: self._definitions.define(duck, [name], everything=name is None), self._approved
        )

    def inspect(self, file: SqlFile) -> SqlFile:
        """Check a file of the user, define its view or macro, and return it with its parameters and columns."""
        check = self._check if self.is_safe else None
        return self._run(lambda duck: inspect_file(duck, file, self._definitions, check))

    @contextlib.contextmanager
    def session(self) -> Iterator[DuckDBSession]:
        """Open a session, which can replace views for its own statements only."""
        with self._connection.cursor() as cursor:
            yield DuckDBSession(cursor, self._define_on_new_cursor, self.replace_view, self._unknown_parts.warn_of)

    def replace_view(self, view: str, rows: pl.DataFrame) -> None:
        """Replace the rows of a view for every later statement."""
        self._run(lambda duck: base_view.replace_rows(duck, view, frames.arrow_stream(rows)), view)
        self._definitions.forget_readers(view)
        self.replaced_views.append(view)

    def call(self, macro: str, arguments: Sequence[object] = ()) -> pl.DataFrame:
        """Return the rows of a table macro, in no order."""
        return self._run(lambda duck: frames.fetch_frame(duck.table_function(macro, list(arguments))), macro)

    def define(self, names: Sequence[str]) -> None:
        """Define views and macros together, which is faster than one after the other."""
        self._run(lambda _duck: None, *names)

    def count(self, macro: str, arguments: Sequence[object]) -> int:
        """Count the rows of a table macro."""
        self._unknown_parts.warn_of(arguments)
        # The name is ours. A relation of the macro, and one of its count, would be planned one after the other.
        text = f"SELECT count(*) FROM {macro}({', '.join('?' * len(arguments))})"  # noqa: S608
        return int(self._run(lambda duck: duck.execute(text, [*arguments]).fetchall(), macro)[0][0])

    def rows(self, table: str) -> pl.DataFrame:
        """Return all rows of a table or view, in no order."""
        return self._run(lambda duck: frames.fetch_frame(duck.table(table)), table)

    def register(self, name: str, rows: pl.DataFrame) -> None:
        """Add or replace a table that all later statements see."""
        self._run(lambda duck: base_view.register_rows(duck, name, frames.arrow_stream(rows)))

    def unregister(self, name: str) -> None:
        """Remove a registered table."""
        self._run(lambda duck: duck.execute(f'DROP TABLE "{name}"'))

    def connection(self) -> DuckDBPyConnection:
        """Open a DuckDB connection with every view and macro."""
        self._has_raw_connection = True
        self._definitions.forget("image_scores")  # which are held, and would stay if views that they read were changed
        self._run(lambda duck: self._definitions.define(duck, (), everything=True))
        return self._connection.duck_cursor()

    def columns(self, file: SqlFile) -> list[tuple[str, str | None]]:
        """Return column names and types, None where a type depends on files."""
        return self._run(lambda duck: column_types(duck, file), file.name, file.text)

    def image_folders(self) -> list[str]:
        """List the folders that contain images, in no order."""
        name = "image_folders"
        return [folder for (folder,) in self._run(lambda duck: duck.table_function(name, []).fetchall(), name)]

    def _count_without_part(self) -> int:
        return self._run(count_without_part, "images")

    def _run(self, work: Callable[[DuckDBPyConnection], T], *texts: str) -> T:
        """Define what texts name and call a function with a cursor."""

        def defined_work(duck: DuckDBPyConnection) -> T:
            self._definitions.define(duck, texts)
            return work(duck)

        with self._connection.cursor() as cursor:
            return cursor.run(defined_work)

    def _define_on_new_cursor(self, text: object) -> None:
        """Define what a text names on a cursor without session tables."""
        if self._definitions.has_undefined([text]):
            with contextlib.closing(self._connection.duck_cursor()) as duck:
                self._definitions.define(duck, [text])
