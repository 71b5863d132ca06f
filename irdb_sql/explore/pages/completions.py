"""The answer `/completions?typed=…`: what can follow in a statement, for the editor of `/sql`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse

from irdb_sql.explore.page import Page

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from irdb_sql.explore.page import Explorer

_MOST_TYPED, _MOST_SHOWN = 4_000, 60


def _respond(explorer: Explorer, request: Request) -> Response:
    typed = request.query_params.get("typed", "")[-_MOST_TYPED:]
    return JSONResponse([each._asdict() for each in explorer.completer.complete(typed)[:_MOST_SHOWN]])


page = Page("/completions", "", 0, _respond, is_part=True)
