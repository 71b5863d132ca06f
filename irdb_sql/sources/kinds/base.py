"""The interface of a kind of file with images and labels, and of the reader that checks files."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


class FileReader(Protocol):
    """Reads metadata files for their checks, and raises BrokenFileError for unreadable ones."""

    def parquet_columns(self, path: Path) -> Mapping[str, str]:
        """Return names (lower case) and engine types of a parquet file's columns."""

    def json_fields(self, path: Path) -> Sequence[str]:
        """Return the sorted names of the fields of the first objects of a JSON file."""

    def read_table(self, path: Path) -> tuple[str, Mapping[str, str]]:
        """Open a table of rows by its suffix, CSV, JSON or Parquet.

        Returns:
            The name by which the macro reads it, and the engine types of its columns by their names.
        """

    def literal(self, values: Sequence[object]) -> list[object]:
        """Return arguments of a macro, with paths escaped, so that `*` and `?` in them mean themselves."""

    def first_row(self, macro: str, *arguments: object, order: str | None = None) -> tuple[Any, ...] | None:
        """Return the first row of a table macro; None if empty.

        Args:
            macro: Its name, one of the kind's `check_macros`.
            *arguments: Its arguments; a path is escaped, so that `*` and `?` in it mean themselves.
            order: The column to sort by; None keeps the macro's order.
        """


@dataclass(frozen=True)
class FileSize:
    """How much a file holds.

    Attributes:
        rows: Its number of rows.
        value_bytes: Bytes of all its values: the length of texts in UTF-8, and one byte a number.
    """

    rows: int
    value_bytes: int


class SourceKind(ABC):
    """A kind of metadata file, and the macro that reads it.

    A file is of the first kind that matches it, those of higher priority first. To add a kind, put a module with one
    subclass into this folder, and a file with its macro into `queries/`.

    Attributes:
        layout: Its name as `layout=` and `--layout` take it; empty for a class that is only the base of others.
        description: Its name in messages, such as `ranking file`.
        pattern: The suffix of its files in messages, such as `.json`; empty for any.
        macro: The table macro that reads a file; it takes `file_path`, `file_split` and `start_row`, and returns the
            columns of `parquet_file`.
        check_macros: Further macros, which `check` calls.
        in_place_macros: Macros that `check_in_place` calls, which small sources do not need.
        is_in_memory: Whether the rows of every file are read when it is opened, as its format would be parsed anew by
            every statement. Of other kinds, only small sources are read into memory.
        priority: Kinds with a higher number are tried first; the lowest one matches every file.
        has_votes: Whether its files hold votes, in the columns that all layouts share (see `layout.LayoutFiles`).
        audit_profile: The name of its rows in the view `audit_profiles`: what is normal in it.
        has_published_columns: Whether files are parquet with the published columns, one row per image, from which pairs
            can be made without the engine.
        orders_images: Whether a file states the order of each prompt's images that lists of rewards follow.
    """

    description: ClassVar[str]
    pattern: ClassVar[str] = ""
    macro: ClassVar[str]
    check_macros: ClassVar[tuple[str, ...]] = ()
    in_place_macros: ClassVar[tuple[str, ...]] = ()
    is_in_memory: ClassVar[bool] = False
    layout: ClassVar[str] = ""
    priority: ClassVar[int] = 0
    has_votes: ClassVar[bool] = False
    audit_profile: ClassVar[str] = "imagerewarddb"
    has_published_columns: ClassVar[bool] = False
    orders_images: ClassVar[bool] = False

    @property
    def macros(self) -> tuple[str, ...]:
        """The macros that read and check a file."""
        return (self.macro, *self.check_macros)

    @abstractmethod
    def matches(self, path: Path, fields: frozenset[str]) -> bool:
        """Whether a file is of this kind, by its path and the names of its fields, which are empty if not looked at."""

    @abstractmethod
    def split_of(self, path: Path) -> str | None:
        """Return a file's default split; None if image paths name it."""

    def of_splits(self, splits: str | None) -> Self:  # noqa: ARG002 - most kinds have one split a file
        """Return the kind with only the rows of some splits, of a kind whose rows name theirs.

        Args:
            splits: Names of splits with commas between them; None takes all.
        """
        return self

    @abstractmethod
    def check(self, path: Path, split: str | None, reader: FileReader) -> FileSize | None:
        """Check columns, types and values of a file, and return how much it holds.

        Args:
            path: The file.
            split: Split of all its rows; None where each row's image path names it.
            reader: Reads it.

        Returns:
            Its size; None of a kind in memory, whose rows are counted when they have been read.

        Raises:
            FileError: The file lacks a column, or holds a wrong type or value.
        """

    def check_in_place(self, path: Path, reader: FileReader) -> None:  # noqa: B027 - most kinds are always in memory
        """Check what statements trust when they read a file in its place and not from memory.

        Raises:
            FileError: The file says what is not so.
        """
