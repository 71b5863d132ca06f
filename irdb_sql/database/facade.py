"""The class ImageRewardDB, whose methods are defined in the other modules of this package."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn, Self

from irdb_sql.core.late import late
from irdb_sql.core.selection import Selection
from irdb_sql.database import (
    audits,
    exploring,
    exports,
    generators,
    judges,
    plots,
    questions,
    scorers,
    statements,
    statistics,
    tables,
)
from irdb_sql.database import catalog as listings
from irdb_sql.database import images as image_bytes
from irdb_sql.database.opening import Details
from irdb_sql.engine.errors import PicklingError
from irdb_sql.engine.parameters import copy_params
from irdb_sql.engine.processes import check_process, is_forked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

    import polars as pl

    from irdb_sql.core.catalog import SqlCatalog, SqlFile
    from irdb_sql.database.opening import Opening
    from irdb_sql.engine import isolation
    from irdb_sql.engine.limits import Limits
    from irdb_sql.engine.local import DuckDBEngine
    from irdb_sql.engine.parameters import Params
    from irdb_sql.engine.queries import NamedQueries
    from irdb_sql.engine.registered import RegisteredTables
    from irdb_sql.engine.screen.rows import TextRows
    from irdb_sql.exports import compare, start
    from irdb_sql.exports.compare import SplitComparison
    from irdb_sql.exports.start import Exporter
    from irdb_sql.images.reader import ImageReader
    from irdb_sql.judges.comparison import JudgeComparison
    from irdb_sql.scorers.comparison import GeneratorComparison
    from irdb_sql.scorers.service import ScorerService
    from irdb_sql.sources.local import Source
else:
    compare = late("irdb_sql.exports.compare")
    isolation = late("irdb_sql.engine.isolation")
    start = late("irdb_sql.exports.start")


@dataclass(frozen=True)
class Components:
    """The objects that do the work of a database.

    Attributes:
        engine: Runs statements.
        catalog: The views, macros and queries.
        queries: Prepares named queries.
        images: Reads images.
        tables: Registers tables of the user.
        scorers: Evaluates scorers.
        generators: Compares generators.
        judges: Compares judges of two images with people.
        source: The source, with the name that reports print.
        selection: The images that `connect` was asked for.
        own_files: Views, macros and queries of the user, in the order of their definition.
    """

    engine: DuckDBEngine
    catalog: SqlCatalog
    queries: NamedQueries
    images: ImageReader
    tables: RegisteredTables
    scorers: ScorerService
    generators: GeneratorComparison
    judges: JudgeComparison
    source: Source
    selection: Selection = Selection()  # noqa: RUF009 - it cannot be changed
    own_files: Sequence[SqlFile] = ()

    @functools.cached_property
    def exporter(self) -> Exporter:
        """Writes exports."""
        return start.Exporter(self.queries, self.images, self.source, self.selection)

    @functools.cached_property
    def comparison(self) -> SplitComparison:
        """Compares exports and splits."""
        return compare.SplitComparison(self.engine, self.queries, self.catalog, self.source)


class ImageRewardDB:
    """A dataset that `connect` opens, queried as Polars frames.

    The methods of named queries take `lazy=True` for a `pl.LazyFrame`, which runs when it is collected and reads only
    the columns and leading rows that its plan needs. Their columns, the meaning of these and the order of rows are
    defined in `queries/`, in the file that each docstring names; `irdb show NAME` prints it. Methods may be called from
    any number of threads at the same time. Ctrl-C stops a running statement.

    Args:
        components: The objects that do its work.
        opening: The arguments of `connect`, for commands that ask the same data again.
        score_files: The files among the scores of `connect`, by name; None if there were no scores.

    Attributes:
        source: The source.
        selection: The images that `connect` was asked for: its `images`, `subset` and `classifications`.
        has_scores: Whether `connect` was called with scores.
    """

    def __init__(
        self,
        components: Components,
        opening: Opening,
        *,
        score_files: Mapping[str, Path] | None = None,
    ) -> None:
        self.source = components.source
        self.selection = components.selection
        self.has_scores = score_files is not None
        self._engine = components.engine
        self._catalog = components.catalog
        self._queries = components.queries
        self._images = components.images
        self._details = Details(
            opening,
            dict(score_files or {}),
            components.catalog,
            components.images.check_target,
            self._find_texts,
            self._run_isolated,
        )
        self._tables = components.tables
        self._scorers = components.scorers
        self._generators = components.generators
        self._judges = components.judges
        self._components = components
        self._own_files = tuple(components.own_files)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        files = ", ".join(file.path.name for file in self.source.files)
        own_tables = "".join(f"; table {name} of {height:,} rows" for name, height in self._tables.heights())
        scores = "; scores" if self.has_scores else ""
        trusted = "" if self._engine.is_safe else "; trusted"
        return f"<ImageRewardDB {self.source.name}: {files}{scores}{own_tables}{trusted}>"

    def __reduce__(self) -> NoReturn:
        raise PicklingError

    def __dir__(self) -> list[str]:
        return [name for name in super().__dir__() if not name.startswith("_")]

    if not TYPE_CHECKING:  # else every name would be one of its attributes

        def __getattribute__(self, name: str) -> object:
            """Raise a ForkError at once, where a forked process would wait for threads that it does not have."""
            if not name.startswith("_") and name != "close":
                check_process()
            return super().__getattribute__(name)

    def close(self) -> None:
        """Stop running statements and release files and memory; later calls raise ClosedError."""
        if not is_forked():  # which owns neither threads nor memory of the engine
            self._engine.close()

    sql = statements.sql
    query = statements.query
    catalog = listings.catalog
    columns = listings.columns

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

    audit = audits.audit

    with_images = image_bytes.with_images
    image_files = image_bytes.image_files
    export_images = image_bytes.export_images

    evaluate = scorers.evaluate
    scorer_differences = scorers.scorer_differences
    score_coverage = scorers.score_coverage
    score_confounds = scorers.score_confounds
    leaderboard = scorers.leaderboard
    score = scorers.score

    generator_stats = generators.generator_stats
    generator_wins = generators.generator_wins
    generator_strengths = generators.generator_strengths
    generator_effects = generators.generator_effects
    human_agreement = generators.human_agreement

    judge_accuracy = judges.judge_accuracy
    judged_pairs = judges.judged_pairs
    judgement_coverage = judges.judgement_coverage

    export = exports.export
    check_split = exports.check_split

    plot = plots.plot
    explore = exploring.explore
    _repr_html_ = exploring.repr_html

    register = tables.register
    unregister = tables.unregister
    write_catalog = tables.write_catalog
    connection = tables.connection

    def _find_texts(self, text: str, params: Params, most: int | None) -> TextRows | None:
        """Return the rows of a statement as texts, or None where they need a frame."""
        may_run_twice = self._engine.is_safe and self._engine.limits.max_rows is None
        return self._engine.prepare(text, params).texts(most) if may_run_twice else None

    def _run_isolated(
        self,
        text: str,
        params: Params,
        limits: Limits | None = None,
        on_start: Callable[[Callable[[], None]], None] | None = None,
        most_bytes: int | None = None,
    ) -> pl.DataFrame:
        """Run a statement in a separate process, within limits of its own or those of the database."""
        self._engine.check_open()
        return isolation.run_isolated(
            isolation.IsolatedTask(
                self.source,
                self._images.root,
                self._tables.view_rows(),
                self._tables.table_rows(),
                self._own_files,
                text,
                copy_params(params),
                limits or self._engine.limits,
            ),
            on_start,
            most_bytes,
        )

    def _count_left_out_images(self) -> int:
        """Count the images that `selection` leaves out."""
        return self._engine.rows("left_out_images").height
