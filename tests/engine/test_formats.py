"""Each output format byte by byte, and Markdown and terminal tables that no value can break out of."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from fakes.strategies import hostile_text
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from irdb_sql.core import markdown
from irdb_sql.core.text import show_unseen
from irdb_sql.engine.errors import FarDateError, NestedBinaryError
from irdb_sql.engine.formats import FORMATS, encode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from irdb_sql import ImageRewardDB

FRAME = pl.DataFrame(
    {"split": ["test", None], "n": [6399, None], "share": [0.25, float("nan")], "text": ['a,"b"\n|c|', ""]}
)


@pytest.mark.parametrize(
    ("format", "content"),
    [
        ("csv", 'split,n,share,text\ntest,6399,0.25,"a,""b""\n|c|"\n,,NaN,""\n'),
        (
            "json",
            '[{"split":"test","n":6399,"share":0.25,"text":"a,\\"b\\"\\n|c|"},{"split":null,"n":null,"share":null,"text":""}]\n',
        ),
        (
            "ndjson",
            '{"split":"test","n":6399,"share":0.25,"text":"a,\\"b\\"\\n|c|"}\n{"split":null,"n":null,"share":null,"text":""}\n',
        ),
        (
            "markdown",
            '| split | n | share | text |\n| --- | ---: | ---: | --- |\n| test | 6399 | 0.25 | a,"b" \\|c\\| |\n| NULL | NULL | NaN |  |\n',
        ),
        (
            "table",
            "┌─────────┬───────┬────────┬────────────┐\n"
            "│  split  │   n   │ share  │    text    │\n"
            "│ varchar │ int64 │ double │  varchar   │\n"
            "├─────────┼───────┼────────┼────────────┤\n"
            '│ test    │  6399 │   0.25 │ a,"b"\\n|c| │\n'
            "│ NULL    │  NULL │    nan │            │\n"
            "└─────────┴───────┴────────┴────────────┘\n"
            "  2 rows\n",
        ),
    ],
)
def test_each_text_format_byte_by_byte(format: str, content: str) -> None:
    assert encode(FRAME, format).decode() == content


def test_parquet_keeps_every_type(db: ImageRewardDB, tmp_path: Any) -> None:
    frame = db.pairs(split="test")
    path = tmp_path / "pairs.parquet"
    path.write_bytes(encode(frame, "parquet"))
    assert pl.read_parquet(path).equals(frame)


@pytest.mark.parametrize("format", FORMATS)
def test_every_type_and_the_empty_frame_can_be_written(db: ImageRewardDB, format: str) -> None:
    frame = db.sql(
        "SELECT 1::HUGEINT AS h, 1.50::DECIMAL(9, 2) AS d, 'a'::BLOB AS b, [1, NULL] AS l, {'a': [true]} AS s, NULL AS n, "
        "MAP {'k': 1} AS m, DATE '2026-01-02' AS day, TIME '10:00' AS t, 'inf'::DOUBLE AS i"
    )
    assert encode(frame, format)
    assert encode(frame.head(0), format) or format == "ndjson"


def test_decimals_are_numbers_and_binary_is_base64_in_json(db: ImageRewardDB) -> None:
    frame = db.sql("SELECT sum(i) AS total, 1.5 AS d, 'ab'::BLOB AS b, DATE '2026-01-02' AS day FROM range(4) AS t (i)")
    assert json.loads(encode(frame, "json")) == [{"total": 6, "d": 1.5, "b": "YWI=", "day": str(date(2026, 1, 2))}]


def test_a_map_is_a_list_of_keys_and_values(db: ImageRewardDB) -> None:
    frame = db.sql("SELECT MAP {'a': 1} AS m")
    assert encode(frame, "ndjson") == b'{"m":[{"key":"a","value":1}]}\n'
    assert encode(frame, "csv") == b'm\n"[{""key"":""a"",""value"":1}]"\n'


def test_nested_values_are_json_in_csv() -> None:
    frame = pl.DataFrame({"l": [[1, None], None], "s": [{"a": "x"}, None]})
    assert encode(frame, "csv") == b'l,s\n"[1,null]","{""a"":""x""}"\n,\n'


@pytest.mark.parametrize("value", ["DATE '10000-01-01'", "TIMESTAMP '262142-01-01'", "DATE '0001-12-31 (BC)'"])
@pytest.mark.parametrize("format", ["csv", "json", "ndjson", "markdown"])
def test_a_date_outside_the_years_1_to_9999_is_refused_by_name(db: ImageRewardDB, value: str, format: str) -> None:
    with pytest.raises(FarDateError, match="column 'd' holds infinity, or a date outside the years 1 to 9999"):
        encode(db.sql(f"SELECT {value} AS d"), format)
    assert encode(db.sql("SELECT DATE '9999-12-31' AS d, TIMESTAMP '0001-01-01' AS t"), format)


def test_binary_inside_a_list_is_refused_by_name() -> None:
    with pytest.raises(NestedBinaryError, match="column 'l' holds binary values"):
        encode(pl.DataFrame({"l": [[b"a"]]}), "json")


def table_lines(width: int, rows: int, frame: pl.DataFrame) -> list[str]:
    return encode(frame, "table", width=width, rows=rows).decode().splitlines()


@pytest.mark.parametrize("width", [40, 80, 200])
def test_a_table_fits_the_terminal_and_says_how_many_rows_there_are(db: ImageRewardDB, width: int) -> None:
    lines = table_lines(width, 20, db.pairs(split="test"))
    assert max(map(len, lines)) <= width
    assert re.search(r"651 rows \(20 shown\)", lines[-1])
    assert table_lines(width, 20, db.pair_counts().select("split", "pairs"))[-1] == "  3 rows"


def test_a_table_without_a_terminal_shows_every_value_whole(db: ImageRewardDB) -> None:
    frame = db.images(split="test")
    lines = encode(frame, "table").decode().splitlines()
    assert len(lines) == frame.height + 6
    assert all(path in line for path, line in zip(frame["image_path"], lines[4:], strict=False))


@given(text=st.one_of(hostile_text, st.text(st.characters(codec="utf-8"), max_size=20)))
def test_no_value_moves_or_colours_the_terminal(text: str) -> None:
    table = encode(pl.DataFrame({"a": [text]}), "table", width=80).decode()
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]", table)


def expected_text(text: str) -> str:
    """Return a text as Markdown should show it: one line, no control characters, and those that show nothing shown."""
    text = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text)
    return show_unseen(text).strip()


def visible_text(tokens: Iterable[Any]) -> str:
    inline = [child for token in tokens for child in token.children or []]
    assert {child.type for child in inline} <= {"text", "text_special"}
    return "".join(child.content for child in inline)


MARKUP = ["*a* _b_ __c__ ~~d~~", "`x`", "[a](b)", "![a](b)", "<b>", "&amp; &lt;", "a | b \\| c", "# h", "- x", "1. x", "1) x",
          "> q", "---", "===", "+ x", "http://x.example", "www.x.example", "a@b.example", "$x$", "\\", "\\|", "{{ x }}", "snake_case _x"]  # fmt: skip


@given(text=st.one_of(st.sampled_from(MARKUP), hostile_text, st.text("*_`[]()<>#|~&\\!-+=.:/@w1a \n", max_size=12)))
def test_markdown_shows_any_text_as_it_is(text: str) -> None:
    parser = MarkdownIt("gfm-like")
    parser.linkify.set({"fuzzy_link": False})  # type: ignore[union-attr]  # which makes links of 0.AC, as GitHub does not
    tokens = parser.parse(markdown.escape(text))
    assert {token.type for token in tokens} <= {"paragraph_open", "inline", "paragraph_close"}
    assert visible_text(tokens) == expected_text(text)
    table = parser.parse(markdown.table(["a", "b"], [[text, "end"]], [False, True]))
    cells = [visible_text([token]) for token in table if token.type == "inline"]
    assert cells == ["a", "b", expected_text(text), "end"]
