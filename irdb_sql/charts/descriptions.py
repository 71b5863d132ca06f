"""Describes charts in words, for captions and for people who do not see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irdb_sql.charts.labels import heading

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from irdb_sql.charts.data import ChartData
    from irdb_sql.charts.specification import Channels, Kind


def describe_chart(kind: Kind, channels: Channels) -> str:
    """Describe what a chart shows: its kind, its numbers, and what they are by.

    Example:
        >>> from irdb_sql.charts.specification import Channels
        >>> describe_chart("bars", Channels(x="rank", y="images", by="split"))
        'Bar chart: images by rank, one colour per split.'
    """
    x, y, by = (heading(column or "") for column in (channels.x, channels.y, channels.by))
    if kind == "heat":
        return f"Heat map: {by} by {x} and {y}."
    numbers, names = (x, y) if kind == "dots" else (y, x)
    label = {"bars": "Bar chart", "dots": "Dot plot with intervals", "lines": "Line chart"}[kind]
    parts = f", one part per {heading(channels.rows)}" if channels.rows else ""
    colours = f", one colour per {by}" if channels.by not in (None, channels.y) else ""
    return f"{label}: {numbers} by {names}{parts}{colours}."


def describe_extremes(data: ChartData, kind: Kind, channels: Channels, write: Callable[[str, object], str]) -> str:
    """Describe the lowest and the highest number of a chart, and what each is of.

    Args:
        data: The rows.
        kind: The kind of chart.
        channels: Its columns.
        write: Writes a value of a column.
    """
    number = {"dots": channels.x, "heat": channels.by or ""}.get(kind, channels.y)
    named = (channels.x, channels.y, channels.by, channels.rows)
    names = [column for column in dict.fromkeys(named) if column is not None and column != number]
    rows = [row for row in data.rows if isinstance(row[number], int | float)]
    if not rows:
        return ""
    lowest, highest = (pick(rows, key=lambda row: float(row[number])) for pick in (min, max))
    return (
        "; ".join(
            f"{word} {write(number, row[number])}, {_describe_names(row, names, write)}"
            for word, row in (("lowest", lowest), ("highest", highest))
        ).capitalize()
        + "."
    )


def _describe_names(row: dict[str, object], names: Sequence[str], write: Callable[[str, object], str]) -> str:
    return ", ".join(f"{heading(name)} {write(name, row[name])}" for name in names)
