"""Roots of image paths: a local folder, a web address, or a filesystem of fsspec."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

from irdb_sql.core.late import late
from irdb_sql.core.schema import SPLITS
from irdb_sql.images.errors import ImagesRootError
from irdb_sql.images.paths import REFUSAL, UnsafePathError, describe_link

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from irdb_sql.storage import addresses, byteranges, filesystems, hub, web, zips
    from irdb_sql.storage.byteranges import ByteRanges
else:
    addresses = late("irdb_sql.storage.addresses")
    byteranges = late("irdb_sql.storage.byteranges")
    filesystems = late("irdb_sql.storage.filesystems")
    hub = late("irdb_sql.storage.hub")
    web = late("irdb_sql.storage.web")
    zips = late("irdb_sql.storage.zips")

Sizes = dict[str, int]


class Root(Protocol):
    """The folder below which image paths lie.

    Attributes:
        is_remote: Whether looking for a file costs a request, so that archives are tried first.
    """

    is_remote: bool

    def archive(self, folder: str) -> ByteRanges:
        """Return the zip of a folder's images, which need not exist."""

    def unpacked(self, folder: str, names: Collection[str]) -> set[str]:
        """Return the names that are unpacked files; empty on a remote root."""

    def has_folder(self, folder: str) -> bool:
        """Whether the folder exists; False on a remote root."""

    def read(self, folder: str, name: str) -> bytes | None:
        """Read an unpacked file; None if too large for an image."""

    def sizes(self, folder: str) -> Sizes | None:
        """Return the sizes of unpacked files; None if not listed."""


def open_root(place: str | os.PathLike[str]) -> Root:
    """Open the folder or URL below which image paths lie.

    Raises:
        ImagesRootError: There is no such folder.
        MissingPackageError: The extra that the URL needs is not installed.
        RemoteError: No filesystem reads the URL.
    """
    text = os.fspath(place)
    scheme, mark, rest = text.partition("://")
    if not mark:
        return _LocalRoot(Path(os.path.expanduser(text)))  # Path would take ./~ for ~
    if scheme == "file":
        return _LocalRoot(Path(rest))
    addresses.check_address(text)
    if (address := addresses.parse_address(text)) is not None:
        return _HttpRoot(hub.web_root(*address), hub.request_headers())
    return _HttpRoot(text) if scheme in ("http", "https") else _FsspecRoot(*filesystems.open_filesystem(text))


class _LocalRoot:
    """A local folder that no path and no symbolic link may leave.

    Args:
        folder: The folder, or what stands for `images` in it: a folder without `images` that has those of the splits.
    """

    is_remote = False

    def __init__(self, folder: Path) -> None:
        if not os.path.isdir(folder):
            raise ImagesRootError(folder)
        self._folder = os.path.realpath(folder)
        has_splits = any((folder / split).is_dir() for split in SPLITS)
        self._is_images = has_splits and not os.path.lexists(folder / _IMAGES)
        self._allowed = [f"{place}{os.sep}" for place in (self._folder, *_blob_folders(Path(self._folder)))]

    def archive(self, folder: str) -> ByteRanges:
        return byteranges.LocalFile(Path(self._real(f"{folder}.zip")), f"{folder}.zip")

    def unpacked(self, folder: str, names: Collection[str]) -> set[str]:
        if not os.path.isdir(self._place(folder)):
            return set()
        real = self._real(folder)
        return {name for name in names if os.path.lexists(f"{real}{os.sep}{name}")}

    def has_folder(self, folder: str) -> bool:
        return os.path.isdir(self._real(folder))

    def read(self, folder: str, name: str) -> bytes | None:
        path = f"{self._real(folder)}{os.sep}{name}"
        return byteranges.read_file(
            self._real(f"{folder}/{name}") if os.path.islink(path) else path, zips.LARGEST_IMAGE
        )

    def sizes(self, folder: str) -> Sizes | None:
        if not os.path.isdir(self._place(folder)):
            return None
        with os.scandir(self._real(folder)) as entries:
            return {entry.name: self._size(folder, entry) for entry in entries if _is_text(entry.name)}

    def _size(self, folder: str, entry: os.DirEntry[str]) -> int:
        """Return a file's size, or -1 if read() refuses the file."""
        try:
            if entry.is_symlink():
                self._real(f"{folder}/{entry.name}")
            status = entry.stat()
        except (OSError, UnsafePathError):
            return -1
        return status.st_size if stat.S_ISREG(status.st_mode) else -1

    def _real(self, path: str) -> str:
        """Return a path without links.

        Raises:
            UnsafePathError: A link leads out of the folder, or to nothing.
        """
        place = self._place(path)
        real = os.path.realpath(place)
        is_inside = self._is_allowed(real)
        if not is_inside or not os.path.exists(real):
            for end in range(len(self._folder) + 1, len(place) + 1):
                link = place[:end]
                if place[end : end + 1] in ("", os.sep) and os.path.islink(link):
                    target = os.path.realpath(link)
                    if not self._is_allowed(target) or not os.path.exists(target):
                        raise UnsafePathError(describe_link(self._folder, link, target))
        if not is_inside:
            raise UnsafePathError(REFUSAL)
        return real

    def _is_allowed(self, real: str) -> bool:
        return f"{real}{os.sep}".startswith(tuple(self._allowed))

    def _place(self, path: str) -> str:
        return os.path.join(self._folder, path.removeprefix(f"{_IMAGES}/") if self._is_images else path)


