"""The columns of the published metadata, and what a file may store them as."""

from __future__ import annotations

from typing import Literal

Split = Literal["train", "validation", "test"]
Subset = Literal["1k", "2k", "4k", "8k"]
OnError = Literal["raise", "null", "skip"]


TEXT = frozenset({"VARCHAR", "ENUM", "NULL"})
"""Engine types that hold text; a column without any value has none."""

WHOLE_NUMBER = frozenset({
    "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT",
    "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT",
    "FLOAT", "DOUBLE", "DECIMAL", "NULL",
})  # fmt: skip
"""Engine types that hold whole numbers: of any width, and floats, which is what NULLs make of integers in pandas."""

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
"""Each published column and the engine types it may have, in published order."""

SUBSETS = {"1k": 4, "2k": 8, "4k": 16, "8k": 32}
"""The published subsets of train, each the start of the next, and their numbers of parts."""

SPLITS = ("train", "validation", "test")
"""The splits, in published order."""

PARTS = {"train": SUBSETS["8k"], "validation": 2, "test": 2}
"""How many parts of each split are published."""
