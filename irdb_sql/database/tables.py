"""Methods of the facade that let other tables and tools in: tables of one's own, and DuckDB itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from irdb_sql.core.late import late

if TYPE_CHECKING:
    import polars as pl
    from duckdb import DuckDBPyConnection

    from irdb_sql.database.facade import ImageRewardDB
    from irdb_sql.engine import catalog_file
    from irdb_sql.scorers.tables import ArrowTable
    from irdb_sql.sources.local import PathLike
else:
    catalog_file = late("irdb_sql.engine.catalog_file")


def register(self: ImageRewardDB, name: str, table: ArrowTable | pl.LazyFrame) -> None:
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
    self._tables.register(name, table)


def unregister(self: ImageRewardDB, name: str) -> None:
    """Take away a table that was registered.

    Raises:
        TableNameError: None has this name.
    """
    self._tables.unregister(name)


def write_catalog(self: ImageRewardDB, path: PathLike, *, copy: bool = False, relative: bool = False) -> None:
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
    catalog_file.write_catalog(
        Path(path),
        self._engine.source,
        self._catalog,
        views=self._tables.view_rows(),
        tables=self._tables.table_rows(),
        copy=copy,
        relative=relative,
        images_root=self._images.root,
    )


def connection(self: ImageRewardDB) -> DuckDBPyConnection:
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
