"""HPDv2: JSON lists of an annotator's choice of two images, or of ranks of several images by several annotators."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from irdb_sql.sources.errors import MissingColumnError
from irdb_sql.sources.kinds.layout import LayoutFiles
from irdb_sql.sources.peek import JSON_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_CHOICE, _RANKING = ("file_path", "human_preference"), ("image_path", "rank")


class Hpdv2Files(LayoutFiles):
    """Objects of HPDv2: choices in train.json, ranks in test.json."""

    layout = "hpdv2"
    description = "file of HPDv2"
    pattern = ".json"
    suffixes = JSON_SUFFIXES
    macro = "hpdv2_rows"
    row = "object"
    required = ("prompt",)
    optional = (*_CHOICE, *_RANKING, "user_hash", "raw_annotations", "raw_annotation")
    names: ClassVar[Mapping[str, str]] = {
        "first_path": "file_path or image_path",
        "second_path": "file_path or image_path",
    }

    def matches(self, path: Path, fields: frozenset[str]) -> bool:
        """Whether a JSON file has the fields of choices or of ranks."""
        return path.suffix.lower() in self.suffixes and (fields.issuperset(_CHOICE) or fields.issuperset(_RANKING))

    def check_fields(self, path: Path, fields: Sequence[str]) -> None:
        """Check that there are choices or ranks."""
        super().check_fields(path, fields)
        needed = _RANKING if not {*_RANKING}.isdisjoint(fields) else _CHOICE
        if (missing := next((name for name in needed if name not in fields), None)) is not None:
            needs = f"The layout hpdv2 needs {' and '.join(_CHOICE)}, or {' and '.join(_RANKING)}."
            raise MissingColumnError(path, missing, fields, needs)
