"""Makes the rows of the view `score_rows` from tables of scores in any layout."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

import polars as pl

from irdb_sql.core import catalog
from irdb_sql.core.schema import PUBLISHED
from irdb_sql.errors import quoted
from irdb_sql.scorers.errors import NoScorersError, RewardsError, ScoreColumnError
from irdb_sql.scorers.names import row_names
from irdb_sql.scorers.options import BASELINES
from irdb_sql.scorers.rewards import parse_rewards
from irdb_sql.scorers.tables import IMAGE_NAMES

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
"""The keyword for the scorers that need no model."""

_INDEX = re.compile(r"|id|index|level_[0-9]+|unnamed: [0-9]+|__index_level_[0-9]+__")
"""Names that pandas gives to an index."""


@functools.cache
def _columns_of_ours() -> frozenset[str]:
    """Return the columns of every view, macro and query, which are no scorers: people's ratings, sizes of files, …."""
    ours = {column.lower() for file in catalog.load().all() for column in file.returns}
    return frozenset({*IMAGE_NAMES, *PUBLISHED, *ours} - {"score", "scorer", "value"})


Generations = dict[str, tuple[str, list[str]]]
"""Text and image paths of each prompt of a ranking file, paths in the order of the file."""


def scorer_rows(tables: Sequence[ScoreTable], generations: Callable[[str], Generations]) -> pl.DataFrame:
    """Make one row per score from tables, numbered in their order.

    A table is long (columns scorer, score and one that names the image), wide (one that names the image, and one per
    scorer), or a list of rewards (id and rewards, in the order of the generations of a ranking file).

    Args:
        tables: The tables.
        generations: Returns, for the name of a source of rewards, each prompt's image paths in ranking-file order.

    Raises:
        ScoreColumnError: A table has none of the three layouts.
        ScoreValueError: A score is not a number.
        RewardsError: A list of rewards is not as long as that of generations.
        NoScorersError: There are no rows.
    """
    parts = [(table, part) for table in tables for part in _table_rows(table, generations)]
    baselines = {name for table, part in parts if table.source == BASELINES for name in part["scorer"].unique()}
    for table, part in parts:
        for name in part["scorer"].unique() if table.source != BASELINES else ():
            if name in baselines:
                problem = f"has scores of {quoted(name)}, which is the name of a baseline"
                raise _column_error(table, problem, "give it another name.")
    rows = pl.concat([pl.DataFrame(schema=SCORE_ROWS), *(part for _, part in parts)])
    if rows.is_empty():
        raise NoScorersError(table.source for table in tables)
    return rows.with_row_index("score_number", offset=1).with_columns(pl.col("score_number").cast(pl.Int64))


def _table_rows(table: ScoreTable, generations: Callable[[str], Generations]) -> Iterator[pl.DataFrame]:
    if table.column("rewards") is not None:
        yield _reward_rows(table, generations(table.source))
        return
    image = table.column(*IMAGE_NAMES)
    if image is None:
        hint = f"name it {', '.join(IMAGE_NAMES[:-1])} or uuid."
        raise _column_error(table, "has no column that names images", hint)
    scorer, score = table.column("scorer"), table.column("score")
    if scorer is not None and score is not None:
        yield _score_rows(table, row_names(table, scorer, "scorer", "scores"), table.texts(image), table.numbers(score))
        return
    yield _wide_rows(table, image, _score_columns(table))


def _score_columns(table: ScoreTable) -> list[str]:
    """Return the columns of a wide table that are scorers."""
    if table.name == "":
        raise _column_error(table, "names no scorer", "give it a name.")
    columns = [name for name in table.frame.columns if not _is_describing(name.lower())]
    if table.column("scorer") is not None or not columns:
        hint = "add columns scorer and score, or a column for each scorer."
        if any(name.lower() in PUBLISHED and name.lower().endswith("_rating") for name in table.frame.columns):
            hint += " People's ratings are no scorers; the word baselines evaluates them."
        raise _column_error(table, "has no column of scores", hint)
    if table.name is not None and len(columns) > 1:
        problem = f"is called {quoted(table.name)} and has several columns of scores"
        raise _column_error(
            table, problem, "a name is for one scorer; pass this file without a name, or leave out columns."
        )
    return columns


def _is_describing(name: str) -> bool:
    """Whether a column, by its name in lower case, describes images and is no scorer."""
    return name in _columns_of_ours() or _INDEX.fullmatch(name) is not None


def _wide_rows(table: ScoreTable, image: str, columns: Sequence[str]) -> pl.DataFrame:
    """Make the rows of a table that has a column for each scorer, one scorer after the other."""
    score = table.column("score")
    names = [table.name or ((table.stem or "score") if name == score else name) for name in columns]
    numbers = table.number_columns(columns)
    places = [str(place) for place in range(len(columns))]  # column names of ours, as a scorer may be called image
    numbers.columns = places
    rows = numbers.with_columns(table.texts(image).alias("image"), source_row=pl.int_range(1, pl.len() + 1))
    return rows.unpivot(places, index=["image", "source_row"], variable_name="place", value_name="score").select(
        scorer=pl.lit(pl.Series(names, dtype=pl.String)).gather(pl.col("place").cast(pl.Int64)),
        image="image",
        score="score",
        source=pl.lit(table.source),
        source_row=pl.col("source_row").cast(pl.Int64),
    )


def _score_rows(table: ScoreTable, scorer: pl.Expr | pl.Series, image: pl.Series, score: pl.Series) -> pl.DataFrame:
    return pl.DataFrame({"image": image, "score": score}).select(
        scorer=scorer,
        image="image",
        score="score",
        source=pl.lit(table.source),
        source_row=pl.int_range(1, pl.len() + 1, dtype=pl.Int64),
    )


def _reward_rows(table: ScoreTable, generations: Generations) -> pl.DataFrame:
    images: list[str] = []
    scores: list[float | None] = []
    numbers: list[int] = []
    for number, prompt_id, text, rewards in parse_rewards(table):
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


def _column_error(table: ScoreTable, problem: str, hint: str) -> ScoreColumnError:
    return ScoreColumnError(table.source, problem, table.frame.columns, hint)
