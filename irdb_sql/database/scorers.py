"""Methods of the facades that evaluate scorers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Unpack

if TYPE_CHECKING:
    import polars as pl

    from irdb_sql.scorers.options import CoverageOptions, EvaluationOptions
    from irdb_sql.scorers.service import ScorerService
    from irdb_sql.scorers.tables import Scores


class HoldsScorers(Protocol):
    """A facade that evaluates scorers."""

    _scorers: ScorerService


def evaluate(self: HoldsScorers, scores: Scores | None = None, **options: Unpack[EvaluationOptions]) -> pl.DataFrame:
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
    return self._scorers.evaluate(scores, options)


def scorer_differences(
    self: HoldsScorers, scores: Scores | None = None, **options: Unpack[EvaluationOptions]
) -> pl.DataFrame:
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
    return self._scorers.differences(scores, options)


def score_coverage(
    self: HoldsScorers, scores: Scores | None = None, **options: Unpack[CoverageOptions]
) -> pl.DataFrame:
    """Count which images have a score, and which scores cannot be used and why.

    Args:
        scores: As `evaluate` takes them.
        **options: `split`, `subset` and `ranking_file`, as `evaluate` takes them.

    Returns:
        A row a scorer and split, by split and scorer; columns as in `queries/scores/score_coverage.sql`.

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
    return self._scorers.coverage(scores, options)
