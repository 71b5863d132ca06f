"""Warns of images of train whose path names no part, where a subset is asked for that they are not in."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING

from irdb_sql.core.schema import SPLITS, SUBSETS, WHOLE_TRAIN
from irdb_sql.sources.errors import AbsentSplitWarning, NoGapWarning, NoPartWarning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from duckdb import DuckDBPyConnection

    from irdb_sql.engine.parameters import Params

_SMALLER_SUBSETS = frozenset(SUBSETS) - {WHOLE_TRAIN}
_LITERALS = re.compile("'(\\w+)'")
_COMPUTED_SUBSET = re.compile(r"\bin_subset\s*(?::=|=>)(?!\s*(?:NULL|'\w+'|\$\w+|\?)\s*[,)])", re.IGNORECASE)
"""The name of the subset as anything but one value, which is not known before the statement is answered."""


def count_without_part(duck: DuckDBPyConnection) -> int:
    """Count the images of train whose path names no part; the view `images` is defined."""
    ((images,),) = duck.view("images").filter("split = 'train' AND part IS NULL").aggregate("count(*)").fetchall()
    return int(images)


def warn_of_gap(params: Mapping[str, object]) -> None:
    """Warn if the smallest rank gap of a query leaves out the pairs that people voted on, which have none."""
    gap = params.get("min_rank_gap")
    if gap is not None and str(gap) not in _ANY_GAP:
        warnings.warn(NoGapWarning(gap), stacklevel=2)


_ANY_GAP = ("0", "1")


class UnknownParts:
    """The warnings of one database about what parameters leave out unseen.

    Args:
        count: Returns, while the database is there, a function that counts the images of train without a part.
        splits: The split of each file of the data; None where paths name it.
    """

    def __init__(self, count: Callable[[], Callable[[], int] | None], splits: Sequence[str | None]) -> None:
        self._count = count
        self._splits = splits
        self._has_counted = False

    def warn_of_text(self, text: str, params: Params) -> None:
        """Warn if a statement, or a parameter of it, names a smaller subset or computes the name."""
        values = params.values() if isinstance(params, Mapping) else params or ()
        computed = sorted(_SMALLER_SUBSETS) if _COMPUTED_SUBSET.search(text) else ()
        self.warn_of([*_LITERALS.findall(text), *values, *computed])

    def _warn_of_splits(self, values: Iterable[str]) -> None:
        names = {name for value in values for name in value.split(",")} & {*SPLITS}
        if names and self._splits and None not in self._splits and not names & {*self._splits}:
            present = [name for name in SPLITS if name in self._splits]
            warnings.warn(AbsentSplitWarning(" and ".join(sorted(names)), present), stacklevel=6)

    def warn_of(self, values: Iterable[object]) -> None:
        """Warn if a split without a file, or once if a smaller subset, is among the values of parameters."""
        values = list(values)
        self._warn_of_splits(value for value in values if isinstance(value, str))
        if self._has_counted or not any(type(value) is str and value in _SMALLER_SUBSETS for value in values):
            return
        self._has_counted = True
        count = self._count()
        if count is not None and (images := count()):
            warnings.warn(NoPartWarning(images), stacklevel=6)
