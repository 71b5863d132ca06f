"""Reads byte ranges of files on a web server.

One range is one request. A range that the server refuses, or a file that changes between two requests, is an error and
never a different file's bytes.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import re
import time
from email.utils import parsedate_to_datetime
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
        display_name: Its name in messages.
        headers: Headers of each request, such as a token.
    """

    gap = REMOTE_GAP
    tail_length = REMOTE_TAIL

    def __init__(self, url: str, display_name: str, headers: Mapping[str, str] = MappingProxyType({})) -> None:
        self.key = url
        self.display_name = display_name
        self._headers = dict(headers)

    def tail(self) -> Tail:
        """Read the last `tail_length` bytes in one request."""
        try:
            identity, content = self._read_range(f"bytes=-{self.tail_length}", self.tail_length)
        except ChangedError:  # from status 416, which here means that the file is empty: any other has a last byte
            return Tail((0,), 0, b"")
        return Tail(identity, int(str(identity[0])), content)

    def is_unchanged(self, identity: Identity) -> bool:  # noqa: ARG002 - every response names its file
        """Return True: a change shows in the response to a read."""
        return True

    @contextlib.contextmanager
    def reading(
        self,
        identity: Identity,
        upcoming: Iterable[tuple[int, int]] = (),  # noqa: ARG002 - a request cannot be announced
    ) -> Iterator[Callable[[int, int], bytes]]:
        """Yield a function that reads a range in one request."""

        def read(offset: int, length: int) -> bytes:
            size = int(str(identity[0]))
            length = min(length, size - offset)
            if length <= 0:
                return b""
            current, content = self._read_range(f"bytes={offset}-{offset + length - 1}", length)
            if current != identity:
                raise ChangedError
            return content

        yield read

    def whole(self, limit: int) -> bytes | None:
        """Read the file in one request; None beyond `limit`."""
        newer = self.read_if_changed(None, limit)
        return None if newer is None else newer[1]

    def read_if_changed(self, previous: Identity | None, limit: int) -> tuple[Identity, bytes | None] | None:
        """Return new identity and content (None if too long), else None."""
        request_headers = dict(self._headers)
        if previous is not None and previous[0] is not None:
            request_headers["If-None-Match"] = str(previous[0])
        elif previous is not None and previous[1] is not None:
            request_headers["If-Modified-Since"] = str(previous[1])
        status, headers, content = _request(self.key, request_headers, limit, previous=previous)
        if status == _MISSING:
            raise FileNotFoundError(self.key)
        if status == _UNCHANGED and previous is not None:
            return None
        if status != _OK:
            raise RemoteError(public_address(self.key), f"the server answers {status}")
        is_long = content is None or int(headers.get("content-length", 0)) > limit
        return _validators(headers), None if is_long else content

    def _read_range(self, byte_range: str, limit: int) -> tuple[Identity, bytes]:
        status, headers, content = _request(self.key, self._headers | {"Range": byte_range}, limit)
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
        if byte_range.startswith(f"bytes={first}-") and last == size - 1 < int(byte_range.rpartition("-")[2]):
            raise ChangedError  # the file has become shorter than the range
        if not _is_range(byte_range.removeprefix("bytes="), first, last, size) or len(content) != last - first + 1:
            reason = f"the server sends bytes {first}-{last} where {byte_range.removeprefix('bytes=')} were requested"
            raise RemoteError(public_address(self.key), reason)
        return (size, headers.get("etag") or headers.get("last-modified")), content


_log = logging.getLogger(__name__)

_OK, _PARTIAL, _UNCHANGED, _MISSING, _NO_SUCH_RANGE = 200, 206, 304, 404, 416
_PASSING = (429, 500, 502, 503, 504)  # statuses after which another attempt may succeed
_TRIES = 4
_LONGEST_WAIT = 60.0  # seconds between all attempts of one request together
_SILENT_WAIT = 2.0  # seconds; a longer wait is announced
_MOST_DIGITS = 12  # of a number of seconds; more are too many anyway
_WAIT = 30.0  # seconds for the next bytes
_BACKOFF = 0.2  # seconds before the second attempt, twice as many before each further one


def _is_range(byte_range: str, first: int, last: int, size: int) -> bool:
    """Whether bytes first to last are a range, `FIRST-LAST` or `-LENGTH`."""
    return byte_range == f"{first}-{last}" or (byte_range.startswith("-") and last == size - 1)


def _validators(headers: Mapping[str, str]) -> Identity:
    """Return ETag and Last-Modified, the validators of a file's version."""
    return headers.get("etag"), headers.get("last-modified")


def _request(
    url: str, headers: dict[str, str], limit: int, *, previous: Identity | None = None
) -> tuple[int, dict[str, str], bytes | None]:
    """Request a file or a range of it, with retries.

    The body of a file with the validators `previous` is not read.
    """
    if (login := urllib3.util.parse_url(url).auth) is not None:
        headers = urllib3.make_headers(basic_auth=unquote(login)) | headers
    retries = urllib3.Retry(total=_TRIES, backoff_factor=_BACKOFF, respect_retry_after_header=False)
    waited = 0.0
    for attempt in range(_TRIES + 1):
        is_last = attempt == _TRIES
        try:
            response = connections().request(
                "GET", url, headers={"Accept-Encoding": "identity"} | headers,
                retries=retries, preload_content=False,
            )  # fmt: skip
            with contextlib.closing(response):
                if response.status not in _PASSING or is_last:
                    return _read_response(response, limit, previous, is_range="Range" in headers)
                waited += _pause(url, response.status, response.headers.get("Retry-After"), attempt, waited)
        except urllib3.exceptions.HTTPError as error:
            if is_last or isinstance(error, urllib3.exceptions.MaxRetryError):
                raise RemoteError(public_address(url), without_secrets(str(error), url)) from error
    raise AssertionError  # the last attempt returns or raises


def _pause(url: str, status: int, retry_after: str | None, attempt: int, waited: float) -> float:
    """Sleep before the next attempt, as long as the server asks, and return the seconds.

    Raises:
        RemoteError: All waits together would take longer than a minute.
    """
    asked = _parse_seconds(retry_after)
    seconds = _BACKOFF * 2**attempt if asked is None else asked
    if waited + seconds > _LONGEST_WAIT:
        reason = f"the server answers {status} and asks to wait {seconds:,.0f} s, which is too long"
        raise RemoteError(public_address(url), reason)
    if seconds >= _SILENT_WAIT:
        _log.warning("note: %s asks to wait %.0f s before the next request", public_address(url), seconds)
    time.sleep(seconds)
    return seconds


def _parse_seconds(retry_after: str | None) -> float | None:
    """Return the seconds of a header Retry-After, a number or a date; None if it is neither."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:_MOST_DIGITS])
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None


@functools.cache
def connections() -> urllib3.PoolManager:
    """Return the pool that keeps connections for further requests."""
    return urllib3.PoolManager(maxsize=32, timeout=urllib3.Timeout(connect=10.0, read=_WAIT))


def _read_response(
    response: urllib3.BaseHTTPResponse, limit: int, previous: Identity | None, *, is_range: bool
) -> tuple[int, dict[str, str], bytes | None]:
    """Return status, headers and content; None if unchanged or too long."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    if response.status not in (_OK, _PARTIAL) or (is_range and response.status == _OK):
        return response.status, headers, None
    if previous is not None and previous == _validators(headers) != (None, None):
        return _UNCHANGED, headers, None
    content = response.read(limit + 1)
    if len(content) > limit:
        return response.status, headers, None
    response.read()  # notices a body that is cut short, and frees the connection for the next request
    response.release_conn()
    return response.status, headers, content
