"""Vega-Lite specifications of charts: bars, dots with intervals, lines and heat maps.

The palette is one for people who are colour-blind, with contrast on white paper and on a dark screen; texts and lines
have the colour of the page around them.
"""

from __future__ import annotations

import datetime as dt
import decimal
import hashlib
import math
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

from irdb_sql.charts.labels import heading, is_share
from irdb_sql.core.markdown import one_line
from irdb_sql.core.options import check_choice
from irdb_sql.core.text import REPLACEMENT
from irdb_sql.errors import ChoiceError

if TYPE_CHECKING:
    from collections.abc import Sequence

Kind = Literal["bars", "dots", "lines", "heat"]
KINDS: tuple[Kind, ...] = get_args(Kind)
PALETTE = (
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#8C7A00", "#6F6FC4", "#767676", "#B03060", "#2E8BA6", "#5C7A29",
)  # fmt: skip
_WIDTH, _HEIGHT, _ROW = 300, 170, 20  # pixels: what a phone shows at its full size
_LABEL_PIXELS = 110
_TICKS = 5


@dataclass(frozen=True)
class ChartData:
    """The rows of a chart.

    Attributes:
        columns: Names of the columns.
        types: Their Polars types, as text.
        numeric: Whether each column has numbers.
        rows: The rows, by column.
    """

    columns: Sequence[str]
    types: Sequence[str]
    numeric: Sequence[bool]
    rows: Sequence[dict[str, Any]]

    def is_numeric(self, column: str) -> bool:
        """Return whether a column has numbers."""
        return dict(zip(self.columns, self.numeric, strict=True))[column]


def make_specification(  # noqa: PLR0913 - each keyword is a channel of the chart
    data: ChartData, kind: Kind, *, x: str, y: str, by: str | None = None, chance: str | None = None
) -> dict[str, Any]:
    """Make the specification of a chart.

    Args:
        data: What to draw.
        kind: `bars`, `dots` (with an interval, where there are columns `lower` and `upper`), `lines`, or `heat`.
        x: Column of the horizontal axis; of `dots`, the numbers.
        y: Column of the vertical axis; of `dots` and `heat`, names.
        by: Column of the colours; of `heat`, the numbers.
        chance: For `dots` and `lines`, a column of what guessing gives, drawn with dashes; `dots` draw their mean.

    Raises:
        ChoiceError: There is no such kind, or no such column.
    """
    check_choice("kind", kind, KINDS)
    for column in (x, y, by, chance):
        if column is not None and column not in data.columns:
            raise ChoiceError("column", column, data.columns)
    drawable = replace(data, rows=[_drawable(row, (x, y, by, chance, *_BOUNDS)) for row in data.rows])
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "background": None,
        "config": _CONFIG,
        "data": {"values": drawable.rows},
        **_SPECIFICATIONS[kind](drawable, x, y, by, chance),
    }


def describe_chart(kind: Kind, x: str, y: str, by: str | None) -> str:
    """Describe a chart in words, for screen readers and captions.

    Example:
        >>> describe_chart("bars", "rank", "images", "split")
        'Bar chart: images by rank, one colour per split.'
    """
    numbers, names = (x, y) if kind == "dots" else (y, x)
    if kind == "heat":
        return f"Heat map: {heading(by or '')} by {heading(x)} and {heading(y)}."
    colours = f", one colour per {heading(by)}" if by else ""
    label = {"bars": "Bar chart", "dots": "Dot plot with intervals", "lines": "Line chart"}[kind]
    return f"{label}: {heading(numbers)} by {heading(names)}{colours}."


_BOUNDS = ("lower", "upper")
_CONFIG: dict[str, Any] = {
    "font": "Liberation Sans, Arial, Helvetica, sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": "currentColor", "titleColor": "currentColor", "gridColor": "currentColor", "gridOpacity": 0.15,
        "domainColor": "currentColor", "tickColor": "currentColor", "labelFontSize": 12, "titleFontSize": 12,
        "titleFontWeight": "normal", "labelLimit": _LABEL_PIXELS,
    },
    "legend": {
        "orient": "bottom", "direction": "horizontal", "columns": 2, "labelColor": "currentColor",
        "titleColor": "currentColor", "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal",
        "labelLimit": _LABEL_PIXELS, "symbolStrokeWidth": 2,
    },
    "range": {"category": list(PALETTE)},
}  # fmt: skip


def _drawable(row: dict[str, Any], columns: Sequence[str | None]) -> dict[str, Any]:
    return {_field(column): _json_value(value) for column, value in row.items() if column in columns}


def _json_value(value: object) -> object:
    """Return a value as JSON and XML have it: NaN and infinity are no numbers there."""
    if isinstance(value, str):
        return _UNDRAWABLE.sub(REPLACEMENT, one_line(value))
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        return str(value)
    if isinstance(value, decimal.Decimal):
        value = float(value)
    return None if isinstance(value, float) and not math.isfinite(value) else value


_UNDRAWABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML does not have: the library ends the whole process at one."""


def _names(column: str, **more: object) -> dict[str, Any]:
    """Encode a column as names, in the order of the rows."""
    return {"field": _field(column), "type": "nominal", "sort": None, "title": heading(column), **more}


def _steps(data: ChartData, column: str, **more: object) -> dict[str, Any]:
    """Encode a column as names, or as numbers in ascending order."""
    kind: dict[str, Any] = {"type": "ordinal", "sort": "ascending"} if data.is_numeric(column) else {}
    return _names(column, **more) | kind


def _numbers(data: ChartData, column: str, **more: object) -> dict[str, Any]:
    is_whole = data.types[list(data.columns).index(column)].startswith(("Int", "UInt"))
    axis: dict[str, Any] = {
        "tickCount": _TICKS,
        "format": ".1~%" if is_share(column) else ",d" if is_whole else ",.3~f",
    }
    if is_whole:
        axis["tickMinStep"] = 1
    return {"field": _field(column), "type": "quantitative", "title": heading(column), "axis": axis, **more}


def _field(column: str) -> str:
    """Return the field that holds a column: Vega-Lite takes some characters for a path, or cannot quote them."""
    plain = re.sub(r"[\\.\[\]'\"]", "_", column)
    return column if plain == column else f"{plain}_{hashlib.sha256(column.encode()).hexdigest()[:8]}"


def _colour(by: str | None) -> dict[str, Any]:
    return {"color": {"value": PALETTE[0]}} if by is None else {"color": _names(by, title=None)}


def _bars(data: ChartData, x: str, y: str, by: str | None, _chance: str | None) -> dict[str, Any]:
    names = [str(row[_field(x)]) for row in data.rows]
    offset = {} if by is None else _names(by)
    if max(map(len, names), default=0) > _TICKS:  # long names stand beside their bars
        height = {"step": _ROW if by is None else _ROW / 2}
        across = {"x": _numbers(data, y), "y": _names(x, title=None), **({"yOffset": offset} if offset else {})}
        return {"width": _WIDTH - _LABEL_PIXELS, "height": height, "mark": "bar", "encoding": across | _colour(by)}
    upright = {
        "x": _steps(data, x, axis={"labelAngle": 0}),
        "y": _numbers(data, y),
        **({"xOffset": offset} if offset else {}),
    }
    return {"width": _WIDTH, "height": _HEIGHT, "mark": "bar", "encoding": upright | _colour(by)}


def _dots(data: ChartData, x: str, y: str, by: str | None, chance: str | None) -> dict[str, Any]:
    place = {"y": _names(y, title=None), **_colour(by)}
    number = _numbers(data, x, scale={"zero": False})
    layers: list[dict[str, Any]] = []
    if chance is not None:
        guessed = {"x": number | {"field": _field(chance), "aggregate": "mean"}, "color": {"value": "currentColor"}}
        layers.append({"mark": {"type": "rule", "strokeDash": [4, 4], "opacity": 0.8}, "encoding": guessed})
    if all(bound in data.columns for bound in _BOUNDS):
        ends = {"x": number | {"field": "lower"}, "x2": {"field": "upper"}, **place}
        layers.append({"mark": {"type": "rule", "strokeWidth": 2}, "encoding": ends})
    point = {"type": "point", "filled": True, "size": 60, "opacity": 1}
    layers.append({"mark": point, "encoding": {"x": number, **place}})
    return {"width": _WIDTH - _LABEL_PIXELS, "height": {"step": _ROW}, "layer": layers}


def _lines(data: ChartData, x: str, y: str, by: str | None, chance: str | None) -> dict[str, Any]:
    marks: dict[str, Any] = _colour(by)
    if by is not None:  # colours and shapes share a legend if they have the same names
        names = {"domain": list(dict.fromkeys(row[_field(by)] for row in data.rows))}
        marks = {"color": _names(by, title=None, scale=names), "shape": _names(by, title=None, scale=names)}
    up = {"y": _numbers(data, y, scale={"zero": False}), **marks}
    layers: list[dict[str, Any]] = [
        {"mark": {"type": "line"}, "encoding": {**up, "shape": {"value": "circle"}}},
        {"mark": {"type": "point", "filled": True, "size": 45, "opacity": 1}, "encoding": up},
    ]
    if chance is not None:
        guessed = {"y": _numbers(data, chance, title=heading(y)), "color": {"value": "currentColor"}}
        layers.append({"mark": {"type": "line", "strokeDash": [4, 4], "opacity": 0.8}, "encoding": guessed})
    across = {"x": _steps(data, x, axis={"labelAngle": 0})}
    return {"width": _WIDTH, "height": _HEIGHT, "encoding": across, "layer": layers}


def _heat(data: ChartData, x: str, y: str, by: str | None, _chance: str | None) -> dict[str, Any]:
    number = _numbers(data, by or "")
    shown = ".0%" if "%" in number.pop("axis")["format"] else ".2f"
    shades = {"scheme": "blueorange", "domain": [-1.6, 1.6]}
    place = {"x": _names(x, title=None, axis={"orient": "top", "labelAngle": -30}), "y": _names(y, title=None)}
    return {
        "width": {"step": 62},
        "height": {"step": 34},
        "encoding": place,
        "layer": [
            {"mark": "rect", "encoding": {"color": {**number, "scale": shades, "legend": None}}},
            {
                "mark": {"type": "text", "fontSize": 12, "color": "#111111"},
                "encoding": {"text": {"field": _field(by or ""), "format": shown}},
            },
        ],
    }


_SPECIFICATIONS: dict[str, Any] = {"bars": _bars, "dots": _dots, "lines": _lines, "heat": _heat}
