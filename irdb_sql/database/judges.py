"""Facade methods that compare judges, models that say which of two images is better, with people.

All take `judgements`: a file, a table, a list of these, or a mapping of judge names to them, as for `evaluate`.
A table has one row per judgement and the columns `first_path` and `second_path`, the images in the order in which they
were shown, and `verdict`: `first`, `second` or `tie`. Other words that are read, such as A, B and C, are listed in
`queries/judges/verdict_word.sql`; numbers are not. A column `judge` names the judge, else the mapping or the file name
does; a column `prompt_id` names the prompt, where two images are of several. Images are identified by path, file name
or UUID.

All take `split` and `subset` as `evaluate` does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Unpack

if TYPE_CHECKING:
    import polars as pl

    from irdb_sql.judges.comparison import JudgeComparison
    from irdb_sql.judges.options import JudgedImages, JudgementOptions, JudgeOptions
    from irdb_sql.scorers.tables import Scores


class HoldsJudges(Protocol):
    """A facade that compares judges with people."""

    _judges: JudgeComparison


def judge_accuracy(self: HoldsJudges, judgements: Scores, **options: Unpack[JudgeOptions]) -> pl.DataFrame:
    """Evaluate how well judges agree with people, in each order, with intervals.

    Args:
        judgements: A file, table, list or mapping (see `irdb_sql.database.judges`).
        **options: Options of the evaluation:
            `split`, `subset`: the images to evaluate on; by default all. `split` may be a list of splits.
            `missing`: `error` (default) raises an error for a judgement that cannot be used; `drop` leaves such
            judgements out, which `judgement_coverage` counts. A pair without a judgement is no error: see `coverage`.
            `confidence`: of intervals; by default 0.95.

    Returns:
        One row per judge and split, in the order of split and judge, with the columns of
        `queries/judges/judge_accuracy.sql`. Behind each of the accuracies and shares, `…_lower` and `…_upper` are the
        bounds of its interval, of which prompts are the unit, as in `evaluate`; NULL for fewer than two prompts.

    Raises:
        ScoreError: The judgements cannot be read, or do not match the images.
        ScoresNotFoundError: A file does not exist.
        ChoiceError, RangeError, UnknownSplitError, UnknownSubsetError: An option has a wrong value.

    Example:
        >>> import polars as pl
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     shown = db.pairs(split="test").select(first_path="better_path", second_path="worse_path")
        ...     swapped = shown.select(first_path="second_path", second_path="first_path")
        ...     judgements = pl.concat([shown, swapped]).with_columns(verdict=pl.lit("A"))
        ...     accuracies = db.judge_accuracy({"always the first": judgements}, split="test")
        ...     accuracies.select("accuracy", "accuracy_better_first", "consistency", "first_share").row(0)
        (0.5, 1.0, 0.0, 1.0)
    """
    return self._judges.accuracy(judgements, options)


def judged_pairs(self: HoldsJudges, judgements: Scores, **options: Unpack[JudgementOptions]) -> pl.DataFrame:
    """Return one row per judged pair: verdicts in each order, and whether they are right.

    Args:
        judgements: As for `judge_accuracy`.
        **options: `split`, `subset` and `missing`, as for `judge_accuracy`.

    Returns:
        One row per judge and pair, in the order of judge and source, with the columns of
        `queries/judges/judged_pairs.sql`. `register` makes them a table for SQL.

    Raises:
        ScoreError: The judgements cannot be read, or do not match the images.
        ScoresNotFoundError: A file does not exist.
        ChoiceError, UnknownSplitError, UnknownSubsetError: An option has a wrong value.

    Example:
        >>> import polars as pl
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     shown = db.pairs(split="test").select(first_path="better_path", second_path="worse_path")
        ...     judgements = shown.head(3).with_columns(verdict=pl.Series(["first", "second", "tie"]))
        ...     pairs = db.judged_pairs({"mine": judgements})
        ...     pairs.select("better_shown_first", "worse_shown_first", "right_share").rows()
        [('better', None, 1.0), ('worse', None, 0.0), ('tie', None, 0.5)]
    """
    return self._judges.pairs(judgements, options)


def judgement_coverage(self: HoldsJudges, judgements: Scores, **options: Unpack[JudgedImages]) -> pl.DataFrame:
    """Count the judgements of each judge, and those that do not count by reason.

    Args:
        judgements: As for `judge_accuracy`.
        **options: `split` and `subset`, as for `judge_accuracy`.

    Returns:
        One row per judge, in the order of their names, with the columns of `queries/judges/judgement_coverage.sql`.

    Raises:
        ScoreError: The judgements cannot be read.
        ScoresNotFoundError: A file does not exist.
        UnknownSplitError, UnknownSubsetError: The split or subset does not exist.

    Example:
        >>> import polars as pl
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     shown = db.pairs(split="test").select(first_path="better_path", second_path="worse_path").head(3)
        ...     judgements = shown.with_columns(verdict=pl.Series(["first", "I cannot say", "B"]))
        ...     coverage = db.judgement_coverage({"mine": judgements}, split="test")
        ...     coverage.select("judgements", "strict_judgements", "unclear_judgements").row(0)
        (3, 2, 1)
    """
    return self._judges.coverage(judgements, options)
