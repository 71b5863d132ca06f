"""Says what each format of an export is: which query makes its rows, what its columns are called, what files it has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

FileKind = Literal["parquet", "json", "tar", "csv", "ndjson"]


@dataclass(frozen=True)
class ExportFormat:
    """A format of an export.

    Attributes:
        query: The named query that makes its rows.
        columns: The query's columns that it has, in order, and what they are called in it.
        images: Those of them, as called in it, that are images.
        has_bytes: Whether it can hold the bytes of images; else it holds their paths.
        kinds: What its files may be; the first is what a folder gets.
        has_pairs: Whether its rows are pairs.
        has_ties: Whether a tied pair can be told in it.
        names: How its files are called in a folder.
    """

    query: str
    columns: Mapping[str, str]
    images: tuple[str, ...]
    has_bytes: bool = True
    kinds: tuple[FileKind, ...] = ("parquet",)
    has_pairs: bool = False
    has_ties: bool = False
    names: str = "{split}-{shard:05d}-of-{shards:05d}.{kind}"


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


_RATINGS = ("overall_rating", "image_text_alignment_rating", "fidelity_rating")
_ROW = _same("prompt_id", "prompt", "classification", "image_amount_in_total", "rank", *_RATINGS)

EXPORT_FORMATS: dict[str, ExportFormat] = {
    "rows": ExportFormat("exported_rows", {"image_path": "image", **_ROW}, ("image",)),
    "groups": ExportFormat(
        "exported_groups",
        {**_same("prompt_id", "prompt", "classification"), "image_path": "image", **_same("rank", *_RATINGS)},
        ("image",),
    ),
    "pairs": ExportFormat(
        "exported_pairs",
        {
            **_same("prompt_id", "prompt", "classification"),
            "better_path": "img_better",
            "worse_path": "img_worse",
        },
        ("img_better", "img_worse"),
        has_pairs=True,
    ),
    "preference": ExportFormat(
        "exported_pairs",
        {**_same("prompt"), "better_path": "chosen", "worse_path": "rejected", **_same("prompt_id")},
        ("chosen", "rejected"),
        has_pairs=True,
    ),
    "pickscore": ExportFormat(
        "exported_labels",
        {
            **_same("caption"),
            "path_0": "jpg_0",
            "path_1": "jpg_1",
            **_same("label_0", "label_1", "are_different", "has_label", "num_example_per_prompt"),
            **_same("image_0_uid", "image_1_uid", "prompt_id"),
        },
        ("jpg_0", "jpg_1"),
        has_pairs=True,
        has_ties=True,
    ),
    "ranking": ExportFormat(
        "exported_groups",
        {"prompt_id": "id", "prompt": "prompt", "image_path": "generations", "rank": "ranking"},
        ("generations",),
        has_bytes=False,
        kinds=("json",),
        names="{split}.{kind}",
    ),
    "webdataset": ExportFormat(
        "exported_rows",
        {"image_path": "image_path", **_ROW},
        ("image_path",),
        kinds=("tar",),
        names="{split}-{shard:06d}.{kind}",
    ),
    "metadata": ExportFormat(
        "exported_metadata",
        {"image_path": "image_path", **_ROW},
        ("image_path",),
        has_bytes=False,
        kinds=("parquet", "csv", "ndjson"),
        names="metadata-{split}.{kind}",
    ),
}
"""The formats by name."""

MANIFEST = "manifest.json"
"""What the manifest of a folder is called; that of a file has its name in front."""

SUFFIXES: dict[str, FileKind] = {
    ".parquet": "parquet", ".json": "json", ".tar": "tar", ".csv": "csv", ".ndjson": "ndjson", ".jsonl": "ndjson",
}  # fmt: skip
"""The kind of file that a suffix means."""
