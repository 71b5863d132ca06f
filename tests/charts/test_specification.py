"""Specifications of charts: limits do not stretch axes, colours stay with names, and heat maps part at chance."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from irdb_sql.charts.data import ChartData
from irdb_sql.charts.descriptions import describe_extremes
from irdb_sql.charts.look import LIMIT_COLOUR, PALETTE
from irdb_sql.charts.specification import FEW, Channels, find_range, make_specification
from irdb_sql.reports.answers import format_value

BOARD = pl.DataFrame(
    {
        "scorer": ["ceiling", "mine", "yours", "floor"],
        "k": [1, 1, 1, 1],
        "value": [1.0, 0.7, 0.6, 0.0],
        "lower": [0.99, 0.65, 0.55, 0.0],
        "upper": [1.0, 0.75, 0.65, 0.01],
        "chance": [0.5, 0.5, 0.5, 0.5],
        "pairs": [FEW - 1, FEW, FEW, FEW],
    }
)


def chart_data(frame: pl.DataFrame) -> ChartData:
    kinds = frame.dtypes
    return ChartData(
        frame.columns, [str(kind) for kind in kinds], [kind.is_numeric() for kind in kinds], frame.to_dicts()
    )


def scale(specification: dict[str, Any], channel: str) -> Any:
    return specification["layer"][-1]["encoding"][channel]["scale"]


def test_limits_are_off_the_axis_that_they_would_stretch() -> None:
    dots = make_specification(chart_data(BOARD), "dots", Channels("value", "scorer", "scorer", "chance"))
    assert [row["scorer"] for row in dots["data"]["values"]] == ["mine", "yours"]
    assert scale(dots, "x")["domain"] == [0.5, 0.75]
    only_limits = chart_data(BOARD.filter(pl.col("scorer") == "floor"))
    assert find_range(only_limits, "dots", Channels("value", "scorer")) == (0.0, 0.01)


def test_limits_are_grey_and_other_names_keep_the_colours_of_the_page() -> None:
    channels, places = Channels("k", "value", "scorer", "chance"), {"yours": 0, "mine": 4}
    layers = make_specification(chart_data(BOARD), "lines", channels, places=places)["layer"]
    colours = layers[0]["encoding"]["color"]["scale"]
    assert dict(zip(colours["domain"], colours["range"], strict=True)) == {
        "ceiling": LIMIT_COLOUR, "mine": PALETTE[4], "yours": PALETTE[0], "floor": LIMIT_COLOUR,
    }  # fmt: skip
    assert layers[0]["mark"]["clip"] is True
    assert layers[1]["transform"] == [{"filter": "datum['value'] >= 0.5 && datum['value'] <= 0.75"}]
    assert {LIMIT_COLOUR.upper()}.isdisjoint(colour.upper() for colour in PALETTE)


@pytest.mark.parametrize(("chance", "middle"), [("chance", 0.5), (None, 0.0)])
def test_a_heat_map_parts_at_chance_and_pales_where_pairs_are_few(chance: str | None, middle: float) -> None:
    board = chart_data(BOARD.rename({"value": "acc_micro"}))
    channels = Channels("scorer", "k", "acc_micro", chance, pairs="pairs")
    below, cells, texts = make_specification(board, "heat", channels)["layer"]
    low, high = cells["encoding"]["color"]["scale"]["domain"]
    assert (low + high) / 2 == pytest.approx(middle)
    assert low < 0
    assert high > 1
    assert below["mark"]["color"] == "#ffffff"
    for encoding in (cells["encoding"]["opacity"], texts["encoding"]["color"]):
        assert encoding["condition"]["test"] == f"datum['pairs'] < {FEW}"


def test_the_lowest_and_the_highest_number_are_told_in_words() -> None:
    channels = Channels("acc_micro", "scorer", "scorer")
    board = chart_data(BOARD.rename({"value": "acc_micro"}))
    assert describe_extremes(board, "dots", channels, format_value) == (
        "Lowest 0.0 %, scorer floor; highest 100.0 %, scorer ceiling."
    )
    assert describe_extremes(chart_data(BOARD.clear()), "lines", Channels("k", "value"), format_value) == ""
