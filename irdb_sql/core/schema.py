"""The columns of the published metadata and their allowed types, and the splits, subsets and parts."""

from __future__ import annotations

from typing import Literal

Split = Literal["train", "validation", "test"]
Subset = Literal["1k", "2k", "4k", "8k"]
OnError = Literal["raise", "null", "skip"]


TEXT = frozenset({"VARCHAR", "ENUM", "NULL"})
"""DuckDB types of text; NULL is the type of a column without values."""

WHOLE_NUMBER = frozenset({
    "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT",
    "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT",
    "FLOAT", "DOUBLE", "DECIMAL", "NULL",
})  # fmt: skip
"""DuckDB types of whole numbers; floats too, because pandas stores integers with NULLs as floats."""

PUBLISHED: dict[str, frozenset[str]] = {
    "image_path": TEXT,
    "prompt_id": TEXT,
    "prompt": TEXT,
    "classification": TEXT,
    "image_amount_in_total": WHOLE_NUMBER,
    "rank": WHOLE_NUMBER,
    "overall_rating": WHOLE_NUMBER,
    "image_text_alignment_rating": WHOLE_NUMBER,
    "fidelity_rating": WHOLE_NUMBER,
}
"""Each published column and its allowed DuckDB types, in published order."""

SUBSETS = {"1k": 4, "2k": 8, "4k": 16, "8k": 32}
"""The published subsets and their numbers of parts of train; each has the first parts of train."""

WHOLE_TRAIN: Subset = "8k"
"""The subset of all parts of train."""

SPLITS: tuple[Split, ...] = ("train", "validation", "test")
"""The splits, in published order."""

PARTS: dict[str, int] = {"train": SUBSETS[WHOLE_TRAIN], "validation": 2, "test": 2}
"""The number of published parts of each split."""

MEASURES = ("width", "height", "brightness", "saturation", "sharpness", "entropy")
"""The columns of measures of images, as `irdb verify --measure` writes them."""

EMPTY_WITHOUT_VOTES = ("voted_pairs", "subset_voted_pairs", "generator_votes")
"""Views and macros without rows where the source has no votes, which are then not planned with all that they read."""
