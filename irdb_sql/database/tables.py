"""Facade methods for your own tables, and for tools that open a DuckDB file or connection."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from irdb_sql.core.late import late
from irdb_sql.core.options import check_flags, check_path

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
    """Register a table that SQL can read and join.

    Its rows are copied. A table that is registered under the same name is replaced.

    Args:
        name: Letters, digits and `_`; names of views, macros and queries are reserved.
        table: A table of Polars, pandas, Arrow or any other library that exports Arrow streams.

    Raises:
        TableNameError: The name is reserved or not valid.
        TableTypeError: The value is no table, or has a column that the engine cannot store.

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
    """Remove a registered table.

    Raises:
        TableNameError: No registered table has this name.
    """
    self._tables.unregister(name)


def write_catalog(self: ImageRewardDB, path: PathLike, *, copy: bool = False, relative: bool = False) -> None:
    """Write a DuckDB file with every view and macro, for other tools.

    DBeaver, the DuckDB CLI, R and BI tools with DuckDB 1.4 or newer can open it. It has the scores of `connect` and
    registered tables. Its view `image_files` finds no files, because Python lists them. Open it as the main database,
    or attach it and run `USE`, because its macros look up views in the current database.

    Args:
        path: The file; it is written atomically.
        copy: Store the rows of the source, so that its files are not needed, instead of their paths.
        relative: Store paths relative to the folder of this file, so that both can be moved together. The file then
            has to be opened from that folder, or with `SET file_search_path = '…'`.

    Raises:
        UnwritableError: The file cannot be written; an older file is unchanged.

    Example:
        >>> import tempfile, duckdb
        >>> from irdb_sql import connect
        >>> with tempfile.TemporaryDirectory() as folder, connect() as db:
        ...     db.write_catalog(f"{folder}/irdb.duckdb")
        ...     with duckdb.connect(f"{folder}/irdb.duckdb") as connection:
        ...         connection.sql("SELECT strict_pairs FROM pair_counts(in_split := 'test')").fetchall()
        [(651,)]
    """
    check_path("path", path)
    check_flags(copy=copy, relative=relative)
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
    """Open a DuckDB connection to this database, with every view and macro.

    The limits of `connect` hold, and unless `trusted` it opens only the files of the source. But statements on it can
    change views and tables in memory, and Ctrl-C does not stop them. The rows of `images` are read once where they fit
    into memory, so that another view `metadata` does not change them. Close it before the database.

    Example:
        >>> from irdb_sql import connect
        >>> with connect() as db, db.connection() as connection:
        ...     connection.sql("SELECT count(*) FROM preference_pairs(in_split := 'test')").fetchall()
        [(651,)]
    """
    return self._engine.connection()
