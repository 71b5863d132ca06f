"""Draws answers as SVG charts, from Vega-Lite specifications and without a network."""

from __future__ import annotations

import hashlib
import html
import re
from typing import TYPE_CHECKING

from irdb_sql.charts.specification import describe_chart, make_specification
from irdb_sql.core.late import late

if TYPE_CHECKING:
    import vl_convert

    from irdb_sql.charts.specification import Kind
    from irdb_sql.reports.answers import Answer
else:
    vl_convert = late("vl_convert")


def draw(  # noqa: PLR0913 - each keyword is a channel of the chart
    answer: Answer, kind: Kind, *, x: str, y: str, by: str | None = None, chance: str | None = None
) -> str:
    """Draw an answer as an SVG picture; the arguments are those of `make_specification`.

    Raises:
        ChoiceError: There is no such kind, or no such column.
    """
    svg: str = vl_convert.vegalite_to_svg(make_specification(answer, kind, x=x, y=y, by=by, chance=chance))
    return _accessible(svg, describe_chart(kind, x, y, by))


def _accessible(svg: str, label: str) -> str:
    """Label a drawing for screen readers, and make its ids unique on the page."""
    plain = re.sub(r' (?:role|aria-[a-z]+|class|xmlns:xlink|version)="[^"]*"', "", svg)
    named = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>c{hashlib.sha256(svg.encode()).hexdigest()[:8]}-", plain)
    return named.replace("<svg ", f'<svg role="img" aria-label="{html.escape(label)}" ', 1)
