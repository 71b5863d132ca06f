"""Facade methods that compare generators (models that make images), by scores of their images or by people's votes.

All take `scores`: a file, a table, a list of these, or a mapping of generator names to them. A table has one row per
image and the columns generator, prompt_id and score. A table without the column generator is of one generator, named
by the mapping or else by its file name. A result file of the ImageReward repository's benchmark, `[{id, prompt,
mean_score, rewards}]`, is of the GENERATOR in its name `…-benchmark-GENERATOR-result.json`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Unpack

if TYPE_CHECKING:
    import polars as pl

    from irdb_sql.scorers.comparison import GeneratorComparison
    from irdb_sql.scorers.generators import HumanRanking
    from irdb_sql.scorers.options import StrengthOptions
    from irdb_sql.scorers.tables import Scores


class HoldsGenerators(Protocol):
    """A facade that compares generators."""

    _generators: GeneratorComparison


def generator_stats(self: HoldsGenerators, scores: Scores, human_ranking: HumanRanking | None = None) -> pl.DataFrame:
    """Rank generators by mean score.

    Args:
        scores: Scores of images by generator: a file, table, list or mapping (see `irdb_sql.database.generators`).
        human_ranking: Names of generators from best to worst, a mapping of names to ranks (1 is best), or a file or
            table with the columns generator and human_rank.

    Returns:
        One row per generator, best first, with the columns of `queries/generators/generator_stats.sql`. `human_rank`
        is NULL without a human ranking.

    Raises:
        ScoreError: The scores or the ranking cannot be read or are inconsistent.
        ScoresNotFoundError: A file does not exist.

    Example:
        >>> import polars as pl
        >>> from irdb_sql import connect
        >>> table = pl.DataFrame({"generator": ["a", "b"], "prompt_id": ["p", "p"], "score": [0.5, 1.5]})
        >>> with connect() as db:
        ...     db.generator_stats(table).select("generator", "generator_rank", "mean_score").rows()
        [('b', 1, 1.5), ('a', 2, 0.5)]
    """
    return self._generators.answer("generator_stats", scores, human_ranking)


def generator_wins(self: HoldsGenerators, scores: Scores | None = None) -> pl.DataFrame:
    """Count wins, ties and losses of each generator against another.

    Args:
        scores: As for `generator_stats`. None takes the votes of the data: a generator wins a prompt where more people
            chose its images over those of the other one. Pairs of a generator with itself, or of an image whose
            generator is not published, are left out, and an UncomparedPairsWarning says how many.

    Returns:
        One row per ordered pair of generators, over the prompts that both have images for, in the order of their
        names, with the columns of `queries/generators/generator_wins.sql`.

    Raises:
        NoGeneratorVotesError: There are no scores, and no votes on images of two generators.
        ScoreError: The scores cannot be read or are inconsistent.
        ScoresNotFoundError: A file does not exist.

    Example:
        >>> import polars as pl
        >>> from irdb_sql import connect
        >>> table = pl.DataFrame({"generator": ["a", "b"], "prompt_id": ["p", "p"], "score": [0.5, 1.5]})
        >>> with connect() as db:
        ...     db.generator_wins(table).select("generator", "other_generator", "win_rate").rows()
        [('a', 'b', 0.0), ('b', 'a', 1.0)]
    """
    return self._generators.answer("generator_wins", scores)


def generator_strengths(
    self: HoldsGenerators, scores: Scores | None = None, **options: Unpack[StrengthOptions]
) -> pl.DataFrame:
    """Fit Bradley-Terry strengths to wins on prompts, with bootstrap intervals.

    Generator a beats b on a prompt with probability 1 / (1 + exp(strength of b - strength of a)), and a tie is half a
    win for both. Source: Bradley and Terry 1952. `docs/generators.md` explains all options.

    Args:
        scores: As for `generator_wins`.
        **options: `ties="davidson"` makes a tie an outcome of its own, whose probability has a parameter (Davidson
            1970; see `generator_effects`). `covariates` is a file or table with the columns generator, prompt_id, and
            one or more numbers, such as the place where an image was shown: strengths are those of generators that do
            not differ in these. Of the bootstrap, which resamples prompts: `resamples` (default 1,000), `seed` (default
            0) and `confidence` (default 0.95).

    Returns:
        One row per generator, strongest first. `strength` is on the natural log-odds scale with mean 0; `lower` and
        `upper` are the bounds of its interval; `rank_best` and `rank_worst` the ranks that remain possible when
        intervals of paired differences separate generators; `wins`, `ties` and `losses` are counted over all prompts
        and other generators, `prompts` are those shared with at least one other. Bounds and ranks are NULL where
        strengths are not identified in more resamples than lie beyond a bound, and where there are fewer than
        2 / (1 - confidence) resamples, 40 for 95 %.

    Raises:
        NoGeneratorVotesError: There are no scores, and no votes on images of two generators.
        UnidentifiedError: The wins do not identify strengths, for example because a generator always wins, or the
            effects of ties or of covariates.
        CovariateError: Covariates are missing, are no numbers, or do not differ within a prompt.
        ScoreError: The scores cannot be read or are inconsistent.
        RangeError, ChoiceError: An option is out of range.
        ScoresNotFoundError: A file does not exist.

    Example:
        >>> import polars as pl
        >>> from irdb_sql import connect
        >>> rows = [("a", "p", 1), ("b", "p", 0), ("a", "q", 1), ("b", "q", 0), ("a", "r", 1), ("b", "r", 2)]
        >>> table = pl.DataFrame(rows, schema=["generator", "prompt_id", "score"], orient="row")
        >>> with connect() as db:
        ...     strengths = db.generator_strengths(table)
        ...     strengths.select("generator", pl.col("strength").round(4), "wins", "losses").rows()
        [('a', 0.3466, 2, 1), ('b', -0.3466, 1, 2)]
    """
    return self._generators.strengths(scores, options)


def generator_effects(
    self: HoldsGenerators, scores: Scores | None = None, **options: Unpack[StrengthOptions]
) -> pl.DataFrame:
    """Fit what covariates and ties add to strengths, with bootstrap intervals.

    Args:
        scores: As for `generator_wins`.
        **options: As for `generator_strengths`: `covariates`, or `ties="davidson"`, or both.

    Returns:
        One row per covariate, in the order of their columns, and with `ties="davidson"` one for ties. `effect` is the
        name of the covariate, or ties; `kind` is covariate or ties; `lower` and `upper` are the bounds of the interval
        of `estimate`, from the standard deviation of resamples, NULL as for strengths. The estimate of a covariate is
        what it adds to the log-odds of a win, per unit that the one generator has more than the other. That of ties is
        nu: generators a and b tie with probability nu s / (a + b + nu s), where a and b are exp(strength) and s is the
        square root of a b. So two equal generators tie on nu / (2 + nu) of prompts; nu is 0 where there are no ties.

    Raises:
        ArgumentTypeError: There are neither covariates nor `ties="davidson"`.
        ScoreError, ChoiceError: As for `generator_strengths`.

    Example:
        Three wins, one loss and one tie: the odds are 3 to 1, and nu is 1 / sqrt(3 x 1).

        >>> import polars as pl
        >>> from irdb_sql import connect
        >>> scores = pl.DataFrame({"generator": ["a", "b"] * 5, "prompt_id": [f"p{n // 2}" for n in range(10)],
        ...                        "score": [2, 1, 2, 1, 2, 1, 1, 2, 1, 1]})
        >>> with connect() as db:
        ...     ties = db.generator_effects(scores, ties="davidson")
        ...     ties.select("effect", "kind", pl.col("estimate").round(4)).rows()
        [('ties', 'ties', 0.5774)]
    """
    return self._generators.effects(scores, options)


def human_agreement(self: HoldsGenerators, scores: Scores, human_ranking: HumanRanking) -> pl.DataFrame:
    """Return Spearman's correlation of mean scores with a human ranking of generators.

    Args:
        scores: As for `generator_stats`.
        human_ranking: As for `generator_stats`.

    Returns:
        One row: `generators`, the number of those in both rankings, and `spearman`, positive where the rankings agree.

    Raises:
        ScoreError: The scores or the ranking cannot be read or are inconsistent.
        ScoresNotFoundError: A file does not exist.

    Example:
        >>> import polars as pl
        >>> from irdb_sql import connect
        >>> table = pl.DataFrame({"generator": ["a", "b", "c"], "prompt_id": ["p", "p", "p"], "score": [3, 1, 2]})
        >>> with connect() as db:
        ...     db.human_agreement(table, ["a", "b", "c"]).rows()
        [(3, 0.5)]
    """
    return self._generators.answer("human_agreement", scores, human_ranking)
