"""Shows answers as charts of Altair, from the specifications that reports draw."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

import polars as pl

from irdb_sql.charts.data import ChartData
from irdb_sql.charts.descriptions import describe_chart
from irdb_sql.charts.specification import KINDS, Channels, make_specification
from irdb_sql.core.late import late
from irdb_sql.core.options import check_choice, check_type
from irdb_sql.errors import ChoiceError, RangeError

if TYPE_CHECKING:
    import altair as alt

    from irdb_sql.charts.specification import Kind

    Chart: TypeAlias = alt.Chart | alt.LayerChart
else:
    alt = late("altair", extra="plots")


def plot(  # noqa: PLR0913 - each keyword is a channel of the chart
    frame: pl.DataFrame | pl.LazyFrame,
    kind: Kind = "bars",
    *,
    x: str | None = None,
    y: str | None = None,
    by: str | None = None,
    chance: str | None = None,
) -> Chart:
    """Make a chart of a frame; columns that are not named are its first of names and its first of numbers.

    Raises:
        ArgumentTypeError: The frame is none of Polars.
        ChoiceError: There is no such kind or column, or none of the type that the chart needs.
        RangeError: There are too many rows to draw.
        MissingPackageError: The extra `plots` is not installed.
    """
    check_type("frame", frame, (pl.DataFrame, pl.LazyFrame), "a frame of Polars, such as an answer of this database")
    check_choice("kind", kind, KINDS)
    if not frame.collect_schema():
        raise RangeError("the frame of a chart", "a table without columns", "one with names and numbers")
    rows = frame.lazy().head(MOST_ROWS + 1).collect()
    if rows.is_empty():
        warnings.warn("the frame has no rows, so that the chart is empty", stacklevel=3)
    if rows.height > MOST_ROWS:
        raise RangeError(
            "the number of rows of a chart", f"more than {MOST_ROWS:,}", "fewer: group or filter them first"
        )
    data = ChartData(
        rows.columns, [str(kind) for kind in rows.dtypes], [kind.is_numeric() for kind in rows.dtypes],
        rows.select(pl.exclude(pl.Binary, pl.Object)).to_dicts(),
    )  # fmt: skip
    channels = replace(_channels(data, kind, x, y, by), chance=chance)
    specification = make_specification(data, kind, channels)
    on_paper = {"background": "white", "description": describe_chart(kind, channels)}
    return alt.Chart.from_dict(_in_ink({**specification, "data": None}) | {"data": specification["data"]} | on_paper)


def _in_ink(value: Any) -> Any:  # noqa: ANN401 - a specification has values of any type
    """Replace the colour of the page around a chart, of which a saved picture has none, by black."""
    if isinstance(value, dict):
        return {key: _in_ink(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_in_ink(inner) for inner in value]
    return "black" if value == "currentColor" else value


MOST_ROWS = 10_000


def _channels(data: ChartData, kind: Kind, x: str | None, y: str | None, by: str | None) -> Channels:
    """Find the columns of a chart's channels; those that are not named are the first of their type that are free."""
    named = {"x": x, "y": y, "by": by}
    required = {"heat": ("x", "y", "by"), "dots": ("x", "y")}.get(kind, ("y", "x"))
    numbers = {"heat": "by", "dots": "x"}.get(kind, "y")
    for channel in (numbers, *(each for each in required if each != numbers)):
        if named[channel] is None:
            free = [column for column in data.columns if column not in named.values()]
            fitting = [column for column in free if data.is_numeric(column) == (channel == numbers)]
            if not fitting and channel == numbers:
                raise ChoiceError(f"{channel}, a column of numbers,", None, data.columns)
            if not free:
                raise ChoiceError(f"{channel}, a column of names,", None, data.columns)
            named[channel] = (fitting or free)[0]
    return Channels(str(named["x"]), str(named["y"]), named["by"])
