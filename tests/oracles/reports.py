"""What tests of reports share: reports of the sample, what a browser or a reader of Markdown makes of one."""

from __future__ import annotations

import functools
import json
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from conftest import CHECKOUT
from markdown_it import MarkdownIt

import irdb_sql
from irdb_sql.reports.render import render as render_at_length

if TYPE_CHECKING:
    from irdb_sql import ImageRewardDB

SCHEMA = json.loads((CHECKOUT / "irdb_sql" / "reports" / "templates" / "report.schema.json").read_text())


def render(db: ImageRewardDB, name: str = "summary", format: Any = "markdown", **options: Any) -> str:
    """Render with few resamples, as most of the time of a report goes into them."""
    return render_at_length(db, name, format, **({"resamples": 20} | options))


@functools.cache
def of_sample(name: str = "summary", format: str = "markdown") -> str:
    """Render a report of the embedded sample, once for all tests that read it."""
    with irdb_sql.connect() as db:
        return render(db, name, format)


class Page(HTMLParser):
    """What a browser would make of a page: its elements, its text, and the cells of its tables."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.tables: list[list[list[str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if self.tags and self.tags[-1][0] in ("td", "th") and self.tables and self.tables[-1] and self.tables[-1][-1]:
            self.tables[-1][-1][-1] += data.removesuffix("\n")


def markdown_tables(report: str) -> list[list[list[str]]]:
    tables: list[list[list[str]]] = []
    for token in MarkdownIt("gfm-like", {"linkify": False}).parse(report):
        if token.type == "table_open":
            tables.append([])
        elif token.type == "tr_open":
            tables[-1].append([])
        elif token.type == "inline" and tables and token.level >= 4:
            text = "".join(child.content for child in token.children or [])
            tables[-1][-1].append(text)
    return tables


def plain(tables: list[list[list[str]]]) -> list[list[list[str]]]:
    return [[[" ".join(cell.split()) for cell in row] for row in table] for table in tables]
