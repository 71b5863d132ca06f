"""HPDv2: JSON lists of an annotator's choice of two images, or of ranks of several images by several annotators."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from irdb_sql.sources.errors import MissingColumnError
from irdb_sql.sources.kinds.layout import LayoutFiles

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from irdb_sql.sources.kinds.base import FileReader

_CHOICE, _RANKING = ("file_path", "human_preference"), ("image_path", "rank")


class Hpdv2Files(LayoutFiles):
    """Objects of HPDv2: choices in train.json, ranks in test.json."""

    layout = "hpdv2"
    description = "file of HPDv2"
    pattern = ".json"
    macro = "hpdv2_rows"
    row = "object"
    required = ("prompt",)
    optional = (*_CHOICE, *_RANKING, "user_hash", "raw_annotations", "raw_annotation")
    names: ClassVar[Mapping[str, str]] = {"first_path": "its paths", "second_path": "its paths"}

    def matches(self, path: Path, fields: frozenset[str]) -> bool:
        """Whether a JSON file has the fields of choices or of ranks."""
        return path.suffix.lower() == self.pattern and (fields.issuperset(_CHOICE) or fields.issuperset(_RANKING))

    def check(self, path: Path, split: str | None, reader: FileReader) -> None:
        """Check that there are choices or ranks."""
        super().check(path, split, reader)
        fields = reader.json_fields(path)
        if not ({*_CHOICE} <= {*fields} or {*_RANKING} <= {*fields}):
            needs = f"The layout hpdv2 needs {' and '.join(_CHOICE)}, or {' and '.join(_RANKING)}."
            raise MissingColumnError(path, "file_path", fields, needs)
