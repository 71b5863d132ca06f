"""Multimodal RewardBench 2: a JSON object with a list of pairs of responses, each annotated by several people."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from irdb_sql.sources.errors import MissingColumnError
from irdb_sql.sources.kinds.layout import LayoutFiles
from irdb_sql.sources.peek import JSON_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_OF_PAIR = frozenset({"response_a", "response_b"})


class Mmrb2Files(LayoutFiles):
    """Pairs of responses that are images."""

    layout = "mmrb2"
    description = "file of MMRB2"
    pattern = ".json"
    suffixes = JSON_SUFFIXES
    macro = "mmrb2_rows"
    row = "pair"
    required = ("pairs",)
    names: ClassVar[Mapping[str, str]] = {
        "prompt": "prompt_content",
        "first_path": "response_a",
        "second_path": "response_b",
    }

    def matches(self, path: Path, fields: frozenset[str]) -> bool:
        """Whether a JSON file begins with pairs of responses."""
        return path.suffix.lower() in self.suffixes and fields.issuperset(_OF_PAIR | {"pairs"})

    def check_fields(self, path: Path, fields: Sequence[str]) -> None:
        """Check that there are pairs, whose responses are checked together."""
        if "pairs" not in fields:
            needs = "The layout mmrb2 needs an object with a list of pairs, each with response_a and response_b."
            raise MissingColumnError(path, "pairs", fields, needs)
