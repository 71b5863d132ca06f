"""The download `/answer/SUFFIX?q=…`: all rows of a statement, as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from irdb_sql.engine.formats import SUFFIXES, encode
from irdb_sql.errors import ChoiceError
from irdb_sql.explore.page import Page
from irdb_sql.explore.pages.sql import DOWNLOADS

if TYPE_CHECKING:
    from starlette.requests import Request

    from irdb_sql.explore.page import Explorer

_MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
}


def _respond(explorer: Explorer, request: Request) -> Response:
    suffix = request.path_params["suffix"]
    if suffix not in _MEDIA_TYPES:
        raise ChoiceError("the format", suffix, [name for name, _ in DOWNLOADS])
    rows = explorer.run_whole(request.query_params.get("q", ""), request)
    content = encode(rows, SUFFIXES[f".{suffix}"])
    headers = {"Content-Disposition": f'attachment; filename="answer.{suffix}"', "Cache-Control": "no-store"}
    return Response(content, media_type=_MEDIA_TYPES[suffix], headers=headers)


page = Page("/answer/{suffix}", "", 0, _respond, runs_statements=True)
