"""Methods of the facades that compare generators, that is models that make images, by a scorer's numbers.

All take `scores`: a file, a table, a list of them, or a mapping of generator names to them. A table has columns
generator, prompt_id and score, a row an image; or it is of one generator, has prompt_id and score, and is named in
the mapping or after its file. A result file of the ImageReward repository's benchmark, `[{id, prompt, mean_score,
rewards}]`, is of the generator that its name `…-benchmark-GENERATOR-result.json` tells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Unpack

if TYPE_CHECKING:
    import polars as pl

    from irdb_sql.scorers.comparison import GeneratorComparison
    from irdb_sql.scorers.generators import HumanRanking
    from irdb_sql.scorers.options import ResamplingOptions
    from irdb_sql.scorers.tables import Scores


class HoldsGenerators(Protocol):
    """A facade that compares generators."""

    _generators: GeneratorComparison


def generator_stats(self: HoldsGenerators, scores: Scores, human_ranking: HumanRanking | None = None) -> pl.DataFrame:
    """Rank generators by mean score.

    Args:
        scores: As this module says.
        human_ranking: Names of generators from best to worst, a mapping of them to ranks (1 is best), or a file or
            table of columns generator and human_rank.

    Returns:
        A row a generator, best first; columns as in `queries/generators/generator_stats.sql`. Without a human
        ranking `human_rank` is NULL.

    Raises:
        ScoreError: The scores or the ranking are not what they should be; which one, and why.
        ScoresNotFoundError: There is no such file.

    Example:
        >>> import polars as pl
        >>> from irdb_sql import connect
        >>> table = pl.DataFrame({"generator": ["a", "b"], "prompt_id": ["p", "p"], "score": [0.5, 1.5]})
        >>> with connect() as db:
        ...     db.generator_stats(table).select("generator", "generator_rank", "mean_score").rows()
        [('b', 1, 1.5), ('a', 2, 0.5)]
    """
    return self._generators.answer("generator_stats", scores, human_ranking)


def generator_wins(self: HoldsGenerators, scores: Scores) -> pl.DataFrame:
    """Count how often each generator wins against each other one, over the prompts that both made images for.

    Args:
        scores: As this module says.

    Returns:
        A row an ordered pair of generators, by name; columns as `queries/generators/generator_wins.sql` says.

    Raises:
        ScoreError: The scores are not what they should be; which one, and why.
        ScoresNotFoundError: There is no such file.

    Example:
        >>> import polars as pl
        >>> from irdb_sql import connect
        >>> table = pl.DataFrame({"generator": ["a", "b"], "prompt_id": ["p", "p"], "score": [0.5, 1.5]})
        >>> with connect() as db:
        ...     db.generator_wins(table).select("generator", "other_generator", "win_rate").rows()
        [('a', 'b', 0.0), ('b', 'a', 1.0)]
    """
    return self._generators.answer("generator_wins", scores)


def generator_strengths(self: HoldsGenerators, scores: Scores, **options: Unpack[ResamplingOptions]) -> pl.DataFrame:
    """Fit Bradley-Terry strengths to the generators' wins, with intervals; needs the extra `generators`.

    The model says that generator a wins a prompt against b with the chance 1 / (1 + exp(strength of b - strength
    of a)). A tie is half a win for both. Source: Bradley and Terry 1952.

    Args:
        scores: As this module says.
        **options: `resamples` (1,000 unless given), `seed` (0) and `confidence` (0.95) of the intervals, which
            resample prompts.

    Returns:
        A row a generator, strongest first. `strength` is a natural logarithm, and the mean of all is 0; `lower` and
        `upper` are the bounds of its interval; `rank_best` and `rank_worst` the ranks it may have, as far as paired
        differences tell generators apart; `wins`, `ties` and `losses` are over all prompts and other generators,
        `prompts` those shared with another one. Bounds and ranks are NULL where more resamples than may lie beyond
        a bound do not tell strengths.

    Raises:
        UnidentifiedError: The wins do not tell strengths, as where a generator wins always; which one, and why.
        MissingPackageError: The extra is not installed.
        ScoreError: The scores are not what they should be; which one, and why.
        RangeError: An option is outside of what it takes.
        ScoresNotFoundError: There is no such file.

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


def human_agreement(self: HoldsGenerators, scores: Scores, human_ranking: HumanRanking) -> pl.DataFrame:
    """Compare the order of generators by mean score with that of people.

    Args:
        scores: As this module says.
        human_ranking: As `generator_stats` takes it.

    Returns:
        A row: `generators` that both orders have, and Spearman's correlation of the two.

    Raises:
        ScoreError: The scores or the ranking are not what they should be; which one, and why.
        ScoresNotFoundError: There is no such file.

    Example:
        >>> import polars as pl
        >>> from irdb_sql import connect
        >>> table = pl.DataFrame({"generator": ["a", "b", "c"], "prompt_id": ["p", "p", "p"], "score": [3, 1, 2]})
        >>> with connect() as db:
        ...     db.human_agreement(table, ["a", "b", "c"]).rows()
        [(3, 0.5)]
    """
    return self._generators.answer("human_agreement", scores, human_ranking)
