"""Turns what DuckDB raises while it runs a statement into an IrdbError with a hint."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from irdb_sql.core.late import late
from irdb_sql.engine.errors import QueryError, TimeLimitError, UnsafeError

if TYPE_CHECKING:
    from irdb_sql.core.catalog import SqlCatalog
    from irdb_sql.engine import hints
    from irdb_sql.engine.limits import Limits
    from irdb_sql.errors import IrdbError
else:
    hints = late("irdb_sql.engine.hints")


class Stream(Protocol):
    """A stream of rows from Python, with the error that stopped it."""

    failure: IrdbError | None


@dataclass
class ErrorTranslator:
    """A translator of the exceptions of one database.

    Attributes:
        catalog: The views, macros and queries, for hints.
        limits: The limits of a statement.
        stream: The rows of the view `image_listing`, whose failure DuckDB reports as its own.
    """

    catalog: SqlCatalog
    limits: Limits
    stream: Stream | None = None

    def translate(self, error: Exception) -> IrdbError:
        """Return the IrdbError for an exception of DuckDB."""
        text = _NO_TEXT if isinstance(error, UnicodeDecodeError) else str(error)
        failure = None if self.stream is None else self.stream.failure
        if failure is not None and _STREAM_FAILED in text:
            return failure
        if _TIMED_OUT in text:
            return TimeLimitError(self.limits.timeout)
        if (refused := re.search(_REFUSED_FILE, text)) is not None:
            return UnsafeError("file", refused[1])
        return QueryError(*hints.explain(text, self.catalog))


_STREAM_FAILED = "exporting a stream from the Arrow source failed"
_NO_TEXT = "Invalid Input Error: a name or value is not UTF-8"
_REFUSED_FILE = r'Permission Error: Cannot access \w+ "(.*)" - file system operations are disabled'
_TIMED_OUT = "exceeded maximum execution time"
