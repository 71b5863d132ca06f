"""Turns tables of generators' scores, and what people say of generators, into the rows that views are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import polars as pl

from irdb_sql.errors import quoted
from irdb_sql.score_errors import GeneratorScoreError, HumanRankingError, NoScorersError, ScoreColumnError
from irdb_sql.score_rows import rewards_of
from irdb_sql.score_tables import open_tables

if TYPE_CHECKING:
    from collections.abc import Iterable

    from irdb_sql.score_tables import ScoreSource, ScoreTable

HumanRanking: TypeAlias = "Sequence[str] | Mapping[str, float] | ScoreSource"
GENERATOR_SCORES = {"generator": pl.String, "prompt_id": pl.String, "score": pl.Float64}
HUMAN_RANKING = {"generator": pl.String, "human_rank": pl.Float64}


def generator_rows(tables: Iterable[ScoreTable]) -> pl.DataFrame:
    """Turn tables into one row an image that a generator made: `GENERATOR_SCORES`.

    A table has columns generator, prompt_id and score, or it is of one generator and has prompt_id and score, or id and
    rewards, a list for each prompt.

    Raises:
        ScoreColumnError: A table is neither.
        GeneratorScoreError: A score is no finite number, or tells no generator or prompt.
        RewardsError: An object of rewards has no id, or a reward that is no number.
        NoScorersError: There is no row.
    """
    rows = pl.concat([pl.DataFrame(schema=GENERATOR_SCORES), *map(_of_table, tables)])
    if rows.is_empty():
        raise NoScorersError
    return rows


def _of_table(table: ScoreTable) -> pl.DataFrame:
    own_name = table.name or table.stem
    if own_name is None and table.column("generator") is None:
        problem, hint = "does not tell its generator", "add a column generator, or pass {name: table}."
        raise ScoreColumnError(table.source, problem, table.frame.columns, hint)
    if table.column("rewards") is not None:
        rewards = [
            (own_name, prompt_id, one, number) for number, prompt_id, listed in rewards_of(table) for one in listed
        ]
        rows = pl.DataFrame(rewards, {**GENERATOR_SCORES, "number": pl.Int64}, orient="row")
        return _checked(table, rows, "object")
    prompt, score, generator = table.column("prompt_id", "id"), table.column("score"), table.column("generator")
    if prompt is None or score is None:
        problem = "has no column " + ("of prompts" if prompt is None else "score")
        hint = "name its columns generator, prompt_id and score."
        raise ScoreColumnError(table.source, problem, table.frame.columns, hint)
    rows = pl.DataFrame({"prompt_id": table.texts(prompt), "score": table.numbers(score)}).with_row_index("number", 1)
    if generator is None:
        rows = rows.with_columns(generator=pl.lit(own_name))
    else:
        rows = rows.with_columns(generator=table.texts(generator))
    return _checked(table, rows, "row")


def _checked(table: ScoreTable, rows: pl.DataFrame, unit: str) -> pl.DataFrame:
    wrong = rows.filter(pl.any_horizontal(pl.col(*GENERATOR_SCORES).is_null()) | ~pl.col("score").is_finite())
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
