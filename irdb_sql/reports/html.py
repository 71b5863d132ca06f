"""Renders reports as one HTML page without network, script or font.

The template's text is Markdown. Tables, charts and pictures are HTML fragments; in the text, a placeholder with a
random number stands for each, which no value can contain. A library converts the text, in which every value is escaped,
and then the fragments replace their placeholders.
"""

from __future__ import annotations

import base64
import hashlib
import html
import itertools
import re
import secrets
from typing import TYPE_CHECKING

from irdb_sql.charts.labels import heading
from irdb_sql.charts.specification import describe_chart
from irdb_sql.core.late import late
from irdb_sql.core.markdown import one_line
from irdb_sql.core.text import printable
from irdb_sql.reports.answers import format_row, format_value
from irdb_sql.reports.catalog import TEMPLATES
from irdb_sql.reports.charts import ChartDrawer
from irdb_sql.reports.markdown import MarkdownRenderer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import markdown_it

    from irdb_sql.charts.specification import Kind
    from irdb_sql.reports.answers import Answer
    from irdb_sql.reports.thumbnails import Thumbnail, Thumbnails
else:
    markdown_it = late("markdown_it")


class HtmlRenderer(MarkdownRenderer):
    """Writes an HTML page.

    Args:
        thumbnails: Makes thumbnails of images; None shows no images.
        blur: Whether images are blurred until they are clicked.
    """

    def __init__(self, thumbnails: Thumbnails | None, *, blur: bool) -> None:
        super().__init__()
        self._thumbnails = thumbnails
        self._blur = blur
        self._placeholder = f"mark{secrets.token_hex(8)}n"
        self._fragments: list[Callable[[], str]] = []
        self._charts = ChartDrawer()  # draws while the database answers the questions behind a chart

    def table(self, answer: Answer, columns: Sequence[str], *, folded: str = "") -> str:
        """Write a table and, to unfold, the command and the SQL that repeat it."""
        names = columns or answer.columns
        cells = [format_row(row, names) for row in answer.rows]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)] or [0] * len(names)
        classes = [
            _cell_class(width, is_number=answer.is_numeric(name)) for name, width in zip(names, widths, strict=True)
        ]
        head = "".join(
            f'<th scope="col"{of_column}>{_text(heading(name))}</th>'
            for name, of_column in zip(names, classes, strict=True)
        )
        is_wide = len(names) > _FEW  # on a phone, each row is a card, whose cells need the names of their columns
        labels = [f' data-name="{_text(heading(name))}"' if is_wide else "" for name in names]
        body = "\n".join(f"<tr>{_cells(row, map(str.__add__, classes, labels))}</tr>" for row in cells)
        kinds = " ".join(word for word, is_so in (("many", len(names) > _MANY), ("cards", is_wide)) if is_so)
        kind = f' class="{kinds}"' if kinds else ""
        content = f"<table{kind}><thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>"
        table = self._scrollable(content, f"table: {answer.question or answer.name}")
        if folded or len(cells) > _LONG:
            summary = _text(folded or f"Table, {len(cells):,} rows")
            table = f"<details><summary>{summary}</summary>{table}</details>"
        whole = table + self._fold(answer)
        return self._insert(lambda: whole)

    def chart(self, answer: Answer, kind: Kind, *, about: str = "", **channels: str) -> str:
        """Write a chart with a caption, which begins with what it is about."""
        if not answer.rows:
            return ""
        drawing = self._charts.start(answer, kind, **channels)
        description = describe_chart(kind, channels["x"], channels["y"], channels.get("by"))
        caption = f"{about}: {description}" if about else description

        def figure() -> str:
            svg = drawing.result()
            if (width := re.search(r' width="(\d+)"', svg)) is not None and int(width[1]) > _PHONE:
                svg = self._scrollable(svg, f"chart: {answer.question or answer.name}")
            return f"<figure>{svg}<figcaption>{_text(caption)}</figcaption></figure>"

        return self._insert(figure)

    def pictures(self, answer: Answer, columns: Sequence[str], captions: Sequence[str], titles: Sequence[str]) -> str:
        """Write thumbnails, those of rows with the same titles side by side."""
        if self._thumbnails is None:
            return self.table(answer, (*titles, *columns, *captions))
        thumbnails = self._thumbnails.of(row[column] for row in answer.rows for column in columns)
        groups: dict[tuple[str, ...], list[str]] = {}
        for row in answer.rows:
            caption = " · ".join(f"{heading(name)} {format_value(name, row[name])}" for name in captions)
            title = tuple(format_value(name, row[name]) for name in titles)
            for column in columns:
                label = caption if len(columns) == 1 else f"{heading(column)}: {caption}"
                groups.setdefault(title, []).append(self._figure(row[column], thumbnails[row[column]], label))
        sections = (
            f'<section class="pictures"><h3>{" · ".join(map(_text, title))}</h3><div>{"".join(figures)}</div></section>'
            for title, figures in groups.items()
        )
        whole = "".join(sections) + self._fold(answer)
        return self._insert(lambda: whole)

    def page(self, text: str, title: str) -> str:
        """Convert the template's text to a page."""
        parser = markdown_it.MarkdownIt("commonmark", {"html": False})
        tokens = parser.parse(printable(text))
        sections: list[tuple[str, str]] = []
        for token, inline in itertools.pairwise(tokens):
            if token.type == "heading_open" and token.tag == "h2":
                anchor = f"section-{len(sections) + 1}"
                token.attrSet("id", anchor)
                sections.append((anchor, parser.renderer.render(inline.children or [], parser.options, {})))
        body = parser.renderer.render(tokens, parser.options, {})
        placeholder = f"(?:<p>)?{self._placeholder}(\\d+)e(?:</p>)?"
        body = re.sub(placeholder, lambda match: self._fragments[int(match[1])](), body)
        regions = itertools.count(1)
        body = re.sub(f"{self._placeholder}r", lambda _: str(next(regions)), body)
        style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        title_end = body.find("</h1>") + len("</h1>\n") if "</h1>" in body else 0
        links = "".join(f'<li><a href="#{anchor}">{name}</a></li>' for anchor, name in sections)
        policy = f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
        return (
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
            f"<title>{_text(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n"
            f"<main>\n{body[:title_end]}"
            f'<nav aria-label="Contents"><details><summary>Contents</summary><ol>{links}</ol></details></nav>\n'
            f"{body[title_end:]}</main>\n</body>\n</html>\n"
        )

    def _scrollable(self, content: str, label: str) -> str:
        """Make wide content a region to scroll, with a label of its own, whose number the page fills in."""
        numbered = _text(f"{self._placeholder}r, {label}")
        return f'<div class="wide" role="region" tabindex="0" aria-label="{numbered}">{content}</div>'

    def _figure(self, path: str, thumbnail: Thumbnail, label: str) -> str:
        if thumbnail.problem:
            picture = f'<p class="absent">No picture: {_text(thumbnail.problem)}.</p>'
        else:
            picture = (
                f'<img src="{thumbnail.address}" alt="{_text(f"image {path}, {label}")}" '
                f'width="{thumbnail.width}" height="{thumbnail.height}" loading="lazy" decoding="async">'
            )
            if self._blur:  # a checkbox shows the image without a script
                picture = (
                    f'<label class="blurred"><input type="checkbox" aria-label="Show this image">{picture}</label>'
                )
        return f"<figure>{picture}<figcaption>{_text(label)}</figcaption></figure>"

    def _fold(self, answer: Answer) -> str:
        """Write the command and the SQL of an answer, once per answer."""
        if not self._is_new(answer.command):
            return ""
        sql = f'<div class="sql">{_code(answer.sql.rstrip())}</div>' if answer.sql else ""
        title = "Command and SQL" if sql else "Command"
        return f"<details><summary>{title}</summary>{_code(answer.command)}{sql}</details>"

    def _insert(self, fragment: Callable[[], str]) -> str:
        """Keep what makes a fragment, and return its placeholder."""
        self._fragments.append(fragment)
        return f"{self._placeholder}{len(self._fragments) - 1}e"


def _cell_class(width: int, *, is_number: bool) -> str:
    name = "number" if is_number else "short" if width <= _SHORT else "long" if width > 2 * _SHORT else ""
    return f' class="{name}"' if name else ""


_SHORT = 24  # characters of a cell that stays on one line
_PHONE = 330  # pixels that a phone shows without scrolling
_FEW = 4  # columns that fit on a phone
_MANY = 9  # columns that fit on paper at the usual size
_LONG = 48  # rows of a table that is not folded


def _cells(texts: Iterable[str], classes: Iterable[str]) -> str:
    return "".join(f"<td{of_column}>{_text(text)}</td>" for text, of_column in zip(texts, classes, strict=True))


def _text(value: str) -> str:
    return html.escape(one_line(value))


def _code(value: str) -> str:
    return f"<pre><code>{html.escape(printable(value))}</code></pre>"
