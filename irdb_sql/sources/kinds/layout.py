"""What the layouts of files with votes on pairs of images have in common."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from irdb_sql.core.schema import SPLITS
from irdb_sql.errors import find_twins
from irdb_sql.sources.errors import (
    BrokenFileError,
    MissingColumnError,
    TwinColumnsError,
    WrongSuffixError,
    WrongTypeError,
)
from irdb_sql.sources.kinds.base import SourceKind
from irdb_sql.sources.kinds.errors import IgnoredFieldsWarning
from irdb_sql.sources.peek import JSON_SUFFIXES, find_text_fault, is_empty_list, list_names

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from irdb_sql.sources.kinds.base import FileReader

_SPLIT = re.compile(rf"(?<![a-z])({'|'.join(SPLITS)}|val|valid|dev)(?![a-z])")
_SHORT_NAMES = {"val": "validation", "valid": "validation", "dev": "validation"}
_NESTED = re.compile(r"\[\]|^(STRUCT|MAP|BLOB|UNION)")


@dataclass(frozen=True)
class ByteColumns:
    """The columns of a Parquet file that hold the bytes of images.

    Attributes:
        path: The file.
        columns: The columns of first and of second images; a field of a struct is `name.bytes`.
        stamp: The stamp of the file when it was found.
    """

    path: Path
    columns: tuple[str, str]
    stamp: tuple[int, int, int]


class LayoutFiles(SourceKind):
    """A layout of files with votes on pairs of images; its macro maps a file to the columns that all layouts share.

    These are file_number, prompt_id, prompt, classification, split, first_path, second_path, first_generator,
    second_generator, first_rank, second_rank, annotator, first_votes, second_votes, tied_votes, strength, weight,
    source_row, fault_field and fault: one row per vote on two images, or per ranked image, which is then the first.
    A prompt_id that is NULL is made of the prompt's text. fault says what is wrong with the row, if anything is.

    Attributes:
        required: Names of the fields without which a file cannot be read.
        optional: Names of further fields that are read.
        unread: Names of published fields that are not needed, so that nothing is said of them.
        names: Names of the fields that hold what `layout_faults` tells: prompt, first_path and second_path.
        row: What a row of a file is called in messages.
        suffixes: What the names of its files end in.
        bytes_columns: Columns that hold the bytes of the first and the second image, where a file has them.
    """

    pattern = ""
    priority = 2
    is_in_memory = True
    has_votes = True
    audit_profile = "votes"
    check_macros = (
        "json_fields", "layout_faults", "layout_prompts", "layout_pairs", "layout_images", "layout_votes",
        "layout_cells", "voteless_rows",
    )  # fmt: skip
    required: ClassVar[tuple[str, ...]]
    optional: ClassVar[tuple[str, ...]] = ()
    unread: ClassVar[tuple[str, ...]] = ()
    names: ClassVar[Mapping[str, str]] = {}
    row: ClassVar[str] = "row"
    suffixes: ClassVar[tuple[str, ...]] = (".parquet",)
    bytes_columns: ClassVar[tuple[str, str] | None] = None

    def matches(self, path: Path, fields: frozenset[str]) -> bool:
        """Whether a file has the fields of the layout."""
        return path.suffix.lower() in self.suffixes and fields.issuperset(self.required)

    def split_of(self, path: Path) -> str | None:
        """Return the split that is a word of the file's name, else `test`.

        Example:
            >>> from pathlib import Path
            >>> from irdb_sql.sources.kinds.registry import choose_kind
            >>> names = ("validation_unique-00000.parquet", "mine.parquet")
            >>> [choose_kind("pickapic").split_of(Path(name)) for name in names]
            ['validation', 'test']
        """
        found = _SPLIT.search(path.stem.lower())
        return "test" if found is None else _SHORT_NAMES.get(found[1], found[1])

    def check(self, path: Path, split: str | None, reader: FileReader) -> None:  # noqa: ARG002 - rows are checked together
        """Check the names and types of the fields, and tell those that are ignored."""
        self.check_form(path)
        if path.suffix.lower() in JSON_SUFFIXES:
            fields: Sequence[str] = reader.json_fields(path)
            if not fields and is_empty_list(path):
                return
            if not fields:
                raise BrokenFileError(path, self.description, "it holds no object with fields")
        else:
            types = reader.parquet_columns(path)
            fields = list(types)
            if (twins := find_twins(list_names(path), self.known)) is not None:
                raise TwinColumnsError(path, *twins)
            for name in (*self.required, *self.optional):
                check_flat(path, name, types.get(name, ""))
        self.check_fields(path, fields)
        self.tell_unknown(path, fields, self.known)

    def check_form(self, path: Path) -> None:
        """Check the suffix and the first bytes of a file.

        Raises:
            WrongSuffixError: It has the suffix of another format.
            BrokenFileError: It is no text in UTF-8, or no Parquet file.
        """
        if path.suffix.lower() not in self.suffixes:
            raise WrongSuffixError(path, self.layout, self.suffixes)
        if (fault := find_text_fault(path)) is not None:
            raise BrokenFileError(path, self.description, fault)

    def check_fields(self, path: Path, fields: Sequence[str]) -> None:
        """Check that the fields that are needed are there.

        Raises:
            MissingColumnError: One is not.
        """
        for name in self.required:
            if name not in fields:
                needs = f"The layout {self.layout} needs {', '.join(self.required)}."
                raise MissingColumnError(path, name, fields, needs)

    @property
    def known(self) -> frozenset[str]:
        """Names of all fields of the layout."""
        return frozenset((*self.required, *self.optional, *self.unread, *(self.bytes_columns or ())))

    def field_of(self, path: Path, name: str) -> str:  # noqa: ARG002 - files of one's own name it
        """Return the name of the field of a file that a fault is in.

        Args:
            path: The file.
            name: What the macro calls it, such as `first_path`.
        """
        return self.names.get(name, name)

    def tell_unknown(self, path: Path, fields: Sequence[str], known: Collection[str]) -> None:
        """Warn of the fields of a file that are not read."""
        unknown = sorted({*fields}.difference(known))
        if unknown:
            warnings.warn(IgnoredFieldsWarning(path, self.layout, unknown), stacklevel=2)

    def arguments(self, path: Path, split: str | None, number: int, reader: FileReader) -> Sequence[object]:  # noqa: ARG002 - files of one's own need it
        """Return the arguments of the macro that reads a file.

        Args:
            path: The file.
            split: The split of its rows.
            number: The number of the file, which the macro returns as file_number.
            reader: Opens tables.
        """
        return [path, split, number]


def check_flat(path: Path, column: str, duck_type: str) -> None:
    """Check that the values of a column are texts or numbers.

    Raises:
        WrongTypeError: They are lists, objects or bytes.
    """
    if _NESTED.search(duck_type):
        raise WrongTypeError(path, column, duck_type, "text or a number")
