"""Writes the views and macros over a source as a DuckDB file, for every tool that opens one."""

from __future__ import annotations

import contextlib
import glob
import os
from functools import partial
from typing import TYPE_CHECKING

import duckdb

from irdb_sql.core.atomic_write import unfinished_file
from irdb_sql.engine.base_view import make_base_view
from irdb_sql.engine.definitions import Definitions, comment
from irdb_sql.engine.frames import stream_of
from irdb_sql.errors import UnwritableError
from irdb_sql.sources.local import literal_path, refuse_source

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import polars as pl
    from duckdb import DuckDBPyConnection

    from irdb_sql.core.catalog import SqlFiles
    from irdb_sql.sources.local import Source

_STORAGE = "v1.4.0"
"""The oldest storage that holds typed parameters of macros; DuckDB 1.4 and newer read it."""


def write_catalog(  # noqa: PLR0913 - what the file holds
    path: Path,
    source: Source,
    sqlfiles: SqlFiles,
    *,
    views: Mapping[str, pl.DataFrame],
    tables: Mapping[str, pl.DataFrame],
    copy: bool,
    relative: bool,
    images_root: str | None = None,
) -> None:
    """Write a DuckDB file with every view and macro.

    Args:
        path: The file; it appears at once and whole.
        source: What its view `metadata` reads; ranking files are copied in any case.
        sqlfiles: The views and macros.
        views: Rows to put in the place of views.
        tables: Further tables.
        copy: Hold the rows of the source, and not the paths of its files.
        relative: Name the source's files relative to the folder of this file, which then has to be the current folder,
            or the engine's `file_search_path`, where it is read.
        images_root: Where the source's images lie, which are not written over.

    Raises:
        UnwritableError: The file cannot be written; what was there is unchanged.
        SourceTargetError: It is a file of the source.
    """
    refuse_source(source, path, images_root)
    with unfinished_file(path) as unfinished:
        unfinished.unlink()  # the engine makes it
        folder = path.resolve().parent
        try:
            with duckdb.connect(unfinished, config={"storage_compatibility_version": _STORAGE}) as connection:
                if relative:
                    connection.execute("SET VARIABLE folder = $folder", {"folder": str(folder)})
                    connection.execute("SET file_search_path = getvariable('folder')")
                spell = partial(_relative_path, folder) if relative else literal_path
                _fill(connection, source, sqlfiles, views=views, tables=tables, copy=copy, spell=spell)
        except duckdb.Error as error:
            raise UnwritableError(path, str(error)) from error
        finally:
            with contextlib.suppress(FileNotFoundError):
                unfinished.with_name(f"{unfinished.name}.wal").unlink()


def _relative_path(folder: Path, path: Path) -> str:
    return glob.escape(os.path.relpath(path.resolve(), folder))


def _fill(  # noqa: PLR0913 - as above
    connection: DuckDBPyConnection,
    source: Source,
    sqlfiles: SqlFiles,
    *,
    views: Mapping[str, pl.DataFrame],
    tables: Mapping[str, pl.DataFrame],
    copy: bool,
    spell: Callable[[Path], str],
) -> None:
    definitions = Definitions(sqlfiles, given=["metadata"])
    definitions.define(connection, [macro for file in source.files for macro in file.kind.macros])
    make_base_view(connection, source.files, spell)
    if copy:
        connection.view("metadata").create("metadata_rows")
        connection.table("metadata_rows").create_view("metadata", replace=True)
    definitions.define(connection, (), everything=True)
    for name, rows in views.items():
        connection.from_arrow(stream_of(rows)).create(f"kept_{name}")
        connection.table(f"kept_{name}").create_view(name, replace=True)
    for name in ("metadata", *views):
        comment(connection, sqlfiles.views[name])
    for name, rows in tables.items():
        connection.from_arrow(stream_of(rows)).create(name)
