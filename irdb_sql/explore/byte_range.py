"""Reads the Range header of a request: one range of bytes, or none."""

from __future__ import annotations

import re


class UnsatisfiableRangeError(Exception):
    """A range begins behind the last byte, or asks for none."""


def parse_range(header: str | None, size: int) -> tuple[int, int] | None:
    """Return the first byte of a range and the one behind its last, or None for the whole content.

    What is not exactly one range of bytes is ignored, as a server may (RFC 9110, section 14.2).

    Args:
        header: The value of the header Range; None where there is none.
        size: Bytes of the content.

    Raises:
        UnsatisfiableRangeError: The content has no such byte.

    Example:
        >>> parse_range("bytes=2-3", 10), parse_range("bytes=-4", 10), parse_range("bytes=0-1,4-5", 10)
        ((2, 4), (6, 10), None)
    """
    found = _RANGE.fullmatch(header or "")
    if found is None:
        return None
    first, last, suffix = found["first"], found["last"], found["suffix"]
    if suffix is not None:
        if int(suffix) == 0 or size == 0:
            raise UnsatisfiableRangeError
        return max(size - int(suffix), 0), size
    begin, end = int(first), min(int(last) + 1 if last else size, size)
    if last and int(last) < int(first):
        return None
    if begin >= size:
        raise UnsatisfiableRangeError
    return begin, end


_RANGE = re.compile(r"bytes=(?:(?P<first>[0-9]{1,18})-(?P<last>[0-9]{1,18})?|-(?P<suffix>[0-9]{1,18}))")
