"""Renders reports as Markdown: tables, and tables of paths for pictures; no value becomes markup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irdb_sql.core import markdown
from irdb_sql.reports.answers import format_row, format_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from irdb_sql.charts.specification import Channels, Kind
    from irdb_sql.reports.answers import Answer


class MarkdownRenderer:
    """Writes Markdown, which has no pictures: their numbers and paths are in tables."""

    def __init__(self) -> None:
        self._shown_commands: set[str] = set()

    def text(self, value: object) -> str:
        """Escape a value."""
        return markdown.escape(format_value("", value))

    def table(self, answer: Answer, columns: Sequence[str], *, folded: str = "") -> str:  # noqa: ARG002 - text does not fold
        """Write a pipe table, and once per answer the command that repeats it."""
        names = columns or answer.columns
        rows = (format_row(row, names) for row in answer.rows)
        headings = [answer.heading(name) for name in names]
        table = markdown.table(headings, rows, [answer.is_numeric(name) for name in names])
        if not self._is_new(answer.command):
            return table
        return f"{table}\n\nCommand: {markdown.code(answer.command)}"

    def chart(self, answer: Answer, kind: Kind, channels: Channels, *, title: str = "", per: str | None = None) -> str:  # noqa: ARG002 - a chart is a table here
        """Return nothing: the table beside the chart has its numbers."""
        return ""

    def pictures(self, answer: Answer, columns: Sequence[str], captions: Sequence[str], titles: Sequence[str]) -> str:
        """Write a table, in which the paths come last, as they are long."""
        return self.table(answer, (*titles, *captions, *columns))

    def page(self, text: str, title: str) -> str:  # noqa: ARG002 - the title is in the text
        """Return the text as it is."""
        return text

    def _is_new(self, command: str) -> bool:
        """Return whether a command was not shown before, and note that it is now."""
        if not command or command in self._shown_commands:
            return False
        self._shown_commands.add(command)
        return True
