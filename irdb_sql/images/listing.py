"""Lists folders and zips of images, as rows of the view `image_listing`."""

from __future__ import annotations

import contextlib
from functools import partial
from typing import TYPE_CHECKING, Any

import polars as pl

from irdb_sql.core.regular_files import describe_error
from irdb_sql.core.thread_pool import THREAD_POOL, gather, wait
from irdb_sql.errors import IrdbError
from irdb_sql.images.faults import TOO_LARGE, Fault, absent_fault, describe_others, member_fault, pointer_fault
from irdb_sql.images.paths import UnsafePathError, split_path
from irdb_sql.storage.zips import LARGEST_IMAGE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence

    from irdb_sql.images.store import ImageStore
    from irdb_sql.storage.zips import Archive

SCHEMA = pl.Schema(
    {
        "folder": pl.String(),
        "file_name": pl.String(),  # NULL: any name that the folder lacks
        "location": pl.String(),
        "member": pl.String(),
        "size": pl.Int64(),
        "crc": pl.Int64(),
        "status": pl.String(),
        "detail": pl.String(),
    }
)
_Row = tuple[Any, ...]
_LARGEST_POINTER = 200  # bytes of a pointer of Git LFS, which are looked into; images are larger


class ListingStream:
    """An Arrow stream of `SCHEMA` that lists folders at each read, without pyarrow, which is slow to import.

    Args:
        store: Reads the images.
        folders: Returns the folders to list.
        interrupts: Returns how many statements were interrupted; when that grows, the stream fails.

    Attributes:
        failure: The last error of listing, which the engine reports only as an error in Python.
    """

    def __init__(self, store: ImageStore, folders: Callable[[], list[str]], interrupts: Callable[[], int]) -> None:
        self._store = store
        self._folders = folders
        self._interrupts = interrupts
        self.failure: IrdbError | None = None

    def __arrow_c_schema__(self) -> object:
        """Export the schema, which the engine asks for when it plans a statement."""
        return SCHEMA.__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """List the folders, and export the rows, which the engine asks for when it runs a statement."""
        interrupts_before = self._interrupts()

        def check() -> None:
            if self._interrupts() != interrupts_before:
                message = "the listing of images was interrupted"
                raise InterruptedError(message)

        try:
            rows = wait(list_images(self._store, self._folders()), check)
        except IrdbError as error:
            self.failure = error
            raise
        return rows.__arrow_c_stream__(requested_schema)


def list_images(store: ImageStore, folders: Sequence[str]) -> Generator[None, None, pl.DataFrame]:
    """List the images of folders and their zips, yielding None meanwhile.

    Returns:
        Rows of `SCHEMA`: one per file or member, and one per folder with the status of names that it lacks;
        none for a folder that does not exist, packed or unpacked.
    """
    tasks = [THREAD_POOL.submit(partial(_list_folder, store, folder)) for folder in sorted(folders)]
    listings = yield from gather(tasks)
    rows = [row for folder_rows in listings for row in folder_rows]
    return pl.DataFrame(rows, SCHEMA, orient="row")


def _list_folder(store: ImageStore, folder: str) -> list[_Row]:
    return list(_folder_rows(store, folder))


def _folder_rows(store: ImageStore, folder: str) -> Iterator[_Row]:
    try:
        split_path(f"{folder}/name" if folder else "name")
        sizes = store.root.sizes(folder)
    except UnsafePathError as error:
        yield (folder, None, None, None, None, None, "missing", str(error))
        return
    except PermissionError as error:
        yield (folder, None, folder, None, None, None, "corrupt", f"the folder cannot be read: {describe_error(error)}")
        return
    place, archive = _find_archive(store, folder)
    if sizes is not None:
        yield from _unpacked_rows(store, folder, sizes, None if isinstance(archive, Fault) else archive)
    if isinstance(archive, Fault):
        yield (folder, None, place, None, None, None, *_status_and_detail(archive))
    elif archive is not None:
        yield from _archive_rows(folder, place, archive, sizes or {})
    elif sizes is not None:
        fault = absent_fault(folder, has_folder=True)
        yield (folder, None, fault.place, None, None, None, *_status_and_detail(fault))


def _find_archive(store: ImageStore, folder: str) -> tuple[str, Archive | Fault | None]:
    """Return the name of a folder's archive, and its index, fault, or None."""
    try:
        file, archive = store.archive(folder)
        if archive is None:
            store.root.has_folder(folder)  # raises if that is a link to nothing
    except UnsafePathError as error:
        return f"{folder}.zip", Fault("missing", None, str(error))
    return file.display_name, archive


def _unpacked_rows(store: ImageStore, folder: str, sizes: Mapping[str, int], archive: Archive | None) -> Iterator[_Row]:
    """Yield one row per unpacked file, which is read even if the archive has it, too."""
    for name, size in sizes.items():
        location = f"{folder}/{name}" if folder else name
        fault = _file_fault(location, size) if size >= 0 else store.fault(folder, name)
        if fault is None and size <= _LARGEST_POINTER and not store.root.is_remote:
            with contextlib.suppress(OSError, UnsafePathError):
                fault = pointer_fault(store.root.read(folder, name) or b"", location)
        member = None if archive is None else archive.members.get(name)
        others = describe_others(member, f"{folder}.zip", ())
        yield (folder, name, location, None, max(size, 0), None, *_status_and_detail(fault, others))


def _archive_rows(folder: str, place: str, archive: Archive, unpacked: Collection[str]) -> Iterator[_Row]:
    """Yield one row per packed member, and one for other names."""
    for name, member in archive.members.items():
        if name not in unpacked:
            others = describe_others(None, place, archive.elsewhere.get(name, ()))
            facts = (member.text, member.size, member.crc)
            yield (folder, name, place, *facts, *_status_and_detail(member_fault(member, place), others))
    for name, places in archive.elsewhere.items():
        if name not in unpacked and name not in archive.members:
            fault = member_fault(None, place, places)
            yield (folder, name, place, None, None, None, *_status_and_detail(fault))
    yield (folder, None, place, None, None, None, *_status_and_detail(member_fault(None, place)))


def _file_fault(location: str, size: int) -> Fault | None:
    if size > LARGEST_IMAGE:
        return Fault("corrupt", location, TOO_LARGE)
    return Fault("empty", location, "the file has no bytes") if size == 0 else None


def _status_and_detail(fault: Fault | None, others: str | None = None) -> tuple[str, str | None]:
    if fault is None:
        return "ok", others
    return fault.status, fault.reason if others is None else f"{fault.reason}; {others}"
