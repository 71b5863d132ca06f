"""A statement of SQL, and how its rows are had."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import polars as pl

    from irdb_sql.engine.errors import QueryError
    from irdb_sql.engine.parameters import Params
    from irdb_sql.errors import IrdbError

Expand: TypeAlias = "Callable[[Sequence[str] | None], Iterator[pl.DataFrame]]"


@dataclass(frozen=True)
class Asked:
    """A statement, and how a lazy frame is to answer it.

    Attributes:
        text: The statement, checked before.
        params: Its parameters; the frame keeps them.
        most: Rows to read at most, with a RowsCutWarning where there are more.
        sooner: The schema, and what makes the same rows sooner, given the columns to make, or raises a
            NotPublishedError.
        blame: Makes what the engine says of the statement an error that tells what is wrong with what was given.
    """

    text: str
    params: Params
    most: int | None = None
    sooner: tuple[pl.Schema, Expand] | None = None
    blame: Callable[[QueryError], IrdbError] | None = None
