"""Writes the views and macros over a source to a DuckDB file, which other tools can open."""

from __future__ import annotations

import contextlib
import glob
import os
import shutil
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from irdb_sql.core.atomic_write import unfinished_file
from irdb_sql.core.tasks import Task
from irdb_sql.engine.base_view import (
    KEPT,
    check_in_place,
    choose_profile,
    find_byte_columns,
    make_base_view,
    make_cells_view,
    make_vote_views,
    open_files,
)
from irdb_sql.engine.definitions import Definitions, add_comment
from irdb_sql.engine.frames import arrow_stream
from irdb_sql.errors import UnwritableError
from irdb_sql.sources.local import check_not_source, literal_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import polars as pl
    from duckdb import DuckDBPyConnection

    from irdb_sql.core.catalog import SqlCatalog
    from irdb_sql.sources.local import Source

_STORAGE = "v1.4.0"
"""The oldest storage version with typed macro parameters; DuckDB 1.4 and newer read it."""


def write_catalog(  # noqa: PLR0913 - each argument is one part of the file
    path: Path,
    source: Source,
    catalog: SqlCatalog,
    *,
    views: Mapping[str, pl.DataFrame],
    tables: Mapping[str, pl.DataFrame],
    copy: bool,
    relative: bool,
    images_root: str | None = None,
) -> None:
    """Write a DuckDB file with every view and macro.

    Args:
        path: The file; it is written atomically.
        source: The source of its view `metadata`; rows of ranking files and of files with votes are always copied.
        catalog: The views and macros.
        views: Rows that replace views, by the view's name.
        tables: Further tables, by name.
        copy: Store the rows of the source instead of the paths of its files.
        relative: Store paths relative to the folder of this file. A reader then needs that folder as its current
            folder, or in DuckDB's `file_search_path`.
        images_root: Folder of the source's images, which must not be overwritten.

    Raises:
        UnwritableError: The file cannot be written; an older one is unchanged.
        SourceTargetError: The path is a file of the source.
    """
    check_not_source(source, path, images_root)
    with unfinished_file(path) as unfinished:
        unfinished.unlink()  # DuckDB opens no empty file, and creates a missing one
        folder = path.resolve().parent
        try:
            with (
                _place_for_duckdb(unfinished) as place,
                duckdb.connect(place, config={"storage_compatibility_version": _STORAGE}) as connection,
            ):
                if relative:
                    connection.execute("SET VARIABLE folder = $folder", {"folder": str(folder)})
                    connection.execute("SET file_search_path = getvariable('folder')")
                format_path = partial(_relative_path, folder) if relative else literal_path
                define_all = partial(
                    _define_all, connection, source, catalog,
                    views=views, tables=tables, copy=copy, format_path=format_path,
                )  # fmt: skip
                Task(define_all, connection.interrupt).start().result()
        except duckdb.Error as error:
            raise UnwritableError(path, str(error)) from error
        finally:
            with contextlib.suppress(FileNotFoundError):
                unfinished.with_name(f"{unfinished.name}.wal").unlink()


@contextlib.contextmanager
def _place_for_duckdb(path: Path) -> Iterator[Path]:
    """Yield a path that DuckDB can write; what it wrote elsewhere is copied at the end.

    DuckDB takes what follows `?` in a path for options, and a backslash for the end of a folder's name.
    """
    if not {"?", "\\"} & set(str(path)):
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / path.name
        yield place
        shutil.copyfile(place, path)


def _relative_path(folder: Path, path: Path) -> str:
    return glob.escape(os.path.relpath(path.resolve(), folder))


def _define_all(  # noqa: PLR0913 - each argument is one part of the file
    connection: DuckDBPyConnection,
    source: Source,
    catalog: SqlCatalog,
    *,
    views: Mapping[str, pl.DataFrame],
    tables: Mapping[str, pl.DataFrame],
    copy: bool,
    format_path: Callable[[Path], str],
) -> None:
    definitions = Definitions(catalog, predefined=["metadata"])
    kinds = [file.kind for file in source.files]
    definitions.define(connection, [macro for kind in kinds for macro in (*kind.macros, *kind.in_place_macros)])
    opened_files = open_files(connection, source.files)
    if not copy:
        check_in_place(connection, opened_files)
    make_base_view(connection, opened_files, is_held=False, format_path=format_path)
    if copy:
        connection.view("metadata").create(f"{KEPT}.metadata")
        connection.table(f"{KEPT}.metadata").create_view("metadata", replace=True)
    definitions.define(connection, (), everything=True)
    made = ["metadata", *views]
    if source.audit_profile is not None:
        make_vote_views(connection)
        choose_profile(connection, source.audit_profile)
        make_cells_view(connection, opened_files, list(find_byte_columns(connection, opened_files)))
        made += ["source_votes", "audit_profile", "image_cells"]
    for name, rows in views.items():
        connection.from_arrow(arrow_stream(rows)).create(f"{KEPT}.{name}")
        connection.table(f"{KEPT}.{name}").create_view(name, replace=True)
    for name in made:
        add_comment(connection, catalog.views[name])
    for name, rows in tables.items():
        connection.from_arrow(arrow_stream(rows)).create(name)
