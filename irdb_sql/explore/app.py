"""The web application of the explorer: its routes, images, and answers to what goes wrong."""

from __future__ import annotations

import contextlib
import logging
import os
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from irdb_sql.core.markdown import one_line
from irdb_sql.engine.errors import UnknownNameError
from irdb_sql.errors import IrdbError, NotFoundError, quoted
from irdb_sql.explore.byte_range import UnsatisfiableRangeError, parse_range
from irdb_sql.explore.errors import BusyError, plain_hint, plain_sentence
from irdb_sql.explore.filters import address, has_empty_value
from irdb_sql.explore.guard import Access, Guard
from irdb_sql.explore.page import Explorer, Page, load_pages
from irdb_sql.explore.pictures import describe_problem
from irdb_sql.explore.statements import MOST_RUNNING, MOST_WAITING, Client

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

    from irdb_sql.database.facade import ImageRewardDB
    from irdb_sql.explore.pictures import Picture

_LOGGER = logging.getLogger(__name__)
_KEEP = "private, max-age=600"
_KEEP_FOREVER = "private, max-age=31536000, immutable"


def make_app(db: ImageRewardDB, access: Access | None = None, *, blur: bool = False) -> ExplorerApp:
    """Make the application.

    Args:
        db: The database to explore.
        access: Who may ask; None lets only this machine.
        blur: Whether images are blurred until a reader wants to see them.

    Raises:
        MissingPackageError: The extra `explore` is not installed.
    """
    return ExplorerApp(Explorer(db, blur=blur), access or Access())


class ExplorerApp:
    """The application, as servers call it.

    Args:
        explorer: What pages are made of.
        access: Who may ask.
    """

    def __init__(self, explorer: Explorer, access: Access) -> None:
        self._explorer = explorer
        self._of_statements = anyio.CapacityLimiter(MOST_RUNNING + MOST_WAITING + 1)  # which leave threads to pages
        routes = [Route(page.path, self._endpoint(page)) for page in (*load_pages(), *_PARTS)]
        app = Starlette(routes=routes, exception_handlers={404: self._explain_missing})
        self._guarded = Guard(app, access)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        await self._guarded(scope, receive, send)

    def warm_up(self) -> None:
        """Ask what the first page shows, so that it is there at once."""
        with contextlib.suppress(IrdbError):
            self._explorer.warm_up()

    def stop(self) -> None:
        """End what runs in other processes."""
        self._explorer.statements.stop()

    def _endpoint(self, page: Page) -> Callable[[Request], Awaitable[Response]]:
        """Make what answers a request in a thread, and ends a statement whose reader has left."""

        async def endpoint(request: Request) -> Response:
            if has_empty_value(request.query_params):  # as forms send what is not filled in
                kept = {name: value for name, value in request.query_params.items() if value}
                return RedirectResponse(address(request.url.path, kept), 303)
            client = request.state.client = Client()
            if not page.runs_statements or "q" not in request.query_params:
                return await anyio.to_thread.run_sync(self._answer, page, request)
            try:
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(_watch, request, client)
                    response = await anyio.to_thread.run_sync(self._answer, page, request, limiter=self._of_statements)
                    tasks.cancel_scope.cancel()
            finally:
                client.leave()
            return response

        return endpoint

    def _answer(self, page: Page, request: Request) -> Response:
        """Return the answer, or what went wrong in a sentence: as a page, or as text where a picture is expected."""
        try:
            return page.respond(self._explorer, request)
        except HTTPException:
            return self._explain_missing(request)
        except IrdbError as error:
            status = next((code for kinds, code in _STATUSES if isinstance(error, kinds)), 400)
            sentence, hint = plain_sentence(error), plain_hint(error)
        except Exception as error:
            if "IRDB_DEBUG" in os.environ:
                raise
            status, hint = 500, "IRDB_DEBUG=1 irdb explore prints where it is raised."
            sentence = f"an error that nobody has foreseen: {type(error).__name__}: {one_line(str(error))[:300]}"
            _LOGGER.error("error: %s: %s", request.url.path, sentence)  # noqa: TRY400 - without a traceback
        if page.is_part:
            return PlainTextResponse(sentence, status, headers={"Cache-Control": "no-store"})
        return self._show_error(request, status, sentence, hint)

    def _show_error(self, request: Request, status: int, sentence: str, hint: str) -> Response:
        return self._explorer.show(
            "error.html.jinja",
            request,
            status=status,
            title="Error",
            sentence=sentence,
            hint=hint,
            state=getattr(request.state, "page", None),
        )

    def _explain_missing(self, request: Request, _error: Exception | None = None) -> Response:
        sentence = f"there is no page {quoted(request.url.path)}"
        return self._show_error(request, 404, sentence, "choose one of the pages above.")


_STATUSES = (((NotFoundError, UnknownNameError), 404), (BusyError, 503))


async def _watch(request: Request, client: Client) -> None:
    """Wait until a browser has left."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
    client.leave()


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
        return PlainTextResponse(describe_problem(error), 404, headers={"Cache-Control": "no-store"})
    headers = {"ETag": picture.tag, "Cache-Control": _KEEP, "Accept-Ranges": "bytes"}
    tags = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    if picture.tag in tags or "*" in tags:
        return Response(status_code=304, headers=headers)
    size = len(picture.content)
    is_same = request.headers.get("if-range", picture.tag) == picture.tag
    try:
        ranges = request.headers.getlist("range")
        part = parse_range(ranges[0] if is_same and len(ranges) == 1 else None, size)
    except UnsatisfiableRangeError:
        return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{size}"})
    if part is None:
        return Response(picture.content, media_type=picture.media_type, headers=headers)
    headers["Content-Range"] = f"bytes {part[0]}-{part[1] - 1}/{size}"
    return Response(picture.content[slice(*part)], 206, media_type=picture.media_type, headers=headers)


_PARTS = (
    Page("/static/{key}/{name}", "", 0, _send_static),
    Page("/images/{key}/{row}", "", 0, _send_image, is_part=True),
    Page("/thumbnails/{key}/{row}", "", 0, _send_thumbnail, is_part=True),
)
