"""Finds the kinds of metadata files: every subclass of `SourceKind` in a module of this folder."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from typing import TYPE_CHECKING

from irdb_sql.sources import kinds
from irdb_sql.sources.kinds.base import SourceKind

if TYPE_CHECKING:
    from pathlib import Path


@functools.cache
def source_kinds() -> tuple[SourceKind, ...]:
    """Return every kind in the order of matching; the fallback comes last."""
    for module in pkgutil.iter_modules(kinds.__path__):
        importlib.import_module(f"{kinds.__name__}.{module.name}")
    return tuple(sorted((kind() for kind in SourceKind.__subclasses__()), key=lambda kind: kind.is_fallback))


def kind_of(path: Path) -> SourceKind:
    """Return the kind of a file.

    Example:
        >>> from pathlib import Path
        >>> kind_of(Path("test.json")).description, kind_of(Path("metadata-test.parquet")).description
        ('ranking file', 'parquet file')
    """
    return next(kind for kind in source_kinds() if kind.matches(path))


def describe_kinds() -> str:
    """List the kinds of files for messages.

    Example:
        >>> describe_kinds()
        'a ranking file (.json) or a parquet file'
    """
    *first, last = (f"a {kind.description}" + (f" ({kind.pattern})" if kind.pattern else "") for kind in source_kinds())
    return f"{', '.join(first)} or {last}"
