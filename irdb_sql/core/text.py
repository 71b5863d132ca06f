"""Makes text of unknown origin safe to print: nothing in it moves, colours or reverses what a terminal shows."""

from __future__ import annotations

REPLACEMENT = "\ufffd"
LINE_BREAKING = (0x2028, 0x2029)
DIRECTION = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
UNSAFE = (*range(0x09), 0x0B, 0x0C, 0x0D, *range(0x0E, 0x20), *range(0x7F, 0xA0), *LINE_BREAKING, *DIRECTION)
"""Code points of control and direction characters, but for tab and line feed."""

_TABLE = dict.fromkeys(UNSAFE, REPLACEMENT)


def printable(text: str) -> str:
    r"""Replace every unsafe character by the replacement character, one for one.

    Example:
        >>> printable("a\x1b[31mb\u202e\n") == "a\ufffd[31mb\ufffd\n"
        True
    """
    return text.translate(_TABLE)
