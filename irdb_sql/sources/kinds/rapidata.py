"""Rapidata's preference sets: Parquet files of pairs with the numbers of votes for either image."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from irdb_sql.sources.kinds.layout import LayoutFiles

if TYPE_CHECKING:
    from collections.abc import Mapping


class RapidataFiles(LayoutFiles):
    """Rows of Rapidata's sets, which may hold the images."""

    layout = "rapidata"
    description = "file of Rapidata"
    pattern = ".parquet"
    macro = "rapidata_rows"
    required = ("prompt", "image1_path", "image2_path", "votes_image1", "votes_image2")
    optional = ("model1", "model2")
    unread = ("detailed_results",)
    names: ClassVar[Mapping[str, str]] = {"first_path": "image1_path", "second_path": "image2_path"}
    bytes_columns = ("image1", "image2")
