"""Recognises what tables of scores hold, and turns them into the rows that the views of scores are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from irdb_sql.errors import quoted
from irdb_sql.scorers.errors import NoScorersError, RewardsError, ScoreColumnError
from irdb_sql.scorers.tables import as_float

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from irdb_sql.scorers.tables import ScoreTable

SCORE_ROWS = {
    "scorer": pl.String,
    "image": pl.String,
    "score": pl.Float64,
    "source": pl.String,
    "source_row": pl.Int64,
}
BASELINES = "baselines"
"""The word that stands for the scorers that need no model."""

IMAGE_NAMES = ("image_path", "path", "image", "file_name", "filename", "image_id", "uuid")
"""Columns that may name an image, the first one that is there."""

_DESCRIBING = frozenset({
    *IMAGE_NAMES, "id", "index", "prompt_id", "prompt", "classification", "image_amount_in_total", "rank", "split",
    "part", "row_index", "", "unnamed: 0", "__index_level_0__",  # the last three are pandas' index
})  # fmt: skip
Generations = dict[str, tuple[str, list[str]]]
"""Text and image paths of each prompt of a ranking file, in its order."""


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
    parts = [(table, part) for table in tables for part in _parts(table, generations)]
    baselines = {name for table, part in parts if table.source == BASELINES for name in part["scorer"].unique()}
    for table, part in parts:
        for name in part["scorer"].unique() if table.source != BASELINES else ():
            if name in baselines:
                problem = f"has scores of {quoted(name)}, which is the name of a baseline"
                raise _wrong(table, problem, "call it otherwise.")
    rows = pl.concat([pl.DataFrame(schema=SCORE_ROWS), *(part for _, part in parts)])
    if rows.is_empty():
        raise NoScorersError(table.source for table in tables)
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
    if table.name == "":
        raise _wrong(table, "names no scorer", "name it.")
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
    unnamed = names.is_null() | (names == "")
    if unnamed.any():
        row = unnamed.arg_true()[0] + 1
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
    for number, prompt_id, text, rewards in rewards_of(table):
        prompt, paths = generations.get(prompt_id, (None, None))
        if text is not None and prompt is not None and text != prompt:
            raise RewardsError(table.source, number, prompt_id, "has another prompt than the ranking file")
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


def rewards_of(table: ScoreTable) -> Iterator[Rewards]:
    """Yield what each object of a file of rewards holds.

    Raises:
        ScoreColumnError: Objects have no id.
        RewardsError: An object has no id or no rewards, or a reward is no number.
    """
    key, column, prompt = table.column("id", "prompt_id"), table.column("rewards"), table.column("prompt")
    if key is None or column is None:
        raise _wrong(table, "has rewards and no id of a prompt", "write objects of the form {id, prompt, rewards}.")
    texts = [None] * table.frame.height if prompt is None else table.texts(prompt)
    objects = zip(table.texts(key), texts, table.frame[column], strict=True)
    for number, (prompt_id, text, given) in enumerate(objects, start=1):
        if prompt_id is None:
            raise RewardsError(table.source, number, prompt_id, "has no id")
        listed = given.to_list() if isinstance(given, pl.Series) else given if isinstance(given, list) else [given]
        if given is None or not listed:
            raise RewardsError(table.source, number, prompt_id, "has no rewards")
        # A single image has a bare number; some scorers give each reward as a list of one.
        bare = [one[0] if isinstance(one, list) and len(one) == 1 else one for one in listed]
        for one in bare:
            if one is not None and as_float(one) is None:
                raise RewardsError(table.source, number, prompt_id, f"has the reward {quoted(one)}, which is no number")
        yield Rewards(number, prompt_id, text, [None if one is None else float(one) for one in bare])


class Rewards(NamedTuple):
    """An object of a file of rewards: its place from 1, id and text of the prompt, and a number an image."""

    number: int
    prompt_id: str
    prompt: str | None
    rewards: list[float | None]


def _wrong(table: ScoreTable, problem: str, hint: str) -> ScoreColumnError:
    return ScoreColumnError(table.source, problem, table.frame.columns, hint)
