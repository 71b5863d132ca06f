"""Downloads metadata from URLs into the user's cache, as the engine opens local files only."""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from irdb_sql.core.atomic_write import translate_write_errors, write_file
from irdb_sql.core.late import late
from irdb_sql.core.regular_files import read_regular_file
from irdb_sql.core.splits import split_names
from irdb_sql.errors import public_address
from irdb_sql.sources.errors import NoMetadataError
from irdb_sql.sources.local import Source, find_source, metadata_file
from irdb_sql.sources.revisions import read_record
from irdb_sql.storage import filesystems, web
from irdb_sql.storage.addresses import check_address, parse_address, web_address
from irdb_sql.storage.errors import RemoteError
from irdb_sql.storage.hub import COMMIT, take_snapshot

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import platformdirs

    from irdb_sql.core.schema import Split
    from irdb_sql.core.splits import Splits
    from irdb_sql.sources.download import plan as download_plan
    from irdb_sql.sources.download import run as download_run
    from irdb_sql.sources.revisions import Record
    from irdb_sql.storage.byteranges import Identity
    from irdb_sql.storage.hub import Snapshot
else:
    platformdirs = late("platformdirs")
    download_plan = late("irdb_sql.sources.download.plan")
    download_run = late("irdb_sql.sources.download.run")


class RemoteFile(Protocol):
    """A remote file that is downloaded only if it has changed."""

    def read_if_changed(self, previous: Identity | None, limit: int) -> tuple[Identity, bytes | None] | None:
        """Return new identity and content (None if too long), else None."""


_LARGEST = 2**31
_MAGIC = b"PAR1"  # the first and last bytes of a parquet file


def find_remote_source(url: str, split: Splits | None = None) -> Source:
    """Return the source of a URL, caching its metadata files.

    Args:
        url: A folder laid out as published: `hf://datasets/OWNER/NAME@REVISION`, an http(s) address, or one that fsspec
            reads.
        split: The splits to open.

    Raises:
        UnknownSplitError: `split` is not train, validation or test.
        NoMetadataError: There is no metadata.
        RemoteError: The URL does not serve such files.
        HubError, HubAccessError, RepositoryNotFoundError, RevisionNotFoundError: The hub lacks it, or refuses access.
        MissingPackageError: The extra that it needs is not installed.
        UnwritableError: The cache cannot be written.
    """
    splits = split_names(split)
    scheme, _, rest = url.partition("://")
    if scheme == "file":
        return find_source(rest, split)
    if (address := parse_address(url)) is not None:
        return _hub_source(*address, splits)
    check_address(url)
    return _folder_source(url, splits)


def _hub_source(repository: str, revision: str, splits: Sequence[Split]) -> Source:
    """Return the source of a hub dataset, from the cache if possible."""
    paths = _metadata_paths(splits)
    place = _cache_folder() / "hub" / repository.replace("/", "--")
    record = read_record(place / revision) if COMMIT.fullmatch(revision) else None
    if record is not None and _is_whole(record, place / revision, paths):
        repository = record.repository
    else:
        snapshot = take_snapshot(repository, revision)
        _download(snapshot, place / snapshot.commit, paths)
        repository, revision = snapshot.repository, snapshot.commit
    folder = place / revision
    name = f"hf://datasets/{repository}@{revision}"
    if not any((folder / path).is_file() for path in paths):
        raise NoMetadataError(name, paths)
    return replace(find_source(folder, splits), name=name, images_root=name)


def _download(snapshot: Snapshot, folder: Path, paths: list[str]) -> None:
    """Download the repository's files unless the folder has all of them."""
    record = read_record(folder)
    files = tuple(snapshot.files[path] for path in paths if path in snapshot.files)
    if not files or (record is not None and _is_whole(record, folder, paths)):
        return
    for file in files:
        _remove_partial_file(folder / file.path, file.size)
    download_run.run(download_plan.Plan(folder, snapshot, files, (), 0), waits=True)


def _is_whole(record: Record, folder: Path, paths: list[str]) -> bool:
    """Whether a folder holds all listed files of the repository."""
    return all(record.has(folder, path) for path in paths if path in record.metadata)


def _remove_partial_file(path: Path, size: int) -> None:
    """Remove a file of another size from the cache."""
    with translate_write_errors(path), contextlib.suppress(FileNotFoundError):
        if path.stat().st_size != size:
            path.unlink()


def _folder_source(url: str, splits: Sequence[Split]) -> Source:
    """Return the source of a web or fsspec folder, downloading changed files."""
    name = public_address(url).rstrip("/")
    place = _cache_folder() / "web" / _short_hash(url.encode())
    if url.startswith(("http://", "https://")):

        def remote_file(path: str) -> RemoteFile:
            return web.HttpFile(web_address(url, path), path)

    else:
        filesystem, root = filesystems.open_filesystem(url)

        def remote_file(path: str) -> RemoteFile:
            return filesystems.FsspecFile(filesystem, f"{root.rstrip('/')}/{path}", path)

    files = []
    for path in _metadata_paths(splits):
        with contextlib.suppress(FileNotFoundError):
            files.append(metadata_file(_cached_file(remote_file(path), f"{name}/{path}", place / path)))
    if not files:
        raise NoMetadataError(name, _metadata_paths(splits))
    return Source(tuple(files), name=name, folder=place, images_root=url)


def _cached_file(file: RemoteFile, display_name: str, place: Path) -> Path:
    """Return the path of a cached file, downloading it if changed.

    Args:
        file: The file.
        display_name: Its name in messages.
        place: The path without the folder of the content; beside it, `.json` records identity and folder.
    """
    identity, path = _cached_identity(place.with_suffix(".json"), place)
    newer = file.read_if_changed(identity, _LARGEST)
    if newer is None and path is not None:
        return path
    identity, content = newer or (None, None)
    if content is None:
        raise RemoteError(display_name, f"it has more than {_LARGEST:,} bytes")
    if not (content.startswith(_MAGIC) and content.endswith(_MAGIC)):
        is_page = content.lstrip()[:1] == b"<"
        raise RemoteError(display_name, "it is a web page, not a parquet file" if is_page else "it is no parquet file")
    path = place.parent / _short_hash(content) / place.name
    with translate_write_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_file(path, content)
    facts = {"identity": identity, "folder": path.parent.name, "bytes": len(content)}
    write_file(place.with_suffix(".json"), json.dumps(facts, indent=1, default=str).encode())
    return path


def _cached_identity(facts_file: Path, place: Path) -> tuple[Identity | None, Path | None]:
    """Return identity and path of a complete cached file, or Nones."""
    try:
        facts = json.loads(read_regular_file(facts_file))
        path = place.parent / str(facts["folder"]) / place.name
        return (tuple(facts["identity"]), path) if path.stat().st_size == facts["bytes"] else (None, None)
    except (OSError, ValueError, LookupError, TypeError):
        return None, None


def _metadata_paths(splits: Sequence[Split]) -> list[str]:
    return [f"metadata-{name}.parquet" for name in splits]


def _short_hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


def _cache_folder() -> Path:
    return platformdirs.user_cache_path("irdb-sql") / "remote"
