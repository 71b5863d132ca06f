"""Recognises what tables of scores hold, and turns them into the rows that the views of scores are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from irdb_sql.errors import quoted
from irdb_sql.score_errors import NoScorersError, RewardsError, ScoreColumnError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from irdb_sql.score_tables import ScoreTable

SCORE_ROWS = {
    "scorer": pl.String,
    "image": pl.String,
    "score": pl.Float64,
    "source": pl.String,
    "source_row": pl.Int64,
}
IMAGE_NAMES = ("image_path", "path", "image", "file_name", "filename", "image_id", "uuid")
"""Columns that may name an image, the first one that is there."""

_DESCRIBING = frozenset({
    *IMAGE_NAMES, "id", "index", "prompt_id", "prompt", "classification", "image_amount_in_total", "rank", "split",
    "part", "row_index",
})  # fmt: skip
Generations = dict[str, list[str]]


def scorer_rows(tables: Sequence[ScoreTable], generations: Callable[[str], Generations]) -> pl.DataFrame:
    """Turn tables into one row a score, numbered in the order given.

    A table is long (columns scorer, score and one that names the image), wide (one that names the image, and a column a
    scorer), or a list of rewards (id and rewards, in the order of the generations of a ranking file).

    Args:
        tables: The tables.
        generations: Tells, for a source of rewards, the image paths of each prompt in the order of its ranking file.

    Raises:
        ScoreColumnError: A table is none of the three.
        ScoreValueError: A score is no number.
        RewardsError: A list of rewards is not as long as that of generations.
        NoScorersError: There is no row.
    """
    rows = pl.concat(
        [pl.DataFrame(schema=SCORE_ROWS), *(part for table in tables for part in _parts(table, generations))]
    )
    if rows.is_empty():
        raise NoScorersError
    return rows.with_row_index("score_number", offset=1).with_columns(pl.col("score_number").cast(pl.Int64))


def _parts(table: ScoreTable, generations: Callable[[str], Generations]) -> Iterator[pl.DataFrame]:
    if table.column("rewards") is not None:
        yield _of_rewards(table, generations(table.source))
        return
    image = table.column(*IMAGE_NAMES)
    if image is None:
        raise _wrong(table, "has no column that names images", f"name it {', '.join(IMAGE_NAMES[:-1])} or uuid.")
    scorer, score = table.column("scorer"), table.column("score")
    if scorer is not None and score is not None:
        yield _rows(table, _scorers(table, scorer), table.texts(image), table.numbers(score))
        return
    columns = [name for name in table.frame.columns if name.lower() not in _DESCRIBING]
    if scorer is not None or not columns:
        raise _wrong(table, "has no column of scores", "add columns scorer and score, or a column for each scorer.")
    if table.name is not None and len(columns) > 1:
        raise _wrong(
            table, f"is called {quoted(table.name)} and has several columns of scores", "pass it without a name."
        )
    for column in columns:
        name = table.name or ((table.stem or "score") if column.lower() == "score" else column)
        yield _rows(table, pl.lit(name), table.texts(image), table.numbers(column))


def _scorers(table: ScoreTable, column: str) -> pl.Expr | pl.Series:
    names = table.texts(column)
    if names.null_count():
        row = names.is_null().arg_true()[0] + 1
        raise _wrong(table, f"names no scorer in row {row:,}", "name a scorer in every row.")
    if table.name is None:
        return names
    if names.n_unique() > 1:
        raise _wrong(table, f"is called {quoted(table.name)} and has scores of several", "pass it without a name.")
    return pl.lit(table.name)


def _rows(table: ScoreTable, scorer: pl.Expr | pl.Series, image: pl.Series, score: pl.Series) -> pl.DataFrame:
    return pl.DataFrame({"image": image, "score": score}).select(
        scorer=scorer,
        image="image",
        score="score",
        source=pl.lit(table.source),
        source_row=pl.int_range(1, pl.len() + 1, dtype=pl.Int64),
    )


def _of_rewards(table: ScoreTable, generations: Generations) -> pl.DataFrame:
    images: list[str] = []
    scores: list[float | None] = []
    numbers: list[int] = []
    for number, prompt_id, rewards in rewards_of(table):
        paths = generations.get(prompt_id)
        if paths is not None and len(paths) != len(rewards):
            problem = f"has {len(rewards):,} rewards for the {len(paths):,} images of its prompt"
            raise RewardsError(table.source, number, prompt_id, problem)
        images += paths or [f"{place} of prompt {prompt_id}" for place, _ in enumerate(rewards, start=1)]
        scores += rewards
        numbers += [number] * len(rewards)
    return pl.DataFrame({"image": images, "score": scores, "source_row": numbers}, schema_overrides=SCORE_ROWS).select(
        scorer=pl.lit(table.name or table.stem or "score"),
        image="image",
        score="score",
        source=pl.lit(table.source),
        source_row="source_row",
    )


def rewards_of(table: ScoreTable) -> Iterator[tuple[int, str, list[float | None]]]:
    """Yield number, prompt_id and rewards of each object.

    Raises:
        ScoreColumnError: Objects have no id.
        RewardsError: An object's id is NULL, or a reward is no number.
    """
    key, column = table.column("id", "prompt_id"), table.column("rewards")
    if key is None or column is None:
        raise _wrong(table, "has rewards and no id of a prompt", "write objects of the form {id, prompt, rewards}.")
    for number, (prompt_id, given) in enumerate(zip(table.texts(key), table.frame[column], strict=True), start=1):
        if prompt_id is None:
            raise RewardsError(table.source, number, prompt_id, "has no id")
        rewards = given.to_list() if isinstance(given, pl.Series) else given
        # A single image has a bare number; some scorers give each reward as a list of one.
        rewards = [one[0] if isinstance(one, list) and len(one) == 1 else one for one in _listed(rewards)]
        for one in rewards:
            if one is not None and type(one) not in (int, float):
                raise RewardsError(table.source, number, prompt_id, f"has the reward {quoted(one)}, which is no number")
        yield number, prompt_id, rewards


def _listed(rewards: Any) -> list[Any]:  # noqa: ANN401 - whatever JSON holds
    return rewards if isinstance(rewards, list) else [rewards]


def _wrong(table: ScoreTable, problem: str, hint: str) -> ScoreColumnError:
    return ScoreColumnError(table.source, problem, table.frame.columns, hint)
