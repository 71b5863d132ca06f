"""Opens a dataset: finds the source, opens the engine, filters images, attaches scores and locks the engine."""

from __future__ import annotations

import contextlib
from functools import partial
from typing import TYPE_CHECKING, Any, Unpack, cast, overload

from irdb_sql.core import catalog as sql_catalog
from irdb_sql.core.late import late
from irdb_sql.core.options import check_flags, check_options, check_path
from irdb_sql.database.facade import Components, ImageRewardDB
from irdb_sql.database.opening import Opening
from irdb_sql.database.selection import leave_out_images, make_selection
from irdb_sql.database.verified import attach_measures
from irdb_sql.engine.limits import LimitOptions, Limits
from irdb_sql.engine.local import DuckDBEngine
from irdb_sql.engine.queries import NamedQueries
from irdb_sql.engine.registered import RegisteredTables
from irdb_sql.images.reader import ImageReader
from irdb_sql.judges.comparison import JudgeComparison
from irdb_sql.pairs.shortcut import make_shortcuts
from irdb_sql.scorers.comparison import GeneratorComparison
from irdb_sql.scorers.options import ScoreOptions, score_files
from irdb_sql.scorers.service import ScorerService
from irdb_sql.scorers.shortcuts import make_shortcuts as make_score_shortcuts
from irdb_sql.sources.open import open_source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pyspark.sql import DataFrame, SparkSession

    from irdb_sql.core.schema import Subset
    from irdb_sql.core.splits import Splits
    from irdb_sql.database import own_queries
    from irdb_sql.images import cells
    from irdb_sql.scorers import calls
    from irdb_sql.scorers.tables import Scores
    from irdb_sql.sources.local import PathLike
    from irdb_sql.spark import database as spark_database
    from irdb_sql.spark.database import SparkDatabase
else:
    calls = late("irdb_sql.scorers.calls")
    cells = late("irdb_sql.images.cells")
    own_queries = late("irdb_sql.database.own_queries")
    spark_database = late("irdb_sql.spark.database")


class ConnectOptions(ScoreOptions, LimitOptions, total=False):
    """Options of `connect`: for scores, and limits of statements."""


