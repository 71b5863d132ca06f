"""Reads byte ranges of files on a web server, and of whatever else fsspec reaches.

One range is one request. A range that the server refuses, or a file that changes between two requests, is an error and
never a different file's bytes.
"""

from __future__ import annotations

import contextlib
import importlib
import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from irdb_sql.errors import MissingPackageError
from irdb_sql.storage.byteranges import ChangedError, Tail
from irdb_sql.storage.errors import RemoteError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from irdb_sql.storage.byteranges import Identity

_TAIL = 256 * 1024  # holds the central directory of 3,000 published images
_GAP = 16 * 1024
_EXTRA = "pip install 'irdb-sql[remote]'"


class HttpFile:
    """A file behind an http(s) address.

    Args:
        url: Its address.
        shown: Its name for people.
        headers: What the server wants to be told with each request.
    """

    gap = _GAP
    tail_length = _TAIL

    def __init__(self, url: str, shown: str, headers: Mapping[str, str] = MappingProxyType({})) -> None:
        self.key = url
        self.shown = shown
        self._headers = dict(headers)

    def tail(self) -> Tail:
        try:
            identity, content = self._ranged(f"bytes=-{self.tail_length}", self.tail_length)
        except ChangedError:  # an empty file has no range
            return Tail((0,), 0, b"")
        return Tail(identity, int(str(identity[0])), content)

    def is_still(self, identity: Identity) -> bool:  # noqa: ARG002 - every answer says which file it is of
        return True

    @contextlib.contextmanager
    def reading(
        self,
        identity: Identity,
        soon: Iterable[tuple[int, int]] = (),  # noqa: ARG002 - a request cannot be announced
    ) -> Iterator[Callable[[int, int], bytes]]:
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
        found = self.changed(None, limit)
        return None if found is None else found[1]

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
        place = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", headers.get("content-range", ""))
        if status != _PARTIAL or place is None or content is None:
            raise RemoteError(public_address(self.key), f"the server answers {status} to a byte range")
        first, last, size = map(int, place.groups())
        asked = wanted.removeprefix("bytes=")
        right = f"{first}-{last}" == asked or (asked.startswith("-") and last == size - 1)
        if not right or len(content) != last - first + 1:
            reason = f"the server sends bytes {first}-{last} where {asked} were asked for"
            raise RemoteError(public_address(self.key), reason)
        return (size, headers.get("etag") or headers.get("last-modified")), content


_OK, _PARTIAL, _UNCHANGED, _MISSING, _NO_SUCH_RANGE = 200, 206, 304, 404, 416
_TRIES = 4
_WAIT = 30.0  # seconds for the next bytes
_BACKOFF = 0.2  # seconds before the second attempt, twice as many before each further one


def _names_of(headers: Mapping[str, str]) -> Identity:
    """Return what tells a file from a later one of the same address, as far as a server says it."""
    return headers.get("etag"), headers.get("last-modified")


def _request(
    url: str, headers: dict[str, str], limit: int, *, known: Identity | None = None
) -> tuple[int, dict[str, str], bytes | None]:
    """Ask for a file or a part of it; a dropped connection or a busy server is asked again.

    What a server sends again though it is known, it is not let send whole.
    """
    global _pool  # noqa: PLW0603 - connections are kept for the next request
    urllib3 = _package("urllib3")
    if (login := urllib3.util.parse_url(url).auth) is not None:
        headers = urllib3.make_headers(basic_auth=unquote(login)) | headers
    if _pool is None:
        _pool = urllib3.PoolManager(maxsize=32, timeout=urllib3.Timeout(connect=10.0, read=_WAIT))
    retries = urllib3.Retry(
        total=_TRIES, backoff_factor=_BACKOFF, status_forcelist=(429, 500, 502, 503, 504), raise_on_status=False
    )
    for attempt in range(_TRIES):
        try:
            answer = _pool.request(
                "GET", url, headers={"Accept-Encoding": "identity"} | headers,
                retries=retries, preload_content=False,
            )  # fmt: skip
            with contextlib.closing(answer):
                names = {name.lower(): value for name, value in answer.headers.items()}
                if answer.status not in (_OK, _PARTIAL) or ("Range" in headers and answer.status == _OK):
                    return answer.status, names, None
                if known is not None and known == _names_of(names) != (None, None):
                    return _UNCHANGED, names, None
                content = answer.read(limit + 1)
                if len(content) <= limit:
                    answer.read()  # notices a body that is cut short, and frees the connection for the next request
                    answer.release_conn()
                return answer.status, names, content if len(content) <= limit else None
        except urllib3.exceptions.HTTPError as error:
            if attempt == _TRIES - 1 or isinstance(error, urllib3.exceptions.MaxRetryError):
                raise RemoteError(public_address(url), _without_secrets(str(error), url)) from error
    raise AssertionError  # the last attempt returns or raises


