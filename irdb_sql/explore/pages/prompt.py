"""The page `/prompts/ID`: the images of one prompt, as people and every scorer order them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from irdb_sql.explore.errors import NoPromptError
from irdb_sql.explore.filters import Filter, read_state
from irdb_sql.explore.page import Page

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from irdb_sql.explore.page import Explorer

_FILTERS = (Filter("split", "Split"),)


def _respond(explorer: Explorer, request: Request) -> Response:
    # A browser takes an id of dots for a folder, so that it is sent as a value.
    prompt_id = request.path_params["prompt_id"] or request.query_params.get("id", "")
    state = read_state(request.url.path, request.query_params, _FILTERS)
    values = {"prompt_id": prompt_id, **state.values}
    images = explorer.answers.ask("prompt_images", values)
    if images.is_empty():
        raise NoPromptError(prompt_id)
    splits = images["split"].unique(maintain_order=True).to_list()
    values["split"] = splits[0]
    images = images.filter(split=splits[0])
    scores = explorer.answers.ask("prompt_scores", values)
    orders = [
        (str(scorer), rows.select("row_index", "place", "score").to_dicts())
        for (scorer,), rows in scores.group_by("scorer", maintain_order=True)
    ]
    return explorer.show(
        "prompt.html.jinja",
        request,
        title="Prompt",
        images=images.to_dicts(),
        has_ratings=images.select(pl.col("^.*_rating$").is_not_null().any()).row(0),
        orders=orders,
        other_splits=splits[1:],
        repetitions=[
            ("Images", explorer.repeat("prompt_images", values)),
            ("Scores", explorer.repeat("prompt_scores", values)),
        ],
    )


page = Page("/prompts/{prompt_id:path}", "", 0, _respond)
