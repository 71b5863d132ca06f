"""Multimodal RewardBench 2: a JSON object with a list of pairs of responses, each annotated by several people."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from irdb_sql.sources.errors import MissingColumnError
from irdb_sql.sources.kinds.layout import LayoutFiles
from irdb_sql.sources.peek import field_names

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from irdb_sql.sources.kinds.base import FileReader


class Mmrb2Files(LayoutFiles):
    """Pairs of responses that are images."""

    layout = "mmrb2"
    description = "file of MMRB2"
    pattern = ".json"
    macro = "mmrb2_rows"
    row = "pair"
    required = ("pairs", "response_a", "response_b")
    names: ClassVar[Mapping[str, str]] = {
        "prompt": "prompt_content",
        "first_path": "response_a",
        "second_path": "response_b",
    }

    def check(self, path: Path, split: str | None, reader: FileReader) -> None:  # noqa: ARG002 - the file is one object
        """Check that the first pairs have the fields of a pair."""
        fields = field_names(path)
        for name in self.required:
            if name not in fields:
                needs = "The layout mmrb2 needs an object with a list of pairs, each with response_a and response_b."
                raise MissingColumnError(path, name, sorted(fields), needs)
