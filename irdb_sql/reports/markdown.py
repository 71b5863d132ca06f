"""Sets reports as Markdown: tables, and what stands for pictures; no value becomes markup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irdb_sql.core import markdown
from irdb_sql.reports.answers import heading, shown, shown_row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from irdb_sql.reports.answers import Answer
    from irdb_sql.reports.charts import Kind


class MarkdownSetting:
    """Markdown, which shows no pictures: their numbers and paths stand in tables."""

    def __init__(self) -> None:
        self._told: set[str] = set()

    def text(self, value: object) -> str:
        """Escape a value."""
        return markdown.escape(shown("", value))

    def table(self, answer: Answer, columns: Sequence[str]) -> str:
        """Set a pipe table, and once for each answer the command that asks it again."""
        names, right = answer.chosen(columns)
        rows = (shown_row(row, names) for row in answer.rows)
        table = markdown.table([heading(name) for name in names], rows, right)
        if not answer.command or answer.command in self._told:
            return table
        self._told.add(answer.command)
        return f"{table}\n\nAsk again: {markdown.code(answer.command)}"

    def chart(self, answer: Answer, kind: Kind, *, about: str = "", **channels: str) -> str:  # noqa: ARG002 - HTML needs it
        """Set nothing: the table beside it holds the numbers."""
        return ""

    def pictures(self, answer: Answer, columns: Sequence[str], captions: Sequence[str], titles: Sequence[str]) -> str:
        """Set a table of the paths."""
        return self.table(answer, (*titles, *columns, *captions))

    def page(self, text: str, title: str) -> str:  # noqa: ARG002 - HTML needs it
        """Return the text as it is."""
        return text
