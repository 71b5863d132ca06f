"""The facade on Apache Spark: the methods of a database, whose statements run there."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn, Unpack, cast, overload

from irdb_sql.core import catalog as sqlfiles
from irdb_sql.core.schema import SPLITS
from irdb_sql.database.generators import GeneratorMethods
from irdb_sql.database.queries import NamedQueries
from irdb_sql.database.questions import Questions
from irdb_sql.database.scorers import ScorerMethods
from irdb_sql.engine.lazy import scan
from irdb_sql.engine.parameters import own
from irdb_sql.engine.statement import Asked
from irdb_sql.errors import UnknownSplitError
from irdb_sql.exports.formats import EXPORT_FORMATS
from irdb_sql.exports.options import ExportChoice, ExportOptions
from irdb_sql.scorers.options import ScoreOptions, refuse_unknown
from irdb_sql.sources.local import EMBEDDED, Source
from irdb_sql.spark.engine import SparkEngine
from irdb_sql.spark.errors import NotOnSparkError
from irdb_sql.spark.exports import spark_scores, write_cluster_export
from irdb_sql.spark.translate import named_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import polars as pl
    from pyspark.sql import DataFrame, SparkSession

    from irdb_sql.core.schema import OnError
    from irdb_sql.database.questions import Frame
    from irdb_sql.engine.local import Engine
    from irdb_sql.engine.parameters import Params
    from irdb_sql.scorers.options import EvaluationOptions
    from irdb_sql.scorers.session import ScoreSession
    from irdb_sql.scorers.tables import Scores
    from irdb_sql.sources.local import PathLike

_OF_FILES = ("broken_images", "image_files", "repair_downloads", "repair_plan")
"""Queries about files of images."""
_ROWS_OF_FILES = (*_OF_FILES, "bad_images", "image_listing")
"""Views and macros about them."""
_EXPORTED = tuple(name for name, form in EXPORT_FORMATS.items() if form.is_parquet)
"""Formats that a cluster can write."""


class SparkDatabase(NamedQueries, ScorerMethods, GeneratorMethods, Questions):
    """A dataset that Apache Spark reads; `connect(spark=session, source=…)` opens one.

    Its methods are those of `ImageRewardDB`, with the same columns, types and order of rows, and return Polars frames
    of what fits this process; `to_spark` returns a frame of Spark of what does not. Statements are in the SQL of
    `queries/`, as everywhere; those in Spark's own see the views and macros after `irdb_sql.spark.register`. Spark
    looks at no files of images: what needs them says so.

    Args:
        spark: The session, which stays open.
        source: What it reads, as `irdb_sql.spark.register` takes it.
        scores: Scores to see instead of the baselines', as `evaluate` takes them.
        **options: `missing` and `ranking_file`, as `connect` takes them.
    """

    def __init__(
        self,
        spark: SparkSession,
        source: PathLike | None = None,
        *,
        scores: Scores | None = None,
        **options: Unpack[ScoreOptions],
    ) -> None:
        refuse_unknown(options, ScoreOptions)
        self._score_options = options
        self._sqlfiles = sqlfiles.load()
        self._spark_engine = SparkEngine(spark, source, self._sqlfiles)
        # It answers what the mixins ask of an engine.
        self._engine = cast("Engine", self._spark_engine)
        self.source = Source((), EMBEDDED if source is None else str(source), Path())
        self.has_scores = scores is not None
        try:
            if scores is not None:
                self._keep_scores(scores)
        except BaseException:
            self.close()
            raise

    def __repr__(self) -> str:
        return f"<SparkDatabase {self.source.name}{'; scores' if self.has_scores else ''}>"

    def close(self) -> None:
        """Take away what it has defined in the session, which stays open; asking afterwards raises ClosedError."""
        self._spark_engine.close()

    @overload
    def sql(
        self, text: str, params: Params = None, *, lazy: Literal[False] = False, isolated: bool = False
    ) -> pl.DataFrame: ...
    @overload
    def sql(self, text: str, params: Params = None, *, lazy: Literal[True], isolated: bool = False) -> pl.LazyFrame: ...
    @overload
    def sql(self, text: str, params: Params = None, *, lazy: bool, isolated: bool = False) -> Frame: ...
    def sql(self, text: str, params: Params = None, *, lazy: bool = False, isolated: bool = False) -> Frame:
        """Answer one SQL statement over the views and macros, in the SQL of `queries/`.

        Args:
            text: A statement that reads, of constructs that mean the same to both engines.
            params: Values for `$name` (a mapping) or `?` (a sequence) in the text.
            lazy: Return a lazy frame.
            isolated: May only be False: it is for a process of DuckDB.

        Returns:
            The rows, in the order of the text's ORDER BY, else in no order that is promised.

        Raises:
            NotOnSparkError: It is about files of images, or is to be isolated.
            ConstructError: It has a construct that may mean something else to Spark.
            StatementError: The text is not one statement that reads.
            QueryError: It is no SQL, or Spark refuses it or fails.
        """
        if isolated:
            raise NotOnSparkError("an isolated statement", "Spark has processes of its own", "leave the option out.")
        text = self._spark_engine.checked(text)
        for name in sorted(named_in(text).intersection(_ROWS_OF_FILES)):
            self._refuse_files(name)
        return self._answer(Asked(text, params), lazy=lazy)

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
            NotOnSparkError: It is about files of images, or their bytes are asked for.
            UnknownNameError, UnknownParameterError, UnknownSplitError, UnknownSubsetError: As there.
            SparkError: Spark fails.
        """
        del on_error  # of bytes, of which there are none
        if images:
            self._refuse_files("bytes of images")
        return self._answer(self._known(name, {**(params or {}), **more}), lazy=lazy)

    def to_spark(self, name: str, params: Mapping[str, object] | None = None, **more: object) -> DataFrame:
        """Return the rows of a named query as a frame of Spark, which runs when Spark is asked for them.

        Args:
            name: The name of the query; `catalog` lists them.
            params: Its parameters by name; one that is left out, or None, restricts nothing.
            **more: Further parameters.

        Raises:
            NotOnSparkError: It is about files of images.
            UnknownNameError, UnknownParameterError, UnknownSplitError, UnknownSubsetError: As `query` has them.
        """
        asked = self._known(name, {**(params or {}), **more})
        return self._spark_engine.spark_frame(asked.text, own(asked.params))

    def export(self, form: str, target: PathLike, **options: Unpack[ExportOptions]) -> dict[str, dict[str, int]]:
        """Write the data, without bytes of images, as Parquet from the cluster, partitioned by split.

        Each split has a folder `split=…` of files, of which none ends amid a prompt; rows of a prompt stand side by
        side, in the order of `queries/exports/exported_*.sql`. The folder is there whole, with a file `_SUCCESS`, or
        not at all.

        Args:
            form: `rows`, `groups`, `pairs`, `preference`, `pickscore` or `metadata`, in the columns of
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
            SparkError: Spark fails.
        """
        refuse_unknown(options, ExportOptions)
        if options.get("images"):
            self._refuse_files("bytes of images")
        if "shard_bytes" in options:
            raise NotOnSparkError("the option shard_bytes", "each partition of a cluster is a file", "leave it out.")
        choice = replace(ExportChoice(form, **options), images=False)
        if form not in _EXPORTED:
            hint = f"export {', '.join(_EXPORTED)} there."
            raise NotOnSparkError(f"the format {form}", "a cluster writes Parquet files", hint)
        if choice.split not in (None, *SPLITS):
            raise UnknownSplitError(choice.split)
        file = self._sqlfiles.queries[EXPORT_FORMATS[form].query]
        return write_cluster_export(self._spark_engine, file, choice, target)

    def __getattr__(self, name: str) -> NoReturn:
        if name in _ELSEWHERE:
            raise NotOnSparkError(f"db.{name}", _ELSEWHERE[name], "open the data on one machine: irdb_sql.connect(…).")
        message = f"{type(self).__name__!r} object has no attribute {name!r}"
        raise AttributeError(message)

    def _known(self, name: str, params: Mapping[str, object]) -> Asked:
        asked = self._question(name, params)
        if name in _OF_FILES:
            self._refuse_files(f"the query {name}")
        return asked

    def _refuse_files(self, what: str) -> NoReturn:
        hint = "open the data on one machine, where the images are: irdb_sql.connect(…)."
        raise NotOnSparkError(what, "Spark looks at no files of images", hint)

    def _answer(self, asked: Asked, *, lazy: bool) -> Frame:
        asked = replace(asked, params=own(asked.params))
        return scan(self._engine, asked) if lazy else self._spark_engine.frame(asked.text, asked.params)

    def _groups_of(self, files: PathLike | Sequence[PathLike]) -> pl.DataFrame:
        from irdb_sql.engine.limits import Limits  # noqa: PLC0415 - as above
        from irdb_sql.engine.local import Engine  # noqa: PLC0415 - needed by rewards only
        from irdb_sql.sources.local import find_source  # noqa: PLC0415 - as above

        engine = Engine(find_source(files), self._sqlfiles, lambda _folders, _interrupts: None, Limits())
        try:
            file = self._sqlfiles.queries["groups"]
            return engine.frame(file.text, dict.fromkeys(file.params))
        finally:
            engine.close()

    @contextmanager
    def _score_session(self, scores: Scores | None, options: EvaluationOptions) -> Iterator[ScoreSession]:
        if hasattr(scores, "createOrReplaceTempView"):  # a frame of Spark, whose rows stay there
            lent = self._spark_engine.lent("score_rows", spark_scores(cast("DataFrame", scores)))
            with lent, super()._score_session(None, options) as session:
                yield session
            return
        with super()._score_session(scores, options) as session:
            yield session


_ELSEWHERE = {
    **dict.fromkeys(("with_images", "verify", "example_frames"), "Spark looks at no files of images"),
    **dict.fromkeys(("export_images", "image_files"), "Spark looks at no files of images"),
    "score_files": "reports are made on one machine",
    "write_catalog": "a file of DuckDB is written by DuckDB",
    "unregister": "tables are registered in the session itself",
    "check_split": "two exports are compared on one machine",
    "register": "tables are registered in the session itself",
    "connection": "there is no connection of DuckDB",
}
"""Methods of a database on one machine, and why there are none here."""
