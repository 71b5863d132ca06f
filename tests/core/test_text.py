"""Characters that move the cursor or change the direction of writing are never displayed."""

from __future__ import annotations

import html
import sys
import unicodedata

import polars as pl
import pytest

from irdb_sql.core import markdown
from irdb_sql.core.text import printable
from irdb_sql.engine.formats import encode
from irdb_sql.reports.html import HtmlRenderer

MARKS = ("\u061c", "\u200e", "\u200f")  # one letter each of Arabic, left-to-right and right-to-left writing, unseen
BIDIRECTIONAL = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
DIRECTION = [
    char
    for char in map(chr, range(sys.maxunicode + 1))
    if char in MARKS or unicodedata.bidirectional(char) in BIDIRECTIONAL
]
MOVING = [char for char in map(chr, range(0x3000)) if unicodedata.category(char) in ("Cc", "Zl", "Zp")]


def test_direction_characters_are_all_that_unicode_has() -> None:
    assert [f"{ord(char):04X}" for char in DIRECTION] == [
        "061C", "200E", "200F", "202A", "202B", "202C", "202D", "202E", "2066", "2067", "2068", "2069",
    ]  # fmt: skip


@pytest.mark.parametrize("char", DIRECTION, ids=ascii)
def test_no_direction_character_is_displayed(char: str) -> None:
    text = f"a{char}b"
    frame = pl.DataFrame({text: [text]})
    page = HtmlRenderer(None, blur=False).page(f"# {markdown.escape(text)}\n\n{text}\n", text)
    for displayed in (printable(text), encode(frame, "table").decode(), encode(frame, "markdown").decode(), page):
        assert char not in html.unescape(displayed)
    assert printable(text) == "a\ufffdb"
    assert markdown.escape(text) == "ab"
    assert markdown.code(text) == "`ab`"


@pytest.mark.parametrize("char", MOVING, ids=ascii)
def test_no_cursor_moving_character_is_displayed(char: str) -> None:
    text = f"a{char}b"
    assert printable(text) == (text if char in "\t\n" else "a\ufffdb")
    assert markdown.escape(text) == "a b"
    assert char == "\n" or char not in encode(pl.DataFrame({"a": [text]}), "table").decode()
