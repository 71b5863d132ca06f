"""Views, macros and queries of the user: a folder of SQL files, or one file, beside those of the package."""

from __future__ import annotations

import graphlib
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from irdb_sql.core.catalog import header_query, parse
from irdb_sql.core.file_contents import FIRST_BYTES, find_other_kind
from irdb_sql.core.options import check_path
from irdb_sql.core.regular_files import describe_error, is_file, read_regular_file
from irdb_sql.core.signatures import parameters
from irdb_sql.engine.errors import QueryError, StatementError
from irdb_sql.engine.own_files import describe_difference
from irdb_sql.engine.registered import is_free_name
from irdb_sql.errors import NoSqlError, SqlFileError, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from irdb_sql.core.catalog import SqlCatalog, SqlFile
    from irdb_sql.engine.local import DuckDBEngine
    from irdb_sql.sources.local import PathLike

SUFFIX = ".sql"


class _OwnFile(NamedTuple):
    """A SQL file of the user, and what its text says."""

    path: Path
    file: SqlFile


def add_own_files(engine: DuckDBEngine, catalog: SqlCatalog, place: PathLike) -> list[SqlFile]:
    """Check the SQL files of a folder and its subfolders, or one file, and add them to a database.

    Args:
        engine: The engine, which is locked already.
        catalog: A copy of the package's catalog, to which they are added.
        place: The folder, or the file.

    Returns:
        The files in the order in which they were defined.

    Raises:
        ArgumentTypeError: The place is no path.
        NoSqlError: There is no such folder or file.
        SqlFileError: A file cannot be read, is no statement that a safe session runs, has a header that differs from
            its statement, or a name that is taken; or the folder has no file.
    """
    check_path("queries", place)
    own_files = _read_place(Path(place))
    taken = {file.name.lower(): file for file in catalog.all()}
    own_names: dict[tuple[bool, str], str] = {}
    for path, file in own_files:
        if (ours := taken.get(file.name.lower())) is not None:
            named = "" if ours.name == file.name else f", which SQL takes for {ours.name}"
            raise SqlFileError(path, f"{file.name} is a name of irdb_sql{named}; choose another one")
        key = (file.kind == "query", file.name.lower())
        if (first := own_names.get(key)) is not None:
            one = f"the {file.kind} {first}" if first == file.name else f"{first} and {file.name}, one name in SQL"
            raise SqlFileError(path, f"two files define {one}")
        own_names[key] = file.name
        if file.kind != "query" and not is_free_name(engine, file.name):
            raise SqlFileError(path, f"a {file.kind} cannot have the name {file.name}")
    return [inspected for own in _in_order(own_files) for inspected in _add(engine, catalog, own)]


def define_again(engine: DuckDBEngine, catalog: SqlCatalog, files: Iterable[SqlFile]) -> None:
    """Add files that another database has checked already."""
    for file in files:
        catalog.add(engine.inspect(file))


def inspect_own_query(engine: DuckDBEngine, path: Path) -> SqlFile:
    """Read and check a file with one query.

    Raises:
        NoSqlError: There is no such file.
        SqlFileError: It cannot be read, is no query, or is no statement that a safe session runs.
    """
    if not is_file(path):
        raise NoSqlError(path)
    own = _read_file(path)
    if own.file.kind != "query":
        reason = f"it defines a {own.file.kind} and asks nothing; --queries, or connect(queries=…), adds it"
        raise SqlFileError(path, reason)
    return _inspect(engine, own)


def _read_place(path: Path) -> list[_OwnFile]:
    if not os.path.exists(path):  # noqa: PTH110 - Path would raise an error for a name that is too long
        raise NoSqlError(path)
    files = (file for file in path.rglob("*") if file.suffix.lower() == SUFFIX)
    paths = sorted(files) if path.is_dir() else [path]
    if not paths:
        raise SqlFileError(path, "it has no file with the suffix .sql")
    return [_read_file(file) for file in paths]


def _read_file(path: Path) -> _OwnFile:
    """Read a file, whose header may lack anything; its name is that of the file."""
    try:
        content = read_regular_file(path)
        text = content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SqlFileError(path, describe_error(error)) from error
    if (other := find_other_kind(content[:FIRST_BYTES])) is not None:
        raise SqlFileError(path, other)
    text = text.lstrip().replace("\r\n", "\n")
    try:
        file = parse(text, path.stem)
        if file.kind == "macro":
            parameters(file)
            _ = file.signature
    except (KeyError, ValueError) as error:
        reason = f"its header lacks {error}" if isinstance(error, KeyError) else str(error)
        raise SqlFileError(path, reason) from error
    defined = _DEFINED.search(text)
    name = file.name if defined is None else defined[1]
    if not file.name == name == path.stem:
        named = quoted(name or file.name)
        raise SqlFileError(path, f"it is called {path.stem}, and its statement or header says {named}")
    return _OwnFile(path, replace(file, topic=path.absolute().parent.name))


_DEFINED = re.compile(r"^CREATE OR REPLACE (?:VIEW|MACRO)\s+([\w.\"]+)", re.MULTILINE | re.IGNORECASE)


def _add(engine: DuckDBEngine, catalog: SqlCatalog, own: _OwnFile) -> Sequence[SqlFile]:
    """Add a file, and the query that its header defines."""
    inspected = _inspect(engine, own)
    catalog.add(inspected)
    if own.file.query is None:
        return [inspected]
    try:
        query = header_query(inspected, own.file.query)
    except KeyError as error:
        raise SqlFileError(own.path, f"its header lacks {error}") from error
    if query.name in catalog.queries:
        raise SqlFileError(own.path, f"{query.name} is the name of another query; choose another one")
    inspected_query = _inspect(engine, _OwnFile(own.path, query))
    catalog.add(inspected_query)
    return [inspected, inspected_query]


def _inspect(engine: DuckDBEngine, own: _OwnFile) -> SqlFile:
    try:
        inspected = engine.inspect(own.file)
    except SqlFileError:
        raise
    except (StatementError, QueryError, ValueError) as error:
        raise SqlFileError(own.path, getattr(error, "sentence", str(error))) from error
    if (difference := describe_difference(own.file, inspected)) is not None:
        raise SqlFileError(own.path, difference)
    return inspected


def _in_order(own_files: Sequence[_OwnFile]) -> list[_OwnFile]:
    """Sort files so that each comes after those that it names, and queries at the end."""
    by_name = {own.file.name: own for own in own_files if own.file.kind != "query"}
    named = {
        name: {*re.findall(r"\w+", own.file.text.lower())} & (by_name.keys() - {name}) for name, own in by_name.items()
    }
    try:
        order = [by_name[name] for name in graphlib.TopologicalSorter(named).static_order()]
    except graphlib.CycleError as error:
        names = dict.fromkeys(error.args[1])
        raise SqlFileError(by_name[next(iter(names))].path, f"{' and '.join(names)} name one another") from error
    return [*order, *(own for own in own_files if own.file.kind == "query")]
