"""Makes Markdown that GitHub and the site show alike."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_MARKUP = re.compile(r"[\\*`|\[\]]|(?<![^\W_])_|_(?![^\W_])")
_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)


def escape(text: str) -> str:
    r"""Escape plain text, on one line.

    Example:
        >>> escape("*all* of a|b < _c_, rank_gap")
        '\\*all\\* of a\\|b &lt; \\_c\\_, rank_gap'
    """
    return _escape_part(" ".join(text.split()))


def escape_text(text: str) -> str:
    r"""Escape a text whose `code` is marked by backticks.

    Example:
        >>> escape_text("a list of `[{id}]`, or *any*")
        'a list of `[{id}]`, or \\*any\\*'
    """
    parts, place = [], 0
    for code in re.finditer(_CODE, text):
        parts += [_escape_part(text[place : code.start()]), code[0]]
        place = code.end()
    return "".join([*parts, _escape_part(text[place:])])


def _escape_part(text: str) -> str:
    """Escape a part of a text, whose white space is kept."""
    return re.sub(_MARKUP, r"\\\g<0>", text).replace("<", "&lt;")


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of cells that are Markdown.

    Example:
        >>> print(table(["name", "meaning"], [["`rank`", "1 is best"]]))
        | name | meaning |
        | --- | --- |
        | `rank` | 1 is best |
    """
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def page(*blocks: str) -> str:
    """Join the blocks of a page, leaving out empty ones."""
    return "\n\n".join(block for block in blocks if block) + "\n"
