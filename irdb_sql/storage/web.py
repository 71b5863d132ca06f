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
from urllib.parse import unquote, urljoin

from irdb_sql.core.late import late
from irdb_sql.errors import public_address
from irdb_sql.storage.addresses import cause_to_show
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
            raise RemoteError(self.key, f"the server answers {status}")
        return _validators(headers), content

    def _read_range(self, byte_range: str, limit: int) -> tuple[Identity, bytes]:
        status, headers, content = _request(self.key, self._headers | {"Range": byte_range}, limit)
        if status == _MISSING:
            raise FileNotFoundError(self.key)
        if status == _NO_SUCH_RANGE:
            raise ChangedError
        if status == _OK:
            raise RemoteError(self.key, "the server ignores Range and would send the whole file")
        sent = re.fullmatch(r"bytes (\d{1,19})-(\d{1,19})/(\d{1,19})", headers.get("content-range", ""))
        if status != _PARTIAL or sent is None or content is None:
            raise RemoteError(self.key, f"the server answers {status} to a byte range")
        first, last, size = map(int, sent.groups())  # of at most 19 digits
        if byte_range.startswith(f"bytes={first}-") and last == size - 1 < int(byte_range.rpartition("-")[2]):
            raise ChangedError  # the file has become shorter than the range
        if not _is_range(byte_range.removeprefix("bytes="), first, last, size) or len(content) != last - first + 1:
            reason = f"the server sends bytes {first}-{last} where {byte_range.removeprefix('bytes=')} were requested"
            raise RemoteError(self.key, reason)
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
    try:
        login = urllib3.util.parse_url(url).auth
    except (urllib3.exceptions.HTTPError, ValueError) as error:
        raise RemoteError(url, _MALFORMED) from cause_to_show(url, error)
    if login is not None:
        headers = urllib3.make_headers(basic_auth=unquote(login)) | headers
    retries = urllib3.Retry(total=_TRIES, backoff_factor=_BACKOFF, respect_retry_after_header=False)
    waited = 0.0
    for attempt in range(_TRIES + 1):
        is_last = attempt == _TRIES
        try:
            with contextlib.closing(_open(url, headers, retries)) as response:
                if response.status not in _PASSING or is_last:
                    return _read_response(response, limit, previous, is_range="Range" in headers)
                waited += _pause(url, response.status, response.headers.get("Retry-After"), attempt, waited)
        except urllib3.exceptions.HTTPError as error:
            if is_last or isinstance(error, (urllib3.exceptions.MaxRetryError, urllib3.exceptions.LocationParseError)):
                raise RemoteError(url, _describe(error)) from cause_to_show(url, error)
        except (ValueError, OverflowError) as error:  # of an address or header that is none
            raise RemoteError(url, _MALFORMED) from cause_to_show(url, error)
    raise AssertionError  # the last attempt returns or raises


def _open(url: str, headers: dict[str, str], retries: urllib3.Retry) -> urllib3.BaseHTTPResponse:
    """Send a request, follow redirects, and return the response with its body unread.

    Raises:
        RemoteError: The server redirects too often.
        ValueError, urllib3.exceptions.HTTPError: It redirects to no address, or does not answer.
    """
    place, sent = url, {"Accept-Encoding": "identity"} | headers
    for _ in range(_MOST_REDIRECTS + 1):
        response = connections().request(
            "GET", place, headers=sent, retries=retries, preload_content=False, redirect=False
        )
        location = response.get_redirect_location()
        if not location:
            return response
        response.drain_conn()  # so that the connection serves further requests
        response.release_conn()
        target = urljoin(place, location)
        if _origin(target) != _origin(place):  # what authorizes is for the first server alone
            sent = {name: value for name, value in sent.items() if name.lower() != "authorization"}
        place = target
    raise RemoteError(url, "the server redirects too often")


def _origin(url: str) -> tuple[str | None, str | None, int | None]:
    parts = urllib3.util.parse_url(url)
    return parts.scheme, parts.host, parts.port


_MOST_REDIRECTS = 5
_MALFORMED = "the address, or one that the server redirects to, is malformed"


def _describe(error: urllib3.exceptions.HTTPError) -> str:
    """Say why a request failed, in words of our own: those of the library show the URL with its secrets."""
    cause = getattr(error, "reason", None) or error
    known = {
        "ReadTimeoutError": f"the server timed out, without an answer for {_WAIT:g} s",
        "ConnectTimeoutError": "the connection to the server timed out",
        "NameResolutionError": "the name of the server is unknown",
        "NewConnectionError": f"no connection to the server ({_system_reason(cause)})",
        "SSLError": "the connection is not secure: the server's certificate was refused",
        "ProtocolError": "the connection broke off",
        "IncompleteRead": "the connection broke off, with fewer bytes read than announced",
        "LocationParseError": _MALFORMED,
        "LocationValueError": _MALFORMED,
        "URLSchemeUnknown": _MALFORMED,
        "DecodeError": "what the server sends is not encoded as it says",
        "InvalidHeader": "a header of the server is malformed",
    }
    kinds = [kind.__name__ for kind in type(cause).__mro__]
    incomplete = any(isinstance(part, urllib3.exceptions.IncompleteRead) for part in getattr(cause, "args", ()))
    if incomplete:
        return known["IncompleteRead"]
    return next((known[kind] for kind in kinds if kind in known), f"the request failed ({type(cause).__name__})")


def _system_reason(error: BaseException | None) -> str:
    """Return the operating system's reason for an error."""
    while error is not None:
        if isinstance(error, OSError) and error.strerror:
            return error.strerror.lower()
        error = error.__cause__ or error.__context__
    return "reason unknown"


def _pause(url: str, status: int, retry_after: str | None, attempt: int, waited: float) -> float:
    """Sleep before the next attempt, as long as the server asks, and return the seconds.

    Raises:
        RemoteError: All waits together would take longer than a minute.
    """
    asked = _parse_seconds(retry_after)
    seconds = _BACKOFF * 2**attempt if asked is None else asked
    if waited + seconds > _LONGEST_WAIT:
        reason = f"the server answers {status} and asks to wait {seconds:,.0f} s, which is too long"
        raise RemoteError(url, reason)
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
