"""Methods of the facade that hand the data to tools that train on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from irdb_sql.database.facade import ImageRewardDB
    from irdb_sql.exports.options import ExportOptions
    from irdb_sql.exports.writer import Manifest
    from irdb_sql.sources.local import PathLike


def export(
    self: ImageRewardDB,
    form: str,
    target: PathLike,
    *,
    progress: Callable[[int, int], None] | None = None,
    command: str | None = None,
    **options: Unpack[ExportOptions],
) -> Manifest:
    """Write the data in a shape that trainers read, at once and whole, and return the manifest.

    | format | a row | files |
    | --- | --- | --- |
    | `rows` | an image: image, prompt_id, prompt, classification, image_amount_in_total, rank, ratings | .parquet |
    | `groups` | a prompt: prompt_id, prompt, classification, and lists of image, rank, ratings | .parquet |
    | `pairs` | a strict pair: prompt_id, prompt, classification, img_better, img_worse | .parquet |
    | `preference` | a strict pair: prompt, chosen, rejected, prompt_id | .parquet |
    | `pickscore` | a pair: caption, jpg_0, jpg_1, label_0, label_1, and more for PickScore's trainer | .parquet |
    | `ranking` | a prompt: id, prompt, generations, ranking | .json |
    | `webdataset` | an image: its bytes, and beside them a JSON of its row | .tar |
    | `metadata` | an image, as published, without bytes | .parquet, .csv, .ndjson |

    Prompts stand as in the source, and no file ends amid a prompt. `datasets.load_dataset("parquet", data_files=…)`
    finds columns of images in the parquet files. The same data and options make the same bytes.

    Args:
        form: The format.
        target: A file of one split, whose suffix says its kind and beside which `….manifest.json` is written; or a
            folder, new or empty, that gets files for each split and `manifest.json`.
        progress: Is told how many prompts of how many are done.
        command: What the manifest says that it was made by; this call unless given.
        **options: `split` and `subset` choose as everywhere. `images=False` writes paths in the columns of images.
            `sample=0.1` takes the prompts whose draw (`queries/exports/prompt_draws.sql`) is below 0.1, `(0.9, 1)`
            those from 0.9: ranges that do not meet share no prompt and no text; `seed` makes other draws, and
            `stratified=True` spreads them evenly over classifications. For pairs, `min_rank_gap` is the smallest
            difference in rank, `per_prompt` how many to draw of a prompt at most, and `weights` adds a column
            `weight`: `"prompt"` gives every prompt the same, 1 over its number of pairs, `"pair"` every pair 1.
            `keep_ties` is for `pickscore`, which can tell them. Files in a folder grow to about `shard_bytes` each.

    Returns:
        What `manifest.json` holds: the command, the source and its files with their SHA-256, what was chosen, and
        of each file its rows, prompts, images (each counted once a prompt), bytes and SHA-256.

    Raises:
        ChoiceError, RangeError, UnusedOptionError, UnknownOptionError: An option is none that there is.
        ExportFileError: The format has no files of the kind that the name tells.
        SeveralSplitsError: One file would hold several splits.
        TargetExistsError: The folder is there and not empty.
        ImageError: An image cannot be had; connect with `images="ok"`, or the file of a verification.
        UnwritableError: The disk is full, or the place cannot be written; nothing is left behind.

    Example:
        >>> import tempfile
        >>> from irdb_sql import connect
        >>> with connect() as db, tempfile.TemporaryDirectory() as folder:
        ...     made = db.export("pairs", f"{folder}/pairs.parquet", split="test", min_rank_gap=2)
        ...     [made["totals"][name] for name in ("rows", "prompts", "images")]
        [358, 48, 273]
    """
    return self._exporter.export(
        form, target, options, images_left_out=self._count_left_out, progress=progress, command=command
    )


def check_split(self: ImageRewardDB, a: PathLike, b: PathLike) -> pl.DataFrame:
    """Return what two exports or splits share: prompt ids, normal texts, images, and images' bytes.

    Defined in `queries/exports/split_leaks.sql`. Rows are in the order of leak and shared_value; no row means that
    nothing which both tell is shared. Bytes are compared where both are exports that hold them.

    Args:
        a: A file or folder of an export in any format, a dataset as `connect` takes it, or `train`, `validation`
            or `test` of this one.
        b: Another one.

    Raises:
        NoExportError: One is none of these.
        AmbiguousPlaceError: One is a split, and there is a file or folder of that name.
        FileError: A file cannot be read.

    Example:
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     db.check_split("train", "test").height
        0
    """
    return self._comparison.leaks(a, b)
