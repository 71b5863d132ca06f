"""Facade methods that evaluate scorers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Unpack

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from irdb_sql.core.schema import Subset
    from irdb_sql.core.splits import Splits
    from irdb_sql.scorers.options import CallOptions, ConfoundOptions, CoverageOptions, EvaluationOptions
    from irdb_sql.scorers.service import ScorerService
    from irdb_sql.scorers.tables import ScoreFunction, Scores


class HoldsScorers(Protocol):
    """A facade that evaluates scorers."""

    _scorers: ScorerService


def evaluate(self: HoldsScorers, scores: Scores | None = None, **options: Unpack[EvaluationOptions]) -> pl.DataFrame:
    """Evaluate how well scorers agree with human rankings, with intervals and clusters.

    Args:
        scores: A parquet, CSV, JSON or NDJSON file, a Polars, pandas or Arrow table, a mapping of image paths to
            scores, a list of these, or a mapping of scorer names to them; the string `baselines` is for the scorers
            that need no model. A table is long (columns scorer, score, and one that identifies the image), wide (a
            column that identifies the image, and one column per scorer; columns that describe images, such as people's
            ratings, are no scorers), or the output of `test.py` in the ImageReward repository. Images are identified by
            path, file name or UUID. A function of prompts and images is called as `score` does. None uses the scores of
            `connect`, or the baselines if there are none.
        **options: Options of the evaluation:
            `split`, `subset`: the images to evaluate on; by default all. `split` may be a list of splits.
            `metric`: the metric, or a list of metrics, to return; by default all.
            `by`: group by `classification`, `part`, `images` (number of images of the prompt) or `rank_gap` (metrics of
            pairs only), or a list of these; or a frame with `prompt_id` (and `split`) and your own group columns.
            `missing`: `error` (default, unless set in `connect`) raises an error for a score that cannot be used and
            for a ranked image without a score; `drop` counts these images and ignores them, as if they were not in the
            data.
            `confidence`: of intervals, and 1 minus the largest p-value that parts clusters; by default 0.95.
            `resamples`, `seed`: how often prompts are exchanged to test two scorers, and how; by default 1,000 and 0.
            `tune_ties_on`: the split on which ε of acc_eq is tuned for each scorer; by default ε is 0.
            `allow_same_split`: allow tuning on a split that is evaluated.
            `protocol`: the rule of a published script, or `all`, instead of metrics. `irdb query protocols` explains
            them. `tune_ties_on` is then the split of the threshold of pickscore, by default validation.
            `ranking_file`: the ranking file whose order rewards follow; by default the file that `connect` opened.
            `image_format`, `batch_size`, `on_error`, `score_file`, `progress`: for a function, as `score` takes them;
            `missing="drop"` skips images that cannot be read.

    Returns:
        One row per scorer and metric, in the order of split, groups, metric and scorer. `value` is a share or mean that
        the view `metrics` defines; `lower` and `upper` are the bounds of its interval, of which prompts are the unit
        (docs/scorers.md has formulas, sources, and how often they hold the truth); `chance` is the expected value for
        random scores; `rank_best` and `rank_worst` are the ranks that remain possible when intervals of paired
        differences separate scorers; `cluster` numbers the clusters of scorers between which no test, corrected for
        their number, finds a difference, from the best; `prompts` and `pairs` are the numbers that `value` is computed
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
    """Return paired differences of scorers for every metric, with intervals and p-values.

    Args:
        scores: As for `evaluate`.
        **options: As for `evaluate`.

    Returns:
        One row per metric and pair of scorers, in the order of split, groups, metric and scorers. `difference` is the
        first scorer's value minus the other's, `lower` and `upper` are the bounds of its interval, and `separated` is
        whether the interval excludes 0, without a correction for the number of comparisons. `p_value` is the share of
        exchanges of the two on random prompts after which they differ as much (a paired permutation test, exact for 12
        prompts and fewer), and `p_holm` is it corrected for all comparisons of a split, group and metric (Holm 1979).

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


def score_confounds(
    self: HoldsScorers, scores: Scores | None = None, **options: Unpack[ConfoundOptions]
) -> pl.DataFrame:
    """Correlate scores with brightness, size and more of images, beside people's order.

    `connect(measures=…)` takes the measures of images that `image_files(measure=True)` or `irdb verify --measure` made;
    without them, the length of prompts is all that scores are correlated with.

    Args:
        scores: As for `evaluate`.
        **options: `split`, `subset`, `missing` and `ranking_file`, as for `evaluate`.

    Returns:
        One row per scorer, split and covariate, in the order of split, covariate and scorer, with the columns of
        `queries/confounds/score_confounds.sql`: `score_correlation` of score and covariate, `human_correlation` of
        people's order and covariate, `partial_correlation` of score and covariate given people's order with the bounds
        `partial_lower` and `partial_upper` of its 95 % interval, and the numbers of `images` and `prompts`.

    Raises:
        ScoreError: The scores cannot be read, or do not match the images.
        ScoresNotFoundError: A file does not exist.
        UnknownSplitError, UnknownSubsetError: The split or subset does not exist.

    Example:
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     row = db.score_confounds(split="test").filter(scorer="random")
        ...     row.select("covariate", "prompts", "images").row(0)
        ('prompt_length', 48, 279)
    """
    return self._scorers.confounds(scores, options)


def leaderboard(
    self: HoldsScorers,
    scores: Scores | None = None,
    *,
    metrics: str | Sequence[str] | None = None,
    **options: Unpack[EvaluationOptions],
) -> pl.DataFrame:
    """Return one row per scorer, best first, as `irdb evaluate` prints it.

    Args:
        scores: As for `evaluate`.
        metrics: The metrics to show, a column each; scorers are ranked by the first. None shows acc_micro, acc_macro,
            acc_eq, tau_b, spearman, best_of_n, recall@1 and filter@1, by rank gap those of pairs.
        **options: As for `evaluate`, but for `metric`.

    Returns:
        One row per split, group and scorer, in the order of split, groups, the first metric from high to low, and
        scorer: `rank_best`, `rank_worst` and `cluster` by the first metric, its value with `lower` and `upper`, `pairs`
        and `prompts` behind it, the further metrics, `scored_images` and `all_images`.

    Raises:
        ScoreError: The scores cannot be read, or do not match the images.
        ChoiceError, RangeError, UnknownSplitError, UnknownSubsetError: An option has a wrong value.

    Example:
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     board = db.leaderboard(split="test", metrics=["tau_b", "acc_micro"])
        ...     board.select("cluster", "scorer", "acc_micro").rows()[:2]
        [(1, 'ceiling', 1.0), (2, 'overall_rating', 0.8786482334869432)]
    """
    return self._scorers.leaderboard(scores, metrics, options)


def score(
    self: HoldsScorers,
    function: ScoreFunction,
    *,
    name: str | None = None,
    split: Splits | None = None,
    subset: Subset | None = None,
    **options: Unpack[CallOptions],
) -> pl.DataFrame:
    """Score images with a function, and keep the scores in a file that a later call goes on with.

    Args:
        function: Called as `function(prompts, images)` with a batch: a list of texts, and a list of as many images. It
            returns a finite number for each image, higher is better, as a list, an array, a tensor or a series.
        name: Name of the scorer; by default that of the function.
        split: The split, or the list of splits, whose images to score; None scores all.
        subset: The published subset whose images to score; None scores all.
        **options: `image_format` is `"pil"` (the default, RGB images of Pillow), `"numpy"` (arrays of height, width and
            3 channels, uint8) or `"bytes"` (as in the file). `batch_size` is the number of images in a batch, by
            default 32. `on_error="skip"` gives images that cannot be read no score; by default they are an error.
            `score_file` is a .parquet, .csv, .json or .ndjson file of scores: images that have a score in it are not
            asked for again. It is written atomically at the end; until then each batch is kept beside it, in
            `FILE.unfinished`, so that after an interruption, an error or a crash the same call goes on. `progress` is
            called with the number of scored images and the number of all images.

    Returns:
        One row per image path, in the order of the source: `scorer`, `image_path` and `score`, for `evaluate`.

    Raises:
        ScorerFailedError: The function raises an exception.
        ScorerResultError: It returns something else than one finite number for each image.
        OtherScorerError: The file has scores of another scorer.
        ImageError: An image cannot be read, and `on_error` is `raise`.
        UnwritableError, SourceTargetError: The file cannot be written, or is one of the data.

    Example:
        >>> from irdb_sql import connect
        >>> def brightness(prompts, images):
        ...     return [image.convert("L").resize((1, 1)).getpixel((0, 0)) for image in images]
        >>> with connect() as db:
        ...     db.score(brightness, split="test").height
        ...     db.evaluate(brightness, split="test", metric="acc_micro").select("scorer", "pairs").row(0)
        279
        ('brightness', 651)
    """
    return self._scorers.score(function, name, {"split": split, "subset": subset}, options)
