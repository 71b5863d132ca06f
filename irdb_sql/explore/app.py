"""The web application of the explorer: its routes, images, and answers to what goes wrong."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from irdb_sql.core.markdown import one_line
from irdb_sql.engine.errors import UnknownNameError
from irdb_sql.errors import IrdbError, NotFoundError, quoted
from irdb_sql.explore.byte_range import UnsatisfiableRangeError, parse_range
from irdb_sql.explore.charts import draw_chart
from irdb_sql.explore.filters import address, has_empty_value
from irdb_sql.explore.guard import Access, Guard
from irdb_sql.explore.page import Explorer, load_pages

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from irdb_sql.database.facade import ImageRewardDB
    from irdb_sql.explore.pictures import Picture

_LOGGER = logging.getLogger(__name__)
_KEEP = "private, max-age=600"
_KEEP_FOREVER = "private, max-age=31536000, immutable"


def make_app(db: ImageRewardDB, access: Access | None = None, *, blur: bool = False) -> Guard:
    """Make the application.

    Args:
        db: The database to explore.
        access: Who may ask; None lets only this machine.
        blur: Whether images are blurred until a reader wants to see them.

    Raises:
        MissingPackageError: The extra `explore` is not installed.
    """
    explorer = Explorer(db, blur=blur)
    routes = [
        *(Route(page.path, _in_thread(explorer, page.respond)) for page in load_pages()),
        Route("/chart.svg", _in_thread(explorer, draw_chart)),
        Route("/static/{key}/{name}", _in_thread(explorer, _send_static)),
        Route("/images/{key}/{row}", _in_thread(explorer, _send_image)),
        Route("/thumbnails/{key}/{row}", _in_thread(explorer, _send_thumbnail)),
    ]
    app = Starlette(routes=routes, exception_handlers={404: _explain_missing(explorer)})
    return Guard(app, access or Access())


def _in_thread(
    explorer: Explorer, respond: Callable[[Explorer, Request], Response]
) -> Callable[[Request], Awaitable[Response]]:
    """Make the endpoint of a page, which answers in a thread and tells errors of ours as a page."""

    async def endpoint(request: Request) -> Response:
        if has_empty_value(request.query_params):  # as forms send what is not filled in
            kept = {name: value for name, value in request.query_params.items() if value}
            return RedirectResponse(address(request.url.path, kept), 303)
        try:
            return await run_in_threadpool(respond, explorer, request)
        except HTTPException:
            raise
        except IrdbError as error:
            status = 404 if isinstance(error, (NotFoundError, UnknownNameError)) else 400
            return _show_error(explorer, request, status, error.sentence, error.hint)
        except Exception as error:
            if "IRDB_DEBUG" in os.environ:
                raise
            sentence = f"an error that nobody has foreseen: {type(error).__name__}: {one_line(str(error))[:300]}"
            _LOGGER.error("error: %s: %s", request.url.path, sentence)  # noqa: TRY400 - without a traceback
            return _show_error(explorer, request, 500, sentence, "IRDB_DEBUG=1 irdb explore prints where it is raised.")

    return endpoint


def _show_error(explorer: Explorer, request: Request, status: int, sentence: str, hint: str) -> Response:
    return explorer.show("error.html.jinja", request, status=status, title="Error", sentence=sentence, hint=hint)


def _explain_missing(explorer: Explorer) -> Callable[[Request, Exception], Response]:
    """Make what answers where no page is."""

    def respond(request: Request, _error: Exception) -> Response:
        sentence = f"there is no page {quoted(request.url.path)}"
        return _show_error(explorer, request, 404, sentence, "choose one of the pages above.")

    return respond


def _send_static(explorer: Explorer, request: Request) -> Response:
    file = explorer.static.get(request.path_params["name"])
    if file is None or request.path_params["key"] != explorer.static.key:
        raise HTTPException(404)
    return Response(file.content, media_type=file.media_type, headers={"Cache-Control": _KEEP_FOREVER})


def _send_image(explorer: Explorer, request: Request) -> Response:
    return _send_picture(explorer, request, explorer.pictures.image)


def _send_thumbnail(explorer: Explorer, request: Request) -> Response:
    return _send_picture(explorer, request, explorer.pictures.thumbnail)


def _send_picture(explorer: Explorer, request: Request, find: Callable[[int], Picture]) -> Response:
    """Send a picture, or why there is none, as text."""
    row = request.path_params["row"]
    is_row = row.isascii() and row.isdigit() and len(row) <= len(str(2**63)) - 1
    if not is_row or request.path_params["key"] != explorer.pictures.key:
        return PlainTextResponse("there is no such image", 404)
    try:
        picture = find(int(row))
    except IrdbError as error:
        return PlainTextResponse(error.sentence, 404, headers={"Cache-Control": "no-store"})
    headers = {"ETag": picture.tag, "Cache-Control": _KEEP, "Accept-Ranges": "bytes"}
    tags = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    if picture.tag in tags or "*" in tags:
        return Response(status_code=304, headers=headers)
    size = len(picture.content)
    is_same = request.headers.get("if-range", picture.tag) == picture.tag
    try:
        part = parse_range(request.headers.get("range") if is_same else None, size)
    except UnsatisfiableRangeError:
        return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{size}"})
    if part is None:
        return Response(picture.content, media_type=picture.media_type, headers=headers)
    headers["Content-Range"] = f"bytes {part[0]}-{part[1] - 1}/{size}"
    return Response(picture.content[slice(*part)], 206, media_type=picture.media_type, headers=headers)
