"""Reads archive members in the order of their offsets."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from irdb_sql.core.regular_files import describe_error
from irdb_sql.images.faults import Fault, pointer_fault
from irdb_sql.storage.byteranges import ChangedError
from irdb_sql.storage.errors import RemoteError
from irdb_sql.storage.zips import BrokenMemberError, content_of, forget

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from irdb_sql.storage.byteranges import ByteRanges
    from irdb_sql.storage.zips import Archive, Member

T = TypeVar("T")
_RUN_BYTES = 8 * 2**20


class Run(NamedTuple):
    """Neighbouring members of an archive, which one read gets."""

    file: ByteRanges
    archive: Archive
    begin: int
    length: int
    members: list[tuple[int, Member]]


def group_runs(file: ByteRanges, archive: Archive, members: list[tuple[int, Member]]) -> Iterator[Run]:
    """Sort members by offset, and group neighbours to be read at once."""
    members.sort(key=_offset_of)
    begin = 0
    while begin < len(members):
        first = members[begin][1]
        end_offset = first.offset + first.span
        end = begin + 1
        while end < len(members):
            member = members[end][1]
            if member.offset - end_offset > file.gap or member.offset + member.span - first.offset > _RUN_BYTES:
                break
            end_offset = member.offset + member.span
            end += 1
        yield Run(file, archive, first.offset, end_offset - first.offset, members[begin:end])
        begin = end


def _offset_of(numbered: tuple[int, Member]) -> int:
    return numbered[1].offset


def read_runs(runs: Iterable[Run], convert: Callable[[memoryview], T]) -> dict[int, T | Fault]:
    """Read and convert the members of runs, except in changed archives."""
    results: dict[int, T | Fault] = {}
    for file, runs_of_file in groupby(runs, attrgetter("file")):
        _read_file(file, list(runs_of_file), convert, results)
    return results


def _read_file(
    file: ByteRanges, runs: Sequence[Run], convert: Callable[[memoryview], T], results: dict[int, T | Fault]
) -> None:
    """Read runs of one archive, which is opened once."""
    try:
        with file.reading(runs[0].archive.identity, ((run.begin, run.length) for run in runs)) as read:
            for run in runs:
                _read_run(run, read, convert, results)
    except ChangedError:
        forget(file)
    except OSError as error:
        if isinstance(error, RemoteError):
            raise
        fault = Fault("corrupt", file.display_name, f"the archive cannot be read: {describe_error(error)}")
        for run in runs:
            for number, _ in run.members:
                results.setdefault(number, fault)


def _read_run(
    run: Run, read: Callable[[int, int], bytes], convert: Callable[[memoryview], T], results: dict[int, T | Fault]
) -> None:
    raw = memoryview(read(run.begin, run.length))
    for number, member in run.members:
        begin = member.offset - run.begin
        try:
            content = content_of(member, raw[begin : begin + member.span])
            results[number] = pointer_fault(content, run.file.display_name) or convert(content)
        except BrokenMemberError as error:
            if not run.file.is_unchanged(run.archive.identity):
                raise ChangedError from error
            results[number] = Fault("corrupt", run.file.display_name, str(error))
