"""Evaluates scorers for the facades: opens sessions with scores, and queries them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from irdb_sql.core.late import late
from irdb_sql.core.options import check_options
from irdb_sql.scorers.options import CoverageOptions, EvaluationOptions, complete_options, make_resampling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import polars as pl

    from irdb_sql.core.catalog import SqlCatalog
    from irdb_sql.engine.protocol import QueryEngine, Session
    from irdb_sql.scorers import results, session
    from irdb_sql.scorers.options import ScoreOptions
    from irdb_sql.scorers.tables import Scores
    from irdb_sql.sources.local import Source
else:
    results = late("irdb_sql.scorers.results")
    session = late("irdb_sql.scorers.session")


def no_engine_table(_session: Session, _scores: object) -> bool:
    """Return False, as the engine has no tables of its own."""
    return False


class ScorerService:
    """Evaluation of scorers on one engine.

    Args:
        engine: Where statements run.
        catalog: The named queries.
        source: The source of the database; its ranking files give the order of rewards.
        options: Default options for reading scores.
        shadow_engine_table: If scores are a table of the engine, replaces the view `score_rows` by it; returns
            whether they are.
    """

    def __init__(
        self,
        engine: QueryEngine,
        catalog: SqlCatalog,
        source: Source,
        options: ScoreOptions,
        shadow_engine_table: Callable[[Session, object], bool] = no_engine_table,
    ) -> None:
        self._engine = engine
        self._catalog = catalog
        self._source = source
        self._options = options
        self._shadow_engine_table = shadow_engine_table

    def evaluate(self, scores: Scores | None, options: EvaluationOptions) -> pl.DataFrame:
        """Evaluate scorers by every metric, with intervals."""
        with self._evaluation(scores, options) as opened:
            return results.metrics_frame(opened)

    def differences(self, scores: Scores | None, options: EvaluationOptions) -> pl.DataFrame:
        """Compare every two scorers by every metric, on the same resamples."""
        with self._evaluation(scores, options) as opened:
            return results.differences_frame(opened)

    def coverage(self, scores: Scores | None, options: CoverageOptions) -> pl.DataFrame:
        """Count images with and without a score, and unusable scores by fault."""
        check_options(options, CoverageOptions)
        with self._session(scores, cast("EvaluationOptions", {**options, "missing": "drop"})) as opened:
            return opened.coverage

    def publish(self, scores: Scores) -> None:
        """Replace the baselines by scores for all further statements."""
        with self._session(scores, {}) as opened:
            opened.prepare()
            opened.publish_scores()

    @contextmanager
    def _evaluation(self, scores: Scores | None, options: EvaluationOptions) -> Iterator[session.ScoreSession]:
        check_options(options, EvaluationOptions)
        make_resampling(options)  # raises errors before any score is read
        with self._session(scores, options) as opened:
            opened.prepare()
            yield opened

    @contextmanager
    def _session(self, scores: Scores | None, options: EvaluationOptions) -> Iterator[session.ScoreSession]:
        complete = complete_options(cast("EvaluationOptions", {**self._options, **options}))
        rankings = session.make_rankings_reader(self._source, complete.get("ranking_file"), self._catalog)

        def attach(opened: session.ScoreSession, engine_session: Session) -> None:
            if scores is not None and not self._shadow_engine_table(engine_session, scores):
                opened.attach_scores(scores, rankings)

        with session.score_session(self._engine, self._catalog, complete, attach) as opened:
            yield opened
