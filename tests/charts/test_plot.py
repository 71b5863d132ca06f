"""Charts of answers: every kind is one of Altair's that can be shown and saved, and what cannot be drawn is told."""

from __future__ import annotations

import datetime as dt
import decimal
import math
import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from irdb_sql.charts.plot import MOST_ROWS
from irdb_sql.errors import ArgumentTypeError, ChoiceError, MissingPackageError, RangeError

if TYPE_CHECKING:
    from pathlib import Path

    from irdb_sql import ImageRewardDB

FRAME = pl.DataFrame(
    {
        "scorer": ["a", "b"], "split": ["x", "y"], "value": [0.5, None], "lower": [0.4, math.nan], "upper": [0.6, math.inf],
        "pairs": [1, 2], "day": [dt.date(2026, 1, 1), None], "cost": [decimal.Decimal("1.5"), None],
        "bytes": [b"\x00", b""], "lists": [[1], []],
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "channels", "fields"),
    [
        ("bars", {}, ("scorer", "value")),
        ("bars", {"by": "split"}, ("scorer", "value")),
        ("bars", {"x": "pairs", "y": "cost"}, ("pairs", "cost")),
        ("bars", {"x": "day", "y": "cost"}, ("day", "cost")),
        ("lines", {"x": "pairs", "chance": "lower"}, ("pairs", "value")),
        ("dots", {}, ("value", "scorer")),
        ("heat", {}, ("scorer", "split")),
    ],
)
def test_each_kind_is_a_chart_that_is_shown_and_saved(
    db: ImageRewardDB, tmp_path: Path, kind: Any, channels: dict[str, str], fields: tuple[str, str]
) -> None:
    for frame in (FRAME, FRAME.lazy(), FRAME.clear()):
        is_empty = frame is not FRAME and isinstance(frame, pl.DataFrame)
        with pytest.warns(UserWarning, match="has no rows") if is_empty else nullcontext():
            chart = db.plot(frame, kind, **channels)
        specification = chart.to_dict()
        text = str(specification)
        assert all(f"'field': '{field}'" in text for field in fields)
        assert "\\x00" not in text
        assert chart._repr_mimebundle_()
        chart.save(tmp_path / "chart.svg")
        assert (tmp_path / "chart.svg").read_text().startswith("<svg")


def test_a_chart_is_saved_as_a_picture_and_as_a_page_without_network(db: ImageRewardDB, tmp_path: Path) -> None:
    chart = db.plot(db.query("rank_gaps"), x="rank_gap", y="pairs", by="split")
    chart.save(tmp_path / "chart.png")
    assert (tmp_path / "chart.png").read_bytes().startswith(b"\x89PNG")
    chart.save(tmp_path / "chart.html", inline=True)
    assert "<script src=" not in (tmp_path / "chart.html").read_text()


def test_texts_of_strangers_are_drawn_as_text(db: ImageRewardDB, tmp_path: Path) -> None:
    hostile = "</script><script>alert(1)</script>\x00\u202e & <b>"
    chart = db.plot(pl.DataFrame({"a.b[0]'\"": [hostile], "n": [1]}))
    chart.save(tmp_path / "chart.svg")
    assert "<script" not in (tmp_path / "chart.svg").read_text()


def test_what_cannot_be_drawn_is_told(db: ImageRewardDB, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong: Any
    for wrong in ("pair_counts", None, [1], FRAME["pairs"]):
        with pytest.raises(ArgumentTypeError, match="frame cannot be"):
            db.plot(wrong)
    with pytest.raises(ChoiceError, match="kind cannot be 'pie'"):
        db.plot(FRAME, "pie")  # type: ignore[arg-type]
    with pytest.raises(ChoiceError, match="column cannot be 'colour'"):
        db.plot(FRAME, by="colour")
    with pytest.raises(ChoiceError, match="y, a column of numbers, cannot be NULL"):
        db.plot(FRAME.select("scorer"))
    with pytest.raises(ChoiceError, match="x, a column of names, cannot be NULL"):
        db.plot(FRAME.select("pairs"))
    with pytest.raises(RangeError, match="more than 10,000"):
        db.plot(pl.select(n=pl.int_range(MOST_ROWS + 1), m=1))
    monkeypatch.setitem(sys.modules, "altair", None)
    with pytest.raises(MissingPackageError, match=r"altair is not installed") as caught:
        db.plot(FRAME)
    assert caught.value.__context__ is None  # one traceback, not two
