"""Reads images from columns of Parquet files, a row group of a column at a time."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from irdb_sql.core.late import late
from irdb_sql.core.regular_files import describe_error, file_stamp
from irdb_sql.images.faults import TOO_LARGE, Fault, pointer_fault
from irdb_sql.storage.zips import LARGEST_IMAGE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    import pyarrow as pa
    from pyarrow import parquet

    from irdb_sql.sources.kinds.layout import ByteColumns
else:
    pa = late("pyarrow")
    parquet = late("pyarrow.parquet")

T = TypeVar("T")


class Cell(NamedTuple):
    """Where the bytes of an image are.

    Attributes:
        file: The number of the file.
        row: Its row, counted from 0.
        side: 0 for the column of first images, 1 for that of second ones.
    """

    file: int
    row: int
    side: int


class CellReader:
    """Reads images from columns.

    Args:
        files: The files, by their numbers.
        find: Returns the cells of those of some paths that are in a column.
    """

    def __init__(self, files: Mapping[int, ByteColumns], find: Callable[[Sequence[str]], Mapping[str, Cell]]) -> None:
        self.find = find
        self._files = files
        self._ends: dict[int, list[int]] = {}  # of each file, the row behind each row group

    def tasks(
        self, cells: Iterable[tuple[int, Cell]], function: Callable[[memoryview], T]
    ) -> Iterator[Callable[[], dict[int, T | Fault]]]:
        """Split the reading of numbered cells into tasks: one for each column of a file.

        Args:
            cells: Numbers and cells.
            function: Called with the bytes of each image.
        """
        by_file: defaultdict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
        for number, cell in cells:
            by_file[cell.file, cell.side].append((number, cell.row))
        for (file, side), rows in sorted(by_file.items()):
            yield partial(self._read, file, side, rows, function)

    def _read(
        self, number: int, side: int, rows: Sequence[tuple[int, int]], function: Callable[[memoryview], T]
    ) -> dict[int, T | Fault]:
        """Read rows of a column, and return what the function says of each, or its fault, by number."""
        file = self._files[number]
        place = f"{file.path.name}, column {file.columns[side]}"
        try:
            if file_stamp(file.path) != file.stamp:
                fault = Fault("corrupt", place, "the file has changed since the database was opened")
                return {image: fault for image, _ in rows}
            with parquet.ParquetFile(file.path) as opened:
                return dict(self._read_groups(opened, number, file.columns[side], place, rows, function))
        except (OSError, pa.ArrowException) as error:
            fault = Fault("corrupt", place, f"the file cannot be read: {describe_error(error)}")
            return {image: fault for image, _ in rows}

    def _read_groups(  # noqa: PLR0913, PLR0917 - private: all that one file is read by
        self,
        opened: parquet.ParquetFile,
        number: int,
        column: str,
        place: str,
        rows: Sequence[tuple[int, int]],
        function: Callable[[memoryview], T],
    ) -> Iterator[tuple[int, T | Fault]]:
        ends = self._ends.setdefault(
            number, list(accumulate(opened.metadata.row_group(at).num_rows for at in range(opened.num_row_groups)))
        )
        left = sorted(rows, key=lambda pair: pair[1])
        begin = 0
        for group, end in enumerate(ends):
            wanted = [(image, row - begin) for image, row in left if begin <= row < end]
            begin = end
            if not wanted:
                continue
            values = opened.read_row_group(group, columns=[column]).column(0)
            for image, row in wanted:
                yield image, _result(values[row], place, begin - len(values) + row + 1, function)


def _result(value: pa.Scalar, place: str, row: int, function: Callable[[memoryview], T]) -> T | Fault:
    """Return what a function says of the bytes of a cell, or their fault."""
    if isinstance(value, pa.StructScalar):
        value = value["bytes"]
    place = f"{place}, row {row}"
    if not value.is_valid:
        return Fault("missing", place, "the cell has no bytes")
    content = memoryview(value.as_buffer())
    if len(content) > LARGEST_IMAGE:
        return Fault("corrupt", place, TOO_LARGE)
    if not content:
        return Fault("empty", place, "the cell has no bytes")
    return pointer_fault(content, place) or function(content)
