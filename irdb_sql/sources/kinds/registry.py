"""Finds the kinds of metadata files: every subclass of `SourceKind` in a module of this folder."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from typing import TYPE_CHECKING, Any

from irdb_sql.core.options import check_choice
from irdb_sql.errors import ArgumentTypeError
from irdb_sql.sources import kinds
from irdb_sql.sources.kinds.base import SourceKind
from irdb_sql.sources.kinds.pairs import PairFiles, parse_columns
from irdb_sql.sources.peek import field_names

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@functools.cache
def source_kinds() -> tuple[SourceKind, ...]:
    """Return every kind in the order of matching."""
    for module in pkgutil.iter_modules(kinds.__path__):
        importlib.import_module(f"{kinds.__name__}.{module.name}")
    found = [kind() for kind in _subclasses() if kind.layout]
    return tuple(sorted(found, key=lambda kind: (-kind.priority, kind.layout)))


def _subclasses(kind: Any = SourceKind) -> Iterator[type[SourceKind]]:  # noqa: ANN401 - mypy takes no abstract class
    for subclass in kind.__subclasses__():
        yield subclass
        yield from _subclasses(subclass)


def kind_of(path: Path) -> SourceKind:
    """Return the kind of a file, by its name and by the names of its fields.

    Example:
        >>> from pathlib import Path
        >>> kind_of(Path("test.json")).description, kind_of(Path("metadata-test.parquet")).description
        ('ranking file', 'parquet file')
    """
    is_published = path.name.startswith("metadata-") and path.suffix == ".parquet"
    fields = frozenset() if is_published else field_names(path)
    return next(kind for kind in source_kinds() if kind.matches(path, fields))


def choose_kind(layout: object = None, columns: object = None) -> SourceKind | None:
    """Return the kind that a layout and columns name; None where both are None.

    Args:
        layout: The name of a layout.
        columns: Columns of labelled pairs, as `pairs.parse_columns` takes them, which name the layout pairs.

    Raises:
        ChoiceError: There is no such layout, or a column is of no such kind.
        ArgumentTypeError: The columns are of another type, or of another layout than pairs.
    """
    if columns is not None:
        if layout not in (None, PairFiles.layout):
            raise ArgumentTypeError(
                "columns", columns, f"left out: only the layout {PairFiles.layout} has columns to name"
            )
        return PairFiles(parse_columns(columns))
    if layout is None:
        return None
    check_choice("layout", layout, kinds.layout_names())
    return next(kind for kind in source_kinds() if kind.layout == layout)


def describe_kinds() -> str:
    """List the kinds of files for messages.

    Example:
        >>> describe_kinds()
        'a ranking file (.json), a parquet file or votes as hpdv2, hpdv3, mmrb2, pairs, pickapic or rapidata'
    """
    named = [
        f"a {kind.description}" + (f" ({kind.pattern})" if kind.pattern else "")
        for kind in source_kinds()
        if not kind.has_votes
    ]
    *first, last = sorted(kind.layout for kind in source_kinds() if kind.has_votes)
    return f"{', '.join(named)} or votes as {', '.join(first)} or {last}"
