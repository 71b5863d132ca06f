"""What a kind of metadata file says of itself, and how it reads a file to check it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class FileReader(Protocol):
    """Reads metadata files for their checks; the engine serves it, and names a file that it cannot read as broken."""

    def parquet_columns(self, path: Path) -> Mapping[str, str]:
        """Return names, in lower case, and engine types of the columns of a parquet file."""

    def first_row(self, macro: str, *arguments: object, order: str | None = None) -> tuple[Any, ...] | None:
        """Return the first row of a table macro, or None if it has none.

        Args:
            macro: Its name, one of the kind's `check_macros`.
            *arguments: Its arguments; a path stands for the file of this very name.
            order: The column by which the rows are sorted; without one, they come as the macro makes them.
        """


class SourceKind(ABC):
    """A kind of metadata file, and the macro that makes the columns of the view `metadata` of its rows.

    A file is of the first kind that matches its path. To add a kind, put a module with one subclass into this folder,
    and a file with its macro into `queries/`.

    Attributes:
        description: What it is called in messages, such as `ranking file`.
        pattern: What its files are called, for messages, such as `.json`; empty where that does not matter.
        macro: The table macro that reads a file; it takes `file_path`, `file_split` and `start_row`, and returns the
            columns of `parquet_file`.
        check_macros: Further macros, which `check` calls.
        is_in_memory: Whether rows are read once into memory, as their format would be parsed anew by every statement.
        is_fallback: Whether it takes every file that no other kind matches.
        has_published_columns: Whether files are parquet with the published columns, a row an image, from which pairs
            can be made without the engine.
        orders_images: Whether a file states the order of each prompt's images that lists of rewards follow.
    """

    description: ClassVar[str]
    pattern: ClassVar[str] = ""
    macro: ClassVar[str]
    check_macros: ClassVar[tuple[str, ...]] = ()
    is_in_memory: ClassVar[bool] = False
    is_fallback: ClassVar[bool] = False
    has_published_columns: ClassVar[bool] = False
    orders_images: ClassVar[bool] = False

    @property
    def macros(self) -> tuple[str, ...]:
        """Every macro that opening a file needs."""
        return (self.macro, *self.check_macros)

    @abstractmethod
    def matches(self, path: Path) -> bool:
        """Whether a file with this path is of this kind."""

    @abstractmethod
    def split_of(self, path: Path) -> str | None:
        """Return the split of all rows, where the user names none; None where each row's image path names it."""

    @abstractmethod
    def check(self, path: Path, split: str | None, reader: FileReader) -> None:
        """Check columns, types and values of a file.

        Args:
            path: The file.
            split: Split of all its rows; None where each row's image path names it.
            reader: Reads it.

        Raises:
            FileError: The file lacks a column, or holds a wrong type or value.
        """
