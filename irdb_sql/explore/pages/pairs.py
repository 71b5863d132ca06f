"""The page `/pairs`: the better and the worse image of a pair side by side, and the way to the next pair."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from irdb_sql.explore.errors import PlaceError
from irdb_sql.explore.filters import Filter, read_state
from irdb_sql.explore.page import Page
from irdb_sql.explore.pages.prompts import common_filters

if TYPE_CHECKING:
    import polars as pl
    from starlette.requests import Request
    from starlette.responses import Response

    from irdb_sql.explore.page import Explorer

_SORTS = (
    ("rank_gap", "largest rank gap"), ("rating_gap", "largest rating gap"), ("surest", "scorer surest"),
    ("least_sure", "scorer least sure"),
)  # fmt: skip
LISTED = ("better_row", "worse_row", "score_gap", "other_score_gap", "split", "prompt_id", "rank_gap", "overall_gap")
"""Columns of pairs that are kept, of which there may be many."""
_VOTES = ("better_row", "worse_row", "votes", "better_votes", "worse_votes", "tied_votes")
_AHEAD = 2  # pairs whose images a browser fetches before they are shown


def _filters(explorer: Explorer) -> list[Filter]:
    scorers = [(name, name) for name in explorer.scorers]
    return [
        *common_filters(explorer),
        Filter("prompt_id", "Prompt id"),
        Filter("ties", "Pairs", (("tied", "tied"), ("all", "strict and tied")), unset="strict"),
        Filter("min_rank_gap", "Rank gap, at least", kind="number"),
        Filter("min_rating_gap", "Rating gap, at least", kind="number"),
        Filter("max_rating_gap", "Rating gap, at most", kind="number"),
        Filter("scorer", "Scorer", scorers, unset="no scorer"),
        Filter(
            "verdict", "The scorer", (("disagrees", "disagrees"), ("agrees", "agrees"), ("ties", "ties")),
            unset="says anything",
        ),
        Filter("other_scorer", "Other scorer, which disagrees with it", scorers, unset="no other"),
        Filter("sort", "Order", _SORTS, unset="as in the files"),
    ]  # fmt: skip


def _respond(explorer: Explorer, request: Request) -> Response:
    state = request.state.page = read_state("/pairs", request.query_params, _filters(explorer), "pair")
    state.check()
    found = explorer.answers.ask("found_pairs", state.values, LISTED)
    if state.number > max(1, found.height):
        raise PlaceError("pair", state.number, max(1, found.height))
    shown: dict[str, Any] = {"pair": None}
    if found.height:
        shown = _describe(explorer, found, state.number - 1)
    return explorer.show(
        "pairs.html.jinja",
        request,
        title="Pairs",
        state=state,
        found=found.height,
        **shown,
        repetitions=[("Pairs", explorer.repeat("found_pairs", state.values))],
    )


def _describe(explorer: Explorer, found: pl.DataFrame, place: int) -> dict[str, Any]:
    """Return what the page shows of a pair, and where the next ones are."""
    pair = found.row(place, named=True)
    key = {"split": pair["split"], "prompt_id": pair["prompt_id"]}
    images = {row["row_index"]: row for row in explorer.answers.ask("prompt_images", key).iter_rows(named=True)}
    scores: dict[str, dict[int, dict[str, object]]] = {}
    for row in explorer.answers.ask("prompt_scores", key).iter_rows(named=True):
        if row["row_index"] in (pair["better_row"], pair["worse_row"]):
            scores.setdefault(row["scorer"], {})[row["row_index"]] = row
    ahead = found.slice(place + 1, _AHEAD)
    explorer.ask_ahead(
        (query, {"split": row["split"], "prompt_id": row["prompt_id"]}, ())
        for row in ahead.iter_rows(named=True)
        for query in ("prompt_images", "prompt_scores")
    )
    return {
        "pair": pair,
        "better": images[pair["better_row"]],
        "worse": images[pair["worse_row"]],
        "scores": scores,
        "votes": _votes(explorer, pair),
        "next_prompt": _other_prompt(found, place, 1),
        "previous_prompt": _other_prompt(found, place, -1),
        "ahead": [explorer.image(row) for name in ("better_row", "worse_row") for row in ahead[name]],
    }


def _votes(explorer: Explorer, pair: dict[str, Any]) -> dict[str, Any] | None:
    """Return the votes on a pair; None where nobody voted."""
    if explorer.db.source.audit_profile is None:
        return None
    votes = explorer.answers.ask("vote_pairs", {}, _VOTES)
    found = votes.filter(better_row=pair["better_row"], worse_row=pair["worse_row"])
    return None if found.is_empty() else found.row(0, named=True)


def _other_prompt(found: pl.DataFrame, place: int, step: int) -> int | None:
    """Return the number of the nearest pair of another prompt, counted from 1: of its first pair in a row of them."""
    keys = found.select("split", "prompt_id")
    here = keys.row(place)
    while 0 <= place < found.height and keys.row(place) == here:
        place += step
    if not 0 <= place < found.height:
        return None
    if step < 0:
        there = keys.row(place)
        while place > 0 and keys.row(place - 1) == there:
            place -= 1
    return place + 1


page = Page("/pairs", "Pairs", 3, _respond)