@overload
def connect(
    source: PathLike | Sequence[PathLike] | None = None,
    *,
    split: Splits | None = None,
    images_root: PathLike | None = None,
    images: PathLike | None = None,
    measures: PathLike | None = None,
    subset: Subset | None = None,
    classification: str | Sequence[str] | None = None,
    layout: str | None = None,
    columns: str | Mapping[str, str] | None = None,
    scores: Scores | None = None,
    queries: PathLike | None = None,
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
    split: Splits | None = None,
    images_root: PathLike | None = None,
    images: PathLike | None = None,
    measures: PathLike | None = None,
    subset: Subset | None = None,
    classification: str | Sequence[str] | None = None,
    layout: str | None = None,
    columns: str | Mapping[str, str] | None = None,
    scores: Scores | DataFrame | None = None,
    queries: PathLike | None = None,
    trusted: bool = False,
    spark: SparkSession | None = None,
    **options: Unpack[ConnectOptions],
) -> ImageRewardDB | SparkDatabase:
    """Open a dataset and return its database.

    Args:
        source: A folder in the published layout (with at least one metadata parquet file), a metadata parquet file or a
            list of them, or a ranking file (a JSON list of `{id, prompt, generations, ranking}`, without ratings and
            classification). Or the URL of a folder in the published layout: `hf://datasets/OWNER/NAME@REVISION` (needs
            the extra `hub`), an http(s) URL, or any URL that fsspec reads (needs the extra `remote`); metadata is
            cached in the user's cache folder, images are read from the URL. Or files with votes, or their folder, in
            the layout of another preference set or of one's own labels. None opens the embedded, synthetic sample.
        split: For a folder, the split or the list of splits to open. For a file, the split of its rows; by default
            `test` for a ranking file, and for a parquet file the split in its name `metadata-{split}.parquet`, else in
            each image path.
        images_root: Folder or URL that image paths are relative to, with images unpacked or in `{split}_{part}.zip`;
            by default the folder or URL of the source.
        images: `"ok"` uses only images whose file exists and is not visibly broken; the path of a parquet file that
            `irdb verify` wrote uses only images with the status ok in it. Other images are in no view and no pair.
            None uses every image.
        measures: The path of a parquet file that `irdb verify --measure` wrote: measures of images for the view
            `image_measures`, with which `score_confounds` compares scores. None measures no image; an
            UnmeasuredImagesWarning says how many images the file has no measures of.
        subset: Use only the images of this published subset: 1k, 2k, 4k or 8k.
        classification: Use only images of this classification, or of one of several.
        layout: The layout of the files: `pairs` (a table of one's own: a prompt, two images and a label), `pickapic`,
            `hpdv2`, `hpdv3`, `rapidata`, `mmrb2`, `ranking` or `imagerewarddb`. None finds out what each file is.
        columns: The columns of the layout `pairs`, where they do not have usual names: a mapping, or text as in
            `prompt=caption,first=img_a,second=img_b,label=choice,annotator=user`.
        scores: Scores of images for SQL, named queries, `evaluate` and reports, in any form that `evaluate` accepts;
            by default those of the baselines.
        queries: A folder of SQL files of your own, or one such file: queries, macros and views beside those of the
            package, in `sql`, `query`, `catalog` and each other. A file holds one SELECT with `$name` parameters, or
            one CREATE OR REPLACE MACRO or VIEW, of the file's name. Each is checked: it only reads the data (unless
            `trusted`), the engine accepts it, and its header, if it has one, says what is so.
        trusted: Let `sql` run any statement, including ones that write, and open any file. By default it runs one
            read-only statement, and the engine opens only the files of the source and no network connection.
        spark: A session of Apache Spark 4 (needs the extra `spark`) that runs all statements. `source` is then what
            `irdb_sql.spark.register` accepts, and the result is an `irdb_sql.spark.database.SparkDatabase`.
        **options: `missing="error"` (the default) raises an error for a score that cannot be used, `"drop"` ignores and
            counts it; `ranking_file` is the ranking file whose order the rewards of a score file follow. Limits:
            `timeout` in seconds per statement; `max_rows`, the rows that `sql` returns, or that a lazy frame of it
            reads, with a RowsCutWarning where there are more; `memory_limit` as in `"2GB"`; `threads`, an integer. The
            time limit cannot stop a statement inside a single function call.

    Returns:
        The database; close it, or use it in a `with` block.

    Raises:
        NotFoundError: The file or folder does not exist, or has no metadata.
        UnreadableError: A file exists but cannot be opened.
        FileError: A file is broken, lacks a column, or holds a wrong type or value.
        UnknownSubsetError, ChoiceError: There is no such subset or layout, or no image of such a classification.
        UnknownSplitError: `split` is not train, validation or test.
        ImagesRootError: The folder of images does not exist.
        SourceNotFoundError: `images` is neither `"ok"` nor a file, or `measures` is no file.
        RemoteError, HubError, HubAccessError, MissingPackageError: A URL cannot be read.
        ScoreError: `scores` cannot be read, or do not match the images.
        SqlFileError: A file of `queries` fails a check.
        LimitError, RangeError: A limit is out of range.
        NotOnSparkError: An argument is not supported with `spark`.

    Example:
        >>> with connect() as db:
        ...     db.pair_counts(split="test").select("prompts", "images", "pairs", "strict_pairs", "tied_pairs").rows()
        [(48, 279, 736, 651, 85)]
    """
    check_flags(trusted=trusted)
    if spark is not None:
        for_duckdb = {
            "split": split,
            "images_root": images_root,
            "images": images,
            "measures": measures,
            "subset": subset,
            "classification": classification,
            "layout": layout,
            "columns": columns,
            "queries": queries,
            "trusted": trusted,
        }
        return spark_database.open_database(spark, source, scores, for_duckdb, options)
    for name, place in (("images_root", images_root), ("images", images), ("measures", measures)):
        if place is not None:
            check_path(name, place)
    check_options(options, ConnectOptions)
    limits = Limits(**cast("LimitOptions", _pick_options(LimitOptions, options)))
    score_options = cast("ScoreOptions", _pick_options(ScoreOptions, options))
    selection = make_selection(images, subset, classification)
    catalog = sql_catalog.load() if queries is None else sql_catalog.load().copy()

    full_source = open_source(source, split, layout, columns)
    reader = ImageReader(full_source, images_root)
    engine = DuckDBEngine(full_source, catalog, reader.listing, limits)
    with _close_on_error(engine):
        if engine.byte_columns and images_root is None:
            reader.read_columns(engine.byte_columns, partial(_find_cells, engine))
        if limits.are_wide:
            engine.shortcuts |= make_shortcuts(engine.opened_files) | make_score_shortcuts(engine)
        visible = leave_out_images(engine, catalog, full_source, selection)
        if measures is not None:
            attach_measures(engine, catalog, measures)
        named_queries = NamedQueries(engine, catalog)
        scorers = ScorerService(
            engine,
            catalog,
            visible,
            score_options,
            images=lambda: calls.ImageScorer(named_queries, reader),
            counts_terms=not engine.has_votes,
        )
        if scores is not None:
            scorers.publish(scores)
        lock_down(engine, reader, trusted=trusted)
        own_files = [] if queries is None else own_queries.add_own_files(engine, catalog, queries)
        components = Components(
            engine=engine,
            catalog=catalog,
            queries=named_queries,
            own_files=own_files,
            images=reader,
            tables=RegisteredTables(engine, catalog),
            scorers=scorers,
            generators=GeneratorComparison(engine, catalog),
            judges=JudgeComparison(engine, catalog),
            source=visible,
            selection=selection,
        )
        files = None if scores is None else score_files(scores)
        opening = Opening(
            source, split, images_root, images, queries, scores,
            score_options.get("missing"), score_options.get("ranking_file"), subset, selection.classifications,
            layout, columns, measures,
        )  # fmt: skip
        return ImageRewardDB(components, opening, score_files=files)


def lock_down(engine: DuckDBEngine, reader: ImageReader, *, trusted: bool) -> None:
    """Limit statements, and unless trusted the files that can be opened."""
    engine.lock_down(trusted=trusted)
    if not trusted:
        reader.restrict_to(engine.image_folders)


def _find_cells(engine: DuckDBEngine, paths: Sequence[str]) -> dict[str, cells.Cell]:
    """Return the cells of those of some images whose bytes are in a column."""
    rows = engine.call("find_cells", [list(paths)]).iter_rows()
    return {path: cells.Cell(file, row - 1, side - 1) for path, file, row, side in rows}


@contextlib.contextmanager
def _close_on_error(engine: DuckDBEngine) -> Iterator[None]:
    """Close an engine if the `with` block raises an error."""
    try:
        yield
    except BaseException:
        engine.close()
        raise


def _pick_options(kind: type, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that are fields of a TypedDict."""
    return {name: value for name, value in options.items() if name in kind.__annotations__}
