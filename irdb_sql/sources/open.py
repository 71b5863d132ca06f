"""Opens a source: the embedded sample, local files, or a folder at a URL."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeGuard

from irdb_sql.core.late import late
from irdb_sql.sources.local import EMBEDDED, find_source
from irdb_sql.sources.sample.checks import read_checks
from irdb_sql.sources.sample.dataset import embedded_sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from irdb_sql.core.splits import Splits
    from irdb_sql.sources import remote
    from irdb_sql.sources.local import PathLike, Source
else:
    remote = late("irdb_sql.sources.remote")


def open_source(source: PathLike | Sequence[PathLike] | None = None, split: Splits | None = None) -> Source:
    """Open a source, downloading the metadata files of a URL.

    Args:
        source: A folder, a file or a list of files, as `find_source` takes them; a URL, as `find_remote_source` does;
            None for the embedded sample.
        split: For a folder or URL, the splits to open; for files, the split of all their rows.

    Raises:
        IrdbError: As `find_source` and `find_remote_source` do.

    Example:
        >>> open_source().name
        'embedded sample (synthetic)'
    """
    if source is None:
        folder = embedded_sample()
        found = find_source(folder, split)
        sizes = read_checks(folder)  # after the stamps of the files, which show that one changes from now on
        files = tuple(replace(file, size=sizes.get(file.path.name)) for file in found.files)
        return replace(found, files=files, name=EMBEDDED)
    if is_remote(source):
        return remote.find_remote_source(source, split)
    return find_source(source, split)


def is_remote(source: object) -> TypeGuard[str]:
    """Whether a source is a URL."""
    return isinstance(source, str) and "://" in source
