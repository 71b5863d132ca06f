"""Refuses requests that no page of the explorer sends, before anything else looks at them."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from irdb_sql.core.late import late

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette import datastructures, responses
    from starlette.types import ASGIApp, Message, Receive, Scope, Send
else:
    datastructures = late("starlette.datastructures", extra="explore")
    responses = late("starlette.responses", extra="explore")

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
"""The names by which a browser on this machine asks for a page."""

LEAST_TOKEN = 16
"""Characters that a token has at least, so that it cannot be guessed."""

NOTEBOOKS = "http://localhost:* https://localhost:* http://127.0.0.1:* https://127.0.0.1:* vscode-webview:"
"""Pages that may show the explorer in a frame where a notebook started it."""

_READING = ("GET", "HEAD")
ANY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 - compared with, not bound to
"""Addresses of a server that listens at all of its machine's."""


@dataclass(frozen=True)
class Access:
    """Who may ask.

    Attributes:
        host: The name or address that the server listens at.
        token: What a browser has to send at first, in `?token=`; None where only this machine can ask.
        frames: Sources of pages that may show the explorer in a frame, as in the policy `frame-ancestors`.
    """

    host: str = "127.0.0.1"
    token: str | None = None
    frames: str = "'none'"

    def allows_host(self, header: str) -> bool:
        """Whether a Host header names this server: a page of another name could have been pointed at this machine.

        Example:
            >>> Access().allows_host("localhost:8000"), Access().allows_host("evil.example")
            (True, False)
        """
        name = _host_name(header)
        if name in LOOPBACK or name == self.host.lower():
            return True
        is_open = self.host in ANY_ADDRESS and self.token is not None
        return is_open and (_is_address(name) or name == socket.gethostname().lower())

    @property
    def cookie(self) -> str:
        """The name of the cookie that keeps the token, another one for each token."""
        return f"irdb-{hashlib.sha256((self.token or '').encode()).hexdigest()[:8]}"


def _host_name(header: str) -> str:
    """Return the name or address in a Host header, without its port."""
    found = _HOST.fullmatch(header)
    return (found[1] or found[2]).lower() if found else ""


_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9_.-]+))(?::[0-9]{1,5})?")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


class Guard:
    """Lets through only requests that read, from pages of this server, and adds headers that restrict its pages.

    Args:
        app: What answers.
        access: Who may ask.
    """

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access
        self._headers = {
            "Content-Security-Policy": (
                f"default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors {access.frames}; "
                "object-src 'none'"
            ),
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # no page opens a web socket
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = datastructures.MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        refusal = self._refusal(scope)
        await (self._app if refusal is None else refusal)(scope, receive, send_guarded)

    def _refusal(self, scope: Scope) -> responses.Response | None:
        headers = datastructures.Headers(scope=scope)
        if scope["method"] not in _READING:
            return _refuse(405, "Only GET and HEAD are answered: no request changes anything.", {"Allow": "GET, HEAD"})
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self._access.allows_host(hosts[0]):
            return _refuse(400, "This server has another name: open the address that `irdb explore` printed.")
        is_foreign = headers.get("sec-fetch-site") in ("cross-site", "same-site")  # same-site: of another port
        if is_foreign and headers.get("sec-fetch-mode") != "navigate":
            return _refuse(403, "A page of another site asked for this.")
        return None if self._access.token is None else self._check_token(scope, headers)

    def _check_token(self, scope: Scope, headers: Mapping[str, str]) -> responses.Response | None:
        """Return what to answer instead: a redirect that keeps a token in a cookie, or a refusal."""
        token = self._access.token or ""
        cookies = dict(part.strip().partition("=")[::2] for part in headers.get("cookie", "").split(";") if "=" in part)
        is_known = _is_same(cookies.get(self._access.cookie, ""), hashlib.sha256(token.encode()).hexdigest())
        params = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        if not any(name == "token" and _is_same(value, token) for name, value in params):
            if is_known:
                return None
            return _refuse(401, "This page needs a token: open the address that ends in ?token=…, as it was printed.")
        rest = urlencode([(name, value) for name, value in params if name != "token"])
        path = scope["raw_path"].decode("latin-1")
        target = f"/{path.partition('?')[0].lstrip('/')}" + (f"?{rest}" if rest else "")
        answer = responses.RedirectResponse(target, status_code=303)
        answer.set_cookie(
            self._access.cookie, hashlib.sha256(token.encode()).hexdigest(), httponly=True, samesite="lax"
        )
        return answer


def _refuse(status: int, sentence: str, headers: Mapping[str, str] | None = None) -> responses.Response:
    return responses.PlainTextResponse(f"{sentence}\n", status_code=status, headers=headers)


def _is_same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), wanted.encode())
