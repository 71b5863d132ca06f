"""Characters that move the cursor or change the direction of writing are never displayed."""

from __future__ import annotations

import html
import sys
import unicodedata

import polars as pl
import pytest

from irdb_sql.core import markdown
from irdb_sql.core.text import UNSEEN, printable
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


def test_unseen_characters_are_all_that_unicode_formats_with() -> None:
    formats = {char for char in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(char) == "Cf"}
    seen = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD, *range(0x13430, 0x13440)}
    assert {ord(char) for char in formats} - seen <= {*UNSEEN}  # signs over digits and of hieroglyphs have a picture


def test_what_shows_nothing_is_shown_by_its_code_point() -> None:
    codes = (*UNSEEN[:: max(len(UNSEEN) // 150, 1)], *map(ord, DIRECTION))
    texts = [f"a{chr(code)}b" for code in codes]
    frame = pl.DataFrame({text: [text] for text in dict.fromkeys(texts)})
    page = HtmlRenderer(None, blur=False).page(
        "\n\n".join(f"# {markdown.escape(text)}\n\n{text}" for text in texts), ""
    )
    table, pipes = encode(frame, "table").decode(), encode(frame, "markdown").decode()
    titled = HtmlRenderer(None, blur=False).page("", "".join(texts))
    for code, text in zip(codes, texts, strict=True):
        visible = f"a<U+{code:04X}>b"
        for displayed in (printable(text), table, pipes, page, titled):
            assert chr(code) not in html.unescape(displayed)
            assert visible in html.unescape(displayed).replace("\\", "")
        assert html.unescape(page).count(visible) >= 2
        assert markdown.escape(text) == visible.replace("<", "\\<").replace(">", "\\>")
        assert markdown.code(text) == f"`{visible}`"


@pytest.mark.parametrize(
    "emoji",
    [
        "\U0001f469\u200d\U0001f680",  # a woman and a rocket
        "\U0001f3f3\ufe0f\u200d\U0001f308",  # a flag and a rainbow
        "\u2764\ufe0f",
        "1\ufe0f\u20e3",
        "\U0001f44d\U0001f3fd",
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",  # England
    ],
)
def test_emoji_stay_whole(emoji: str) -> None:
    assert printable(f"a {emoji}b") == f"a {emoji}b"
    assert printable(f"{emoji}\u200d{emoji}") != f"{emoji}\u200b{emoji}"


@pytest.mark.parametrize(
    "text", ["\U0001f469\u200d", "\u200d\U0001f680", "a\ufe0f", "1\ufe0f", "\U0001f3f4\U000e0067", "\u2764\ufe0f\ufe0f"]
)
def test_what_no_emoji_needs_is_shown(text: str) -> None:
    assert "<U+" in printable(text)


def test_no_cursor_moving_character_is_displayed() -> None:
    table = encode(pl.DataFrame({"a": [f"a{char}b" for char in MOVING]}), "table").decode()
    for char in MOVING:
        text = f"a{char}b"
        assert printable(text) == (text if char in "\t\n" else "a\ufffdb")
        assert markdown.escape(text) == "a b"
        assert char == "\n" or char not in table
