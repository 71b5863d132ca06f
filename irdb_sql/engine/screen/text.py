"""Measures and wraps text in cells of a terminal, and makes it safe to show there."""

from __future__ import annotations

import re
import unicodedata

from irdb_sql.core.text import CONTROL, REPLACEMENT, show_unseen

_SHOWN = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\x1b": "\\e"}
_ASCII = 0x7F
_ESCAPES = str.maketrans(
    {code: _SHOWN.get(chr(code), f"\\x{code:02X}") if code <= _ASCII else REPLACEMENT for code in CONTROL}
)


def safe_line(text: str) -> str:
    r"""Return a text on one line, with control characters and characters that show nothing written out.

    Example:
        >>> print(safe_line("a\n\x07b\u200b"))
        a\n\x07b<U+200B>
    """
    return text if text.isascii() and text.isprintable() else show_unseen(text.translate(_ESCAPES))


def text_width(text: str) -> int:
    """Return how many cells of a terminal a text takes.

    Example:
        >>> text_width("wide 花")
        7
    """
    return len(text) if text.isascii() else sum(map(_character_width, text))


def wrap(text: str, width: int, most_lines: int | None = None) -> list[str]:
    """Break a text into lines, at spaces and behind punctuation where possible.

    Args:
        text: The text, on one line.
        width: How many cells a line may take; at least 2.
        most_lines: How many lines to return at most, the last one with … if more is left; None returns all.

    Example:
        >>> wrap("images/test/test_1/0e5f.webp", 12)
        ['images/test/', 'test_1/0e5f.', 'webp']
        >>> wrap("one two three four", 9, most_lines=2)
        ['one two', 'three fo…']
    """
    lines: list[str] = []
    while text_width(text) > width:
        if most_lines is not None and len(lines) == most_lines - 1:
            text = f"{text[: _fitting_length(text, width - 1)]}…"
            break
        end = _end_of_line(text, width)
        lines.append(text[:end].rstrip(" "))
        text = text[end:].lstrip(" ")
    return [*lines, text]


def pad(text: str, width: int, align: str = "<") -> str:
    """Fill a text with spaces to a width, aligned left (<), right (>) or centered (^)."""
    missing = max(0, width - text_width(text))
    left = {"<": 0, ">": missing, "^": missing // 2}[align]
    return f"{' ' * left}{text}{' ' * (missing - left)}"


def _character_width(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else not unicodedata.combining(character)


def _fitting_length(text: str, width: int) -> int:
    """Return how many of the first characters fit into a width; at least one."""
    if text.isascii():
        return max(1, width)
    cells = 0
    for index, character in enumerate(text):
        cells += _character_width(character)
        if cells > width:
            return max(1, index)
    return len(text)


def _end_of_line(text: str, width: int) -> int:
    """Return where the first line ends: before a space, behind punctuation, else where the width ends."""
    length = _fitting_length(text, width)
    space = text.rfind(" ", 1, length + 1)
    if space > 0:
        return space
    mark = _LAST_MARK.match(text, 0, length)
    return mark.end() if mark is not None and mark.end() > length // 3 else length


_LAST_MARK = re.compile(r".*[/_\-,;:|.]", re.DOTALL)
