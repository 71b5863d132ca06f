"""The protocol of renderers: each writes the values, tables, charts and pictures of a report in one format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from irdb_sql.charts.specification import Channels, Kind
    from irdb_sql.reports.answers import Answer


class Renderer(Protocol):
    """Writes answers in one format; what it returns goes into the template's text as it is."""

    def text(self, value: object) -> str:
        """Write a value so that nothing in it is markup."""

    def table(self, answer: Answer, columns: Sequence[str], *, folded: str = "") -> str:
        """Write some columns of an answer, or all, as a table; where pages fold, under a title if there is one."""

    def chart(self, answer: Answer, kind: Kind, channels: Channels, *, title: str = "", per: str | None = None) -> str:
        """Write an answer as a chart with a title, or as one per value of a column, all on the same axes."""

    def pictures(self, answer: Answer, columns: Sequence[str], captions: Sequence[str], titles: Sequence[str]) -> str:
        """Write the images of columns of paths, with captions; rows with the same titles stand together.

        A caption such as `better_score` is that of the column `better_path` alone.
        """

    def page(self, text: str, title: str) -> str:
        """Write the whole report from the template's text."""
