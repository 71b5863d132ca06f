"""Facade methods that export data for training, and that look for leaks between splits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import polars as pl

    from irdb_sql.database.facade import ImageRewardDB
    from irdb_sql.exports.options import ExportOptions
    from irdb_sql.exports.writer import Manifest
    from irdb_sql.sources.local import PathLike


def export(
    self: ImageRewardDB,
    format: str,
    target: PathLike,
    *,
    progress: Callable[[int, int], None] | None = None,
    command: str | None = None,
    **options: Unpack[ExportOptions],
) -> Manifest:
    """Write the data in a format for training and return the manifest.

    | format | one row per | files |
    | --- | --- | --- |
    | `rows` | image: image, prompt_id, prompt, classification, image_amount_in_total, rank, ratings | .parquet |
    | `groups` | prompt: prompt_id, prompt, classification, and lists of image, rank, ratings | .parquet |
    | `pairs` | strict pair: prompt_id, prompt, classification, img_better, img_worse | .parquet |
    | `preference` | strict pair: prompt, chosen, rejected, prompt_id | .parquet |
    | `pickscore` | pair: caption, jpg_0, jpg_1, label_0, label_1, and more for PickScore's trainer | .parquet |
    | `ranking` | prompt: id, prompt, generations, ranking | .json |
    | `webdataset` | image: a file of its bytes and a JSON file of its metadata | .tar |
    | `metadata` | image: the published columns, without bytes | .parquet, .csv, .ndjson |
    | `votes` | vote: prompt, first, second, first_votes, second_votes, tied_votes, … | .parquet, .csv, .ndjson |
    | `hpdv3` | pair: path1 (the better image), path2, choice_dist, confidence, and more | .json |
    | `hpdv2` | vote: file_path, human_preference; ranked prompt: image_path, rank, raw_annotations | .json |

    Rows keep the order of the source, and the rows of a prompt are in one file. `datasets.load_dataset("parquet",
    data_files=…)` decodes the image columns. The same data and options make the same bytes. Writes are atomic.

    Args:
        format: Name of the format.
        target: A file for one split, whose suffix selects the file type, with a `….manifest.json` beside it; or a new
            or empty folder for one or more files per split and a `manifest.json`.
        progress: Called with the number of written prompts and the number of all prompts.
        command: The command that the manifest records; by default this call.
        **options: `split` and `subset` filter as in `images`. `images=False` writes paths instead of image bytes.
            `sample=0.1` takes the prompts whose draw (`queries/exports/prompt_draws.sql`) is below 0.1, `(0.9, 1)`
            those from 0.9 on: ranges that do not overlap share no prompt and no text. `seed` changes the draws, and
            `stratified=True` spreads them evenly over classifications. For pairs, `min_rank_gap` is the smallest
            difference in rank, `per_prompt` the number of pairs to draw per prompt at most, and `weights` adds a
            column `weight`: 1 / (pairs of the prompt) for `"prompt"`, 1 for `"pair"`. `keep_ties` adds tied pairs, in
            `pickscore` and `hpdv3` only. `shard_bytes` is the approximate size of each file in a folder.
            `allow_empty=True` also writes an export without rows.

    Returns:
        The content of `manifest.json`: the command, the source and its files with SHA-256, the options, and for each
        file its rows, prompts, images (an image counts once per prompt), bytes and SHA-256.

    Raises:
        ChoiceError, RangeError, UnusedOptionError, UnknownOptionError: An option is wrong or does not fit the format.
        ExportFileError: The format has no files with this suffix.
        SeveralSplitsError: One file would hold several splits, in another format than `votes`.
        TargetExistsError: The folder already exists and is not empty.
        NoVotesError: The format is `votes`, and no vote is exported, unless `allow_empty`.
        NoRanksError: The format is `ranking`, and prompts have votes instead of ranks.
        EmptyExportError: No row is exported, unless `allow_empty`; nothing is written.
        ImageError: An image cannot be read; connect with `images="ok"`, or with a file of `irdb verify`.
        UnwritableError: The disk is full, or the path cannot be written; nothing is left behind.

    Example:
        >>> import tempfile
        >>> from irdb_sql import connect
        >>> with connect() as db, tempfile.TemporaryDirectory() as folder:
        ...     manifest = db.export("pairs", f"{folder}/pairs.parquet", split="test", min_rank_gap=2)
        ...     [manifest["totals"][name] for name in ("rows", "prompts", "images")]
        [358, 48, 273]
    """
    return self._components.exporter.export(
        format, target, options, images_left_out=self._count_left_out_images, progress=progress, command=command
    )


def check_split(
    self: ImageRewardDB,
    a: PathLike,
    b: PathLike,
    *,
    layout: str | None = None,
    columns: str | Mapping[str, str] | None = None,
) -> pl.DataFrame:
    """Return the prompts, texts and images that two exports, sets or splits share.

    Defined in `queries/exports/split_leaks.sql`. Rows are in the order of leak and shared_value. Image bytes are
    compared only where both sides are files that hold them: exports, or a layout with columns of bytes. Texts and ids
    are compared where both sides have them; a set without ids has those that its texts make.

    Args:
        a: File or folder of an export in any format, a dataset in any layout that `connect` opens, or the name of a
            split of this database.
        b: The other side, likewise.
        layout: The layout of the sides that are neither exports with their manifests nor published folders; None finds
            out what each file is.
        columns: The columns of the layout `pairs`, as `connect` takes them.

    Raises:
        NoExportError: A side is no export, dataset or split.
        ChoiceError: There is no such layout.
        AmbiguousPlaceError: A side is the name of a split and also of a file or folder.
        FileError: A file cannot be read.

    Example:
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     db.check_split("train", "test").height
        0
    """
    return self._components.comparison.leaks(a, b, layout, columns)
