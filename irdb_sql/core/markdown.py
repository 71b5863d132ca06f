"""Makes Markdown of text and tables, in which no value can become markup."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from irdb_sql.core.text import CONTROL, character_class, show_unseen

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_CONTROL = re.compile(f"{character_class(CONTROL)}+")
_INTERVAL = r"\[(?:[-+\d., ]*\d)\](?![(\[:])"  # brackets around numbers are no link, as no definition of one is left
_MARKUP = re.compile(
    rf"(?:{_INTERVAL})|([\\`*{{}}\[\]<>#|~&$!]|(?<![^\W_])_|_(?![^\W_])|^[-+=](?=\s|-|=|$)|^\d+(?=[.)](?:\s|$))|(?<=www)\.|:(?=//)|@)"
)


def escape(text: str) -> str:
    r"""Escape a text for Markdown, on one line.

    Control characters become a space, and characters that show nothing are written as their code points, because both
    can hide the content of a line.

    Example:
        >>> escape("<b>*bold*</b> | rank_gap")
        '\\<b\\>\\*bold\\*\\</b\\> \\| rank_gap'
        >>> escape("59.0 % [57.1, 61.0] [1](x)")
        '59.0 % [57.1, 61.0] \\[1\\](x)'
    """
    return _MARKUP.sub(_escaped, one_line(text))


def one_line(text: str) -> str:
    """Return a text on one line, without control characters and with those shown that show nothing."""
    return show_unseen(_CONTROL.sub(" ", text)).strip()


def _escaped(match: re.Match[str]) -> str:
    markup = match[1]
    if markup is None:
        return match[0]
    return f"{markup}\\" if markup.isdigit() else f"\\{markup}"


def code(text: str) -> str:
    """Return a text as inline code with enough backticks around it.

    Example:
        >>> code("a `b`")
        '`` a `b` ``'
    """
    plain = one_line(text)
    ticks = "`" * (max(map(len, re.findall("`+", plain)), default=0) + 1)
    return f"{ticks}{plain}{ticks}" if len(ticks) == 1 else f"{ticks} {plain} {ticks}"


def table(header: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[bool]) -> str:
    """Return a pipe table, with escaped cells.

    Args:
        header: Name of each column.
        rows: Cells of each row.
        right: Whether each column is aligned right, as numbers are.

    Example:
        >>> print(table(["split", "images"], [["test", "2,720"]], [False, True]))
        | split | images |
        | --- | ---: |
        | test | 2,720 |
    """
    lines = [header, ["---:" if is_right else "---" for is_right in right]]
    return "\n".join(
        f"| {' | '.join(cells)} |"
        for cells in (
            [escape(name) for name in lines[0]],
            lines[1],
            *([escape(cell) for cell in row] for row in rows),
        )
    )
