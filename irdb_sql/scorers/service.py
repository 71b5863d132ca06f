"""Evaluates scorers for the facades: opens sessions that see scores, and asks them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from irdb_sql.core.late import late
from irdb_sql.core.options import check_options
from irdb_sql.scorers.options import CoverageOptions, EvaluationOptions, checked, resampling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import polars as pl

    from irdb_sql.core.catalog import SqlFiles
    from irdb_sql.engine.protocol import QueryEngine, Session
    from irdb_sql.scorers import results, session
    from irdb_sql.scorers.options import ScoreOptions
    from irdb_sql.scorers.tables import Scores
    from irdb_sql.sources.local import Source
else:
    results = late("irdb_sql.scorers.results")
    session = late("irdb_sql.scorers.session")


def no_engine_table(_session: Session, _scores: object) -> bool:
    """Say that scores are no table of the engine's own."""
    return False


class ScorerService:
    """Evaluates scorers on one engine.

    Args:
        engine: Where statements run.
        catalog: The named queries.
        source: What is asked; its ranking files give the order of rewards.
        options: How scores are read unless a call says otherwise.
        shadow_engine_table: Puts a table of the engine's own in the place of the view `score_rows`, if scores are one,
            and returns whether they are.
    """

    def __init__(
        self,
        engine: QueryEngine,
        catalog: SqlFiles,
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
        """Compare scorers two by two, by every metric, on the same resamples."""
        with self._evaluation(scores, options) as opened:
            return results.differences_frame(opened)

    def coverage(self, scores: Scores | None, options: CoverageOptions) -> pl.DataFrame:
        """Count which images have a score, and which scores cannot be used and why."""
        check_options(options, CoverageOptions)
        with self._session(scores, cast("EvaluationOptions", {**options, "missing": "drop"})) as opened:
            return opened.coverage

    def publish(self, scores: Scores) -> None:
        """Let every statement see scores instead of the baselines from now on."""
        with self._session(scores, {}) as opened:
            opened.prepare()
            opened.publish_scores()

    @contextmanager
    def _evaluation(self, scores: Scores | None, options: EvaluationOptions) -> Iterator[session.ScoreSession]:
        check_options(options, EvaluationOptions)
        resampling(options)  # what is wrong with it is an error before anything is read
        with self._session(scores, options) as opened:
            opened.prepare()
            yield opened

    @contextmanager
    def _session(self, scores: Scores | None, options: EvaluationOptions) -> Iterator[session.ScoreSession]:
        filled = checked(cast("EvaluationOptions", {**self._options, **options}))
        rankings = session.rewarded_rankings(self._source, filled.get("ranking_file"), self._catalog)

        def attach(opened: session.ScoreSession, engine_session: Session) -> None:
            if scores is not None and not self._shadow_engine_table(engine_session, scores):
                opened.attach_scores(scores, rankings)

        with session.score_session(self._engine, self._catalog, filled, attach) as opened:
            yield opened
