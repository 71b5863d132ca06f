"""Vega-Lite specifications of charts: bars, dots with intervals, lines and heat maps."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

from irdb_sql.charts.data import ChartData, drawable_row, drawable_value, field_name
from irdb_sql.charts.labels import LIMITS, heading, is_share
from irdb_sql.charts.look import (
    BESIDE_NAMES,
    CONFIG,
    FONT,
    HEIGHT,
    LABEL_PIXELS,
    LIMIT_COLOUR,
    PALETTE,
    ROW,
    SHAPES,
    SYMBOL,
    TICKS,
    WIDTH,
)  # fmt: skip
from irdb_sql.core.options import check_choice
from irdb_sql.errors import ChoiceError

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = Literal["bars", "dots", "lines", "heat"]
KINDS: tuple[Kind, ...] = get_args(Kind)
FEW = 100
"""Counts below this one are few: what they say is uncertain."""


@dataclass(frozen=True)
class Channels:
    """The columns of a chart.

    Attributes:
        x: Of the horizontal axis; of `dots`, the numbers.
        y: Of the vertical axis; of `dots` and `heat`, names.
        by: Of the colours; of `heat`, the numbers.
        chance: What guessing gives: a dashed line of `dots`, at the mean, and of `lines`; the middle of the colours of
            `heat`, which is 0 without it.
        rows: Of `dots`, a column of which each value has dots of its own, one below the other on one axis.
        pairs: Of `heat`, a column of counts; cells of few are pale.
    """

    x: str
    y: str
    by: str | None = None
    chance: str | None = None
    rows: str | None = None
    pairs: str | None = None

    def columns(self) -> list[str]:
        """List the columns."""
        named = (self.x, self.y, self.by, self.chance, self.rows, self.pairs)
        return [column for column in named if column is not None]


Range = tuple[float, float]


def make_specification(
    data: ChartData,
    kind: Kind,
    channels: Channels,
    *,
    places: Mapping[str, int] | None = None,
    numbers: Range | None = None,
) -> dict[str, Any]:
    """Make the specification of a chart.

    Args:
        data: What to draw.
        kind: `bars`, `dots` (with an interval, where there are columns `lower` and `upper`), `lines`, or `heat`.
        channels: The columns.
        places: The place in the palette of each name that has a colour; None numbers them as they come.
        numbers: The range of the axis of `dots` and `lines`; None takes that of the data.

    Raises:
        ChoiceError: There is no such kind, or no such column.
    """
    check_choice("kind", kind, KINDS)
    for column in channels.columns():
        if column not in data.columns:
            raise ChoiceError("column", column, data.columns)
    axis = numbers or find_range(data, kind, channels)
    is_shown = [kind != "dots" or not _is_limit(row) or _is_within(row[channels.x], axis) for row in data.rows]
    drawn = [row for row, shown in zip(data.rows, is_shown, strict=True) if shown]
    columns = (*channels.columns(), *_BOUNDS)
    drawable = replace(data, rows=[drawable_row(row, columns) for row in drawn])
    names = dict.fromkeys(str(row[field_name(channels.by)]) for row in drawable.rows) if channels.by else {}
    chart = _Chart(drawable, channels, places or {name: place for place, name in enumerate(names)}, axis)
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "background": None,
        "config": CONFIG,
        "data": {"values": drawable.rows},
        **_SPECIFICATIONS[kind](chart),
    }


def find_range(data: ChartData, kind: Kind, channels: Channels) -> Range | None:
    """Find the range of the numbers of a chart, of which limits are no part, as they would stretch it."""
    number = channels.x if kind == "dots" else channels.y
    columns = [name for name in (number, channels.chance, *_BOUNDS) if name is not None and name in data.columns]
    rows = [row for row in data.rows if not _is_limit(row)] or data.rows
    values = (drawable_value(row.get(name)) for row in rows for name in columns)
    known = {float(value) for value in values if isinstance(value, int | float)}
    return (min(known), max(known)) if len(known) > 1 else None


_BOUNDS = ("lower", "upper")


@dataclass(frozen=True)
class _Chart:
    """What the specification of a chart is made of."""

    data: ChartData
    channels: Channels
    places: Mapping[str, int]
    numbers: Range | None

    def colour(self) -> dict[str, Any]:
        """Encode the colour of each name, or the one colour of all."""
        if self.channels.by is None:
            return {"color": {"value": PALETTE[0]}}
        scale = self._scale(PALETTE, (LIMIT_COLOUR,))
        return {"color": _names(self.channels.by, title=None, scale=scale, legend=self._legend())}

    def shape(self) -> dict[str, Any]:
        """Encode the shape of each name; with the colours it makes one legend."""
        if self.channels.by is None:
            return {}
        scale = self._scale(SHAPES, SHAPES)
        return {"shape": _names(self.channels.by, title=None, scale=scale, legend=self._legend())}

    def range(self) -> dict[str, Any]:
        """Return the scale of the numbers."""
        return {"zero": False, "nice": TICKS} | ({} if self.numbers is None else {"domain": list(self.numbers)})

    def _legend(self) -> dict[str, Any]:
        longest = max((len(str(row[field_name(self.channels.by or "")])) for row in self.data.rows), default=1)
        return {"columns": max(1, WIDTH // (SYMBOL + min(LABEL_PIXELS, longest * FONT // 2)))}

    def _scale(self, values: tuple[str, ...], of_limits: tuple[str, ...]) -> dict[str, Any]:
        names = list(dict.fromkeys(row[field_name(self.channels.by or "")] for row in self.data.rows))
        return {
            "domain": names,
            "range": [
                of_limits[LIMITS.index(name) % len(of_limits)]
                if name in LIMITS
                else values[self.places[str(name)] % len(values)]
                for name in names
            ],
        }


def _is_limit(row: Mapping[str, Any]) -> bool:
    return row.get("scorer") in LIMITS


def _is_within(value: float | None, numbers: Range | None) -> bool:
    return value is not None and numbers is not None and numbers[0] <= value <= numbers[1]


def _within(field: str, numbers: Range | None) -> str:
    """Return the condition that a value is in a range, whose ends are drawn whole, unlike what is cut there."""
    return "true" if numbers is None else f"datum['{field}'] >= {numbers[0]} && datum['{field}'] <= {numbers[1]}"


def _names(column: str, **more: object) -> dict[str, Any]:
    """Encode a column as names, in the order of the rows."""
    return {"field": field_name(column), "type": "nominal", "sort": None, "title": heading(column), **more}


def _steps(data: ChartData, column: str, **more: object) -> dict[str, Any]:
    """Encode a column as names, or as numbers in ascending order."""
    kind: dict[str, Any] = {"type": "ordinal", "sort": "ascending"} if data.is_numeric(column) else {}
    return _names(column, **more) | kind


def _numbers(data: ChartData, column: str, **more: object) -> dict[str, Any]:
    is_whole = data.types[list(data.columns).index(column)].startswith(("Int", "UInt"))
    axis: dict[str, Any] = {"tickCount": TICKS, "format": ",d" if is_whole else ",.3~f"}
    if is_share(column):
        axis |= {"format": ".1~%", "labelExpr": "replace(datum.label, '%', ' %')"}
    if is_whole:
        axis["tickMinStep"] = 1
    return {"field": field_name(column), "type": "quantitative", "title": heading(column), "axis": axis, **more}


def _bars(chart: _Chart) -> dict[str, Any]:
    data, x, y, by = chart.data, chart.channels.x, chart.channels.y, chart.channels.by
    names = [str(row[field_name(x)]) for row in data.rows]
    offset = {} if by is None else _names(by)
    if max(map(len, names), default=0) > TICKS:  # long names stand beside their bars
        height = {"step": ROW if by is None else ROW / 2}
        across = {"x": _numbers(data, y), "y": _names(x, title=None), **({"yOffset": offset} if offset else {})}
        return {"width": BESIDE_NAMES, "height": height, "mark": "bar", "encoding": across | chart.colour()}
    upright = {
        "x": _steps(data, x, axis={"labelAngle": 0}),
        "y": _numbers(data, y),
        **({"xOffset": offset} if offset else {}),
    }
    return {"width": WIDTH, "height": HEIGHT, "mark": "bar", "encoding": upright | chart.colour()}


def _dots(chart: _Chart) -> dict[str, Any]:
    data, x, chance, rows = chart.data, chart.channels.x, chart.channels.chance, chart.channels.rows
    colour = chart.colour()
    if chart.channels.by == chart.channels.y:  # the names stand beside the dots
        colour["color"]["legend"] = None
    place = {"y": _names(chart.channels.y, title=None), **colour}
    number = _numbers(data, x, scale=chart.range())
    layers: list[dict[str, Any]] = []
    if chance is not None:
        guessed = {"x": number | {"field": field_name(chance), "aggregate": "mean"}, "color": {"value": "currentColor"}}
        layers.append({"mark": {"type": "rule", "strokeDash": [4, 4], "opacity": 0.8}, "encoding": guessed})
    if all(bound in data.columns for bound in _BOUNDS):
        ends = {"x": number | {"field": "lower"}, "x2": {"field": "upper"}, **place}
        layers.append({"mark": {"type": "rule", "strokeWidth": 2.5, "clip": True}, "encoding": ends})
    point = {"type": "point", "filled": True, "size": 80, "opacity": 1}
    layers.append({"mark": point, "encoding": {"x": number, **place}})
    dots = {"width": BESIDE_NAMES, "height": {"step": ROW}, "layer": layers}
    if rows is None:
        return dots
    order = list(dict.fromkeys(row[field_name(rows)] for row in data.rows))
    return {
        "facet": {"row": _names(rows, title=None, sort=order)},
        "spec": dots,
        "resolve": {"scale": {"y": "independent"}},
    }


def _lines(chart: _Chart) -> dict[str, Any]:
    data, y, chance = chart.data, chart.channels.y, chart.channels.chance
    up = {"y": _numbers(data, y, scale=chart.range()), **chart.colour(), **chart.shape()}
    point = {"type": "point", "filled": True, "size": 60, "opacity": 1}
    layers: list[dict[str, Any]] = [
        {"mark": {"type": "line", "clip": True}, "encoding": {**up, "shape": {"value": "circle"}}},
        {"mark": point, "encoding": up, "transform": [{"filter": _within(field_name(y), chart.numbers)}]},
    ]
    if chance is not None:
        guessed = {"y": _numbers(data, chance, title=heading(y)), "color": {"value": "currentColor"}}
        layers.append({"mark": {"type": "line", "strokeDash": [4, 4], "opacity": 0.8}, "encoding": guessed})
    across = {"x": _steps(data, chart.channels.x, axis={"labelAngle": 0})}
    return {"width": WIDTH, "height": HEIGHT, "encoding": across, "layer": layers}


def _heat(chart: _Chart) -> dict[str, Any]:
    data, by, chance, pairs = chart.data, chart.channels.by or "", chart.channels.chance, chart.channels.pairs
    number = _numbers(data, by)
    is_of_shares = "%" in number.pop("axis")["format"]
    guesses = [row[field_name(chance)] for row in data.rows if row[field_name(chance)] is not None] if chance else []
    middle = sum(guesses) / len(guesses) if guesses else 0.0
    reach = _SHADES * (0.5 if is_of_shares and middle else 1)
    shades = {"scheme": "blueorange", "reverse": True, "domain": [middle - reach, middle + reach]}
    is_few = f"datum['{field_name(pairs)}'] < {FEW}" if pairs else "false"
    pale = {"condition": {"test": is_few, "value": 0.3}, "value": 1}
    place = {
        "x": _names(chart.channels.x, title=None, axis={"orient": "top", "labelAngle": -30}),
        "y": _names(chart.channels.y, title=None),
    }
    grey = {"condition": {"test": is_few, "value": "#555555"}, "value": "#111111"}
    text = {"field": field_name(by), "format": ".0%" if is_of_shares else ".2f"}
    return {
        "width": {"step": 66},
        "height": {"step": 32},
        "encoding": place,
        "layer": [
            {"mark": {"type": "rect", "color": "#ffffff"}},
            {"mark": "rect", "encoding": {"color": {**number, "scale": shades, "legend": None}, "opacity": pale}},
            {"mark": {"type": "text", "fontSize": FONT}, "encoding": {"text": text, "color": grey}},
        ],
    }


_SHADES = 1.4
"""How far from the middle the colours would be darkest; a correlation reaches 1, where dark text is still read."""

_SPECIFICATIONS: dict[str, Any] = {"bars": _bars, "dots": _dots, "lines": _lines, "heat": _heat}
