"""Sets reports as one HTML page that needs nothing else: no network, no script, no font.

The template's text is Markdown. Tables, charts and pictures are set here and stand in it as marks that no value knows;
a library makes HTML of the text, in which every value is text, and then the marks give way to what they stand for.
"""

from __future__ import annotations

import base64
import hashlib
import html
import itertools
import re
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from irdb_sql.core.markdown import one_line
from irdb_sql.core.text import printable
from irdb_sql.errors import MissingPackageError
from irdb_sql.reports.answers import heading, shown, shown_row
from irdb_sql.reports.charts import draw, words
from irdb_sql.reports.markdown import MarkdownSetting

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from irdb_sql.reports.answers import Answer
    from irdb_sql.reports.charts import Kind
    from irdb_sql.reports.thumbnails import Thumbnails


class HtmlSetting(MarkdownSetting):
    """An HTML page.

    Args:
        thumbnails: Makes pictures of images; None shows none.
        blur: Whether images are blurred until they are clicked.
    """

    def __init__(self, thumbnails: Thumbnails | None, *, blur: bool) -> None:
        super().__init__()
        self._thumbnails = thumbnails
        self._blur = blur
        self._mark = f"mark{secrets.token_hex(8)}n"
        self._blocks: list[str] = []
        self._regions = 0
        self._folded: set[str] = set()

    def table(self, answer: Answer, columns: Sequence[str]) -> str:
        """Set a table, and behind a fold the statement and the command that ask it again."""
        names, right = answer.chosen(columns)
        cells = [shown_row(row, names) for row in answer.rows]
        longest = [max(map(len, column)) for column in zip(*cells, strict=True)] or [0] * len(names)
        sides = [_side(is_number, most) for is_number, most in zip(right, longest, strict=True)]
        head = "".join(
            f'<th scope="col"{side}>{_text(heading(name))}</th>' for name, side in zip(names, sides, strict=True)
        )
        body = "\n".join(f"<tr>{_cells(row, sides)}</tr>" for row in cells)
        kind = ' class="many"' if len(names) > _MANY else ""
        content = f"<table{kind}><thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>"
        table = self._wide(content, f"table of {answer.question or answer.name}")
        if len(cells) > _LONG:
            table = f"<details><summary>Table of {len(cells):,} rows</summary>{table}</details>"
        return self._block(table + self._fold(answer))

    def chart(self, answer: Answer, kind: Kind, *, about: str = "", **channels: str) -> str:
        """Set a picture with a caption, which begins with what it is about."""
        if not answer.rows:
            return ""
        svg = draw(answer, kind, **channels)
        if (width := re.search(r' width="(\d+)"', svg)) is not None and int(width[1]) > _PHONE:
            svg = self._wide(svg, f"chart of {answer.question or answer.name}")
        told = words(kind, channels["x"], channels["y"], channels.get("by"))
        caption = f"{about}: {told}" if about else told
        return self._block(f"<figure>{svg}<figcaption>{_text(caption)}</figcaption></figure>")

    def pictures(self, answer: Answer, columns: Sequence[str], captions: Sequence[str], titles: Sequence[str]) -> str:
        """Set small pictures, those of rows with the same titles side by side."""
        if self._thumbnails is None:
            return self.table(answer, (*titles, *columns, *captions))
        small = self._thumbnails.of(row[column] for row in answer.rows for column in columns)
        groups: dict[tuple[str, ...], list[str]] = {}
        for row in answer.rows:
            told = " · ".join(f"{heading(name)} {shown(name, row[name])}" for name in captions)
            for column in columns:
                label = told if len(columns) == 1 else f"{heading(column)}: {told}"
                thumbnail = small[row[column]]
                if thumbnail.problem:
                    picture = f'<p class="absent">No picture: {_text(thumbnail.problem)}.</p>'
                else:
                    picture = self._picture(
                        f'<img src="{thumbnail.address}" alt="{_text(f"image {row[column]}, {label}")}" '
                        f'width="{thumbnail.width}" height="{thumbnail.height}" loading="lazy" decoding="async">'
                    )
                figure = f"<figure>{picture}<figcaption>{_text(label)}</figcaption></figure>"
                groups.setdefault(tuple(shown(name, row[name]) for name in titles), []).append(figure)
        sections = (
            f'<section class="pictures"><h3>{" · ".join(map(_text, title))}</h3><div>{"".join(figures)}</div></section>'
            for title, figures in groups.items()
        )
        return self._block("".join(sections) + self._fold(answer))

    def page(self, text: str, title: str) -> str:
        """Make the page of the template's text."""
        try:
            from markdown_it import MarkdownIt  # noqa: PLC0415 - reports in other formats need none
        except ImportError as error:
            raise MissingPackageError("markdown-it-py", "pip install 'irdb-sql[reports]'.") from error
        parser = MarkdownIt("commonmark", {"html": False})
        tokens = parser.parse(printable(text))
        sections: list[tuple[str, str]] = []
        for token, inline in itertools.pairwise(tokens):
            if token.type == "heading_open" and token.tag == "h2":
                anchor = f"question-{len(sections) + 1}"
                token.attrSet("id", anchor)
                sections.append((anchor, parser.renderer.render(inline.children or [], parser.options, {})))
        body = parser.renderer.render(tokens, parser.options, {})
        body = re.sub(f"(?:<p>)?{self._mark}(\\d+)e(?:</p>)?", lambda found: self._blocks[int(found[1])], body)
        style = (Path(__file__).parent / "templates" / "report.css").read_text(encoding="utf-8")
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        links = "".join(f'<li><a href="#{anchor}">{name}</a></li>' for anchor, name in sections)
        policy = f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
        return (
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
            f"<title>{_text(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n"
            f'<nav aria-label="Questions"><details><summary>Questions</summary><ol>{links}</ol></details></nav>\n'
            f"<main>\n{body}</main>\n</body>\n</html>\n"
        )

    def _wide(self, content: str, label: str) -> str:
        """Let what may be wider than the screen be moved by itself, also by keys; each such region has its own name."""
        self._regions += 1
        named = _text(f"{self._regions}, {label}")
        return f'<div class="wide" role="region" tabindex="0" aria-label="{named}">{content}</div>'

    def _picture(self, image: str) -> str:
        """Set an image, blurred until it is clicked if it is to be; a box that is ticked needs no script."""
        if not self._blur:
            return image
        return f'<label class="blurred"><input type="checkbox" aria-label="Show this image">{image}</label>'

    def _fold(self, answer: Answer) -> str:
        """Set how an answer is asked again, once for each."""
        if not answer.command or answer.command in self._folded:
            return ""
        self._folded.add(answer.command)
        sql = f'<div class="sql">{_code(answer.sql.rstrip())}</div>' if answer.sql else ""
        return f"<details><summary>How to ask this again</summary>{_code(answer.command)}{sql}</details>"

    def _block(self, content: str) -> str:
        self._blocks.append(content)
        return f"{self._mark}{len(self._blocks) - 1}e"


def _side(is_number: bool, longest: int) -> str:  # noqa: FBT001 - a fact of a column
    kind = "number" if is_number else "short" if longest <= _SHORT else "long" if longest > 2 * _SHORT else ""
    return f' class="{kind}"' if kind else ""


_SHORT = 24  # characters of a cell that stays on one line
_PHONE = 330  # pixels that a phone shows at their full size
_MANY = 9  # columns that paper holds at the usual size
_LONG = 48  # rows of a table that is shown at once


def _cells(texts: Iterable[str], sides: Sequence[str]) -> str:
    return "".join(f"<td{side}>{_text(text)}</td>" for text, side in zip(texts, sides, strict=True))


def _text(value: str) -> str:
    return html.escape(one_line(value))


def _code(value: str) -> str:
    return f"<pre><code>{html.escape(printable(value))}</code></pre>"
