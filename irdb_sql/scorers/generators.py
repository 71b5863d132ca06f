"""Turns tables of generators' scores, and what people say of generators, into the rows that views are made of."""

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
from irdb_sql.scorers.rows import rewards_of
from irdb_sql.scorers.tables import open_tables

if TYPE_CHECKING:
    from collections.abc import Iterable

    from irdb_sql.scorers.tables import ScoreSource, ScoreTable

HumanRanking: TypeAlias = "Sequence[str] | Mapping[str, float] | ScoreSource"
GENERATOR_SCORES = {"generator": pl.String, "prompt_id": pl.String, "score": pl.Float64}
HUMAN_RANKING = {"generator": pl.String, "human_rank": pl.Float64}


def generator_rows(tables: Sequence[ScoreTable]) -> pl.DataFrame:
    """Turn tables into one row an image that a generator made: `GENERATOR_SCORES`.

    A table has columns generator, prompt_id and score, or it is of one generator and has prompt_id and score, or id and
    rewards, a list for each prompt.

    Raises:
        ScoreColumnError: A table is neither.
        GeneratorScoreError: A score is no finite number, or tells no generator or prompt.
        RewardsError: An object of rewards has no id, one that stands there already, no rewards, or a reward that is no
            number.
        RepeatedGeneratorError: Two tables are of the same generator.
        NoScorersError: There is no row.
    """
    sources: dict[str, str] = {}
    for table in tables:
        if table.column("generator") is None:
            name = _own_name(table)
            if name in sources:
                raise RepeatedGeneratorError(name, sources[name], table.source)
            sources[name] = table.source
    rows = pl.concat([pl.DataFrame(schema=GENERATOR_SCORES), *map(_of_table, tables)])
    if rows.is_empty():
        raise NoScorersError(table.source for table in tables)
    return rows


def _own_name(table: ScoreTable) -> str:
    name = table.name or table.stem
    if not name:
        problem, hint = "does not tell its generator", "add a column generator, or pass {name: table}."
        raise ScoreColumnError(table.source, problem, table.frame.columns, hint)
    return name


def _of_table(table: ScoreTable) -> pl.DataFrame:
    if table.column("rewards") is not None:
        return _of_rewards(table)
    prompt, score, generator = table.column("prompt_id", "id"), table.column("score"), table.column("generator")
    if prompt is None or score is None:
        problem = "has no column " + ("of prompts" if prompt is None else "score")
        hint = "name its columns generator, prompt_id and score."
        raise ScoreColumnError(table.source, problem, table.frame.columns, hint)
    rows = pl.DataFrame({"prompt_id": table.texts(prompt), "score": table.numbers(score)}).with_row_index("number", 1)
    if generator is None:
        rows = rows.with_columns(generator=pl.lit(_own_name(table)))
    else:
        rows = rows.with_columns(generator=table.texts(generator))
    return _checked(table, rows, "row")


def _of_rewards(table: ScoreTable) -> pl.DataFrame:
    generator, mean = _own_name(table), table.column("mean_score")
    means = [None] * table.frame.height if mean is None else table.frame[mean]
    rows: list[tuple[str, str, float | None, int]] = []
    seen: set[str] = set()
    for one, told in zip(rewards_of(table), means, strict=True):
        if one.prompt_id in seen:
            raise RewardsError(table.source, one.number, one.prompt_id, "has an id that stands there already")
        seen.add(one.prompt_id)
        rows += [(generator, one.prompt_id, reward, one.number) for reward in one.rewards]
        known = [reward for reward in one.rewards if reward is not None]
        if isinstance(told, int | float) and known and not _is_mean(told, known):
            raise RewardsError(
                table.source, one.number, one.prompt_id, f"has a mean_score of {told}, which is not that of its rewards"
            )
    return _checked(table, pl.DataFrame(rows, {**GENERATOR_SCORES, "number": pl.Int64}, orient="row"), "object")


def _is_mean(told: float, rewards: Sequence[float]) -> bool:
    """Whether a mean is that of rewards, as far as 32-bit floats tell."""
    return math.isclose(told, statistics.fmean(rewards), rel_tol=1e-3, abs_tol=1e-3 * max(map(abs, rewards)))


def _checked(table: ScoreTable, rows: pl.DataFrame, unit: str) -> pl.DataFrame:
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
    """Turn what people say into one row a generator: `HUMAN_RANKING`.

    Args:
        ranking: Names from best to worst, a mapping of names to ranks, or a file or table of generator and human_rank.
        generators: The generators that have scores.

    Raises:
        HumanRankingError: It names a generator that has no scores, or one twice, or a rank is no number.
        ScoreColumnError: A table has not these columns.
    """
    if isinstance(ranking, Mapping):
        rows = _ranked(ranking.items())
    elif isinstance(ranking, Sequence) and not isinstance(ranking, str):
        rows = _ranked((name, place) for place, name in enumerate(ranking, start=1))
    else:
        (table,) = open_tables(ranking)
        name, rank = table.column("generator"), table.column("human_rank")
        if name is None or rank is None:
            hint = "name its columns generator and human_rank, where 1 is best."
            raise ScoreColumnError(table.source, "is no ranking of generators", table.frame.columns, hint)
        rows = pl.DataFrame({"generator": table.texts(name), "human_rank": table.numbers(rank)})
    for name, rank in rows.iter_rows():
        if rank is None or name is None:
            raise HumanRankingError(f"gives {quoted(name)} the rank {quoted(rank)}")
        if name not in generators:
            raise HumanRankingError(f"names {quoted(name)}, which has no scores")
    if rows["generator"].is_duplicated().any():
        twice = rows.filter(pl.col("generator").is_duplicated())["generator"][0]
        raise HumanRankingError(f"names {quoted(twice)} twice")
    return rows


def _ranked(pairs: Iterable[tuple[object, object]]) -> pl.DataFrame:
    rows = [(str(name), rank) for name, rank in pairs]
    for name, rank in rows:
        if type(rank) not in (int, float) or rank != rank:  # noqa: PLR0124 - NaN
            raise HumanRankingError(f"gives {quoted(name)} the rank {quoted(rank)}")
    return pl.DataFrame(rows, HUMAN_RANKING, orient="row")
