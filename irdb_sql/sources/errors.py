"""Errors of the files of a source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irdb_sql.core.file_contents import LFS_HINT, find_other_kind_of_file
from irdb_sql.core.late import late
from irdb_sql.core.regular_files import describe_absent
from irdb_sql.core.text import printable
from irdb_sql.errors import FileError, IrdbError, NotFoundError, TargetError, quoted, suggest_name
from irdb_sql.sources.peek import JSON_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from irdb_sql.core import foreign_words
    from irdb_sql.sources.kinds import registry
    from irdb_sql.storage import addresses
else:
    addresses = late("irdb_sql.storage.addresses")
    foreign_words = late("irdb_sql.core.foreign_words")
    registry = late("irdb_sql.sources.kinds.registry")  # late, as its kinds raise these errors


class SourceNotFoundError(NotFoundError):
    """A source names no file or folder."""

    def __init__(self, path: object) -> None:
        address = addresses.hub_address(str(path))
        super().__init__(
            describe_absent(path, "file or folder"),
            f"pass a folder with metadata-*.parquet, {registry.describe_kinds()}; pairs are your own labels, such as a "
            "CSV with the columns prompt, image_1, image_2 and label"
            f"{'' if address is None else f'; a dataset of the hub is {address}'}.",
        )


class VerificationNotFoundError(SourceNotFoundError):
    """An option that names images is neither `ok` nor a file."""

    allowed = "images is ok or a file of `irdb verify`"

    def __init__(self, path: object) -> None:
        IrdbError.__init__(
            self,
            describe_absent(path, "file of irdb verify"),
            "pass ok, or the file that `irdb verify -o FILE` wrote; images elsewhere are found with --images-root.",
        )


class NoMetadataError(NotFoundError):
    """A folder, or a list of files, holds no metadata."""

    def __init__(self, folder: Path | str | None, names: Iterable[str]) -> None:
        place = "an empty list" if folder is None else f"the folder {quoted(folder)}"
        super().__init__(
            f"{place} holds no metadata: there is no {' or '.join(names)}",
            "download the dataset with `irdb download DIR`, or write a synthetic one with `irdb sample DIR`.",
        )


class SeveralLayoutsError(FileError):
    """A folder holds files of several layouts."""

    def __init__(self, folder: Path, layouts: Iterable[str]) -> None:
        super().__init__(
            f"{quoted(folder)} holds files of the layouts {', '.join(layouts)}",
            "name one with layout= or --layout, or pass a list of files.",
        )


class LayoutPlaceError(FileError):
    """A layout of files on this machine was named for a URL or the sample."""

    def __init__(self, layout: str, place: str | None) -> None:
        where = "the embedded sample" if place is None else quoted(place)
        super().__init__(
            f"{where} cannot be read as the layout {layout}",
            "download its files, and pass them or their folder; only images may lie at a URL, images_root "
            "(--images-root).",
        )


class RepeatedFileError(FileError):
    """A list of files names one of them twice."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{quoted(path)} is listed twice", "list each file once, as its rows would be counted twice.")


class UnreadableError(IrdbError, OSError):
    """A file is there but cannot be opened."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{quoted(path)} cannot be read: {reason}", "pass a regular file that you may read.")


class BrokenFileError(FileError):
    """A file is not of the kind that its name means."""

    def __init__(self, path: Path, kind: str, library_text: str, hint: str | None = None) -> None:
        try:
            other = find_other_kind_of_file(path)
        except OSError:
            other = None
        reason = f", or is damaged: {foreign_words.file_fault(library_text)}" if other is None else f": {other}"
        super().__init__(
            f"{quoted(path)} is no {kind}{reason}",
            hint or f"download or write the file again; by its name, a file is read as {registry.describe_kinds()}.",
        )


class PointerFileError(FileError):
    """A file is a pointer of Git LFS."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{quoted(path)} is a pointer of Git LFS, not the file that it stands for", LFS_HINT)


