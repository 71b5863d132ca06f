"""Pick-a-Pic: Parquet files of one annotator's label of two images a row, which may hold the images."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from irdb_sql.sources.kinds.layout import LayoutFiles

if TYPE_CHECKING:
    from collections.abc import Mapping


class PickapicFiles(LayoutFiles):
    """Rows of Pick-a-Pic, whose prompts are captions and whose images are named by a uid."""

    layout = "pickapic"
    description = "file of Pick-a-Pic"
    pattern = ".parquet"
    macro = "pickapic_rows"
    required = ("caption", "image_0_uid", "image_1_uid", "label_0", "label_1")
    optional = ("user_id", "model_0", "model_1", "has_label")
    unread = (
        "are_different", "best_image_uid", "created_at", "image_0_url", "image_1_url", "ranking_id",
        "num_example_per_prompt", "__index_level_0__",
    )  # fmt: skip
    names: ClassVar[Mapping[str, str]] = {
        "prompt": "caption",
        "first_path": "image_0_uid",
        "second_path": "image_1_uid",
    }
    bytes_columns = ("jpg_0", "jpg_1")