_pool: Any = None


class FsspecFile:
    """A file of a filesystem that fsspec knows.

    Args:
        filesystem: The filesystem.
        path: Its path there.
        shown: Its name for people.
    """

    gap = _GAP
    tail_length = _TAIL

    def __init__(self, filesystem: Any, path: str, shown: str) -> None:  # noqa: ANN401 - fsspec has no types
        self.key = filesystem.unstrip_protocol(path)
        self.shown = shown
        self._filesystem = filesystem
        self._path = path

    def tail(self) -> Tail:
        with _as_ours(self.key):
            identity = self._identity()
            size = self._filesystem.size(self._path)
            begin = max(0, size - self.tail_length)
            return Tail(identity, size, self._filesystem.cat_file(self._path, start=begin, end=size))

    def is_still(self, identity: Identity) -> bool:
        with _as_ours(self.key), contextlib.suppress(FileNotFoundError):
            return self._identity() == identity
        return False

    @contextlib.contextmanager
    def reading(
        self,
        identity: Identity,  # noqa: ARG002 - CRCs find changes
        soon: Iterable[tuple[int, int]] = (),  # noqa: ARG002 - a request cannot be announced
    ) -> Iterator[Callable[[int, int], bytes]]:
        def read(offset: int, length: int) -> bytes:
            with _as_ours(self.key):
                return bytes(self._filesystem.cat_file(self._path, start=offset, end=offset + length))

        yield read

    def whole(self, limit: int) -> bytes | None:
        """Read the file whole, or return None if it is longer than a limit."""
        with _as_ours(self.key):
            content = bytes(self._filesystem.cat_file(self._path, start=0, end=limit + 1))
        return content if len(content) <= limit else None

    def changed(self, known: Identity | None, limit: int) -> tuple[Identity, bytes | None] | None:
        """Read the file whole, or return None if it is still the one that is known; no bytes if it is too long."""
        with _as_ours(self.key):
            identity = self._identity()
        return None if identity == known else (identity, self.whole(limit))

    def _identity(self) -> Identity:
        self._filesystem.invalidate_cache(self._filesystem._parent(self._path))  # noqa: SLF001 - its listing may be old
        return (self._filesystem.ukey(self._path),)


def sizes(filesystem: Any, folder: str) -> dict[str, int] | None:  # noqa: ANN401 - fsspec has no types
    """Return the sizes of a folder's files, or None if there is no such folder."""
    with _as_ours(folder):
        try:
            entries = filesystem.ls(folder, detail=True)
        except (FileNotFoundError, NotADirectoryError):
            return None
        return {entry["name"].rpartition("/")[2]: entry["size"] for entry in entries if entry["type"] == "file"}


def open_filesystem(url: str) -> tuple[Any, str]:
    """Open the filesystem that a URL names, and return it with the path within it.

    Raises:
        MissingPackageError: The extra that it needs is not installed.
        RemoteError: fsspec knows no such filesystem, or cannot reach it.
    """
    fsspec = _package("fsspec")
    try:
        filesystem, path = fsspec.core.url_to_fs(url)
    except ImportError as error:
        raise MissingPackageError(f"the filesystem of {public_address(url)}", str(error)) from error
    except (ValueError, OSError) as error:
        raise RemoteError(public_address(url), _without_secrets(str(error), url)) from error
    return filesystem, path


def public_address(url: str) -> str:
    """Leave out of a URL what may be secret: user and password, and what follows its path.

    Example:
        >>> public_address("https://me:mine@example.org/data?signature=x#y")
        'https://example.org/data'
    """
    scheme, mark, rest = url.partition("://")
    place, slash, path = re.split("[?#]", rest, maxsplit=1)[0].partition("/")
    return f"{scheme}{mark}{place.rpartition('@')[2]}{slash}{path}"


def _without_secrets(text: str, url: str) -> str:
    """Leave out of what a package says what is secret in a URL."""
    return text.replace(url, public_address(url)).replace(f"?{url.partition('?')[2]}", "")


def web_address(root: str, path: str) -> str:
    """Write the address of a path below a root; what follows `?` stays at its end."""
    base, mark, query = root.partition("?")
    return f"{base.rstrip('/')}/{quote(path)}{mark}{query}"


@contextlib.contextmanager
def _as_ours(name: str) -> Iterator[None]:
    """Turn what a filesystem raises into one error, but for a file that is not there."""
    try:
        yield
    except (FileNotFoundError, RemoteError):
        raise
    except Exception as error:  # every filesystem has errors of its own
        raise RemoteError(name, f"{type(error).__name__}: {error}") from error


def _package(name: str) -> Any:  # noqa: ANN401 - a module
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MissingPackageError(f"the package {name}", f"{_EXTRA} brings it.") from error
