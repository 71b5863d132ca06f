"""Makes untrusted text safe to display, so that it cannot move, colour or reverse the text around it.

Markdown, HTML, charts and terminals all use these lists of unsafe characters.
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
"""Code points that change the direction of writing; U+061C is the Arabic letter mark."""
UNSAFE = tuple(code for code in (*CONTROL, *DIRECTION) if code not in (TAB, LINE_FEED))
"""Code points that are replaced in a text of several lines."""

_TABLE = dict.fromkeys(UNSAFE, REPLACEMENT)


def printable(text: str) -> str:
    r"""Replace each unsafe character by U+FFFD.

    Example:
        >>> printable("a\x1b[31mb\u202e\n") == "a\ufffd[31mb\ufffd\n"
        True
    """
    return text.translate(_TABLE)


def character_class(codes: Iterable[int]) -> str:
    r"""Return a character class of a regular expression for code points.

    Example:
        >>> character_class((0x61, 0x202E)) == "[a\u202e]"
        True
    """
    return f"[{''.join(map(chr, codes))}]"
