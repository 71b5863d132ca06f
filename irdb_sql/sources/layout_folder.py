"""Finds the files of a folder that hold votes in one layout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irdb_sql.core.schema import SPLITS
from irdb_sql.sources.errors import NoMetadataError, SeveralLayoutsError
from irdb_sql.sources.kinds.registry import kind_of
from irdb_sql.sources.local import Source, readable_file
from irdb_sql.sources.peek import TABLE_SUFFIXES, field_names

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from irdb_sql.sources.kinds.base import SourceKind


def find_files(folder: Path, layout: SourceKind | None) -> list[tuple[Path, SourceKind]]:
    """Return the files of a folder, and of the folder `data` in it, that hold votes, with their kinds.

    Args:
        folder: The folder.
        layout: The layout of all of them; None takes the files of any.
    """
    places = [place for place in (folder, folder / "data") if place.is_dir()]
    paths = sorted(path for place in places for path in place.iterdir() if path.suffix.lower() in _LAYOUT_SUFFIXES)
    kinds = [(path, kind_of(path)) for path in paths if path.is_file()]
    if layout is None:
        return [(path, kind) for path, kind in kinds if kind.has_votes]
    return [(path, layout) for path, _ in kinds if layout.matches(path, field_names(path))]


def open_files(
    folder: Path, found: Sequence[tuple[Path, SourceKind]], splits: Sequence[str], layout: SourceKind | None
) -> Source:
    """Return the source of the files of a folder that are of some splits.

    Raises:
        NoMetadataError: There are none.
        SeveralLayoutsError: They are of several layouts.
    """
    wanted = None if len(splits) == len(SPLITS) else ",".join(splits)
    files = tuple(readable_file(path, None if kind.split_of(path) else wanted, kind) for path, kind in found)
    files = tuple(file for file in files if file.split is None or file.split in splits)
    if not files:
        name = "any layout" if layout is None else f"the layout {layout.layout}"
        raise NoMetadataError(folder, [f"file of {name} with the split {' or '.join(splits)}"])
    layouts = sorted({file.kind.layout for file in files})
    if len(layouts) > 1:
        raise SeveralLayoutsError(folder, layouts)
    return Source(files, name=folder.resolve().name, folder=folder.absolute())


_LAYOUT_SUFFIXES = (*TABLE_SUFFIXES, ".parquet")
