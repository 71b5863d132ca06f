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
from typing import TYPE_CHECKING, Any

from irdb_sql.charts.data import drawable_value
from irdb_sql.charts.descriptions import describe_chart, describe_extremes
from irdb_sql.charts.labels import LIMITS, caption
from irdb_sql.charts.specification import find_range, make_specification
from irdb_sql.core.late import late
from irdb_sql.core.text import printable
from irdb_sql.reports.answers import format_value
from irdb_sql.reports.catalog import TEMPLATES
from irdb_sql.reports.charts import ChartDrawer, chart_style
from irdb_sql.reports.markdown import MarkdownRenderer
from irdb_sql.reports.tables import html_table, html_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import markdown_it

    from irdb_sql.charts.specification import Channels, Kind, Range
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
        self._places: dict[tuple[str, str], int] = {}
        self._charts = ChartDrawer()  # draws while the database answers the questions behind a chart

    def table(self, answer: Answer, columns: Sequence[str], *, folded: str = "") -> str:
        """Write a table and, to unfold, the command and the SQL that repeat it."""
        names = columns or answer.columns
        table = self._scrollable(html_table(answer, names), f"table: {answer.question or answer.name}")
        if folded or len(answer.rows) > _LONG:
            summary = html_text(folded or f"Table, {len(answer.rows):,} rows")
            table = f"<details><summary>{summary}</summary>{table}</details>"
        whole = table + self._fold(answer)
        return self._insert(lambda: whole)

    def chart(self, answer: Answer, kind: Kind, channels: Channels, *, title: str = "", per: str | None = None) -> str:
        """Write a chart below its title, or one per value of a column."""
        if not answer.rows:
            return ""
        if per is None:
            return self._chart(answer, kind, channels, title, None)
        numbers = find_range(answer, kind, channels)
        return "\n\n".join(
            self._chart(
                answer.where(**{per: value}),
                kind,
                channels,
                ": ".join(filter(None, (format_value(per, value), title))),
                numbers,
            )
            for value in dict.fromkeys(row[per] for row in answer.rows)
        )

    def _chart(self, answer: Answer, kind: Kind, channels: Channels, title: str, numbers: Range | None) -> str:
        places = self._colour(answer, kind, channels)
        specification = make_specification(answer, kind, channels, places=places, numbers=numbers)
        description = describe_chart(kind, channels)
        extremes = describe_extremes(answer, kind, channels, format_value)
        drawing = self._charts.start(specification, " ".join(filter(None, (description, extremes))))

        def figure() -> str:
            svg = drawing.result()
            if (width := re.search(r' width="(\d+)"', svg)) is not None and int(width[1]) > _PHONE:
                svg = self._scrollable(svg, f"chart: {title or answer.question or answer.name}")
            return f"<figure><figcaption>{html_text(title or description)}</figcaption>{svg}</figure>"

        return self._insert(figure)

    def _colour(self, answer: Answer, kind: Kind, channels: Channels) -> dict[str, int]:
        """Number the names that a chart colours, the same in all charts of the page."""
        if kind == "heat" or channels.by is None:
            return {}
        names = [str(drawable_value(row[channels.by])) for row in answer.rows]
        for name in dict.fromkeys(names):
            if name not in LIMITS:
                self._places.setdefault((channels.by, name), len(self._places))
        return {name: place for (column, name), place in self._places.items() if column == channels.by}

    def pictures(self, answer: Answer, columns: Sequence[str], captions: Sequence[str], titles: Sequence[str]) -> str:
        """Write thumbnails, those of rows with the same titles side by side, or a table if there is none."""
        thumbnails = {} if self._thumbnails is None else self._thumbnails.of(
            row[column] for row in answer.rows for column in columns
        )  # fmt: skip
        if all(thumbnail.problem for thumbnail in thumbnails.values()):
            return super().pictures(answer, columns, captions, titles)
        own = {column: [name for name in captions if name.startswith(_side(column))] for column in columns}
        shared = [name for name in captions if len(columns) > 1 and not any(name in names for names in own.values())]
        groups: dict[tuple[str, str], list[str]] = {}
        for row in answer.rows:
            *about, title = (format_value(name, row[name]) for name in titles)
            group = groups.setdefault((title, " · ".join([*about, *_describe(row, shared)])), [])
            for column in columns:
                names = captions if len(columns) == 1 else own[column]
                words = [_side(column).rstrip("_")] if len(columns) > 1 else []
                label = " · ".join([*words, *_describe(row, names, _side(column))])
                group.append(self._figure(row[column], thumbnails[row[column]], label))
        sections = (
            f'<section class="pictures"><h3>{html_text(title)}</h3><p>{html_text(about)}</p>'
            f"<div>{''.join(figures)}</div></section>"
            for (title, about), figures in groups.items()
        )
        kind = "pairs" if len(columns) > 1 else "groups"
        whole = f'<div class="{kind}">{"".join(sections)}</div>{self._fold(answer)}'
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
        body = re.sub(r"(?<=\d) %", "\u00a0%", body)  # a number and its unit stay on one line
        placeholder = f"(?:<p>)?{self._placeholder}(\\d+)e(?:</p>)?"
        body = re.sub(placeholder, lambda match: self._fragments[int(match[1])](), body)
        regions = itertools.count(1)
        body = re.sub(f"{self._placeholder}r", lambda _: str(next(regions)), body)
        style = (TEMPLATES / "report.css").read_text(encoding="utf-8") + chart_style()
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        title_end = body.find("</h1>") + len("</h1>\n") if "</h1>" in body else 0
        links = "".join(f'<li><a href="#{anchor}">{name}</a></li>' for anchor, name in sections)
        policy = f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
        return (
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
            f"<title>{html_text(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n"
            f"<main>\n{body[:title_end]}"
            '<nav class="contents" aria-label="Contents">'
            f"<details><summary>Contents</summary><ol>{links}</ol></details></nav>\n"
            f"{body[title_end:]}</main>\n</body>\n</html>\n"
        )

    def _scrollable(self, content: str, label: str) -> str:
        """Make wide content a region to scroll, with a label of its own, whose number the page fills in."""
        numbered = html_text(f"{self._placeholder}r, {label}")
        return f'<div class="wide" role="region" tabindex="0" aria-label="{numbered}">{content}</div>'

    def _figure(self, path: str, thumbnail: Thumbnail, label: str) -> str:
        if thumbnail.problem:
            picture = f'<p class="absent">No picture: {html_text(thumbnail.problem)}.</p>'
        else:
            picture = (
                f'<img src="{thumbnail.address}" alt="{html_text(f"image {path}, {label}")}" '
                f'width="{thumbnail.width}" height="{thumbnail.height}" loading="lazy" decoding="async">'
            )
            if self._blur:  # a checkbox shows the image without a script
                picture = (
                    f'<label class="blurred"><input type="checkbox" aria-label="Show this image">{picture}</label>'
                )
        return f"<figure>{picture}<figcaption>{html_text(label)}</figcaption></figure>"

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


def _side(column: str) -> str:
    """Return what the names of columns about an image begin with, such as better_ of better_path."""
    return f"{column.rpartition('_')[0]}_"


def _describe(row: Mapping[str, Any], names: Iterable[str], prefix: str = "") -> list[str]:
    return [caption(name.removeprefix(prefix), format_value(name, row[name])) for name in names]


_PHONE = 520  # pixels of a chart that a phone can show whole, shrunk a little
_LONG = 24  # rows of a table that is not folded


def _code(value: str) -> str:
    return f"<pre><code>{html.escape(printable(value))}</code></pre>"
