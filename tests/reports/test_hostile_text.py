"""Hostile text in the data is shown as text, in every format."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import jsonschema
import polars as pl
import pytest
from conftest import image, write_metadata
from markdown_it import MarkdownIt
from oracles.reports import SCHEMA, Page, markdown_tables, render

import irdb_sql
from irdb_sql.core.markdown import one_line
from irdb_sql.reports.catalog import REPORTS

if TYPE_CHECKING:
    from irdb_sql import ImageRewardDB


HOSTILE = (
    "<script>alert(1)</script>", "| a | b |", "{{ 7 * 7 }}", "[x](javascript:alert(1))", "a\n\n# b", "`c`", "</td></table>",
    "<img src=http://x/y onerror=alert(1)>", "&lt;b&gt;", "{% raw %}", "\u202ea\u061cbc", "\x00\x07", "]]>", "'\"--><svg onload=alert(1)>",
)  # fmt: skip


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> ImageRewardDB:
    folder = tmp_path_factory.mktemp("hostile") / "<b>*name*"
    folder.mkdir()
    rows = [
        image(f"p{number}", f"{number}-{rank}", rank, 5, 5, 5, classification=text, prompt=text)
        for number, text in enumerate(HOSTILE)
        for rank in (1, 2)
    ]
    return irdb_sql.connect(
        write_metadata(folder, rows),
        scores={
            "<i>mine</i>|`x`": pl.DataFrame(
                {"image_path": [row["image_path"] for row in rows], "score": range(len(rows))}
            )
        },
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", REPORTS)
def test_hostile_text_is_text_in_markdown(hostile: ImageRewardDB, name: str) -> None:
    report = render(hostile, name)
    tokens = MarkdownIt("gfm-like").parse(report)
    children = [child for token in tokens for child in token.children or []]
    assert {token.type for token in tokens} | {child.type for child in children} <= {
        "heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "text", "softbreak",
        "code_inline", "table_open", "table_close", "thead_open", "thead_close", "tbody_open", "tbody_close",
        "tr_open", "tr_close", "th_open", "th_close", "td_open", "td_close", "strong_open", "strong_close",
        "bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close", "link_open", "link_close",
    }  # fmt: skip
    assert not [child for child in children if child.type == "link_open" and child.attrs != {"href": "http://test.py"}]
    assert not {"\u202e", "\u061c"} & {*report}
    assert "49" not in [cell for table in markdown_tables(report) for row in table for cell in row]


@pytest.mark.parametrize("name", REPORTS)
def test_hostile_text_is_text_in_html(hostile: ImageRewardDB, name: str) -> None:
    page = Page(render(hostile, name, "html"))
    allowed = {
        "html", "head", "meta", "title", "style", "body", "nav", "details", "summary", "ol", "ul", "li", "a", "main", "h1", "h2", "h3",
        "p", "code", "pre", "strong", "div", "section", "table", "thead", "tbody", "tr", "th", "td", "figure", "figcaption", "img",
        "svg", "g", "path", "text", "line", "rect", "defs", "clippath", "lineargradient", "stop", "br", "em",
    }  # fmt: skip
    assert {tag for tag, _ in page.tags} <= allowed
    for tag, attributes in page.tags:
        assert not [key for key in attributes if key.startswith("on") or key == "style"], (tag, attributes)
        for key in ("href", "src", "xlink:href"):
            assert (attributes.get(key) or "#").startswith(("#", "data:image/webp;base64,")), (tag, attributes)
    shown_text = "".join(page.texts)
    if name == "summary":
        assert all(one_line(text) in shown_text for text in HOSTILE)
    assert not {"\u202e", "\u061c"} & {*shown_text}
    assert "\x00" not in shown_text


@pytest.mark.slow
@pytest.mark.parametrize("name", REPORTS)
def test_hostile_text_is_kept_whole_in_json(hostile: ImageRewardDB, name: str) -> None:
    report = json.loads(render(hostile, name, "json"))
    jsonschema.validate(report, SCHEMA)
    if name == "summary":
        shown_texts = {
            row["classification"]
            for figure in report["figures"]
            if figure["name"] == "classifications"
            for row in figure["rows"]
        }
        assert shown_texts == set(HOSTILE)
