"""Opens a dataset: where it lies, what of it to see, what statements may take, and which engine answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack, cast, overload

from irdb_sql.database.facade import ConnectOptions, ImageRewardDB, found_source
from irdb_sql.engine.limits import LimitOptions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyspark.sql import DataFrame, SparkSession

    from irdb_sql.core.schema import Split
    from irdb_sql.scorers.options import ScoreOptions
    from irdb_sql.scorers.tables import Scores
    from irdb_sql.sources.local import PathLike
    from irdb_sql.spark.database import SparkDatabase


@overload
def connect(
    source: PathLike | Sequence[PathLike] | None = None,
    *,
    split: Split | None = None,
    images_root: PathLike | None = None,
    images: PathLike | None = None,
    scores: Scores | None = None,
    trusted: bool = False,
    spark: None = None,
    **options: Unpack[ConnectOptions],
) -> ImageRewardDB: ...
@overload
def connect(
    source: PathLike | None = None,
    *,
    spark: SparkSession,
    scores: Scores | DataFrame | None = None,
    **options: Unpack[ScoreOptions],
) -> SparkDatabase: ...
def connect(  # noqa: PLR0913 - all but one are named by the caller
    source: PathLike | Sequence[PathLike] | None = None,
    *,
    split: Split | None = None,
    images_root: PathLike | None = None,
    images: PathLike | None = None,
    scores: Scores | DataFrame | None = None,
    trusted: bool = False,
    spark: SparkSession | None = None,
    **options: Unpack[ConnectOptions],
) -> ImageRewardDB | SparkDatabase:
    """Open a dataset.

    Args:
        source: A folder laid out as published (any of the metadata parquet files), one metadata parquet file or a
            list of them, or a ranking file (the JSON list `{id, prompt, generations, ranking}`, without ratings and
            classification). Or the URL of a folder laid out as published: `hf://datasets/OWNER/NAME@REVISION` (with the
            extra `hub`), an http(s) address, or any other that fsspec reads (with the extra `remote`); its metadata is
            kept in the user's cache, its images are read where they are. None opens the embedded sample, which is
            synthetic.
        split: For a folder, the one split to open. For a file, the split of its rows: a ranking file is `test`
            unless told, a parquet file is what its name `metadata-{split}.parquet` or else each image path says.
        images_root: The folder below which image paths lie, unpacked or in `{split}_{part}.zip`; unless given, the
            folder or URL of the source. It may be a URL, too.
        images: `ok` takes only images whose file is there and seems whole, before pairs are made of them; the path of
            a parquet file of `irdb verify` takes those that it found ok. None takes every image.
        scores: Scores of images that SQL, named queries, `evaluate` and reports are to see, as `evaluate` takes them;
            the baselines unless given.
        trusted: Let `sql` run any statement, also one that writes, and open any file. Otherwise it takes one statement
            that reads, and the engine opens no file but those of the source and no network.
        spark: A session of Apache Spark 4 (with the extra `spark`) that is to answer: `source` is then what
            `irdb_sql.spark.register` takes, and the methods are those of `irdb_sql.spark.database.SparkDatabase`.
        **options: `missing="error"` (the default) refuses a score that cannot be used, `"drop"` leaves it out and has
            it counted; `ranking_file` is the file that rewards are in the order of. `timeout` is how many seconds a
            statement may take, `max_rows` how many rows `sql` returns, lazily how many a plan reads, with a
            RowsCutWarning where there are more, `memory_limit` and `threads` what the engine takes, as in `"2GB"`
            and 2. A single call of a function cannot be timed out.

    Returns:
        The database; close it, or use it in a `with` block.

    Raises:
        NotFoundError: There is no such file or folder, or no metadata in it.
        UnreadableError: A file is there but cannot be opened.
        FileError: A file is broken, lacks a column, or holds a wrong type or value.
        UnknownSplitError: `split` is none of the three.
        ImagesRootError: There is no such folder of images.
        SourceNotFoundError: `images` is neither `ok` nor a file.
        RemoteError, HubError, HubAccessError, MissingPackageError: A URL cannot be read.
        ScoreError: `scores` are not what they should be.
        LimitError, RangeError: A limit is none that there is.
        NotOnSparkError: Something that is given is not for Spark.

    Example:
        >>> with connect() as db:
        ...     db.pair_counts(split="test").select("prompts", "images", "pairs", "strict_pairs", "tied_pairs").rows()
        [(48, 279, 736, 651, 85)]
    """
    if spark is not None:
        given = {"split": split, "images_root": images_root, "images": images, "trusted": trusted}
        return _connected_spark(spark, source, scores, given, options)
    return ImageRewardDB(
        found_source(source, split),
        images_root=images_root,
        images=images,
        scores=cast("Scores", scores),
        trusted=trusted,
        **options,
    )


def _connected_spark(
    spark: SparkSession, source: object, scores: object, given: Mapping[str, object], options: Mapping[str, object]
) -> SparkDatabase:
    """Open a dataset that Spark reads, and refuse what is not for it."""
    from irdb_sql.spark.errors import NotOnSparkError  # noqa: PLC0415 - as above
    from irdb_sql.spark.registration import SparkDatabase  # noqa: PLC0415 - of an extra

    others = set(options) & set(LimitOptions.__annotations__)
    for name in [*(name for name, value in given.items() if value), *sorted(others)]:
        raise NotOnSparkError(f"connect({name}=…)", "it is for one machine", "leave it out, or set it in the session.")
    return SparkDatabase(
        spark, cast("PathLike | None", source), scores=cast("Scores | None", scores), **cast("ScoreOptions", options)
    )
