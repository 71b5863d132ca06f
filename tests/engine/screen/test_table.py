"""Tables on a terminal: the important columns stay, text is wrapped, and with one column a line all is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest
from fakes.strategies import hostile_text
from hypothesis import given
from hypothesis import strategies as st

from irdb_sql.core import catalog
from irdb_sql.engine.formats import encode
from irdb_sql.engine.screen.text import text_width, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from irdb_sql import ImageRewardDB

IMPORTANT = [(file.name, file) for file in catalog.load().all() if file.important]


def shown(frame: pl.DataFrame, width: int, format: str = "table", important: Sequence[str] | None = None) -> str:
    names = catalog.load().important_columns(frame.columns) if important is None else important
    return encode(frame, format, width=width, rows=60, important=names).decode()


def test_a_narrow_table_byte_by_byte() -> None:
    frame = pl.DataFrame(
        {
            "part": [1, 2],
            "metric": ["acc", None],
            "meaning": ["share of pairs that are ordered right", "花 of paths/and-names"],
            "long_numeric_name": [0.25, 12.5],
        }
    )
    assert shown(frame, 40, important=["metric", "meaning", "long_numeric_name"]) == (
        "┌────────┬──────────────────┬──────────┐\n"
        "│ metric │     meaning      │  long_   │\n"
        "│        │                  │ numeric_ │\n"
        "│        │                  │   name   │\n"
        "│ varch… │     varchar      │  double  │\n"
        "├────────┼──────────────────┼──────────┤\n"
        "│ acc    │ share of pairs   │     0.25 │\n"
        "│        │ that are ordered │          │\n"
        "│        │ right            │          │\n"
        "│ NULL   │ 花 of            │     12.5 │\n"
        "│        │ paths/and-names  │          │\n"
        "└────────┴──────────────────┴──────────┘\n"
        "  without part: --format vertical shows\n"
        "  them, and \\x in the shell\n"
        "  2 rows\n"
    )


def test_one_column_a_line_byte_by_byte() -> None:
    frame = pl.DataFrame({"prompt": ["a red\nfox on a hill", None], "rank": [1, 2]})
    assert shown(frame, 24, "vertical") == (
        "── row 1 ───────────────\n"
        "prompt  a red\\nfox on a\n"
        "        hill\n"
        "rank    1\n"
        "── row 2 ───────────────\n"
        "prompt  NULL\n"
        "rank    2\n"
        "  2 rows\n"
    )
    assert shown(frame.head(0), 24, "vertical") == "  0 rows\n"


@pytest.mark.parametrize(("name", "file"), IMPORTANT)
def test_the_header_names_columns_that_there_are(name: str, file: catalog.SqlFile) -> None:
    assert set(file.important) <= set(file.returns), name
    assert len(set(file.important)) == len(file.important), name


@pytest.mark.parametrize(
    ("query", "columns"),
    [
        ("metrics", ["metric", "meaning"]),
        ("pairs", ["prompt", "better_path", "worse_path"]),
        ("images", ["image_path", "prompt", "rank"]),
        ("scorer_disagreements", ["prompt", "better_path", "worse_path", "scorer"]),
        ("rating_stats", ["kind", "mean", "std"]),
    ],
)
def test_80_columns_have_what_matters(db: ImageRewardDB, query: str, columns: list[str]) -> None:
    table = shown(db.query(query).head(20), 80)
    header = table.partition("├")[0]
    for column in columns:
        assert all(word in header for word in column.split("_")), column
    below = " ".join(table.rpartition("┘")[2].split()).removeprefix("without ").partition(":")[0]
    left_out = below.split(", ")
    assert left_out == [name for name in db.query(query).columns if name in left_out]
    assert not {*columns} & {*left_out}


def test_columns_without_any_value_go_first() -> None:
    frame = pl.DataFrame(
        {"classification": [None, None], "split": ["train", "test"]}, {"classification": pl.String, "split": pl.String}
    )
    assert "without\n  classification:" in shown(frame, 20, important=["classification", "split"])


def test_a_long_value_ends_with_an_ellipsis_and_is_whole_with_one_column_a_line() -> None:
    frame = pl.DataFrame({"prompt": [" ".join(f"word{number}" for number in range(100))], "rank": [1]})
    table = shown(frame, 40)
    assert "…" in table
    assert table.count("\n") == 12
    assert "word99" in shown(frame, 40, "vertical")


@pytest.mark.slow
@given(text=st.one_of(hostile_text, st.text(max_size=60)), width=st.integers(8, 40))
def test_no_text_leaves_its_width_and_none_is_lost(text: str, width: int) -> None:
    frame = (
        pl.DataFrame({"a": [text, None], text[:5] or "b": ["x", text]})
        if text[:5] != "a"
        else pl.DataFrame({"a": [text]})
    )
    for format in ("table", "vertical"):
        lines = shown(frame, width, format, [])
        if width > 12:
            assert max(map(text_width, lines.splitlines())) <= width
    line = text.replace("\n", " ")
    assert "".join(wrap(line, width)).replace(" ", "") == line.replace(" ", "")


@pytest.mark.parametrize("format", ["table", "vertical"])
def test_names_that_sql_takes_for_one_are_two_columns(format: str) -> None:
    shown_names = shown(pl.DataFrame({"a": [1], "A": [2], "": [3], 'x"y': [4]}), 80, format)
    assert all(name in shown_names for name in ("a", "A", 'x"y'))
