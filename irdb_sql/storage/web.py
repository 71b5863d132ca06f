"""Reads byte ranges of files on a web server.

One range is one request. A range that the server refuses, or a file that changes between two requests, is an error and
never a different file's bytes.
"""

from __future__ import annotations

import contextlib
import functools
import re
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import unquote

from irdb_sql.core.late import late
from irdb_sql.storage.addresses import public_address, without_secrets
from irdb_sql.storage.byteranges import REMOTE_GAP, REMOTE_TAIL, ChangedError, Tail
from irdb_sql.storage.errors import RemoteError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    import urllib3

    from irdb_sql.storage.byteranges import Identity
else:
    urllib3 = late("urllib3", extra="remote")


class HttpFile:
    """A file behind an http(s) address.

    Args:
        url: Its address.
        shown: Its name for people.
        headers: What the server wants to be told with each request.
    """

    gap = REMOTE_GAP
    tail_length = REMOTE_TAIL

    def __init__(self, url: str, shown: str, headers: Mapping[str, str] = MappingProxyType({})) -> None:
        self.key = url
        self.shown = shown
        self._headers = dict(headers)

    def tail(self) -> Tail:
        """Read the end in one request."""
        try:
            identity, content = self._ranged(f"bytes=-{self.tail_length}", self.tail_length)
        except ChangedError:  # an empty file has no range
            return Tail((0,), 0, b"")
        return Tail(identity, int(str(identity[0])), content)

    def is_still(self, identity: Identity) -> bool:  # noqa: ARG002 - every answer says which file it is of
        """Whether the file is the one that was indexed: it is taken for it until it is read."""
        return True

    @contextlib.contextmanager
    def reading(
        self,
        identity: Identity,
        soon: Iterable[tuple[int, int]] = (),  # noqa: ARG002 - a request cannot be announced
    ) -> Iterator[Callable[[int, int], bytes]]:
        """Give a function that makes one request a range."""

        def read(offset: int, length: int) -> bytes:
            size = int(str(identity[0]))
            length = min(length, size - offset)
            if length <= 0:
                return b""
            found, content = self._ranged(f"bytes={offset}-{offset + length - 1}", length)
            if found != identity:
                raise ChangedError
            return content

        yield read

    def whole(self, limit: int) -> bytes | None:
        """Read the file whole in one request, or return None if it is longer than a limit."""
        newer = self.changed(None, limit)
        return None if newer is None else newer[1]

    def changed(self, known: Identity | None, limit: int) -> tuple[Identity, bytes | None] | None:
        """Read the file whole, or return None if it is still the one that is known; no bytes if it is too long."""
        asked = dict(self._headers)
        if known is not None and known[0] is not None:
            asked["If-None-Match"] = str(known[0])
        elif known is not None and known[1] is not None:
            asked["If-Modified-Since"] = str(known[1])
        status, headers, content = _request(self.key, asked, limit, known=known)
        if status == _MISSING:
            raise FileNotFoundError(self.key)
        if status == _UNCHANGED and known is not None:
            return None
        if status != _OK:
            raise RemoteError(public_address(self.key), f"the server answers {status}")
        is_long = content is None or int(headers.get("content-length", 0)) > limit
        return _names_of(headers), None if is_long else content

    def _ranged(self, wanted: str, limit: int) -> tuple[Identity, bytes]:
        status, headers, content = _request(self.key, self._headers | {"Range": wanted}, limit)
        if status == _MISSING:
            raise FileNotFoundError(self.key)
        if status == _NO_SUCH_RANGE:
            raise ChangedError
        if status == _OK:
            raise RemoteError(public_address(self.key), "the server ignores Range and would send the whole file")
        sent = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", headers.get("content-range", ""))
        if status != _PARTIAL or sent is None or content is None:
            raise RemoteError(public_address(self.key), f"the server answers {status} to a byte range")
        first, last, size = map(int, sent.groups())
        if not _is_range(wanted.removeprefix("bytes="), first, last, size) or len(content) != last - first + 1:
            reason = f"the server sends bytes {first}-{last} where {wanted.removeprefix('bytes=')} were asked for"
            raise RemoteError(public_address(self.key), reason)
        return (size, headers.get("etag") or headers.get("last-modified")), content


_OK, _PARTIAL, _UNCHANGED, _MISSING, _NO_SUCH_RANGE = 200, 206, 304, 404, 416
_TRIES = 4
_WAIT = 30.0  # seconds for the next bytes
_BACKOFF = 0.2  # seconds before the second attempt, twice as many before each further one


def _is_range(wanted: str, first: int, last: int, size: int) -> bool:
    """Whether bytes are those of a range, `FIRST-LAST` or the last ones, `-LENGTH`."""
    return wanted == f"{first}-{last}" or (wanted.startswith("-") and last == size - 1)


def _names_of(headers: Mapping[str, str]) -> Identity:
    """Return what tells a file from a later one of the same address, as far as a server says it."""
    return headers.get("etag"), headers.get("last-modified")


def _request(
    url: str, headers: dict[str, str], limit: int, *, known: Identity | None = None
) -> tuple[int, dict[str, str], bytes | None]:
    """Ask for a file or a part of it; a dropped connection or a busy server is asked again.

    What a server sends again though it is known, it is not let send whole.
    """
    if (login := urllib3.util.parse_url(url).auth) is not None:
        headers = urllib3.make_headers(basic_auth=unquote(login)) | headers
    retries = urllib3.Retry(
        total=_TRIES, backoff_factor=_BACKOFF, status_forcelist=(429, 500, 502, 503, 504), raise_on_status=False
    )
    for attempt in range(_TRIES):
        try:
            answer = connections().request(
                "GET", url, headers={"Accept-Encoding": "identity"} | headers,
                retries=retries, preload_content=False,
            )  # fmt: skip
            with contextlib.closing(answer):
                return _received(answer, limit, known, is_range="Range" in headers)
        except urllib3.exceptions.HTTPError as error:
            if attempt == _TRIES - 1 or isinstance(error, urllib3.exceptions.MaxRetryError):
                raise RemoteError(public_address(url), without_secrets(str(error), url)) from error
    raise AssertionError  # the last attempt returns or raises


@functools.cache
def connections() -> urllib3.PoolManager:
    """Return what keeps connections for the next request."""
    return urllib3.PoolManager(maxsize=32, timeout=urllib3.Timeout(connect=10.0, read=_WAIT))


def _received(
    answer: urllib3.BaseHTTPResponse, limit: int, known: Identity | None, *, is_range: bool
) -> tuple[int, dict[str, str], bytes | None]:
    """Return status, headers and content of an answer; no content that was not asked for, is known or too long."""
    headers = {name.lower(): value for name, value in answer.headers.items()}
    if answer.status not in (_OK, _PARTIAL) or (is_range and answer.status == _OK):
        return answer.status, headers, None
    if known is not None and known == _names_of(headers) != (None, None):
        return _UNCHANGED, headers, None
    content = answer.read(limit + 1)
    if len(content) > limit:
        return answer.status, headers, None
    answer.read()  # notices a body that is cut short, and frees the connection for the next request
    answer.release_conn()
    return answer.status, headers, content
