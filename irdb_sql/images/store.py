"""Reads many images at once, from files and archive members, in threads and disk order."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, TypeVar, cast

from irdb_sql.core.regular_files import describe_error
from irdb_sql.core.thread_pool import CORES, THREAD_POOL, gather
from irdb_sql.images.faults import TOO_LARGE, Fault, absent_fault, member_fault, pointer_fault
from irdb_sql.images.paths import UnsafePathError, split_path
from irdb_sql.images.runs import group_runs, read_runs
from irdb_sql.storage.byteranges import ChangedError
from irdb_sql.storage.errors import RemoteError
from irdb_sql.storage.zips import BrokenArchiveError, EmptyArchiveError, forget, index_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence

    from irdb_sql.images.cells import Cell, CellReader
    from irdb_sql.images.roots import Root
    from irdb_sql.images.runs import Run
    from irdb_sql.storage.byteranges import ByteRanges
    from irdb_sql.storage.zips import Archive, Member

T = TypeVar("T")
_SMALL_IMAGE = 64 * 1024
"""Bytes; with smaller images, threads lose more by waiting for each other than they gain."""
_TRIES = 3
_File = tuple[int, str, str]  # number in the request, folder and name


@dataclass
class _Plan:
    """Faults, files, archive members and cells of requested images, by number."""

    faults: dict[int, Fault] = field(default_factory=dict)
    cells: list[tuple[int, Cell]] = field(default_factory=list)
    files: list[_File] = field(default_factory=list)
    members: list[tuple[ByteRanges, Archive, list[tuple[int, Member]]]] = field(default_factory=list)


class ImageStore:
    """Reads the images below a root, a folder or URL."""

    def __init__(self, root: Root) -> None:
        self.root = root
        self._absent: set[str] = set()  # keys of archives that a remote root lacks, as requests have shown
        self._list_folders: Callable[[], Iterable[str]] | None = None
        self._folders: frozenset[str] | None = None
        self._cells: CellReader | None = None

    def read_cells_by(self, cells: CellReader) -> None:
        """Read images that are in columns of Parquet files from there."""
        self._cells = cells

    def restrict_to(self, folders: Callable[[], Iterable[str]]) -> None:
        """Read from some folders only, as paths may come from untrusted statements.

        Args:
            folders: Returns them; called once, when an image is first read.
        """
        self._list_folders = folders

    def read(self, paths: Sequence[str]) -> Generator[None, None, list[memoryview | Fault]]:
        """Read images, yielding None meanwhile.

        Args:
            paths: Their paths, which are distinct.

        Returns:
            The bytes of each image, or its fault, in the order of the paths.

        Raises:
            RemoteError: A server or remote filesystem fails.
        """
        return self.map(paths, _identity)

    def map(self, paths: Sequence[str], function: Callable[[memoryview], T]) -> Generator[None, None, list[T | Fault]]:
        """Read images and apply a function to each, yielding None meanwhile.

        Args:
            paths: Their paths, which are distinct.
            function: Called with the bytes of each image, in several threads.

        Returns:
            What `function` returned for each image, or its fault, in the order of the paths.

        Raises:
            RemoteError: A server or remote filesystem fails.
        """
        results: dict[int, T | Fault] = {}
        for _ in range(_TRIES):
            unread = [number for number in range(len(paths)) if number not in results]
            plan = yield from self._make_plan(unread, paths)
            results |= plan.faults
            tasks = [THREAD_POOL.submit(work) for work in self._tasks(plan, function)]
            for task_results in (yield from gather(tasks)):
                results |= task_results
            if len(results) == len(paths):
                break
        changing = Fault("corrupt", None, "its archive changes again and again while it is read")
        return [results.get(number, changing) for number in range(len(paths))]

    def archive(self, folder: str) -> tuple[ByteRanges, Archive | Fault | None]:
        """Return a folder's archive with its index, fault, or None.

        Raises:
            UnsafePathError: The path would lead out of the root.
        """
        file = self.root.archive(folder)
        if file.key in self._absent:
            return file, None
        try:
            return file, self._index(file)
        except FileNotFoundError:
            if self.root.is_remote:
                self._absent.add(file.key)
            return file, None
        except EmptyArchiveError:
            return file, Fault("empty", file.display_name, "the archive has no bytes")
        except (BrokenArchiveError, ChangedError, OSError) as error:
            if isinstance(error, RemoteError):
                raise
            reason = "it changes while it is read" if isinstance(error, ChangedError) else describe_error(error)
            return file, Fault("corrupt", file.display_name, f"the archive cannot be read: {reason}")

    def fault(self, folder: str, name: str) -> Fault | None:
        """Return why an unpacked file cannot be read, if it cannot."""
        result = self._read_file(folder, name, _identity)
        return result if isinstance(result, Fault) else None

    def _index(self, file: ByteRanges) -> Archive:
        archive = index_of(file)
        if self.root.is_remote or file.is_unchanged(archive.identity):
            return archive
        forget(file)
        return index_of(file)

    def _make_plan(self, numbers: Iterable[int], paths: Sequence[str]) -> Generator[None, None, _Plan]:
        plan = _Plan()
        folders: defaultdict[str, dict[str, int]] = defaultdict(dict)
        if self._cells is not None:
            numbers = list(numbers)
            found = self._cells.find([paths[number] for number in numbers])
            plan.cells = [(number, found[paths[number]]) for number in numbers if paths[number] in found]
            numbers = [number for number in numbers if paths[number] not in found]
        for number in numbers:
            try:
                folder, name = split_path(paths[number])
            except UnsafePathError as error:
                plan.faults[number] = Fault("missing", None, str(error))
            else:
                folders[folder][name] = number
        if self.root.is_remote:  # indexing an archive takes a request or two
            yield from gather([THREAD_POOL.submit(partial(self.archive, folder)) for folder in folders])
        for folder, names in folders.items():
            try:
                self._plan_folder(plan, folder, names)
            except UnsafePathError as error:
                plan.faults |= dict.fromkeys(names.values(), Fault("missing", folder, str(error)))
        return plan

    def _check_folder(self, folder: str) -> None:
        if self._list_folders is None or self.root.is_remote:  # all files of a remote root are of one publisher
            return
        if self._folders is None:
            self._folders = frozenset(self._list_folders())
        if folder not in self._folders:
            message = "the path is refused, as no image of the data lies in its folder"
            raise UnsafePathError(message)

    def _plan_folder(self, plan: _Plan, folder: str, names: dict[str, int]) -> None:
        self._check_folder(folder)
        packed = names
        if unpacked := self.root.unpacked(folder, names):
            plan.files += [(names[name], folder, name) for name in unpacked]
            packed = {name: number for name, number in names.items() if name not in unpacked}
        if packed:
            self._plan_archive(plan, folder, packed)

    def _plan_archive(self, plan: _Plan, folder: str, names: dict[str, int]) -> None:
        file, archive = self.archive(folder)
        if archive is None and self.root.is_remote:
            plan.files += [(number, folder, name) for name, number in names.items()]
            return
        if archive is None or isinstance(archive, Fault):
            fault = archive or absent_fault(folder, has_folder=self.root.has_folder(folder))
            plan.faults |= dict.fromkeys(names.values(), fault)
            return
        readable: list[tuple[int, Member]] = []
        members = archive.members
        for name, number in names.items():
            member = members.get(name)
            if member is not None and member.fault is None and member.size:
                readable.append((number, member))
            else:
                elsewhere = archive.elsewhere.get(name, ())
                plan.faults[number] = cast("Fault", member_fault(member, file.display_name, elsewhere))
        plan.members.append((file, archive, readable))

    def _tasks(self, plan: _Plan, function: Callable[[memoryview], T]) -> Iterator[Callable[[], dict[int, T | Fault]]]:
        """Split reading into tasks, per processor or per remote request."""
        if self._cells is not None:
            yield from self._cells.tasks(plan.cells, function)
        files = 1 if self.root.is_remote else max(16, len(plan.files) // (2 * CORES))
        for begin in range(0, len(plan.files), files):
            yield partial(self._read_files, plan.files[begin : begin + files], function)
        runs = [run for file, archive, members in plan.members for run in group_runs(file, archive, members)]
        if self.root.is_remote:
            yield from (partial(read_runs, [run], function) for run in runs)
            return
        total = sum(run.length for run in runs)
        share = total if function is _identity and total < _SMALL_IMAGE * len(runs) else total // CORES
        for runs_of_task in _split_runs(runs, share):
            yield partial(read_runs, runs_of_task, function)

    def _read_files(self, files: Sequence[_File], function: Callable[[memoryview], T]) -> dict[int, T | Fault]:
        return {number: self._read_file(folder, name, function) for number, folder, name in files}

    def _read_file(self, folder: str, name: str, function: Callable[[memoryview], T]) -> T | Fault:
        place = f"{folder}/{name}" if folder else name
        try:
            content = self.root.read(folder, name)
        except FileNotFoundError:
            return absent_fault(folder, has_folder=self.root.has_folder(folder))
        except UnsafePathError as error:
            return Fault("missing", place, str(error))
        except OSError as error:
            if isinstance(error, RemoteError):
                raise
            return Fault("corrupt", place, f"the file cannot be read: {describe_error(error)}")
        if content is None:
            return Fault("corrupt", place, TOO_LARGE)
        if not content:
            return Fault("empty", place, "the file has no bytes")
        return pointer_fault(content, place) or function(memoryview(content))


def _split_runs(runs: Iterable[Run], size: int) -> Iterator[list[Run]]:
    """Split runs, in their order, into lists of about `size` bytes."""
    share: list[Run] = []
    length = 0
    for run in runs:
        share.append(run)
        length += run.length
        if length > size:
            yield share
            share, length = [], 0
    if share:
        yield share


def _identity(content: memoryview) -> memoryview:
    return content
