"""Makes untrusted text safe to display, so that it cannot move, colour or reverse the text around it, or hide in it.

Markdown, HTML, charts and terminals all use these lists of unsafe characters.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

REPLACEMENT = "\ufffd"
TAB, LINE_FEED = 0x09, 0x0A
CONTROL = (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029)
"""Code points that move the cursor or end a line."""
DIRECTION = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
"""Code points that change the direction of writing; U+061C is the Arabic letter mark."""
UNSEEN = tuple(sorted({
    *DIRECTION, 0xAD, 0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), *range(0x200B, 0x200E),
    *range(0x2060, 0x2070), 0x2800, 0x3164, *range(0xFE00, 0xFE10), 0xFEFF, 0xFFA0, *range(0xFFF0, 0xFFFC),
    *range(0x1BCA0, 0x1BCA4), 0x1D159, *range(0x1D173, 0x1D17B), *range(0xE0000, 0xE1000),
}))  # fmt: skip
"""Code points that show nothing: DIRECTION, zero width, fillers and tags (Default_Ignorable_Code_Point of Unicode)."""

_REPLACED = dict.fromkeys((code for code in CONTROL if code not in (TAB, LINE_FEED)), REPLACEMENT)


def character_class(codes: Iterable[int]) -> str:
    r"""Return a character class of a regular expression for code points.

    Example:
        >>> character_class((0x61, 0x202E)) == "[a\u202e]"
        True
    """
    return f"[{''.join(map(chr, codes))}]"


_PICTURE = (
    r"[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u231a-\u23ff\u24c2\u25aa-\u25fe\u2600-\u27bf\u2934\u2935\u2b05-\u2b07"
    r"\u2b1b\u2b1c\u2b50\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001faff][\ufe0e\ufe0f]?[\U0001f3fb-\U0001f3ff]?"
)
_EMOJI = rf"\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f|[0-9#*]\ufe0f\u20e3|{_PICTURE}(?:\u200d{_PICTURE})*"


@functools.cache
def _emoji_or_unseen() -> re.Pattern[str]:
    """Compile the pattern when a text needs it, which takes as long as all other modules of a short command."""
    return re.compile(f"(?:{_EMOJI})|({character_class(UNSEEN)})")


def show_unseen(text: str) -> str:
    r"""Write each character that shows nothing as its code point, unless an emoji needs it.

    Example:
        >>> show_unseen("a\u200bb"), show_unseen("\U0001f469\u200d\U0001f680") == "\U0001f469\u200d\U0001f680"
        ('a<U+200B>b', True)
    """
    if text.isascii():
        return text
    return _emoji_or_unseen().sub(lambda match: f"<U+{ord(match[1]):04X}>" if match[1] else match[0], text)


def printable(text: str) -> str:
    r"""Replace each character that moves the cursor by U+FFFD, and show those that show nothing.

    Example:
        >>> printable("a\x1b[31mb\u202e\n") == "a\ufffd[31mb<U+202E>\n"
        True
    """
    return show_unseen(text.translate(_REPLACED))


def plural(count: int, noun: str, plural: str | None = None) -> str:
    """Write a number of things.

    Example:
        >>> plural(1, "prompt"), plural(1878, "prompt"), plural(2, "query", "queries")
        ('1 prompt', '1,878 prompts', '2 queries')
    """
    return f"{count:,} {noun if count == 1 else plural or f'{noun}s'}"


def is_utf8(text: str) -> bool:
    """Whether UTF-8 can hold a text: one from a damaged file may have halves of characters.

    Example:
        >>> is_utf8("é"), is_utf8(chr(0xD800))
        (True, False)
    """
    return not any("\ud800" <= letter <= "\udfff" for letter in text)
