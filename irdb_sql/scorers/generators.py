"""Makes the rows of the views about generators, from tables of scores and human rankings."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import polars as pl

from irdb_sql.errors import quoted
from irdb_sql.scorers.errors import (
    GeneratorScoreError,
    HumanRankingError,
    NoScorersError,
    RepeatedGeneratorError,
    RewardsError,
    ScoreColumnError,
)
from irdb_sql.scorers.names import table_name
from irdb_sql.scorers.rewards import parse_rewards
from irdb_sql.scorers.tables import as_number, read_tables

if TYPE_CHECKING:
    from collections.abc import Iterable

    from irdb_sql.scorers.tables import ScoreSource, ScoreTable

HumanRanking: TypeAlias = "Sequence[str] | Mapping[str, float] | ScoreSource"
GENERATOR_SCORES = {"generator": pl.String, "prompt_id": pl.String, "score": pl.Float64}
HUMAN_RANKING = {"generator": pl.String, "human_rank": pl.Float64}


def generator_rows(tables: Sequence[ScoreTable]) -> pl.DataFrame:
    """Make one row of `GENERATOR_SCORES` per image from tables.

    A table has columns generator, prompt_id and score; or it is of one generator, with columns prompt_id and score, or
    id and rewards, a list for each prompt.

    Raises:
        ScoreColumnError: A table has none of these sets of columns.
        GeneratorScoreError: A score is not finite, or has no generator or prompt.
        RewardsError: An object of rewards has no id, a repeated id, no rewards, or a reward that is not a number.
        RepeatedGeneratorError: Two tables are of the same generator.
        NoScorersError: There are no rows.
    """
    sources: dict[str, str] = {}
    for table in tables:
        if table.column("generator") is None:
            name = table_name(table, "generator")
            if name in sources:
                raise RepeatedGeneratorError(name, sources[name], table.source)
            sources[name] = table.source
    rows = pl.concat([pl.DataFrame(schema=GENERATOR_SCORES), *map(_table_scores, tables)])
    if rows.is_empty():
        raise NoScorersError(table.source for table in tables)
    return rows


def _table_scores(table: ScoreTable) -> pl.DataFrame:
    if table.column("rewards") is not None:
        return _reward_scores(table)
    prompt, score, generator = table.column("prompt_id", "id"), table.column("score"), table.column("generator")
    if prompt is None or score is None:
        problem = "has no column " + ("of prompts" if prompt is None else "score")
        hint = "call its columns generator, prompt_id and score."
        raise ScoreColumnError(table.source, problem, table.frame.columns, hint)
    rows = pl.DataFrame({"prompt_id": table.texts(prompt), "score": table.numbers(score)}).with_row_index("number", 1)
    if generator is None:
        rows = rows.with_columns(generator=pl.lit(table_name(table, "generator")))
    else:
        rows = rows.with_columns(generator=table.texts(generator))
    return _check_scores(table, rows, "row")


def _reward_scores(table: ScoreTable) -> pl.DataFrame:
    generator, mean = table_name(table, "generator"), table.column("mean_score")
    means = [None] * table.frame.height if mean is None else table.frame[mean]
    rows: list[tuple[str, str, float | None, int]] = []
    prompt_ids: set[str] = set()
    for (number, prompt_id, _, rewards), mean_score in zip(parse_rewards(table), means, strict=True):
        if prompt_id in prompt_ids:
            raise RewardsError(table.source, number, prompt_id, "repeats the id of an earlier object")
        prompt_ids.add(prompt_id)
        rows += [(generator, prompt_id, reward, number) for reward in rewards]
        numbers = [reward for reward in rewards if reward is not None]
        if isinstance(mean_score, int | float) and numbers and not _is_mean(mean_score, numbers):
            problem = f"has a mean_score of {mean_score}, which is not that of its rewards"
            raise RewardsError(table.source, number, prompt_id, problem)
    return _check_scores(table, pl.DataFrame(rows, {**GENERATOR_SCORES, "number": pl.Int64}, orient="row"), "object")


def _is_mean(number: float, rewards: Sequence[float]) -> bool:
    """Return whether a number is the mean of rewards, within 32-bit precision."""
    return math.isclose(number, statistics.fmean(rewards), rel_tol=1e-3, abs_tol=1e-3 * max(map(abs, rewards)))


def _check_scores(table: ScoreTable, rows: pl.DataFrame, unit: str) -> pl.DataFrame:
    wrong = rows.filter(
        pl.any_horizontal(pl.col(*GENERATOR_SCORES).is_null())
        | ~pl.col("score").is_finite()
        | (pl.col("generator") == "")
    )
    if wrong.height:
        first = wrong.row(0, named=True)
        raise GeneratorScoreError(table.source, unit, first["number"], {name: first[name] for name in GENERATOR_SCORES})
    return rows.select(*GENERATOR_SCORES)


def ranking_rows(ranking: HumanRanking, generators: set[str]) -> pl.DataFrame:
    """Make one row of `HUMAN_RANKING` per generator that people ranked.

    Args:
        ranking: Names from best to worst, a mapping of names to ranks, or a file or table of generator and human_rank.
        generators: The generators that have scores.

    Raises:
        HumanRankingError: A generator has no scores or occurs twice, or a rank is not a number from 1 to their number.
        ScoreColumnError: A table lacks one of these columns.
    """
    if isinstance(ranking, Mapping):
        rows = _parse_ranks(ranking.items())
    elif isinstance(ranking, Sequence) and not isinstance(ranking, str):
        rows = _parse_ranks((name, place) for place, name in enumerate(ranking, start=1))
    else:
        (table,) = read_tables(ranking)
        name, rank = table.column("generator"), table.column("human_rank")
        if name is None or rank is None:
            hint = "call its columns generator and human_rank, where 1 is best."
            raise ScoreColumnError(table.source, "is no ranking of generators", table.frame.columns, hint)
        rows = pl.DataFrame({"generator": table.texts(name), "human_rank": table.numbers(rank)})
    if rows.is_empty():
        raise HumanRankingError("names no generator")
    for name, rank in rows.iter_rows():
        if rank is None or name is None:
            raise HumanRankingError(f"gives {quoted(name)} the rank {quoted(rank)}")
        if name not in generators:
            raise HumanRankingError(f"names {quoted(name)}, which has no scores")
        if not 1 <= rank <= rows.height:
            shown = f"{rank:.15g}"
            raise HumanRankingError(
                f"gives {quoted(name)} the rank {quoted(shown)}, but ranks of {rows.height:,} generators are from 1 to "
                f"{rows.height:,}",
                "wins and scores are no ranks: ",
            )
    if rows["generator"].is_duplicated().any():
        twice = rows.filter(pl.col("generator").is_duplicated())["generator"][0]
        raise HumanRankingError(f"names {quoted(twice)} twice")
    return rows


def _parse_ranks(pairs: Iterable[tuple[object, object]]) -> pl.DataFrame:
    rows = [(str(name), as_number(rank)) for name, rank in pairs]
    for name, rank in rows:
        if type(rank) not in (int, float) or rank != rank:  # noqa: PLR0124 - only NaN differs from itself
            raise HumanRankingError(f"gives {quoted(name)} the rank {quoted(rank)}")
    return pl.DataFrame(rows, HUMAN_RANKING, orient="row")
