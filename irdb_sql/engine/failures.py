"""Makes an error of ours of what DuckDB raises while it runs a statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from irdb_sql.engine.errors import QueryError, TimeLimitError
from irdb_sql.engine.hints import next_step

if TYPE_CHECKING:
    from irdb_sql.core.catalog import SqlFiles
    from irdb_sql.engine.limits import Limits
    from irdb_sql.errors import IrdbError


class Stream(Protocol):
    """Rows that Python makes while DuckDB reads them."""

    failure: IrdbError | None


@dataclass
class Failures:
    """What is known of a database when one of its statements fails.

    Attributes:
        catalog: The views, macros and queries, for hints.
        limits: What a statement may take.
        stream: The rows that Python makes for the view `image_listing`; its failure is not DuckDB's.
    """

    catalog: SqlFiles
    limits: Limits
    stream: Stream | None = None

    def describe(self, error: Exception) -> IrdbError:
        """Return the error that says what failed, and what to do next."""
        text = str(error)
        failure = None if self.stream is None else self.stream.failure
        if failure is not None and _OF_STREAM in text:
            return failure
        if _TIMED_OUT in text:
            return TimeLimitError(self.limits.timeout)
        return QueryError(text, next_step(text, self.catalog))


_OF_STREAM = "reading the Arrow source failed"
_TIMED_OUT = "exceeded maximum execution time"
