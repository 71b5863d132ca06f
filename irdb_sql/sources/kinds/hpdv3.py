"""HPDv3: a JSON list of pairs, each with the numbers of annotators who preferred either image."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from irdb_sql.sources.kinds.layout import LayoutFiles
from irdb_sql.sources.peek import JSON_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Mapping


class Hpdv3Files(LayoutFiles):
    """Objects of HPDv3, of which path1 is the preferred image."""

    layout = "hpdv3"
    description = "file of HPDv3"
    pattern = ".json"
    suffixes = JSON_SUFFIXES
    macro = "hpdv3_rows"
    row = "object"
    required = ("prompt", "path1", "path2")
    optional = ("model1", "model2", "choice_dist", "confidence")
    names: ClassVar[Mapping[str, str]] = {"first_path": "path1", "second_path": "path2"}
