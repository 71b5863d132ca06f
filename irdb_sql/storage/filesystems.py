"""Reads byte ranges of files on any filesystem of fsspec."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from irdb_sql.core.late import late
from irdb_sql.errors import MissingPackageError, public_address
from irdb_sql.storage.addresses import cause_to_show
from irdb_sql.storage.byteranges import REMOTE_GAP, REMOTE_TAIL, Tail
from irdb_sql.storage.errors import ADDRESSES, RemoteError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import fsspec

    from irdb_sql.storage.byteranges import Identity
else:
    fsspec = late("fsspec", extra="remote")


class FsspecFile:
    """A file of a filesystem that fsspec supports.

    Args:
        filesystem: The filesystem.
        path: Its path there.
        display_name: Its name in messages.
    """

    gap = REMOTE_GAP
    tail_length = REMOTE_TAIL

    def __init__(self, filesystem: Any, path: str, display_name: str) -> None:  # noqa: ANN401 - fsspec has no types
        self.key = filesystem.unstrip_protocol(path)
        self.display_name = display_name
        self._filesystem = filesystem
        self._path = path

    def tail(self) -> Tail:
        """Read the end."""
        with _translated_errors(self.key):
            identity = self._identity()
            size = self._filesystem.size(self._path)
            begin = max(0, size - self.tail_length)
            return Tail(identity, size, self._filesystem.cat_file(self._path, start=begin, end=size))

    def is_unchanged(self, identity: Identity) -> bool:
        """Whether the filesystem gives the file the same identity."""
        with _translated_errors(self.key), contextlib.suppress(FileNotFoundError):
            return self._identity() == identity
        return False

    @contextlib.contextmanager
    def reading(
        self,
        identity: Identity,  # noqa: ARG002 - CRC-32s of members show changes
        upcoming: Iterable[tuple[int, int]] = (),  # noqa: ARG002 - a request cannot be announced
    ) -> Iterator[Callable[[int, int], bytes]]:
        """Yield a function that reads a range."""

        def read(offset: int, length: int) -> bytes:
            with _translated_errors(self.key):
                return bytes(self._filesystem.cat_file(self._path, start=offset, end=offset + length))

        yield read

    def whole(self, limit: int) -> bytes | None:
        """Read the file; None if it is longer than `limit`."""
        with _translated_errors(self.key):
            content = bytes(self._filesystem.cat_file(self._path, start=0, end=limit + 1))
        return content if len(content) <= limit else None

    def read_if_changed(self, previous: Identity | None, limit: int) -> tuple[Identity, bytes | None] | None:
        """Return new identity and content (None if too long), else None."""
        with _translated_errors(self.key):
            identity = self._identity()
        return None if identity == previous else (identity, self.whole(limit))

    def _identity(self) -> Identity:
        self._filesystem.invalidate_cache(self._filesystem._parent(self._path))  # noqa: SLF001 - its listing may be old
        return (self._filesystem.ukey(self._path),)


def sizes(filesystem: Any, folder: str) -> dict[str, int] | None:  # noqa: ANN401 - fsspec has no types
    """Return the sizes of a folder's files; None without the folder."""
    with _translated_errors(folder):
        try:
            entries = filesystem.ls(folder, detail=True)
        except (FileNotFoundError, NotADirectoryError):
            return None
        return {entry["name"].rpartition("/")[2]: entry["size"] for entry in entries if entry["type"] == "file"}


def open_filesystem(url: str) -> tuple[Any, str]:
    """Return the filesystem of a URL, and the path within it.

    Raises:
        MissingPackageError: The extra that it needs is not installed.
        RemoteError: fsspec does not support the filesystem, or cannot reach it.
    """
    url_to_fs = fsspec.core.url_to_fs
    try:
        filesystem, path = url_to_fs(url)
    except ImportError as error:
        scheme = url.partition("://")[0]
        hint = f"install the package that fsspec needs for {scheme}://, as `pip install s3fs` does for s3://."
        raise MissingPackageError(f"the filesystem of {public_address(url)}", hint) from cause_to_show(url, error)
    except (ValueError, OSError) as error:
        is_unknown = url.partition("://")[0] not in fsspec.available_protocols()
        reason = "such addresses are not known" if is_unknown else _describe(error)
        raise RemoteError(url, reason, ADDRESSES) from cause_to_show(url, error)
    return filesystem, path


@contextlib.contextmanager
def _translated_errors(name: str) -> Iterator[None]:
    """Raise any error of a filesystem as RemoteError, except FileNotFoundError."""
    try:
        yield
    except (FileNotFoundError, RemoteError):
        raise
    except Exception as error:  # every filesystem has errors of its own
        raise RemoteError(name, _describe(error)) from error


def _describe(error: Exception) -> str:
    """Say why a filesystem failed, without its own words, which may show what is secret in a URL."""
    reason = getattr(error, "strerror", None)
    return f"{type(error).__name__}: {reason}" if isinstance(reason, str) else type(error).__name__
