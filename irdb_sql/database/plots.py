"""The facade method that shows answers as charts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irdb_sql.core.late import late

if TYPE_CHECKING:
    import polars as pl

    from irdb_sql.charts import plot as plots
    from irdb_sql.charts.plot import Chart
    from irdb_sql.charts.specification import Kind
else:
    plots = late("irdb_sql.charts.plot")


def plot(
    self: object,  # noqa: ARG001 - a method, as answers come from a database
    frame: pl.DataFrame | pl.LazyFrame,
    kind: Kind = "bars",
    *,
    x: str | None = None,
    y: str | None = None,
    by: str | None = None,
    chance: str | None = None,
) -> Chart:
    """Return a chart of an answer, which a notebook shows.

    It is a chart of Altair: `chart.save("chart.svg")` writes SVG, and likewise PNG and HTML, which with `inline=True`
    needs no network; `chart.properties(title="…")` changes it. Needs the extra `plots`.

    Args:
        frame: Rows that a method of this database returned, or any frame; at most 10,000 rows.
        kind: `bars`, `dots` (with an interval, if there are columns `lower` and `upper`), `lines` or `heat`.
        x: Column of the horizontal axis; of `dots`, the numbers. None takes the first column of names, of `dots` that
            of numbers.
        y: Column of the vertical axis; of `dots` and `heat`, names. None takes the first column of numbers, of `dots`
            that of names.
        by: Column of the colours; of `heat`, the numbers.
        chance: For `lines`, a column of what guessing gives, drawn with dashes.

    Raises:
        ArgumentTypeError: The frame is none of Polars.
        ChoiceError: There is no such kind or column, or none of the type that the chart needs.
        RangeError: There are more than 10,000 rows.
        MissingPackageError: The extra is not installed.

    Example:
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     chart = db.plot(db.query("rank_gaps", split="test"), x="rank_gap", y="pairs")
        >>> chart.to_dict()["mark"]
        'bar'
    """
    return plots.plot(frame, kind, x=x, y=y, by=by, chance=chance)
