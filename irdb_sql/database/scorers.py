"""Facade methods that evaluate scorers."""

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
    """Evaluate how well scorers agree with human rankings, with bootstrap intervals.

    Args:
        scores: A parquet, CSV, JSON or NDJSON file, a Polars, pandas or Arrow table, a mapping of image paths to
            scores, a list of these, or a mapping of scorer names to them; the string `baselines` is for the scorers
            that need no model. A table is long (columns scorer, score, and one that identifies the image), wide (a
            column that identifies the image, and one column per scorer; columns that describe images, such as people's
            ratings, are no scorers), or the output of `test.py` in the ImageReward repository. Images are identified by
            path, file name or UUID. None uses the scores of `connect`, or the baselines if there are none.
        **options: Options of the evaluation:
            `split`, `subset`: the images to evaluate on; by default all. `split` may be a list of splits.
            `metric`: the metric, or a list of metrics, to return; by default all.
            `by`: group by `classification`, `part`, `images` (number of images of the prompt) or `rank_gap` (metrics of
            pairs only), or a list of these; or a frame with `prompt_id` (and `split`) and your own group columns.
            `missing`: `error` (default, unless set in `connect`) raises an error for a score that cannot be used and
            for a ranked image without a score; `drop` counts these images and ignores them, as if they were not in the
            data.
            `resamples`, `seed`, `confidence`: of the bootstrap; by default 1,000, 0 and 0.95.
            `tune_ties_on`: the split on which ε of acc_eq is tuned for each scorer; by default ε is 0.
            `allow_same_split`: allow tuning on a split that is evaluated.
            `ranking_file`: the ranking file whose order rewards follow; by default the file that `connect` opened.

    Returns:
        One row per scorer and metric, in the order of split, groups, metric and scorer. `value` is a share or mean that
        the view `metrics` defines; `lower` and `upper` are the bounds of its interval over resampled prompts; `chance`
        is the expected value for random scores; `rank_best` and `rank_worst` are the ranks that remain possible when
        intervals of paired differences separate scorers; `prompts` and `pairs` are the numbers that `value` is computed
        from; `epsilon` is ε of acc_eq; `scored_images` is the number of `all_images` in the split that have a score;
        `unused_scores` is the number of scores that cannot be used. Undefined values are NULL, and intervals from fewer
        than two prompts.

    Raises:
        ScoreError: The scores cannot be read, or do not match the images.
        ScoresNotFoundError: A file does not exist.
        ChoiceError, RangeError, UnknownSplitError, UnknownSubsetError: An option has a wrong value.

    Example:
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     accuracies = db.evaluate(split="test").filter(metric="acc_micro")
        ...     accuracies.filter(scorer="overall_rating").select("value", "pairs").row(0)
        (0.8786482334869432, 651)
    """
    return self._scorers.evaluate(scores, options)


def scorer_differences(
    self: HoldsScorers, scores: Scores | None = None, **options: Unpack[EvaluationOptions]
) -> pl.DataFrame:
    """Return paired differences of scorers for every metric, with bootstrap intervals.

    Args:
        scores: As for `evaluate`.
        **options: As for `evaluate`.

    Returns:
        One row per metric and pair of scorers, in the order of split, groups, metric and scorers. `difference` is the
        first scorer's value minus the other's, `lower` and `upper` are the bounds of its interval over the same
        resamples of prompts, and `separated` is whether the interval excludes 0. There is no correction for multiple
        comparisons.

    Raises:
        ScoreError: The scores cannot be read, or do not match the images.
        ScoresNotFoundError: A file does not exist.
        ChoiceError, RangeError, UnknownSplitError, UnknownSubsetError: An option has a wrong value.

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
    """Count images with scores, and unusable scores by reason.

    Args:
        scores: As for `evaluate`.
        **options: `split`, `subset` and `ranking_file`, as for `evaluate`.

    Returns:
        One row per scorer and split, in the order of split and scorer, with the columns of
        `queries/scores/score_coverage.sql`.

    Raises:
        ScoreError: The scores cannot be read.
        ScoresNotFoundError: A file does not exist.
        UnknownSplitError, UnknownSubsetError: The split or subset does not exist.

    Example:
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     scores = {"mine": db.images(split="test").select("image_path", score="rank").head(200)}
        ...     db.score_coverage(scores, split="test").select("images", "scored_images", "missing_images").row(0)
        (279, 200, 79)
    """
    return self._scorers.coverage(scores, options)
