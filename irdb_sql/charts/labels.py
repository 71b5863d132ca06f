"""Labels of columns for readers, and which columns are shares."""

from __future__ import annotations


def heading(column: str) -> str:
    """Format the name of a column for a reader; names of metrics stay as they are."""
    return column if column.startswith(_METRICS) else column.replace("_", " ")


def is_share(column: str) -> bool:
    """Return whether a column has shares, which readers get in percent.

    Example:
        >>> is_share("tied_share"), is_share("ceiling_accuracy"), is_share("mean")
        (True, True, False)
    """
    return column.startswith(_SHARES) or column.endswith(("_share", "accuracy"))


_SHARES = ("share_", "acc_", "recall", "filter", "best_of_n", "lower", "upper", "chance")
_METRICS = ("acc_", "tau_", "best_of_n", "recall@", "filter@")
