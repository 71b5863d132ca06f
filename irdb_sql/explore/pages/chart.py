"""The picture `/chart.svg`: a chart of a query, a statement or a metric, which fits a light or a dark page."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import polars as pl

from irdb_sql.charts.descriptions import describe_chart
from irdb_sql.charts.plot import MOST_ROWS
from irdb_sql.charts.specification import KINDS, Channels, make_specification
from irdb_sql.core.late import late
from irdb_sql.core.options import check_choice
from irdb_sql.errors import ChoiceError, RangeError
from irdb_sql.explore.page import Page
from irdb_sql.explore.table import in_split_order
from irdb_sql.reports.answers import make_answer
from irdb_sql.reports.charts import chart_style

if TYPE_CHECKING:
    from starlette import responses
    from starlette.requests import Request
    from starlette.responses import Response

    from irdb_sql.charts.specification import Kind
    from irdb_sql.explore.page import Explorer
else:
    responses = late("starlette.responses", extra="explore")

_CHANNELS = ("kind", "x", "y", "by", "chance")
_INK = "svg{color:#1c1e21;font-family:sans-serif}@media(prefers-color-scheme:dark){svg{color:#e6e8eb}}"
"""Texts and lines of a chart have the colour of what it stands in, which a picture does not know of a page."""


def _respond(explorer: Explorer, request: Request) -> Response:
    """Draw rows: those of a named query, `?query=NAME` and its parameters, of a statement, `?q=`, or of a `?metric=`.

    Raises:
        UnknownNameError: No query has this name.
        QueryError: The statement fails.
        ChoiceError: There is no such kind of chart, or column.
        RangeError: There are too many rows to draw.
    """
    params = dict(request.query_params)
    channels = {name: params.pop(name) for name in _CHANNELS if name in params}
    kept = {name: params.pop(name) for name in ("column", "value") if name in params}
    if "q" in params:
        rows = explorer.run(params["q"], request)
    elif "metric" in params:
        rows = explorer.estimates().filter(metric=params["metric"], split=params.get("split", ""))
        rows = rows.filter(pl.col("value").is_not_null()).sort("value", "scorer", descending=[True, False])
        rows = rows.rename({"value": params["metric"]})
    else:
        rows = explorer.answers.ask(params.pop("query", ""), params)
    if kept:
        column = kept.get("column", "")
        check_choice("column", column, rows.columns)
        rows = rows.filter(pl.col(column).cast(pl.String) == kept.get("value", ""))
    return _send_chart(explorer, in_split_order(rows), channels)


def _send_chart(explorer: Explorer, rows: pl.DataFrame, channels: dict[str, str]) -> Response:
    kind = channels.pop("kind", "bars")
    check_choice("kind", kind, KINDS)
    for channel in ("x", "y"):
        if channel not in channels:
            raise ChoiceError(channel, None, rows.columns)
    if rows.height > MOST_ROWS:
        raise RangeError("the number of rows of a chart", f"{rows.height:,}", f"at most {MOST_ROWS:,}: group them")
    drawn, named = cast("Kind", kind), Channels(**channels)
    specification = make_specification(make_answer(rows), drawn, named)
    svg = explorer.charts.start(specification, describe_chart(drawn, named)).result()
    begin = svg.index(">") + 1
    # A picture has a policy of its own: this style is part of it, and nothing else is fetched.
    headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'", "Cache-Control": "no-cache"}
    return responses.Response(
        f"{svg[:begin]}<style>{_INK}{chart_style()}</style>{svg[begin:]}", media_type="image/svg+xml", headers=headers
    )


page = Page("/chart.svg", "", 0, _respond, is_part=True, runs_statements=True)
