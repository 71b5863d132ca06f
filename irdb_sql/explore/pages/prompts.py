"""The page `/prompts`: a list of prompts with thumbnails, to be searched, filtered and sorted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irdb_sql.core.schema import SPLITS, SUBSETS
from irdb_sql.explore.filters import Filter, page_of, read_state
from irdb_sql.explore.page import Page

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from irdb_sql.explore.page import Explorer

PAGE_PROMPTS = 20
"""Prompts of a page."""

_SORTS = (
    ("images", "most images"), ("strict_pairs", "most strict pairs"), ("tied_pairs", "most tied pairs"),
    ("rating", "best mean rating"), ("longest", "longest text"), ("shortest", "shortest text"),
)  # fmt: skip


def common_filters(explorer: Explorer) -> list[Filter]:
    """Return the filters that prompts and pairs share."""
    classes = [(name, name) for name in explorer.classes]
    return [
        Filter("containing", "Text in the prompt", unset="any text"),
        Filter("split", "Split", [(name, name) for name in SPLITS], unset="all splits"),
        Filter("subset", "Subset", [(name, name) for name in SUBSETS], unset="everything"),
        *([Filter("classification", "Class", classes, unset="all classes")] if classes else []),
    ]


def _respond(explorer: Explorer, request: Request) -> Response:
    filters = [
        *common_filters(explorer),
        Filter("n_images", "Images", kind="number"),
        Filter("ties", "Tied pairs", (("some", "some"), ("none", "none"))),
        Filter("rating", "Has an overall rating of", kind="number"),
        Filter("sort", "Order", _SORTS, unset="as in the files"),
    ]
    state = request.state.page = read_state("/prompts", request.query_params, filters)
    state.check()
    found = explorer.answers.ask("found_prompts", state.values)
    prompts, pages = page_of(found, state, PAGE_PROMPTS)
    return explorer.show(
        "prompts.html.jinja",
        request,
        title="Prompts",
        state=state,
        found=found.height,
        pages_found=pages,
        prompts=prompts.to_dicts(),
        repetitions=[("Prompts", explorer.repeat("found_prompts", state.values))],
    )


page = Page("/prompts", "Prompts", 2, _respond)
