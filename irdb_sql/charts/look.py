"""The look of charts: colours, shapes, sizes and fonts.

The palette is one for people who are colour-blind, with contrast on white paper; texts and lines have the colour of the
page around them.
"""

from __future__ import annotations

from typing import Any

PALETTE = (
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#8C7A00", "#6F6FC4", "#B03060", "#2E8BA6", "#5C7A29",
)  # fmt: skip
LIMIT_COLOUR = "#767676"
"""The grey of scorers that are limits."""

DARK = {
    "#0072B2": "#56B4E9", "#D55E00": "#F08A4B", "#009E73": "#3DCFA0", "#CC79A7": "#E6A0C8", "#8C7A00": "#D6C23C",
    "#6F6FC4": "#A5A5F0", "#B03060": "#F0789E", "#2E8BA6": "#6CC5DE", "#5C7A29": "#A6C95F", LIMIT_COLOUR: "#9A9A9A",
}  # fmt: skip
"""The lighter colour that each has on a dark screen."""

SHAPES = ("circle", "square", "triangle-up", "cross", "diamond", "triangle-down", "triangle-right", "triangle-left")
WIDTH, HEIGHT, ROW, FONT = 400, 220, 24, 14  # pixels: the size of text beside it, and readable on a phone
LABEL_PIXELS = 150  # of names beside a chart
BESIDE_NAMES = WIDTH - 80  # width of a chart with names beside it
SYMBOL = 35  # pixels of a symbol in a legend, and the space around it
TICKS = 5

CONFIG: dict[str, Any] = {
    "font": "Liberation Sans, Arial, Helvetica, sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": "currentColor", "titleColor": "currentColor", "gridColor": "currentColor", "gridOpacity": 0.15,
        "domainColor": "currentColor", "tickColor": "currentColor", "labelFontSize": FONT, "titleFontSize": FONT,
        "titleFontWeight": "normal", "labelLimit": LABEL_PIXELS, "labelFlush": False, "titlePadding": 8,
    },
    "legend": {
        "orient": "bottom", "direction": "horizontal", "labelColor": "currentColor",
        "titleColor": "currentColor", "labelFontSize": FONT, "titleFontSize": FONT, "titleFontWeight": "normal",
        "labelLimit": LABEL_PIXELS, "symbolStrokeWidth": 2,
    },
    "header": {
        "labelColor": "currentColor", "labelFontSize": FONT, "labelOrient": "top", "labelAnchor": "start",
        "labelPadding": 4, "title": None,
    },
    "facet": {"spacing": 8},
    "range": {"category": list(PALETTE)},
}  # fmt: skip
