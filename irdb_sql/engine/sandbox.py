"""Looks at a text before it is run: whether it is one statement that reads, and reads nothing but the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from irdb_sql.engine.errors import QueryError, StatementError, UnsafeError
from irdb_sql.engine.parameters import untabbed

if TYPE_CHECKING:
    from collections.abc import Callable

    from duckdb import DuckDBPyConnection

NEEDED = "statement_parts"
"""The macro that each check calls."""

_REFUSALS = ("Expected a single SELECT statement", "must be at the top level", "data-modifying")


def checked_statement(cursor: DuckDBPyConnection, text: str, define: Callable[[str | None], None]) -> str:
    """Check a text, and return the statement in it without what stands behind.

    Args:
        cursor: Where what the text names is defined, and `NEEDED`.
        text: What is to be run.
        define: Defines a macro, or given None everything: then the engine can tell what is like a name that it lacks.

    Raises:
        StatementError: It is empty, several statements, one that does not read, or one that reads something else.
        QueryError: It is no SQL.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise QueryError(f"Parser Error: the text is no UTF-8: {error}") from error
    try:
        fault = _another_kind(cursor, text)
        parts = [] if fault else cursor.table_function("statement_parts", [text]).fetchall()
        writing = sorted(name for kind, name in parts if kind == "writing")
        if writing:  # a SELECT whose WITH deletes or copies is a SELECT, too
            fault = f"a part of the kind {writing[0].removesuffix('_QUERY_NODE')}"
        # The engine takes long to list what it knows, and what names nothing need not be compared with it.
        refused = [] if fault or not parts else _refused(cursor, text, define)
        if not fault and not refused:
            fault = _refusal(cursor, text, define)
    except ValueError:  # a kind of statement that the Python module has no name for
        fault, refused = "a statement of another kind", []
    except duckdb.InterruptException:
        raise
    except duckdb.Error as error:
        raise QueryError(_marked(cursor, text, error)) from error
    if fault is not None:
        raise StatementError(fault)
    for kind, name in refused:
        raise UnsafeError(kind, name)
    return _without_end(text)


def _marked(cursor: DuckDBPyConnection, text: str, error: duckdb.Error) -> str:
    """Return what the engine says of a text that is no SQL, its mark at the right place also behind tabs."""
    if "\t" in text:
        try:
            cursor.extract_statements(untabbed(text))
        except duckdb.Error as told:
            return str(told)
    return str(error)


def _without_end(text: str) -> str:
    """Take away the ; behind a statement, and comments behind that: the engine sets a text into others as it is."""
    content = text.encode()
    end = len(content)
    for place, kind in reversed(duckdb.tokenize(text)):
        is_end = content[place : place + 1] == b";" and kind == duckdb.token_type.operator
        if not is_end and kind != duckdb.token_type.comment:
            break
        end = place if is_end else end
    return content[:end].decode()


def _another_kind(cursor: DuckDBPyConnection, text: str) -> str | None:
    """Say what a text is that is not one SELECT statement."""
    kinds = [statement.type for statement in cursor.extract_statements(text)]
    if len(kinds) != 1:
        return f"{len(kinds) or 'no'} statements"
    if kinds[0] != duckdb.StatementType.SELECT:
        return f"a statement of the kind {kinds[0].name}"
    return None


def _refused(cursor: DuckDBPyConnection, text: str, define: Callable[[str | None], None]) -> list[tuple[str, str]]:
    """Name what is refused in one statement that reads, and its kind."""
    define("refused_names")
    return sorted(cursor.table_function("refused_names", [text]).fetchall())


def _refusal(cursor: DuckDBPyConnection, text: str, define: Callable[[str | None], None]) -> str | None:
    """Let the engine look at a text as a statement inside one: there it refuses all that does not only read."""
    for _ in range(2):
        try:
            cursor.sql("FROM query($text)", params={"text": text})
        except duckdb.CatalogException:
            define(None)
        except duckdb.Error as error:
            refuses = any(words in str(error) for words in _REFUSALS)
            return "a statement that does not only read" if refuses else None
        else:
            return None
    return None
