"""What is told of files with votes that can be read, and of which something is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irdb_sql.errors import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class IgnoredFieldsWarning(UserWarning):
    """A file has fields that its layout does not know."""

    def __init__(self, path: Path, layout: str, names: Sequence[str]) -> None:
        shown = ", ".join(map(quoted, names[:_MOST_SHOWN])) + (", …" if len(names) > _MOST_SHOWN else "")
        super().__init__(f"{quoted(path)} has fields that are not read as the layout {layout}: {shown}")


_MOST_SHOWN = 8


class NoRowsWarning(UserWarning):
    """Files with votes have no row, so that every answer is empty."""

    def __init__(self, paths: Sequence[Path]) -> None:
        names = ", ".join(quoted(path.name) for path in paths)
        super().__init__(f"there is no row to read in {names}, so that every answer is empty")


class VotelessRowsWarning(UserWarning):
    """Rows name two images, and nobody voted on these."""

    def __init__(self, rows: int) -> None:
        super().__init__(f"rows without a label or with 0 votes, whose images are in no pair of theirs: {rows:,}")
