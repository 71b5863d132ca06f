"""What is wrong with the files of a source, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irdb_sql.core.late import late
from irdb_sql.errors import FileError, IrdbError, NotFoundError, TargetError, nearest, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from irdb_sql.sources.kinds import registry
else:
    registry = late("irdb_sql.sources.kinds.registry")  # whose kinds raise these errors


class SourceNotFoundError(NotFoundError):
    """A source names no file or folder."""

    def __init__(self, path: object) -> None:
        super().__init__(
            f"no file or folder is called {quoted(path)}",
            f"pass a folder with metadata-*.parquet, {registry.describe_kinds()}.",
        )


class NoMetadataError(NotFoundError):
    """A folder, or a list of files, holds no metadata."""

    def __init__(self, folder: Path | str | None, wanted: Iterable[str]) -> None:
        place = "an empty list" if folder is None else f"the folder {quoted(folder)}"
        super().__init__(
            f"{place} holds no metadata: there is no {' or '.join(wanted)}",
            "download the dataset with `irdb download DIR`, or write a synthetic one with `irdb sample DIR`.",
        )


class RepeatedFileError(FileError):
    """A list of files names one of them twice, which would count its rows twice."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{quoted(path)} is named twice", "name each file once; every row of a source counts.")


class UnreadableError(IrdbError, OSError):
    """A file is there but cannot be opened."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{quoted(path)} cannot be read: {reason}", "name a file that you may read.")


class BrokenFileError(FileError):
    """A file cannot be read as what its name says it is."""

    def __init__(self, path: Path, wanted: str, engine_text: str) -> None:
        super().__init__(
            f"{quoted(path)} is no {wanted}, or was cut short: {engine_text}",
            f"download or write the file again; by its name, a file is read as {registry.describe_kinds()}.",
        )


class MissingColumnError(FileError):
    """A metadata file lacks a column."""

    def __init__(self, path: Path, column: str, present: Iterable[str]) -> None:
        present = list(present)
        super().__init__(
            f"{quoted(path)} has no column {quoted(column)}",
            (nearest(column, present) or f"its columns are {', '.join(present)}.")
            + " Metadata needs every column of the published files.",
        )


class WrongTypeError(FileError, TypeError):
    """A metadata column has a type that cannot hold its values."""

    def __init__(self, path: Path, column: str, found: str, wanted: str) -> None:
        super().__init__(
            f"column {quoted(column)} of {quoted(path)} has the type {found}, not {wanted}",
            f"write the column as {wanted}; the width of integers and the order of columns do not matter.",
        )


class ReservedColumnError(FileError, ValueError):
    """A metadata file has a column whose name the engine keeps for itself."""

    def __init__(self, path: Path, column: str) -> None:
        super().__init__(
            f"{quoted(path)} has a column {quoted(column)}, which is what the engine calls the number of a row",
            "rename or drop that column.",
        )


class WrongValueError(FileError):
    """A metadata column holds a value that it cannot have."""

    def __init__(self, path: Path, column: str, value: str) -> None:
        if column == "image_path":
            super().__init__(
                f"column 'image_path' of {quoted(path)} holds {quoted(value)}, which names no split",
                "name the file's split, as in split='test' in Python or --split test on the command line.",
            )
        else:
            super().__init__(
                f"column {quoted(column)} of {quoted(path)} holds {value}, which is no whole number from -128 to 127",
                "correct the value, or make it NULL where it is not known.",
            )


class WrongRankingError(FileError):
    """An object of a ranking file is no ranking of images."""

    def __init__(self, path: Path, number: int, prompt_id: str | None, column: str, fault: str) -> None:
        super().__init__(
            f"{quoted(column)} of object {number} (id {quoted(prompt_id)}) of {quoted(path)} {fault}",
            "a ranking file is a JSON list of {id, prompt, generations: [paths], ranking: [ranks]}.",
        )


class SourceTargetError(TargetError):
    """A file that is read would be written over."""

    def __init__(self, path: object) -> None:
        super().__init__(f"{quoted(path)} is a file of the data itself, or one that is read", "write to another place.")
