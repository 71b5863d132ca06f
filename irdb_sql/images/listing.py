"""Lists what is in the folders and zips of images, as the table that the view `image_files` is made of."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from irdb_sql.core.thread_pool import THREAD_POOL, gather, wait
from irdb_sql.errors import IrdbError
from irdb_sql.images.faults import TOO_LARGE, Fault, absent, fault_of, words_of
from irdb_sql.images.paths import UnsafePathError, split_path
from irdb_sql.storage.zips import LARGEST_IMAGE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Iterator, Sequence

    from irdb_sql.images.store import ImageStore
    from irdb_sql.storage.zips import Archive

SCHEMA = pa.schema(
    {
        "folder": pa.string(),
        "file_name": pa.string(),  # none: the folder as a whole
        "location": pa.string(),
        "member": pa.string(),
        "size": pa.int64(),
        "crc": pa.int64(),
        "status": pa.string(),
        "detail": pa.string(),
    }
)
_Row = tuple[Any, ...]


class ListingStream:
    """Rows of `SCHEMA` as an Arrow stream, which lists the folders anew whenever it is pulled.

    Args:
        store: Where the images are.
        folders: Tells the folders to list.
        interrupts: Counts how often a statement was interrupted; one that is pulling the stream ends when that grows.

    Attributes:
        failure: Why it could last not be pulled to its end: the engine tells of it as of an error in Python.
    """

    def __init__(self, store: ImageStore, folders: Callable[[], list[str]], interrupts: Callable[[], int]) -> None:
        self._store = store
        self._folders = folders
        self._interrupts = interrupts
        self.failure: IrdbError | None = None

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return pa.RecordBatchReader.from_batches(SCHEMA, self._batches()).__arrow_c_stream__(requested_schema)

    def _batches(self) -> Iterator[pa.RecordBatch]:
        begun = self._interrupts()

        def check() -> None:
            if self._interrupts() != begun:
                message = "the listing of images was interrupted"
                raise InterruptedError(message)

        try:
            yield from wait(list_images(self._store, self._folders()), check).to_batches()
        except IrdbError as error:
            self.failure = error
            raise


def list_images(store: ImageStore, folders: Sequence[str]) -> Generator[None, None, pa.Table]:
    """List the images that lie in folders and in the zips named after them, reading none, and yield None meanwhile.

    Returns:
        Rows of `SCHEMA`: one a file or member, and one a folder that tells what is to be said of names that it lacks;
        none for a folder that is not there, packed or unpacked.
    """
    tasks = [THREAD_POOL.submit(partial(_list_folder, store, folder)) for folder in sorted(folders)]
    listed = yield from gather(tasks)
    rows = [row for of_folder in listed for row in of_folder]
    columns = zip(*rows, strict=True) if rows else ((),) * len(SCHEMA)
    return pa.table([pa.array(column, kind) for column, kind in zip(columns, SCHEMA.types, strict=True)], schema=SCHEMA)


def _list_folder(store: ImageStore, folder: str) -> list[_Row]:
    return list(_rows_of(store, folder))


def _rows_of(store: ImageStore, folder: str) -> Iterator[_Row]:
    try:
        split_path(f"{folder}/name" if folder else "name")
        unpacked = store.root.sizes(folder)
        file, archive = store.archive(folder)
    except UnsafePathError as error:
        yield (folder, None, None, None, None, None, "missing", str(error))
        return
    except PermissionError as error:
        yield (folder, None, folder, None, None, None, "corrupt", f"the folder cannot be read: {words_of(error)}")
        return
    place = file.display_name
    for name, size in (unpacked or {}).items():
        location = f"{folder}/{name}" if folder else name
        yield (folder, name, location, None, max(size, 0), None, *_status_of(_fault_of_file(location, size)))
    if isinstance(archive, Fault):
        yield (folder, None, place, None, None, None, *_status_of(archive))
    elif archive is not None:
        yield from _rows_of_archive(folder, place, archive, unpacked or {})
    elif unpacked is not None:
        fault = absent(folder, has_folder=True)
        yield (folder, None, fault.place, None, None, None, *_status_of(fault))


def _rows_of_archive(folder: str, place: str, archive: Archive, unpacked: Collection[str]) -> Iterator[_Row]:
    """Return a row a member that is not there unpacked, and one for every name that the archive lacks."""
    for name, member in archive.members.items():
        if name not in unpacked:
            yield (folder, name, place, name, member.size, member.crc, *_status_of(fault_of(member, place)))
    yield (folder, None, place, None, None, None, *_status_of(fault_of(None, place)))


def _fault_of_file(location: str, size: int) -> Fault | None:
    if size < 0:
        return Fault("corrupt", location, "the file cannot be read: it is a link that leads out, or no regular file")
    if size > LARGEST_IMAGE:
        return Fault("corrupt", location, TOO_LARGE)
    return Fault("empty", location, "the file has no bytes") if size == 0 else None


def _status_of(fault: Fault | None) -> tuple[str, str | None]:
    return ("ok", None) if fault is None else (fault.status, fault.reason)
