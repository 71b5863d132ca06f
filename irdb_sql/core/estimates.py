"""Writes estimates for people: shares in percent and signed numbers, with intervals, to the digits these support."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

Scale = Literal["share", "signed", "signed share"]
"""How an estimate is written: in percent, as a number with its sign, or in percentage points with its sign."""


def count_digits(intervals: Iterable[tuple[float | None, float | None]]) -> int:
    """Count the digits of a percentage after the point that intervals support.

    It is one, and one more wherever the narrowest interval is a tenth as wide.

    Example:
        >>> count_digits([(0.57, 0.61), (None, None)]), count_digits([(0.598, 0.602)])
        (1, 2)
    """
    halves = [50 * (upper - lower) for lower, upper in intervals if lower is not None and upper is not None]
    narrowest = min((half for half in halves if half > 0), default=1.0)
    return max(1, min(4, math.floor(1.5 - math.log10(narrowest))))


def describe_estimate(
    value: float, lower: float | None = None, upper: float | None = None, *, digits: int = 1, scale: Scale = "share"
) -> str:
    """Write an estimate, with its interval if there is one; a number has two digits more than a percentage.

    Example:
        >>> describe_estimate(0.5903, 0.5712, 0.6104), describe_estimate(0.913151, scale="signed")
        ('59.0 % [57.1, 61.0]', '+0.913')
        >>> describe_estimate(-0.247, -0.31, -0.18, scale="signed share")
        '-24.7 points [-31.0, -18.0]'
    """
    estimate = _describe_number(value, digits, scale)
    unit = {"share": " %", "signed": "", "signed share": " points"}[scale]
    if lower is None or upper is None:
        return estimate + unit
    bounds = ", ".join(_describe_number(bound, digits, scale) for bound in (lower, upper))
    return f"{estimate}{unit} [{bounds}]"


def describe_p_value(value: float) -> str:
    """Write a p-value, which is never shown as 0.

    Example:
        >>> describe_p_value(0.219), describe_p_value(1e-7)
        ('0.219', '< 0.001')
    """
    return f"< {_LEAST_P}" if value < _LEAST_P else f"{value:.3f}"


_LEAST_P = 0.001


def _describe_number(value: float, digits: int, scale: Scale) -> str:
    if scale == "signed":
        return f"{value:+.{digits + 2}f}"
    return f"{100 * value:{'+' if scale == 'signed share' else ''}.{digits}f}"
