"""Errors of importing the JSON files of parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irdb_sql.core.regular_files import describe_absent
from irdb_sql.errors import FileError, NotFoundError, TargetError, quoted
from irdb_sql.storage.addresses import hub_address

if TYPE_CHECKING:
    from collections.abc import Sequence


class NoPartsError(NotFoundError):
    """A folder or URL holds no JSON file of a part."""

    def __init__(self, place: object, *, is_there: bool = True) -> None:
        address = None if is_there else hub_address(str(place))
        super().__init__(
            f"{quoted(place)} holds no JSON file of a part, such as 'train_1.json' in 'images/train/train_1.zip'"
            if is_there
            else describe_absent(place, "folder"),
            "pass the folder or URL that contains `images/…`, with the zips of the dataset, packed or unpacked"
            f"{'' if address is None else f'; a dataset of the hub is {address}'}.",
        )


class MissingPartError(NotFoundError):
    """Parts without a JSON file come before parts with one."""

    def __init__(self, split: str, parts: Sequence[int], reason: str) -> None:
        self.split = split
        self.parts = list(parts)
        super().__init__(
            f"{describe_parts(parts)} of {split} cannot be imported, and later ones can: {reason}",
            f"get images/{split}/{split}_{parts[0]}.zip, or import the present parts with partial=True (--partial).",
        )


class PartFileError(FileError):
    """The JSON file of a part exists and cannot be read."""

    def __init__(self, location: str, member: str | None, reason: str) -> None:
        super().__init__(
            f"{_place(location, member)} cannot be read: {reason}", "make it readable, or download it again."
        )


class PartRowError(FileError):
    """A JSON file of a part does not hold published rows."""

    def __init__(
        self, location: str, member: str | None, row_number: int | None, column: str | None, fault: str
    ) -> None:
        what = [
            *([f"column {quoted(column)}"] if column is not None else []),
            *([f"row {row_number:,}"] if row_number is not None else []),
            _place(location, member),
        ]
        super().__init__(
            f"{' of '.join(what)} {fault}",
            "the JSON of a part is a list of objects, each with every column of the published metadata.",
        )


class ImportTargetError(TargetError, ValueError):
    """A folder of metadata is missing for a source URL."""

    def __init__(self, place: str) -> None:
        super().__init__(
            f"{quoted(place)} is no folder of this machine, in which metadata can be written or compared",
            "name one with metadata= in Python, or --metadata DIR on the command line.",
        )


def describe_parts(parts: Sequence[int]) -> str:
    """List sorted part numbers with ranges: parts 3, 5 to 32."""
    words: list[str] = []
    begin = 0
    for number, part in enumerate(parts):
        if number + 1 == len(parts) or parts[number + 1] != part + 1:
            words.append(str(part) if number == begin else f"{parts[begin]} to {part}")
            begin = number + 1
    return f"part{'s' if len(parts) > 1 else ''} {', '.join(words)}"


def _place(location: str, member: str | None) -> str:
    return quoted(location) if member is None else f"{quoted(member)} in {quoted(location)}"
