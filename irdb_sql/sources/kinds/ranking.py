"""Ranking files: a JSON list of `{id, prompt, generations, ranking}`, as the ImageReward repository publishes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irdb_sql.sources.errors import BrokenFileError, WrongRankingError
from irdb_sql.sources.kinds.base import SourceKind

if TYPE_CHECKING:
    from pathlib import Path

    from irdb_sql.sources.kinds.base import FileReader

_FIRST_BYTES = 65_536


class RankingFiles(SourceKind):
    """Ranks without ratings; the repository publishes one of the test split."""

    description = "ranking file"
    pattern = ".json"
    macro = "ranking_file"
    check_macros = ("ranking_file_faults",)
    layout = "ranking"
    priority = -1
    is_in_memory = True
    orders_images = True

    def matches(self, path: Path, fields: frozenset[str]) -> bool:  # noqa: ARG002 - the check says what it lacks
        """Whether a file name ends in `.json`, and the file is of no other kind."""
        return path.suffix.lower() == self.pattern

    def split_of(self, path: Path) -> str | None:  # noqa: ARG002 - the name of a ranking file has no split
        """Return `test`, the only split with a published ranking file."""
        return "test"

    def check(self, path: Path, split: str | None, reader: FileReader) -> None:  # noqa: ARG002 - rankings name no split
        """Check that every object is a ranking of images."""
        with path.open("rb") as opened:
            first = opened.read(_FIRST_BYTES).strip()
        if not first:  # which the engine would read as a list without objects
            raise BrokenFileError(path, self.description, "it has only white space")
        if first.startswith(b"{"):
            reason = "it begins with an object and not a list; write its objects as one list, [{…}, {…}]"
            raise BrokenFileError(path, self.description, reason)
        fault = reader.first_row("ranking_file_faults", path, order="object_number")
        if fault is not None:
            raise WrongRankingError(path, *fault)
