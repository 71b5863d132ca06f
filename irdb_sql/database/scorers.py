"""The methods of the facade that judge scorers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import contextmanager
from typing import TYPE_CHECKING, Unpack, cast

from irdb_sql.scorers.options import CoverageOptions, EvaluationOptions, checked, refuse_unknown, resampling

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import polars as pl

    from irdb_sql.core.catalog import SqlFiles
    from irdb_sql.engine.local import Engine
    from irdb_sql.scorers.options import ScoreOptions
    from irdb_sql.scorers.session import ScoreSession
    from irdb_sql.scorers.tables import Scores
    from irdb_sql.sources.local import PathLike, Source


class ScorerMethods(ABC):
    """What a database can tell of scorers, that is of models that give each image a number."""

    source: Source
    _engine: Engine
    _sqlfiles: SqlFiles
    _score_options: ScoreOptions

    def evaluate(self, scores: Scores | None = None, **options: Unpack[EvaluationOptions]) -> pl.DataFrame:
        """Judge how well scorers agree with people, by every metric, with intervals.

        Args:
            scores: A parquet, CSV, JSON or NDJSON file, a Polars, pandas or Arrow table, a list of them, or a mapping
                of scorer names to them; the word `baselines` stands for the scorers that need no model. A table is
                long (columns scorer, score, and one that names the image), wide (one that names the image, and a
                column a scorer), or what `test.py` of the ImageReward repository writes. Images go by path, file name
                or UUID. None takes the scores that the database was opened with, else the baselines.
            **options: What to judge them on, and how:
                `split`, `subset`: which images; all unless given.
                `by`: rows for each `classification`, `part`, number of `images` in a prompt, or `rank_gap` (metrics of
                pairs only), or several of these; or a frame with `prompt_id` (and `split`) and columns of one's own.
                `missing`: `error` (the default, unless `connect` was told otherwise) refuses a score that cannot be
                used and a ranked image without one; `drop` leaves such images out, as if the prompts did not have
                them, and counts them.
                `resamples`, `seed`, `confidence`: of the intervals; 1,000, 0 and 0.95 unless given.
                `tune_ties_on`: a split to find each scorer's ε of acc_eq on; ε is 0 unless given.
                `allow_same_split`: let it be a split that is reported.
                `ranking_file`: the file that rewards are in the order of, unless the database has been opened on it.

        Returns:
            A row a scorer and metric, in the order of split, groups, metric and scorer. `value` is a share or mean,
            what of stands in the view `metrics`; `lower` and `upper` are the bounds of its interval, from resamples of
            prompts; `chance` is what random scores would give; `rank_best` and `rank_worst` are the ranks it may have
            among the scorers, as far as paired differences tell them apart; `prompts` and `pairs` are behind the
            figure; `epsilon` is that of acc_eq; `scored_images` of `all_images` of the split have a score;
            `unused_scores` were given and cannot be used. What is not known is NULL, as is an interval with fewer than
            two prompts behind it.

        Raises:
            ScoreError: The scores are not what they should be; which one, and why.
            ScoresNotFoundError: There is no such file.
            ChoiceError, RangeError, UnknownSplitError, UnknownSubsetError: An option is none that there is.

        Example:
            >>> from irdb_sql import connect
            >>> with connect() as db:
            ...     found = db.evaluate(split="test").filter(metric="acc_micro")
            ...     found.filter(scorer="overall_rating").select("value", "pairs").row(0)
            (0.8786482334869432, 651)
        """
        from irdb_sql.scorers.results import metrics_frame  # noqa: PLC0415 - NumPy is needed by few questions

        with self._judged_session(scores, options) as session:
            return metrics_frame(session)

    def scorer_differences(self, scores: Scores | None = None, **options: Unpack[EvaluationOptions]) -> pl.DataFrame:
        """Compare scorers two by two, by every metric, on the same resamples.

        Args:
            scores: As `evaluate` takes them.
            **options: As `evaluate` takes them.

        Returns:
            A row a metric and two scorers, in the order of split, groups, metric and scorers. `difference` is the first
            scorer's value less the other's, `lower` and `upper` are the bounds of its interval, and `separated` tells
            whether that leaves out 0; where it does not, the two cannot be told apart. No correction is made for the
            number of comparisons.

        Raises:
            ScoreError: The scores are not what they should be; which one, and why.
            ScoresNotFoundError: There is no such file.
            ChoiceError, RangeError, UnknownSplitError, UnknownSubsetError: An option is none that there is.

        Example:
            >>> from irdb_sql import connect
            >>> with connect() as db:
            ...     rows = db.scorer_differences(split="test").filter(metric="acc_micro", scorer="random")
            ...     rows.filter(other_scorer="uuid")["separated"].item()
            False
        """
        from irdb_sql.scorers.results import differences_frame  # noqa: PLC0415 - as above

        with self._judged_session(scores, options) as session:
            return differences_frame(session)

    def score_coverage(self, scores: Scores | None = None, **options: Unpack[CoverageOptions]) -> pl.DataFrame:
        """Count which images have a score, and which scores cannot be used and why.

        Args:
            scores: As `evaluate` takes them.
            **options: `split`, `subset` and `ranking_file`, as `evaluate` takes them.

        Returns:
            A row a scorer and split, in the order of split and scorer; columns as `queries/score_coverage.sql` says.

        Raises:
            ScoreError: The scores cannot be read.
            ScoresNotFoundError: There is no such file.
            UnknownSplitError, UnknownSubsetError: There is no such split or subset.

        Example:
            >>> from irdb_sql import connect
            >>> with connect() as db:
            ...     scores = {"mine": db.images(split="test").select("image_path", score="rank").head(200)}
            ...     db.score_coverage(scores, split="test").select("images", "scored_images", "missing_images").row(0)
            (279, 200, 79)
        """
        chosen = cast("EvaluationOptions", {**options, "missing": "drop"})
        refuse_unknown(options, CoverageOptions)
        with self._score_session(scores, chosen) as session:
            return session.coverage

    @abstractmethod
    def _groups_of(self, files: PathLike | Sequence[PathLike]) -> pl.DataFrame:
        """Open other files and return their groups."""

    def _keep_scores(self, scores: Scores) -> None:
        """Let all statements see scores instead of the baselines."""
        with self._score_session(scores, {}) as session:
            session.prepare()
            session.keep(self._engine)

    @contextmanager
    def _score_session(self, scores: Scores | None, options: EvaluationOptions) -> Iterator[ScoreSession]:
        from irdb_sql.scorers.session import rewarded_rankings, score_session  # noqa: PLC0415 - needed by these only

        chosen = checked(cast("EvaluationOptions", {**self._score_options, **options}))
        rankings = rewarded_rankings(self.source, chosen.get("ranking_file"), self._groups_of)
        with score_session(self._engine, self._sqlfiles, chosen, scores, rankings) as session:
            yield session

    @contextmanager
    def _judged_session(self, scores: Scores | None, options: EvaluationOptions) -> Iterator[ScoreSession]:
        refuse_unknown(options, EvaluationOptions)
        resampling(options)  # what is wrong with it is told before anything is read
        with self._score_session(scores, options) as session:
            session.prepare()
            yield session
