"""The methods of the facade that let other tables and tools in: tables of one's own, and DuckDB itself."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from irdb_sql.engine.errors import TableNameError, TableTypeError

if TYPE_CHECKING:
    import polars as pl
    from duckdb import DuckDBPyConnection

    from irdb_sql.core.catalog import SqlFiles
    from irdb_sql.engine.local import Engine
    from irdb_sql.scorers.tables import ArrowTable
    from irdb_sql.sources.local import PathLike, Source

_NAME = re.compile(r"(?!(?:duckdb|pragma|pg|sqlite|kept|ranking_file|rows_to)_)[a-z_][a-z0-9_]*", re.IGNORECASE)


_PATHS = "it is a path or a text; read the file first, as with polars.read_parquet"


class TableMethods:
    """What lets other tables and tools in."""

    _engine: Engine
    _sqlfiles: SqlFiles
    _images_root: str
    source: Source
    _tables: dict[str, int]

    def register(self, name: str, table: ArrowTable | pl.LazyFrame) -> None:
        """Add a table of one's own, which SQL can then ask and join like the views.

        Its rows are copied. A name that was registered before gets the new rows.

        Args:
            name: Letters, digits and `_`, and no name of a view, macro or query.
            table: A table of Polars, pandas, Arrow or any other library that exports Arrow streams.

        Raises:
            TableNameError: The name is taken, or is none that a table can have here.
            TableTypeError: It is no table, or one that the engine cannot hold.

        Example:
            >>> import polars as pl
            >>> from irdb_sql import connect
            >>> with connect() as db:
            ...     db.register("favourites", pl.DataFrame({"classification": ["Food", "Plants"]}))
            ...     text = "SELECT classification FROM images JOIN favourites USING (classification) GROUP BY ALL"
            ...     db.sql(text).height
            2
        """
        import polars as pl  # noqa: PLC0415 - who only opens a database need not wait for it

        taken = {file.name for file in self._sqlfiles.all()}
        is_name = type(name) is str and _NAME.fullmatch(name) is not None
        if not is_name or name.lower() in taken or not self._engine.can_be_asked(name):
            raise TableNameError(name, taken=is_name and name.lower() in taken)
        try:
            if isinstance(table, str | bytes | Path):
                raise TypeError(_PATHS)  # noqa: TRY301 - told as any other table that is none
            frame = table.collect() if isinstance(table, pl.LazyFrame) else pl.DataFrame(table)
        except Exception as error:  # whatever the other library says
            raise TableTypeError(name, str(error)) from error
        if not frame.width or pl.Object in frame.dtypes:
            raise TableTypeError(name, "it has no columns, or one of Python objects")
        self._engine.register(name, frame)
        self._tables[name.lower()] = frame.height

    def unregister(self, name: str) -> None:
        """Take away a table that was registered.

        Raises:
            TableNameError: None has this name.
        """
        if str(name).lower() not in self._tables:
            raise TableNameError(name, taken=False)
        self._engine.unregister(name)
        del self._tables[name.lower()]

    def write_catalog(self, path: PathLike, *, copy: bool = False, relative: bool = False) -> None:
        """Write a DuckDB file with every view and macro, for tools that open one: DBeaver, the DuckDB CLI, R, BI tools.

        DuckDB 1.4 and newer read it. Scores that the database was opened with, and registered tables, are in it.
        `image_files` lists no images there, as Python lists them. Open it as the main database, or attach it and say
        `USE`: its macros find their views in the current one.

        Args:
            path: The file, which appears at once and whole.
            copy: Hold the rows of the source, so that its files are not needed, and not the paths of its files.
            relative: Name the source's files relative to the folder of this one: they can be moved together, and it is
                read from that folder, or with `SET file_search_path = '…'`.

        Raises:
            UnwritableError: The file cannot be written; what was there is unchanged.

        Example:
            >>> import tempfile, duckdb
            >>> from irdb_sql import connect
            >>> with tempfile.TemporaryDirectory() as folder, connect() as db:
            ...     db.write_catalog(f"{folder}/irdb.duckdb")
            ...     with duckdb.connect(f"{folder}/irdb.duckdb") as connection:
            ...         connection.sql("SELECT strict_pairs FROM pair_counts(in_split := 'test')").fetchall()
            [(651,)]
        """
        from irdb_sql.engine.catalog_file import write_catalog  # noqa: PLC0415 - needed by few

        views, tables = self._additions()
        write_catalog(
            Path(path), self.source, self._sqlfiles,
            views=views, tables=tables, copy=copy, relative=relative, images_root=self._images_root,
        )  # fmt: skip

    def _additions(self) -> tuple[dict[str, pl.DataFrame], dict[str, pl.DataFrame]]:
        """Return what this database has besides its source: rows of views that were kept, and of registered tables."""
        rows = self._engine.rows
        return {view: rows(view) for view in self._engine.kept}, {name: rows(name) for name in self._tables}

    def connection(self) -> DuckDBPyConnection:
        """Return DuckDB's own connection to this database, with every view and macro, for tools that want one.

        What it may do and take is what the database was opened with; a database that is not trusted stays locked: it
        opens no other file. But it is not kept from changing views and tables in memory, and Ctrl-C does not stop what
        runs there. Close it before the database.

        Example:
            >>> from irdb_sql import connect
            >>> with connect() as db, db.connection() as connection:
            ...     connection.sql("SELECT count(*) FROM preference_pairs(in_split := 'test')").fetchall()
            [(651,)]
        """
        return self._engine.connection()
