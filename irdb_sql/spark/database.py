"""The facade on Apache Spark: the methods of a database, whose statements run there."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Self, Unpack, cast

from irdb_sql.core import catalog as sql_catalog
from irdb_sql.core.late import late
from irdb_sql.core.options import check_flags, check_options
from irdb_sql.database import catalog as listings
from irdb_sql.database import generators, judges, plots, questions, scorers, statistics
from irdb_sql.engine.limits import LimitOptions
from irdb_sql.engine.parameters import check_statement, merge_params
from irdb_sql.engine.queries import NamedQueries
from irdb_sql.exports.formats import EXPORT_FORMATS
from irdb_sql.exports.options import ExportChoice, ExportOptions
from irdb_sql.judges.comparison import JudgeComparison
from irdb_sql.scorers.comparison import GeneratorComparison
from irdb_sql.scorers.options import ScoreOptions
from irdb_sql.scorers.service import ScorerService
from irdb_sql.sources.local import EMBEDDED, Source
from irdb_sql.spark.engine import SparkEngine
from irdb_sql.spark.errors import ELSEWHERE, NotOnSparkError
from irdb_sql.spark.exports import write_cluster_export
from irdb_sql.spark.scope import IMAGE_FILES, needs_image_files
from irdb_sql.spark.scores import shadow_spark_scores

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from pyspark.sql import DataFrame, SparkSession

    from irdb_sql.core.catalog import SqlCatalog
    from irdb_sql.core.schema import OnError
    from irdb_sql.engine import lazy as scans
    from irdb_sql.engine.parameters import Params
    from irdb_sql.scorers.tables import Scores
    from irdb_sql.sources.local import PathLike
    from irdb_sql.spark.statement import SparkStatement
else:
    scans = late("irdb_sql.engine.lazy")


def open_database(
    spark: SparkSession,
    source: object,
    scores: Scores | DataFrame | None,
    for_duckdb: Mapping[str, object],
    options: Mapping[str, object],
) -> SparkDatabase:
    """Open a dataset that Spark reads.

    Args:
        spark: The session, which stays open.
        source: What it reads, as `irdb_sql.spark.register` takes it.
        scores: Scores to see instead of the baselines', as `evaluate` takes them.
        for_duckdb: What else `connect` was given, which is for DuckDB, by name.
        options: `missing` and `ranking_file`, as `connect` takes them.

    Raises:
        NotOnSparkError: Something that was given is for DuckDB.
        UnknownOptionError: There is no such option.
    """
    given = [name for name, value in for_duckdb.items() if value]
    for name in (*given, *sorted(options.keys() & LimitOptions.__annotations__.keys())):
        raise NotOnSparkError(f"connect({name}=…)", "it is for one machine", "leave it out, or set it in the session.")
    check_options(options, ScoreOptions)
    catalog = sql_catalog.load()
    engine = SparkEngine(spark, cast("PathLike | None", source), catalog)
    with contextlib.ExitStack() as on_error:
        on_error.callback(engine.close)
        files = Source((), EMBEDDED if source is None else str(source), Path())
        scorer_service = ScorerService(
            engine, catalog, files, cast("ScoreOptions", options), shadow_engine_table=shadow_spark_scores
        )
        if scores is not None:
            scorer_service.publish(scores)
        on_error.pop_all()
    return SparkDatabase(engine, catalog, files, scorer_service, has_scores=scores is not None)


class SparkDatabase:
    """A dataset that Apache Spark reads; `connect(spark=session, source=…)` opens one.

    Its methods are those of `ImageRewardDB`, with the same columns, types and order of rows, and return Polars frames
    of what fits this process; `to_spark` returns a frame of Spark of what does not. `sql` takes Spark SQL. Spark reads
    no image files: what needs them raises NotOnSparkError.

    Args:
        engine: Runs statements.
        catalog: The views, macros and queries.
        source: What it reads, by the name that it is called.
        scorer_service: Evaluates scorers.
        has_scores: Whether it was opened with scores.

    Attributes:
        source: What it reads.
        has_scores: Whether it was opened with scores.
    """

    def __init__(
        self,
        engine: SparkEngine,
        catalog: SqlCatalog,
        source: Source,
        scorer_service: ScorerService,
        *,
        has_scores: bool,
    ) -> None:
        self.source = source
        self.has_scores = has_scores
        self._engine = engine
        self._catalog = catalog
        self._queries = NamedQueries(engine, catalog)
        self._scorers = scorer_service
        self._generators = GeneratorComparison(engine, catalog)
        self._judges = JudgeComparison(engine, catalog)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<SparkDatabase {self.source.name}{'; scores' if self.has_scores else ''}>"

    def __dir__(self) -> list[str]:
        return [name for name in super().__dir__() if not name.startswith("_")]

    def close(self) -> None:
        """Drop its views from the session, which stays open; statements afterwards raise ClosedError."""
        self._engine.close()

    def sql(
        self, text: str, params: Params = None, *, lazy: bool = False, isolated: bool = False, **more: object
    ) -> Any:  # noqa: ANN401 - a frame, lazy or not
        """Answer one statement in Spark SQL over the views and macros.

        Macros are called like other functions of Spark, `FROM preference_pairs(in_split => 'test')`. A scalar macro
        that contains an aggregate is no function there; calling one raises an error that says what to write instead.
        Temporary views, tables and functions of the session are available under their own names. A view or macro of
        irdb_sql comes before one of the same name: call a table with its schema then, `SELECT * FROM default.images`.
        Nothing is defined in the session.

        Args:
            text: One statement that reads: SELECT, FROM, WITH, VALUES or TABLE.
            params: Values for `:name` (a mapping) or `?` (a sequence) in the text.
            lazy: Return a lazy frame, which runs the statement whenever it is collected.
            isolated: May only be False: it is for a process of DuckDB.
            **more: Further values for `:name`.

        Returns:
            The rows, in the order of the text's ORDER BY, else in no order that is promised; types are those that
            Spark gives to Arrow.

        Raises:
            StatementError: The text is not one statement that reads.
            NotOnSparkError: It is about image files, calls a macro that Spark cannot have, or is to be isolated.
            QueryError: It is no SQL, or Spark refuses it or fails; Spark's own text is kept.
        """
        check_statement(text, params)
        check_flags(lazy=lazy, isolated=isolated)
        if isolated:
            raise NotOnSparkError("an isolated statement", "Spark has processes of its own", "leave the option out.")
        statement = self._engine.prepare(text, merge_params(params, more))
        return scans.scan(statement) if lazy else statement.frame()

    def query(
        self,
        name: str,
        params: Mapping[str, object] | None = None,
        *,
        lazy: bool = False,
        images: bool = False,
        on_error: OnError = "raise",
        **more: object,
    ) -> Any:  # noqa: ANN401 - a frame, lazy or not
        """Answer a named query, as `ImageRewardDB.query` does.

        Raises:
            NotOnSparkError: It is about image files, or their bytes are asked for.
            UnknownNameError, UnknownParameterError, UnknownSplitError, UnknownSubsetError, SparkError: As there.
        """
        del on_error  # of bytes, of which there are none
        check_flags(lazy=lazy, images=images)
        if images:
            raise needs_image_files("reading image bytes")
        statement = self._prepare(name, {**(params or {}), **more})
        return scans.scan(statement) if lazy else statement.frame()

    def to_spark(self, name: str, params: Mapping[str, object] | None = None, **more: object) -> DataFrame:
        """Return the rows of a named query as a frame of Spark, which runs when Spark is asked for them.

        Args:
            name: The name of the query; `catalog` lists them.
            params: Its parameters by name; one that is left out, or None, restricts nothing.
            **more: Further parameters.

        Raises:
            NotOnSparkError: It is about image files.
            UnknownNameError, UnknownParameterError, UnknownSplitError, UnknownSubsetError: As `query` has them.
        """
        return self._prepare(name, {**(params or {}), **more}).spark_frame()

    def export(self, format: str, target: PathLike, **options: Unpack[ExportOptions]) -> dict[str, dict[str, int]]:
        """Write the data, without bytes of images, as Parquet from the cluster, partitioned by split.

        Each split has a folder `split=…` of files, of which none ends amid a prompt; rows of a prompt stand side by
        side, in the order of `queries/exports/exported_*.sql`. The folder is there whole, with a file `_SUCCESS`, or
        not at all.

        Args:
            format: `rows`, `groups`, `pairs`, `preference`, `pickscore` or `metadata`, in the columns of
                `ImageRewardDB.export`; columns of images hold their paths.
            target: A folder that is not there yet, or empty, as Spark names it: a path, `s3a://…`, `hdfs://…`.
            **options: As `ImageRewardDB.export` takes them, but for `shard_bytes`; `images` may only be False.

        Returns:
            Of each split the numbers of rows and prompts that were written, also where there are none.

        Raises:
            NotOnSparkError: The format is not of Parquet files, bytes or `shard_bytes` are asked for, or a local
                target has a colon.
            ChoiceError, RangeError, UnusedOptionError, UnknownOptionError: An option is none that there is.
            TargetExistsError: The folder is there, and not empty.
            EmptyExportError: No row is exported, unless `allow_empty`.
            SparkError: Spark fails.
        """
        check_options(options, ExportOptions)
        if options.get("images"):
            raise needs_image_files("reading image bytes")
        if "shard_bytes" in options:
            raise NotOnSparkError("the option shard_bytes", "each partition of a cluster is a file", "leave it out.")
        choice = replace(ExportChoice(format, **options), images=False)
        if not EXPORT_FORMATS[format].is_parquet:
            parquet_formats = ", ".join(each.name for each in EXPORT_FORMATS.values() if each.is_parquet)
            raise NotOnSparkError(f"the format {format}", "a cluster writes Parquet files", f"use {parquet_formats}.")
        return write_cluster_export(self._engine, self._catalog.queries[EXPORT_FORMATS[format].query], choice, target)

    catalog = listings.catalog
    columns = listings.columns
    plot = plots.plot

    images = questions.images
    groups = questions.groups
    prompts = questions.prompts
    ratings = questions.ratings
    pairs = questions.pairs

    pair_counts = statistics.pair_counts
    rating_counts = statistics.rating_counts
    rating_stats = statistics.rating_stats
    rating_correlations = statistics.rating_correlations
    rating_agreement = statistics.rating_agreement
    evaluate = scorers.evaluate
    scorer_differences = scorers.scorer_differences
    score_coverage = scorers.score_coverage
    score_confounds = scorers.score_confounds
    leaderboard = scorers.leaderboard

    generator_stats = generators.generator_stats
    generator_wins = generators.generator_wins
    generator_strengths = generators.generator_strengths
    generator_effects = generators.generator_effects
    human_agreement = generators.human_agreement
    judge_accuracy = judges.judge_accuracy
    judged_pairs = judges.judged_pairs
    judgement_coverage = judges.judgement_coverage

    def __getattr__(self, name: str) -> NoReturn:
        if name in ELSEWHERE:
            raise NotOnSparkError(f"db.{name}", ELSEWHERE[name], "open the data on one machine: irdb_sql.connect(…).")
        message = f"{type(self).__name__!r} object has no attribute {name!r}"
        raise AttributeError(message)

    def _prepare(self, name: str, params: Mapping[str, object]) -> SparkStatement:
        call = self._queries.resolve(name, params)
        if name in IMAGE_FILES:
            raise needs_image_files(f"the query {name}")
        if reason := call[0].spark:
            raise NotOnSparkError(f"the query {name}", reason, "open the data on one machine: irdb_sql.connect(…).")
        return self._engine.prepare_query(*call)
