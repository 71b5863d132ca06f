"""Reads many images at once: finds each one's file or archive member, and reads them side by side in disk order."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, TypeVar, cast

from irdb_sql.core.thread_pool import CORES, THREAD_POOL, gather
from irdb_sql.images.faults import TOO_LARGE, Fault, absent, fault_of, words_of
from irdb_sql.images.paths import UnsafePathError, split_path
from irdb_sql.images.runs import read_runs, runs_of
from irdb_sql.storage.byteranges import ChangedError
from irdb_sql.storage.errors import RemoteError
from irdb_sql.storage.zips import BrokenArchiveError, forget, index_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence

    from irdb_sql.images.roots import Root
    from irdb_sql.images.runs import Run
    from irdb_sql.storage.byteranges import ByteRanges
    from irdb_sql.storage.zips import Archive, Member

T = TypeVar("T")
_SMALL_IMAGE = 64 * 1024
"""Bytes; threads that copy less at a time wait for each other more than they gain."""
_TRIES = 3


@dataclass
class _Plan:
    """What is to be done for some images, each known by its number in the request."""

    faults: dict[int, Fault] = field(default_factory=dict)
    files: list[tuple[int, str, str]] = field(default_factory=list)
    members: list[tuple[ByteRanges, Archive, list[tuple[int, Member]]]] = field(default_factory=list)


class ImageStore:
    """The images below a root.

    Args:
        root: Where they lie.
    """

    def __init__(self, root: Root) -> None:
        self.root = root
        self._absent: set[str] = set()  # archives that a remote root has not, which a request has told
        self._tell_folders: Callable[[], Iterable[str]] | None = None
        self._folders: frozenset[str] | None = None

    def keep_to(self, folders: Callable[[], Iterable[str]]) -> None:
        """Read from some folders only: a path may come from a stranger's statement, and other files lie beside images.

        Args:
            folders: Tells them, once, when an image is first asked for.
        """
        self._tell_folders = folders

    def read(self, image_paths: Sequence[str]) -> Generator[None, None, list[memoryview | Fault]]:
        """Read images, each once, yielding None while that lasts.

        Args:
            image_paths: Which; none stands twice.

        Returns:
            The bytes of each image, or why it cannot be had, in the order asked for.

        Raises:
            RemoteError: A server or remote filesystem fails.
        """
        return self.use(image_paths, _as_read)

    def use(self, image_paths: Sequence[str], use: Callable[[memoryview], T]) -> Generator[None, None, list[T | Fault]]:
        """Read images, each once, and make something of each, yielding None while that lasts.

        Args:
            image_paths: Which; none stands twice.
            use: Is given the bytes of each, in several threads, and makes of them what is returned.

        Returns:
            What `use` made of each image, or why it cannot be had, in the order asked for.

        Raises:
            RemoteError: A server or remote filesystem fails.
        """
        found: dict[int, T | Fault] = {}
        for _ in range(_TRIES):
            left = [number for number in range(len(image_paths)) if number not in found]
            plan = yield from self._planned(left, image_paths)
            found |= plan.faults
            tasks = [THREAD_POOL.submit(work) for work in self._tasks(plan, use)]
            for answer in (yield from gather(tasks)):
                found |= answer
            if len(found) == len(image_paths):
                break
        changing = Fault("corrupt", None, "its archive changes again and again while it is read")
        return [found.get(number, changing) for number in range(len(image_paths))]

    def archive(self, folder: str) -> tuple[ByteRanges, Archive | Fault | None]:
        """Return a folder's archive, and its index, None where there is none, or why it cannot be read.

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
        except (BrokenArchiveError, ChangedError, OSError) as error:
            if isinstance(error, RemoteError):
                raise
            reason = "it changes meanwhile" if isinstance(error, ChangedError) else words_of(error)
            return file, Fault("corrupt", file.display_name, f"the archive cannot be read: {reason}")

    def _index(self, file: ByteRanges) -> Archive:
        archive = index_of(file)
        if self.root.is_remote or file.is_unchanged(archive.identity):
            return archive
        forget(file)
        return index_of(file)

    def _planned(self, numbers: Iterable[int], image_paths: Sequence[str]) -> Generator[None, None, _Plan]:
        plan = _Plan()
        folders: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for number in numbers:
            try:
                folder, name = split_path(image_paths[number])
            except UnsafePathError as error:
                plan.faults[number] = Fault("missing", None, str(error))
            else:
                folders[folder][name] = number
        if self.root.is_remote:  # to index an archive is a request or two
            yield from gather([THREAD_POOL.submit(partial(self.archive, folder)) for folder in folders])
        for folder, names in folders.items():
            try:
                self._plan_folder(plan, folder, names)
            except UnsafePathError as error:
                plan.faults |= dict.fromkeys(names.values(), Fault("missing", folder, str(error)))
        return plan

    def _refuse_strange(self, folder: str) -> None:
        if self._tell_folders is None or self.root.is_remote:  # where everything is of the same publisher
            return
        if self._folders is None:
            self._folders = frozenset(self._tell_folders())
        if folder not in self._folders:
            message = "the path is refused, as no image of the data lies in its folder"
            raise UnsafePathError(message)

    def _plan_folder(self, plan: _Plan, folder: str, names: dict[str, int]) -> None:
        self._refuse_strange(folder)
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
            plan.faults |= dict.fromkeys(names.values(), archive or absent(folder, has_folder=self.root.has(folder)))
            return
        readable: list[tuple[int, Member]] = []
        members = archive.members
        for name, number in names.items():
            member = members.get(name)
            if member is not None and member.fault is None and member.size:
                readable.append((number, member))
            else:
                plan.faults[number] = cast("Fault", fault_of(member, file.display_name))
        plan.members.append((file, archive, readable))

    def _tasks(self, plan: _Plan, use: Callable[[memoryview], T]) -> Iterator[Callable[[], dict[int, T | Fault]]]:
        """Split the work: for a disk into a few tasks for each processor, for a network into one a request."""
        files = 1 if self.root.is_remote else max(16, len(plan.files) // (2 * CORES))
        for begin in range(0, len(plan.files), files):
            yield partial(self._files, plan.files[begin : begin + files], use)
        runs = [run for file, archive, members in plan.members for run in runs_of(file, archive, members)]
        if self.root.is_remote:
            yield from (partial(read_runs, [run], use) for run in runs)
            return
        total = sum(run.length for run in runs)
        share = total if use is _as_read and total < _SMALL_IMAGE * len(runs) else total // CORES
        for runs_of_task in _shares(runs, share):
            yield partial(read_runs, runs_of_task, use)

    def _files(self, files: Sequence[tuple[int, str, str]], use: Callable[[memoryview], T]) -> dict[int, T | Fault]:
        return {number: self._file(folder, name, use) for number, folder, name in files}

    def _file(self, folder: str, name: str, use: Callable[[memoryview], T]) -> T | Fault:
        place = f"{folder}/{name}" if folder else name
        try:
            content = self.root.read(folder, name)
        except FileNotFoundError:
            return absent(folder, has_folder=self.root.has(folder))
        except UnsafePathError as error:
            return Fault("missing", place, str(error))
        except OSError as error:
            if isinstance(error, RemoteError):
                raise
            return Fault("corrupt", place, f"the file cannot be read: {words_of(error)}")
        if content is None:
            return Fault("corrupt", place, TOO_LARGE)
        return use(memoryview(content)) if content else Fault("empty", place, "the file has no bytes")


def _shares(runs: Iterable[Run], size: int) -> Iterator[list[Run]]:
    """Split runs, in their order, where they have more than so many bytes."""
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


def _as_read(content: memoryview) -> memoryview:
    return content