class ChangedFileError(FileError):
    """A file was changed while a database that reads it was open."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{quoted(path)} has changed since the database was opened", "open the database again to read the new file."
        )


class MissingColumnError(FileError):
    """A metadata file lacks a column."""

    def __init__(
        self,
        path: Path,
        column: str,
        present: Iterable[str],
        needs: str = "Metadata needs every column of the published files.",
    ) -> None:
        present = list(present)
        word = "field" if path.suffix.lower() in JSON_SUFFIXES else "column"
        listed = f"its {word}s are {', '.join(map(quoted, present))}." if present else f"it has no {word}s."
        super().__init__(
            f"{quoted(path)} has no {word} {quoted(column)}",
            (suggest_name(column, present) or listed) + f" {needs}",
        )


class WrongSuffixError(FileError):
    """A file has a suffix that files of its layout do not have."""

    def __init__(self, path: Path, layout: str, suffixes: Sequence[str]) -> None:
        *first, last = suffixes
        listed = f"{', '.join(first)} or {last}" if first else last
        super().__init__(
            f"{quoted(path)} cannot be read as the layout {layout}: its name ends in {quoted(path.suffix)}",
            f"files of this layout end in {listed}; rename the file, or choose another layout.",
        )


class ColumnsError(FileError):
    """A table of labelled pairs lacks a column, or one that was named."""

    def __init__(self, path: Path, problem: str, present: Iterable[str]) -> None:
        super().__init__(
            f"{quoted(path)} {problem}",
            f"its columns are {', '.join(map(quoted, present))}; name those that are meant, as in --columns "
            "prompt=caption,first=img_a,second=img_b,label=choice,annotator=user.",
        )


class WrongRowError(FileError):
    """A row of a file with votes holds what its layout does not allow."""

    def __init__(self, path: Path, row: str, field: str, fault: str, layout: str) -> None:
        super().__init__(
            f"{row} of {quoted(path)}: {field}: {printable(fault)}",
            f"correct it; the file is read as the layout {layout}.",
        )


class TwinColumnsError(FileError):
    """Two columns of a file differ only in capitals, and the engine would take the first for both."""

    def __init__(self, path: object, first: str, second: str) -> None:
        super().__init__(
            f"{quoted(path)} has columns {quoted(first)} and {quoted(second)}, which SQL takes for one",
            "rename or drop one of them.",
        )


class WrongTypeError(FileError, TypeError):
    """A metadata column has a type that cannot hold its values."""

    def __init__(self, path: Path, column: str, actual: str, expected: str) -> None:
        super().__init__(
            f"column {quoted(column)} of {quoted(path)} has the type {actual}, not {expected}",
            f"write the column as {expected}; the width of integers and the order of columns do not matter.",
        )


class ReservedColumnError(FileError, ValueError):
    """A metadata column has a name that the engine reserves."""

    def __init__(self, path: Path, column: str) -> None:
        super().__init__(
            f"{quoted(path)} has a column {quoted(column)}, a name that the engine reserves for row numbers",
            "rename or drop that column.",
        )


class WrongValueError(FileError):
    """A metadata column holds an invalid value."""

    def __init__(self, path: Path, column: str, value: str) -> None:
        if column == "image_path":
            super().__init__(
                f"column 'image_path' of {quoted(path)} holds {quoted(value)}, which names no split",
                "give the file's split, as in split='test' in Python or --split test on the command line.",
            )
        else:
            super().__init__(
                f"column {quoted(column)} of {quoted(path)} holds {value}, which is no whole number from -128 to 127",
                "correct the value, or make it NULL where it is unknown.",
            )


class WrongRankingError(FileError):
    """An object of a ranking file is no ranking of images."""

    def __init__(self, path: Path, number: int, prompt_id: str | None, column: str, fault: str) -> None:
        super().__init__(
            f"{quoted(column)} of object {number} (id {quoted(prompt_id)}) of {quoted(path)} {_in_words(fault)}",
            "a ranking file is a JSON list of {id, prompt, generations: [paths], ranking: [ranks]}; of a file with "
            "votes, name the layout, as in --layout hpdv3.",
        )


def _in_words(fault: str) -> str:
    """Replace the engine's names of JSON types at the end of a fault."""
    words, _, kind = fault.rpartition(" but ")
    return f"{words} but {_JSON_TYPES[kind]}" if kind in _JSON_TYPES else fault


_JSON_TYPES = {
    "VARCHAR": "text", "ARRAY": "a list", "OBJECT": "an object", "BOOLEAN": "true or false", "NULL": "null",
    "UBIGINT": "a number", "BIGINT": "a number", "DOUBLE": "a number",
}  # fmt: skip


class SourceTargetError(TargetError):
    """An output would overwrite an input file."""

    def __init__(self, path: object) -> None:
        super().__init__(
            f"{quoted(path)} is an input file of this command and was not overwritten", "choose another output file."
        )


class NoPartWarning(UserWarning):
    """Images of train name no part, so that they are in no subset but 8k."""

    def __init__(self, images: int) -> None:
        super().__init__(
            f"images of train whose path names no part are in no subset but 8k: {images:,}; "
            "the query odd_paths lists them"
        )


class NoGapWarning(UserWarning):
    """A smallest rank gap is asked for, and pairs that people voted on have none."""

    def __init__(self, gap: object) -> None:
        super().__init__(
            f"min_rank_gap={gap} leaves out all pairs that people voted on, which have no ranks; "
            "the query vote_pairs selects these by min_votes and tie_margin"
        )


class AbsentSplitWarning(UserWarning):
    """A question is about a split of which the data has no file."""

    def __init__(self, split: str, present: Iterable[str]) -> None:
        super().__init__(
            f"the data has no file of {split}, so that nothing of it is counted; it has {', '.join(present)}"
        )
