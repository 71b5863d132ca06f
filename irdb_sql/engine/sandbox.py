"""Checks before a text runs that it is one read-only statement that reads nothing but the data."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import duckdb

from irdb_sql.core.late import late
from irdb_sql.engine.errors import QueryError, StatementError, UnsafeError
from irdb_sql.engine.parameters import replace_tabs
from irdb_sql.engine.syntax_tree import Part, Parts, refused_parts, statement_parts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duckdb import DuckDBPyConnection

    from irdb_sql.core import foreign_words
    from irdb_sql.engine.syntax_tree import Define
else:
    foreign_words = late("irdb_sql.core.foreign_words")

LONGEST_STATEMENT = 100_000
"""Characters of a statement: DuckDB ends the process where one is nested some ten times deeper than fits into these."""

_MOST_APPROVED, _LONGEST_APPROVED = 256, 10_000

_REFUSALS = ("Expected a single SELECT statement", "must be at the top level", "data-modifying")


def check_statement(cursor: DuckDBPyConnection, text: str, define: Define, approved: dict[str, str]) -> str:
    """Check a text and return its statement without a final semicolon.

    Args:
        cursor: The cursor; all that the text names is defined.
        text: The text to run.
        define: Defines a macro by its name, or everything for None, so that DuckDB can suggest names that are alike.
        approved: Statements by texts that were fine, of the same engine; one that was judged by itself is added.

    Raises:
        StatementError: The text is not one read-only statement.
        UnsafeError: The statement reads something that is not part of the data, or changes the session.
        QueryError: The text is no SQL.
    """
    if (known := approved.get(text)) is not None:
        return known
    judgement = _judge(cursor, text, define)
    if judgement.fault is not None:
        raise StatementError(judgement.fault)
    for kind, name in judgement.refused:
        raise UnsafeError(kind, name)
    statement = _strip_end(text)
    if judgement.is_of_text_alone and len(text) <= _LONGEST_APPROVED:
        if len(approved) >= _MOST_APPROVED:
            approved.clear()
        approved[text] = statement
    return statement


class _Judgement(NamedTuple):
    """What is wrong with a text.

    Attributes:
        fault: What it is instead of one read-only statement.
        refused: Kinds and names of its refused parts.
        is_of_text_alone: Whether it was judged without the tables that there are.
    """

    fault: str | None
    refused: Sequence[tuple[str, str]] = ()
    is_of_text_alone: bool = False


def _judge(cursor: DuckDBPyConnection, text: str, define: Define) -> _Judgement:
    """Judge a text.

    Raises:
        UnsafeError: It is too long.
        QueryError: It is no SQL.
    """
    if len(text) > LONGEST_STATEMENT:
        raise UnsafeError("length", f"{len(text):,} characters")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise QueryError("Parser Error: the text is not UTF-8") from error
    try:
        fault = _describe_other_statement(cursor, text)
        return _Judgement(fault) if fault else _check_parts(cursor, text, define)
    except ValueError:  # DuckDB's Python module has no name for this kind of statement
        return _Judgement("a statement of another kind")
    except duckdb.InterruptException:
        raise
    except duckdb.Error as error:
        raise QueryError(foreign_words.without_useless_words(_with_position(cursor, text, error))) from error


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


def _check_parts(cursor: DuckDBPyConnection, text: str, define: Define) -> _Judgement:
    """Judge a SELECT statement by its parts."""
    parts, has_common_tables = _find_parts(cursor, text, define)
    writing = sorted(name for kind, name in parts if kind == "writing")
    if writing:  # DuckDB calls a statement SELECT although its WITH may delete or copy
        return _Judgement(f"a part of the kind {writing[0].removesuffix('_QUERY_NODE')}")
    refused = refused_parts(cursor, parts, define)
    # Only a WITH can hold what writes, so that other statements need not be bound for it.
    is_asked = has_common_tables and not refused
    return _Judgement(_describe_refusal(cursor, text, define) if is_asked else None, refused, not has_common_tables)


def _find_parts(cursor: DuckDBPyConnection, text: str, define: Define) -> Parts:
    try:
        return statement_parts(cursor, text)
    except RecursionError:  # too deep for Python, but not for the engine
        define("statement_parts")
        rows = cursor.table_function("statement_parts", [text]).fetchall()
        return Parts({Part(*row) for row in rows}, has_common_tables=True)


def _describe_refusal(cursor: DuckDBPyConnection, text: str, define: Define) -> str | None:
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
