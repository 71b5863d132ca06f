"""The splits, the subset and the gap of ranks that a call selects."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from numbers import Real
from typing import TYPE_CHECKING, Any, cast

from irdb_sql.core.schema import SPLITS, SUBSETS
from irdb_sql.errors import (
    ArgumentTypeError,
    RangeError,
    SplitTypeError,
    SubsetTypeError,
    UnknownSplitError,
    UnknownSubsetError,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    from irdb_sql.core.schema import Split

    Splits: TypeAlias = "Split | Sequence[Split]"
    """A split, or a list of them."""


def split_names(split: object) -> tuple[Split, ...]:
    """Return the names of splits, in published order.

    Args:
        split: A split, several as a list or as text with commas, or None for all.

    Raises:
        UnknownSplitError: A name is of no split, or there is none.
        SplitTypeError: A value is no text.

    Example:
        >>> split_names(["test", "train"]), split_names("test")
        (('train', 'test'), ('test',))
    """
    names = SPLITS if split is None else split.split(",") if isinstance(split, str) else split
    if not isinstance(names, Iterable) or isinstance(names, bytes):
        raise SplitTypeError(split)
    selected = list(names)
    for name in selected or [split]:
        if not isinstance(name, str):
            raise SplitTypeError(name)
        if name not in SPLITS:
            raise UnknownSplitError(name)
    return tuple(name for name in SPLITS if name in selected)


def check_subset(subset: object) -> None:
    """Raise an error unless a value is the name of a published subset, or None for all images.

    Raises:
        UnknownSubsetError: There is no such subset.
        SubsetTypeError: The value is no text.
    """
    if not isinstance(subset, str | None):
        raise SubsetTypeError(subset)
    if subset is not None and subset not in SUBSETS:
        raise UnknownSubsetError(subset)


def check_rank_gap(gap: object) -> None:
    """Raise an error unless a value can be the smallest difference in rank of a pair, or is None for its default.

    Args:
        gap: A whole number, also as text; the engine refuses other values.

    Raises:
        RangeError: The number is below 1, or no integer of 32 bits holds it.
        ArgumentTypeError: The value is True or False.
    """
    allowed = f"a whole number from 1 to {_MOST_RANKS:,}"
    if isinstance(gap, bool):
        raise ArgumentTypeError("min_rank_gap", gap, allowed)
    number: Any = int(gap) if isinstance(gap, str) and _WHOLE.fullmatch(gap) else gap
    is_number = isinstance(number, Real | Decimal)
    if is_number and not 1 <= number <= _MOST_RANKS:
        raise RangeError("min_rank_gap", gap, allowed)


_MOST_RANKS = 2**31 - 1
_WHOLE = re.compile(r"[+-]?[0-9]{1,300}")


def join_splits(split: object) -> Split | None:
    """Return splits as macros take them, one text with commas, in whose place a split may stand; None for all.

    Raises:
        UnknownSplitError: A name is of no split, or there is none.
        SplitTypeError: A value is no text.

    Example:
        >>> join_splits(["test", "train"])
        'train,test'
    """
    return None if split is None else cast("Split", ",".join(split_names(split)))
