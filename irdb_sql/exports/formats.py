"""The registry of export formats: one entry for each.

To add a format, add an entry and the named query that makes its rows. The facade, the command line, Spark and the
checks for leaks read everything about a format from its entry.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from irdb_sql.engine.formats import FORMATS

if TYPE_CHECKING:
    from collections.abc import Mapping

FileKind = Literal["parquet", "json", "tar", "csv", "ndjson"]
Weights = Literal["prompt", "pair"]
WEIGHTS: tuple[Weights, ...] = get_args(Weights)
SHARD_BYTES = 500_000_000


@dataclass(frozen=True)
class ExportFormat:
    """A format of an export.

    Attributes:
        name: Its name.
        summary: Its files in a few words; neighbouring formats with the same summary share a line of help.
        query: The named query that makes its rows: those of one prompt after another, with `split`, `prompt_id` and
            the parameters of the other export queries.
        columns: The query's columns that are written, in order, and their names in the file.
        images: The names in the file of columns that are images.
        has_bytes: Whether it can hold the bytes of images; else it holds their paths.
        kinds: The kinds of its files; a folder gets the first.
        has_pairs: Whether its rows are pairs.
        has_ties: Whether its rows can be tied pairs.
        has_votes: Whether its rows are votes, so that ranks alone make none.
        needs_ranks: Whether a prompt with votes and without ranks cannot be written.
        omits_nulls: Whether an object has no field that is NULL.
        file_names: The names of its files in a folder: a pattern of split, shard, shards and kind.
    """

    name: str
    summary: str
    query: str
    columns: Mapping[str, str]
    images: tuple[str, ...]
    has_bytes: bool = True
    kinds: tuple[FileKind, ...] = ("parquet",)
    has_pairs: bool = False
    has_ties: bool = False
    has_votes: bool = False
    needs_ranks: bool = False
    omits_nulls: bool = False
    file_names: str = "{split}-{shard:05d}-of-{shards:05d}.{kind}"

    @property
    def is_parquet(self) -> bool:
        """Whether its folders hold Parquet files, which clusters also write."""
        return self.kinds[0] == "parquet"

    @property
    def is_sharded(self) -> bool:
        """Whether a split may have several files in a folder."""
        return "{shard" in self.file_names

    @property
    def has_splits(self) -> bool:
        """Whether a column names the split of each row, so that one file can hold several."""
        return "split" in self.columns.values()


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


_RATINGS = ("overall_rating", "image_text_alignment_rating", "fidelity_rating")
_ROW = _same("prompt_id", "prompt", "classification", "image_amount_in_total", "rank", *_RATINGS)
_CONFIGURATION = "Parquet of the published configurations 8k, 8k_group and 8k_pair"

_FORMATS = (
    ExportFormat("rows", _CONFIGURATION, "exported_rows", {"image_path": "image", **_ROW}, ("image",)),
    ExportFormat(
        "groups",
        _CONFIGURATION,
        "exported_groups",
        {**_same("prompt_id", "prompt", "classification"), "image_path": "image", **_same("rank", *_RATINGS)},
        ("image",),
    ),
    ExportFormat(
        "pairs",
        _CONFIGURATION,
        "exported_pairs",
        {
            **_same("prompt_id", "prompt", "classification"),
            "better_path": "img_better",
            "worse_path": "img_worse",
        },
        ("img_better", "img_worse"),
        has_pairs=True,
    ),
    ExportFormat(
        "preference",
        "Parquet of pairs: prompt, chosen, rejected",
        "exported_pairs",
        {**_same("prompt"), "better_path": "chosen", "worse_path": "rejected", **_same("prompt_id")},
        ("chosen", "rejected"),
        has_pairs=True,
    ),
    ExportFormat(
        "pickscore",
        "Parquet of pairs as the trainer of PickScore reads them",
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
    ExportFormat(
        "ranking",
        "JSON of the ImageReward repository: id, prompt, generations, ranking",
        "exported_groups",
        {"prompt_id": "id", "prompt": "prompt", "image_path": "generations", "rank": "ranking"},
        ("generations",),
        has_bytes=False,
        kinds=("json",),
        needs_ranks=True,
        file_names="{split}.{kind}",
    ),
    ExportFormat(
        "webdataset",
        "tar: each image, and a JSON of its row beside it",
        "exported_rows",
        {"image_path": "image_path", **_ROW},
        ("image_path",),
        kinds=("tar",),
        file_names="{split}-{shard:06d}.{kind}",
    ),
    ExportFormat(
        "metadata",
        "Parquet, CSV or NDJSON of the published columns",
        "exported_metadata",
        {"image_path": "image_path", **_ROW},
        ("image_path",),
        has_bytes=False,
        kinds=("parquet", "csv", "ndjson"),
        file_names="metadata-{split}.{kind}",
    ),
    ExportFormat(
        "votes",
        "Parquet, CSV or NDJSON of votes on pairs, as --data reads them",
        "exported_votes",
        {
            **_same("prompt_id", "prompt", "classification", "split"),
            "first_path": "first",
            "second_path": "second",
            **_same("first_votes", "second_votes", "tied_votes", "annotator"),
            **_same("first_generator", "second_generator", "strength", "weight"),
        },
        ("first", "second"),
        has_bytes=False,
        kinds=("parquet", "csv", "ndjson"),
        has_votes=True,
    ),
    ExportFormat(
        "hpdv3",
        "JSON of HPDv3: pairs with the number of votes for either image",
        "exported_hpdv3",
        _same("prompt", "path1", "path2", "choice_dist", "confidence", "model1", "model2"),
        ("path1", "path2"),
        has_bytes=False,
        kinds=("json",),
        has_pairs=True,
        has_ties=True,
        file_names="{split}.{kind}",
    ),
    ExportFormat(
        "hpdv2",
        "JSON of HPDv2: the choice of each vote, or the ranks of a prompt",
        "exported_hpdv2",
        {
            **_same("human_preference", "prompt"),
            "choice_paths": "file_path",
            **_same("user_hash", "image_path", "rank", "raw_annotations"),
        },
        ("file_path", "image_path"),
        has_bytes=False,
        kinds=("json",),
        omits_nulls=True,
        file_names="{split}.{kind}",
    ),
)

EXPORT_FORMATS: dict[str, ExportFormat] = {each.name: each for each in _FORMATS}
"""The formats by name."""


def describe_formats() -> str:
    """List names and summaries of all formats, for help.

    Example:
        >>> print(describe_formats().splitlines()[1])
        preference            Parquet of pairs: prompt, chosen, rejected
    """
    lines = [
        (", ".join(each.name for each in formats), summary)
        for summary, formats in itertools.groupby(EXPORT_FORMATS.values(), lambda each: each.summary)
    ]
    width = max(len(names) for names, _ in lines) + _GAP
    return "\n".join(f"{names:{width}}{summary}" for names, summary in lines)


_GAP = 3  # spaces between two columns of help

MANIFEST = "manifest.json"
"""The name of the manifest of a folder; that of a file has the file's name in front."""

SUFFIXES: dict[str, FileKind] = {
    suffix: kind
    for kind in get_args(FileKind)
    for suffix in (FORMATS[kind].suffixes if kind in FORMATS else (f".{kind}",))
}
"""The kind of file that a suffix means: as for answers, and `.tar`."""
