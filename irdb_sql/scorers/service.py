"""Evaluates scorers for the facades: opens sessions with scores, and queries them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from irdb_sql.core.late import late
from irdb_sql.core.options import check_options
from irdb_sql.scorers.errors import ScoreTypeError
from irdb_sql.scorers.kept import KeptFrames
from irdb_sql.scorers.options import (
    BASELINES,
    CallOptions,
    ConfoundOptions,
    CoverageOptions,
    EvaluationOptions,
    complete_options,
    make_resampling,
    parse_metrics,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import polars as pl

    from irdb_sql.core.catalog import SqlCatalog
    from irdb_sql.engine.protocol import QueryEngine, Session
    from irdb_sql.scorers import leaderboard as boards
    from irdb_sql.scorers import results, session
    from irdb_sql.scorers.calls import Images, ImageScorer
    from irdb_sql.scorers.options import ScoreOptions
    from irdb_sql.scorers.tables import ScoreFunction, Scores
    from irdb_sql.sources.local import Source
else:
    boards = late("irdb_sql.scorers.leaderboard")
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
        images: Returns what scores images with functions; None where no image is read.
        counts_terms: Whether the terms of metrics are counted here and not by the engine.
    """

    def __init__(  # noqa: PLR0913 - all but four are named by the caller
        self,
        engine: QueryEngine,
        catalog: SqlCatalog,
        source: Source,
        options: ScoreOptions,
        *,
        shadow_engine_table: Callable[[Session, object], bool] = no_engine_table,
        images: Callable[[], ImageScorer] | None = None,
        counts_terms: bool = False,
    ) -> None:
        self._engine = engine
        self._catalog = catalog
        self._source = source
        self._options = options
        self._shadow_engine_table = shadow_engine_table
        self._images = images
        self._counts_terms = counts_terms
        self._kept = KeptFrames()
        self._are_published = False

    def evaluate(self, scores: Scores | None, options: EvaluationOptions) -> pl.DataFrame:
        """Evaluate scorers by every metric, with intervals."""
        with self._evaluation(scores, options) as opened:
            if (protocol := options.get("protocol")) is not None:
                return opened.protocol_values(protocol)
            return results.metrics_frame(opened)

    def differences(self, scores: Scores | None, options: EvaluationOptions) -> pl.DataFrame:
        """Compare every two scorers by every metric, on the same resamples."""
        with self._evaluation(scores, options) as opened:
            return results.differences_frame(opened)

    def leaderboard(
        self, scores: Scores | None, metrics: str | Sequence[str] | None, options: EvaluationOptions
    ) -> pl.DataFrame:
        """Make a leaderboard: one row per split, group and scorer."""
        names = parse_metrics({"metric": metrics})
        rows = self.evaluate(scores, {**options, "metric": names})
        groups = rows.columns[rows.columns.index("split") + 1 : rows.columns.index("metric")]
        return boards.leaderboard(rows, groups, names)

    def score(self, function: ScoreFunction, name: str | None, params: Images, options: CallOptions) -> pl.DataFrame:
        """Score images with a function.

        Raises:
            ScoreTypeError: This database reads no images.
        """
        check_options(options, CallOptions)
        if self._images is None:
            raise ScoreTypeError(function, "a function needs images on this machine: open the data without Spark.")
        return self._images().score(function, name, params, options)

    def coverage(self, scores: Scores | None, options: CoverageOptions) -> pl.DataFrame:
        """Count images with and without a score, and unusable scores by fault."""
        check_options(options, CoverageOptions)
        with self._session(scores, cast("EvaluationOptions", {**options, "missing": "drop"})) as opened:
            return opened.coverage.clone()

    def confounds(self, scores: Scores | None, options: ConfoundOptions) -> pl.DataFrame:
        """Correlate scores with what images and prompts measure."""
        check_options(options, ConfoundOptions)
        with self._session(scores, cast("EvaluationOptions", options)) as opened:
            return opened.answer("score_confounds")

    def publish(self, scores: Scores) -> None:
        """Replace the baselines by scores for all further statements."""
        with self._session(scores, {}) as opened:
            if not _is_baselines(scores):  # which are there already
                opened.publish_scores()
                self._are_published = True

    def _evaluation(self, scores: Scores | None, options: EvaluationOptions) -> session.ScoreSession:
        check_options(options, EvaluationOptions)
        make_resampling(options)  # raises errors before any score is read
        return self._session(scores, options)

    def _call_functions(self, scores: Any, options: EvaluationOptions, name: str | None = None) -> Any:  # noqa: ANN401 - scores of any form
        """Replace functions among scores by the scores that they give to images."""
        if isinstance(scores, Mapping):
            return {each: self._call_functions(source, options, str(each)) for each, source in scores.items()}
        if isinstance(scores, list | tuple):
            return [self._call_functions(source, options) for source in scores]
        if not callable(scores) or hasattr(scores, "__arrow_c_stream__"):
            return scores
        splits = [split for split in (options.get("split"), options.get("tune_ties_on")) if split is not None]
        params = {
            "split": ",".join(map(str, splits)) if options.get("split") is not None else None,
            "subset": options.get("subset"),
        }
        call: CallOptions = {"on_error": "skip" if options["missing"] == "drop" else "raise"}
        call |= cast("CallOptions", {key: options[key] for key in options if key in CallOptions.__annotations__})  # type: ignore[literal-required]
        return self.score(scores, name, params, call)

    def _session(self, scores: Scores | None, options: EvaluationOptions) -> session.ScoreSession:
        complete = complete_options(cast("EvaluationOptions", {**self._options, **options}))
        version = self._engine.version
        is_named = _is_baselines(scores)
        is_kept = version is not None and (scores is None or is_named)
        are_own = is_kept and (scores is None or not self._are_published)
        called = self._call_functions(scores, complete)
        rankings = session.make_rankings_reader(self._source, complete.get("ranking_file"), self._catalog)

        def attach(opened: session.ScoreSession, engine_session: Session) -> None:
            if called is None or is_named or self._shadow_engine_table(engine_session, called):
                return
            opened.attach_scores(called, rankings)

        return session.ScoreSession(
            self._engine,
            self._catalog,
            complete,
            attach=attach,
            are_baselines=is_named or (is_kept and not self._are_published),
            are_own=are_own,
            keep=partial(self._kept.get, version) if is_kept else None,
            counts_terms=self._counts_terms,
        )


def _is_baselines(scores: object) -> bool:
    """Whether scores are the word that names the baselines, alone."""
    words = scores if isinstance(scores, list | tuple) else [scores]
    return len(words) == 1 and isinstance(words[0], str) and words[0] == BASELINES
