"""Checks before a text runs that it is one read-only statement that reads nothing but the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from irdb_sql.engine.errors import QueryError, StatementError, UnsafeError
from irdb_sql.engine.parameters import replace_tabs

if TYPE_CHECKING:
    from collections.abc import Callable

    from duckdb import DuckDBPyConnection

REQUIRED_MACRO = "statement_parts"
"""The macro that every check calls, and that has to be defined before."""

_REFUSALS = ("Expected a single SELECT statement", "must be at the top level", "data-modifying")


def check_statement(cursor: DuckDBPyConnection, text: str, define: Callable[[str | None], None]) -> str:
    """Check a text and return its statement without a final semicolon.

    Args:
        cursor: The cursor; `REQUIRED_MACRO` and all that the text names are defined.
        text: The text to run.
        define: Defines a macro by its name, or everything for None, so that DuckDB can suggest names that are alike.

    Raises:
        StatementError: The text is not one read-only statement.
        UnsafeError: The statement reads something that is not part of the data, or changes the session.
        QueryError: The text is no SQL.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise QueryError(f"Parser Error: the text cannot be encoded as UTF-8: {error}") from error
    try:
        fault = _describe_other_statement(cursor, text)
        parts = [] if fault else cursor.table_function("statement_parts", [text]).fetchall()
        writing = sorted(name for kind, name in parts if kind == "writing")
        if writing:  # DuckDB calls a statement SELECT although its WITH may delete or copy
            fault = f"a part of the kind {writing[0].removesuffix('_QUERY_NODE')}"
        # Listing DuckDB's functions and settings is slow, and a statement without parts names none.
        refused = [] if fault or not parts else _refused(cursor, text, define)
        if not fault and not refused:
            fault = _describe_refusal(cursor, text, define)
    except ValueError:  # DuckDB's Python module has no name for this kind of statement
        fault, refused = "a statement of another kind", []
    except duckdb.InterruptException:
        raise
    except duckdb.Error as error:
        raise QueryError(_with_position(cursor, text, error)) from error
    if fault is not None:
        raise StatementError(fault)
    for kind, name in refused:
        raise UnsafeError(kind, name)
    return _strip_end(text)


def _with_position(cursor: DuckDBPyConnection, text: str, error: duckdb.Error) -> str:
    """Return a syntax error of DuckDB, marked correctly after tabs."""
    if "\t" in text:
        try:
            cursor.extract_statements(replace_tabs(text))
        except duckdb.Error as located:
            return str(located)
    return str(error)


def _strip_end(text: str) -> str:
    """Remove the semicolon and comments at the end of a text."""
    content = text.encode()
    end = len(content)
    for start, token_type in reversed(duckdb.tokenize(text)):
        is_semicolon = content[start : start + 1] == b";" and token_type == duckdb.token_type.operator
        if not is_semicolon and token_type != duckdb.token_type.comment:
            break
        end = start if is_semicolon else end
    return content[:end].decode()


def _describe_other_statement(cursor: DuckDBPyConnection, text: str) -> str | None:
    """Describe a text, unless it is one SELECT statement."""
    kinds = [statement.type for statement in cursor.extract_statements(text)]
    if len(kinds) != 1:
        return f"{len(kinds) or 'no'} statements"
    if kinds[0] != duckdb.StatementType.SELECT:
        return f"a statement of the kind {kinds[0].name}"
    return None


def _refused(cursor: DuckDBPyConnection, text: str, define: Callable[[str | None], None]) -> list[tuple[str, str]]:
    """Return kind and name of refused functions, tables and settings."""
    define("refused_names")
    return sorted(cursor.table_function("refused_names", [text]).fetchall())


def _describe_refusal(cursor: DuckDBPyConnection, text: str, define: Callable[[str | None], None]) -> str | None:
    """Describe a statement that DuckDB refuses as a read-only subquery."""
    for _ in range(2):
        try:
            cursor.sql("FROM query($text)", params={"text": text})
        except duckdb.CatalogException:
            define(None)
        except duckdb.Error as error:
            is_refusal = any(words in str(error) for words in _REFUSALS)
            return "a statement that writes" if is_refusal else None
        else:
            return None
    return None
