"""Opens a source: the embedded sample, local files, or a folder at a URL."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeGuard

from irdb_sql.core.late import late
from irdb_sql.errors import without_secrets
from irdb_sql.sources.errors import LayoutPlaceError
from irdb_sql.sources.kinds.registry import choose_kind
from irdb_sql.sources.local import EMBEDDED, find_source
from irdb_sql.sources.sample.checks import read_checks
from irdb_sql.sources.sample.dataset import embedded_sample

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from irdb_sql.core.splits import Splits
    from irdb_sql.sources import remote
    from irdb_sql.sources.local import PathLike, Source
else:
    remote = late("irdb_sql.sources.remote")


def open_source(
    source: PathLike | Sequence[PathLike] | None = None,
    split: Splits | None = None,
    layout: str | None = None,
    columns: str | Mapping[str, str] | None = None,
) -> Source:
    """Open a source, downloading the metadata files of a URL.

    Args:
        source: A folder, a file or a list of files, as `find_source` takes them; a URL, as `find_remote_source` does;
            None for the embedded sample.
        split: For a folder or URL, the splits to open; for files, the split of all their rows.
        layout: The layout of the files; None finds it out.
        columns: The columns of one's own labelled pairs, as `parse_columns` takes them.

    Raises:
        ChoiceError: There is no such layout.
        LayoutPlaceError: A layout of files is named for a URL or the sample.
        IrdbError: As `find_source` and `find_remote_source` do.

    Example:
        >>> open_source().name
        'embedded sample (synthetic)'
    """
    kind = choose_kind(layout, columns)
    if kind is not None and kind.has_votes and (source is None or is_remote(source)):
        raise LayoutPlaceError(kind.layout, None if source is None else without_secrets(str(source)))
    if source is None:
        folder = embedded_sample()
        found = find_source(folder, split)
        sizes = read_checks(folder)  # after the stamps of the files, which show that one changes from now on
        files = tuple(replace(file, size=sizes.get(file.path.name)) for file in found.files)
        return replace(found, files=files, name=EMBEDDED)
    if is_remote(source):
        return remote.find_remote_source(source, split)
    return find_source(source, split, kind)


def is_remote(source: object) -> TypeGuard[str]:
    """Whether a source is a URL."""
    return isinstance(source, str) and "://" in source
