"""The splits and the subset that a call selects."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from irdb_sql.core.schema import SPLITS, SUBSETS
from irdb_sql.errors import SplitTypeError, SubsetTypeError, UnknownSplitError, UnknownSubsetError

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
    if not isinstance(names, Iterable):
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
