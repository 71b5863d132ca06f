"""Makes text of unknown origin safe to show: nothing in it moves, colours or reverses what stands around it.

These are the only lists of such characters; Markdown, HTML, charts and terminals take them from here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

REPLACEMENT = "\ufffd"
TAB, LINE_FEED = 0x09, 0x0A
CONTROL = (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029)
"""Code points that move the cursor or end a line."""
DIRECTION = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
"""Code points that turn the direction of writing: U+061C is the Arabic letter mark."""
UNSAFE = tuple(code for code in (*CONTROL, *DIRECTION) if code not in (TAB, LINE_FEED))
"""Code points that a text of several lines may not hold."""

_TABLE = dict.fromkeys(UNSAFE, REPLACEMENT)


def printable(text: str) -> str:
    r"""Replace every unsafe character by the replacement character, one for one.

    Example:
        >>> printable("a\x1b[31mb\u202e\n") == "a\ufffd[31mb\ufffd\n"
        True
    """
    return text.translate(_TABLE)


def character_class(codes: Iterable[int]) -> str:
    r"""Write code points as a set of characters in a regular expression.

    Example:
        >>> character_class((0x61, 0x202E)) == "[a\u202e]"
        True
    """
    return f"[{''.join(map(chr, codes))}]"
