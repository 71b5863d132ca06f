"""Opens a dataset: find the source, open the engine, leave out images, attach scores, lock down, make the facade."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Unpack, cast, overload

from irdb_sql.core import catalog as sql_catalog
from irdb_sql.core.late import late
from irdb_sql.core.options import refuse_unknown
from irdb_sql.database.facade import ImageRewardDB, Parts
from irdb_sql.engine.errors import QueryError
from irdb_sql.engine.limits import LimitOptions, Limits
from irdb_sql.engine.local import DuckDBEngine
from irdb_sql.engine.queries import NamedQueries
from irdb_sql.engine.registered import RegisteredTables
from irdb_sql.exports.compare import SplitComparison
from irdb_sql.exports.start import Exporter
from irdb_sql.images.reader import ImageReader
from irdb_sql.pairs.shortcut import PublishedPairs
from irdb_sql.scorers.comparison import GeneratorComparison
from irdb_sql.scorers.options import ScoreOptions, score_files
from irdb_sql.scorers.service import ScorerService
from irdb_sql.sources.errors import BrokenFileError
from irdb_sql.sources.local import find_verification, literal_path, placed_files
from irdb_sql.sources.open import open_source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import polars as pl
    from pyspark.sql import DataFrame, SparkSession

    from irdb_sql.core.schema import Split
    from irdb_sql.scorers.tables import Scores
    from irdb_sql.sources.local import PathLike, Source
    from irdb_sql.spark import database as spark_database
    from irdb_sql.spark.database import SparkDatabase
else:
    pl = late("polars")
    spark_database = late("irdb_sql.spark.database")


class ConnectOptions(ScoreOptions, LimitOptions, total=False):
    """How to take scores, and what a statement may take."""


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
def connect(
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
        for_duckdb = {"split": split, "images_root": images_root, "images": images, "trusted": trusted}
        return spark_database.open_database(spark, source, scores, for_duckdb, options)
    threading.Thread(target=_load_polars, daemon=True).start()
    refuse_unknown(options, ConnectOptions)
    limits = Limits(**cast("LimitOptions", _options_of(LimitOptions, options)))
    score_options = cast("ScoreOptions", _options_of(ScoreOptions, options))
    verification = None if images is None or images == "ok" else find_verification(images)
    catalog = sql_catalog.load()

    files = open_source(source, split)
    reader = ImageReader(files, images_root)
    engine = DuckDBEngine(files, catalog, reader.listing, limits)
    with _closed_on_error(engine):
        engine.shortcuts["pairs"] = PublishedPairs(placed_files(files.files, engine.first_rows), limits)
        shown = files if images is None else leave_out_images(engine, files, verification)
        scorers = ScorerService(engine, catalog, shown, score_options)
        if scores is not None:
            scorers.publish(scores)
        lock_down(engine, reader, trusted=trusted)
        images_choice = None if images is None else str(images)
        queries = NamedQueries(engine, catalog)
        parts = Parts(
            engine=engine,
            catalog=catalog,
            queries=queries,
            images=reader,
            tables=RegisteredTables(engine, catalog),
            scorers=scorers,
            generators=GeneratorComparison(engine, catalog),
            exporter=Exporter(queries, reader, shown, images_choice),
            comparison=SplitComparison(engine, queries, catalog),
        )
        return ImageRewardDB(
            parts, shown, images_choice=images_choice, score_files=None if scores is None else score_files(scores)
        )


def leave_out_images(engine: DuckDBEngine, source: Source, verification: Path | None) -> Source:
    """Leave images out of all views whose file is not ok, and return the source under a name that says so.

    Args:
        engine: Where the views are.
        source: What it reads.
        verification: A parquet file of `irdb verify`; None looks at the directories of folders and zips.

    Raises:
        BrokenFileError: The file is no verification.
    """
    # Asked once: each later statement then joins to a table of few rows.
    if verification is None:
        engine.replace_view("left_out_images", engine.call("bad_images"))
        return replace(source, name=f"{source.name}, only images whose file is ok")
    try:
        engine.replace_view("left_out_images", engine.call("unverified_images", [literal_path(verification)]))
    except QueryError as error:
        kind = "verification, a parquet file of irdb verify"
        raise BrokenFileError(verification, kind, error.sentence) from error
    return replace(source, name=f"{source.name}, only verified images")


def lock_down(engine: DuckDBEngine, reader: ImageReader, *, trusted: bool) -> None:
    """Limit how long statements take, and unless they are trusted which files they and images are read from."""
    engine.lock_down(trusted=trusted)
    if not trusted:
        reader.store.keep_to(engine.image_folders)


@contextlib.contextmanager
def _closed_on_error(engine: DuckDBEngine) -> Iterator[None]:
    """Close an engine if what follows fails."""
    try:
        yield
    except BaseException:
        engine.close()
        raise


def _load_polars() -> None:
    """Import Polars while the engine opens a source, which takes about as long."""
    _ = pl.DataFrame


def _options_of(kind: type, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of the options that a type describes."""
    return {name: value for name, value in options.items() if name in kind.__annotations__}
