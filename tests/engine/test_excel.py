"""Excel files: every value as it was, or as text, no formula, and what a sheet cannot hold refused."""

from __future__ import annotations

import importlib.util
import io
import re
import zipfile
from datetime import UTC, date, datetime

import polars as pl
import pytest

from irdb_sql.engine import excel
from irdb_sql.engine.errors import ExcelLimitError
from irdb_sql.engine.formats import encode
from irdb_sql.errors import MissingPackageError


def cells(frame: pl.DataFrame) -> list[list[str | None]]:
    """Return the cells of the sheet, texts and numbers alike, as the file holds them."""
    content = encode(frame, "xlsx")
    assert content == encode(frame, "xlsx")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        names = archive.namelist()
        shared = archive.read("xl/sharedStrings.xml").decode() if "xl/sharedStrings.xml" in names else ""
    assert "<f>" not in sheet
    texts = re.findall(r"<si><t[^>]*>(.*?)</t></si>", shared, re.DOTALL)
    rows = []
    for row in re.findall(r"<row [^>]*>(.*?)</row>", sheet):
        found = re.findall(r'<c r="[A-Z]+\d+"(?: s="\d+")?(?: t="(\w+)")?(?:/>|><v>(.*?)</v></c>)', row)
        rows.append([texts[int(value)] if kind == "s" else value or None for kind, value in found])
    return rows


def test_every_value_is_what_it_was() -> None:
    frame = pl.DataFrame(
        {"text": ["=1+1", "http://a.example", None], "share": [1 / 3, None, float("nan")], "n": [1, -2, None]}
    )
    assert cells(frame) == [
        ["text", "share", "n"],
        ["=1+1", "0.3333333333333333", "1"],
        ["http://a.example", None, "-2"],
        [None, None, None],
    ]


def test_what_excel_cannot_count_is_text() -> None:
    frame = pl.DataFrame(
        {
            "big": [2**53 + 1],
            "small": pl.Series([1], dtype=pl.Int8),
            "early": [date(1899, 12, 31)],
            "zone": [datetime(2026, 1, 2, tzinfo=UTC)],
            "nested": [[1, None]],
            "binary": [b"ab"],
        }
    )
    assert cells(frame)[1] == [
        "9007199254740993",
        "1",
        "1899-12-31",
        "2026-01-02 00:00:00.000000+00:00",
        "[1,null]",
        "YWI=",
    ]


def test_names_that_excel_takes_for_one_are_numbered() -> None:
    assert cells(pl.DataFrame({"a": [1], "A": [2], "b": [3]})) == [["a", "A_1", "b"], ["1", "2", "3"]]


def test_an_empty_answer_has_its_header() -> None:
    assert cells(pl.DataFrame(schema={"split": pl.String, "n": pl.Int64}))[0] == ["split", "n"]


def test_what_a_sheet_cannot_hold_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(
        ExcelLimitError, match="a text of 32,768 characters in column 'prompt', at most 32,767 characters"
    ):
        encode(pl.DataFrame({"prompt": ["x" * 32_768]}), "xlsx")
    with pytest.raises(ExcelLimitError, match="1,048,576 rows"):
        encode(pl.select(pl.int_range(1_048_576).alias("n")), "xlsx")
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(MissingPackageError, match="xlsxwriter"):
        excel.check_excel()
