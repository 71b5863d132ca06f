"""Warns of images of train whose path names no part, where a subset is asked for that they are not in."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING

from irdb_sql.core.schema import SUBSETS, WHOLE_TRAIN
from irdb_sql.engine.errors import NoPartWarning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from duckdb import DuckDBPyConnection

    from irdb_sql.engine.parameters import Params

_SMALLER_SUBSETS = frozenset(SUBSETS) - {WHOLE_TRAIN}
_LITERALS = re.compile("'(\\w+)'")


def count_without_part(duck: DuckDBPyConnection) -> int:
    """Count the images of train whose path names no part; the view `images` is defined."""
    ((images,),) = duck.view("images").filter("split = 'train' AND part IS NULL").aggregate("count(*)").fetchall()
    return int(images)


class UnknownParts:
    """The warning of one database, which is given once.

    Args:
        count: Returns, while the database is there, a function that counts the images of train without a part.
    """

    def __init__(self, count: Callable[[], Callable[[], int] | None]) -> None:
        self._count = count
        self._has_counted = False

    def warn_of_text(self, text: str, params: Params) -> None:
        """Warn if a statement, or a parameter of it, names a smaller subset."""
        values = params.values() if isinstance(params, Mapping) else params or ()
        self.warn_of([*_LITERALS.findall(text), *values])

    def warn_of(self, values: Iterable[object]) -> None:
        """Warn if a smaller subset is among the values of a statement's parameters."""
        if self._has_counted or not any(type(value) is str and value in _SMALLER_SUBSETS for value in values):
            return
        self._has_counted = True
        count = self._count()
        if count is not None and (images := count()):
            warnings.warn(NoPartWarning(images), stacklevel=6)