_IMAGES = "images"


def _blob_folders(folder: Path) -> list[Path]:
    """Return where the files of a snapshot in the cache of huggingface_hub lie, of which it holds links.

    These are the folder `blobs` of the repository, and, since version 2, that of the whole cache.
    """
    repository = folder.parent.parent
    if folder.parent.name != "snapshots" or "--" not in repository.name:
        return []
    return [repository / "blobs", repository.parent / "blobs"]


def _is_text(name: str) -> bool:
    """Whether a name is valid UTF-8, as image paths are."""
    return name.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in name)


class _HttpRoot:
    is_remote = True

    def __init__(self, url: str, headers: Mapping[str, str] = MappingProxyType({})) -> None:
        self._url = url
        self._headers = headers

    def archive(self, folder: str) -> ByteRanges:
        return self._file(f"{folder}.zip")

    def unpacked(self, folder: str, names: Collection[str]) -> set[str]:  # noqa: ARG002 - it would cost requests
        return set()

    def has_folder(self, folder: str) -> bool:  # noqa: ARG002 - it would cost a request
        return False

    def read(self, folder: str, name: str) -> bytes | None:
        return self._file(f"{folder}/{name}").whole(zips.LARGEST_IMAGE)

    def sizes(self, folder: str) -> Sizes | None:  # noqa: ARG002 - a web server lists no folders
        return None

    def _file(self, path: str) -> web.HttpFile:
        return web.HttpFile(addresses.web_address(self._url, path), path, self._headers)


class _FsspecRoot:
    is_remote = True

    def __init__(self, filesystem: Any, path: str) -> None:  # noqa: ANN401 - fsspec has no types
        self._filesystem = filesystem
        self._path = path.rstrip("/")

    def archive(self, folder: str) -> ByteRanges:
        return filesystems.FsspecFile(self._filesystem, f"{self._path}/{folder}.zip", f"{folder}.zip")

    def unpacked(self, folder: str, names: Collection[str]) -> set[str]:  # noqa: ARG002 - it would cost requests
        return set()

    def has_folder(self, folder: str) -> bool:  # noqa: ARG002 - it would cost a request
        return False

    def read(self, folder: str, name: str) -> bytes | None:
        path = f"{folder}/{name}"
        return filesystems.FsspecFile(self._filesystem, f"{self._path}/{path}", path).whole(zips.LARGEST_IMAGE)

    def sizes(self, folder: str) -> Sizes | None:
        return filesystems.sizes(self._filesystem, f"{self._path}/{folder}")
