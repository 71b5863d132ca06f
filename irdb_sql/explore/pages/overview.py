"""The page `/`: how many prompts, images and pairs there are, and what they are like."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from irdb_sql.charts.descriptions import describe_chart
from irdb_sql.charts.specification import Channels
from irdb_sql.explore.filters import address
from irdb_sql.explore.page import Page
from irdb_sql.explore.table import in_split_order

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from irdb_sql.charts.specification import Kind
    from irdb_sql.explore.page import Explorer


class Chart(NamedTuple):
    """A chart of a named query.

    Attributes:
        title: What it shows.
        query: Name of the query.
        x: Column of the horizontal axis.
        y: Column of the vertical axis.
        kind: The kind of the chart.
        of: A column, and the value of its rows that are drawn; None for all rows.
    """

    title: str
    query: str
    x: str
    y: str
    kind: Kind = "bars"
    of: tuple[str, str] | None = None

    @property
    def description(self) -> str:
        """What it shows, for who cannot see it."""
        return describe_chart(self.kind, Channels(self.x, self.y, "split"))

    @property
    def address(self) -> str:
        """Where its picture is."""
        rows = {} if self.of is None else {"column": self.of[0], "value": self.of[1]}
        channels = {"kind": self.kind, "x": self.x, "y": self.y, "by": "split"}
        return address("/chart.svg", {"query": self.query, **rows, **channels})


CHARTS = (
    Chart("Images per prompt", "images_per_prompt", "images", "prompt_share"),
    Chart("Images per rank", "images_per_rank", "rank", "image_share"),
    Chart("Pairs per rank gap", "rank_gaps", "rank_gap", "pair_share"),
    Chart("Images per overall rating", "rating_shares", "rating", "rating_share", of=("kind", "overall")),
)


def _respond(explorer: Explorer, request: Request) -> Response:
    ask = explorer.answers.ask
    totals = ask("totals").row(0, named=True)
    counts = in_split_order(ask("pair_counts"))
    classes = in_split_order(ask("pair_counts", {"by_classification": True}))
    return explorer.show(
        "overview.html.jinja",
        request,
        title="Overview",
        totals=totals,
        counts=counts.to_dicts(),
        classes=[row for row in classes.to_dicts() if row["classification"] is not None],
        charts=[chart for chart in CHARTS if totals["ranked_images"] or chart.query == "images_per_prompt"],
        repetitions=[
            ("Numbers", explorer.repeat("pair_counts", {})),
            ("Classes", explorer.repeat("pair_counts", {"by_classification": True})),
        ],
    )


page = Page("/", "Overview", 1, _respond)
