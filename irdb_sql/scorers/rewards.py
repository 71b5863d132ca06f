"""Parses files of rewards, lists of {id, prompt, rewards}, as the ImageReward repository writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from irdb_sql.errors import quoted
from irdb_sql.scorers.errors import RewardsError, ScoreColumnError
from irdb_sql.scorers.tables import as_float, as_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from irdb_sql.scorers.tables import ScoreTable


def parse_rewards(table: ScoreTable) -> Iterator[Rewards]:
    """Yield the rewards of each object in a file of rewards.

    Raises:
        ScoreColumnError: Objects have no id.
        RewardsError: An object has no id or no rewards, or a reward is not a number.
    """
    key, column, prompt = table.column("id", "prompt_id"), table.column("rewards"), table.column("prompt")
    if key is None or column is None:
        problem, hint = "has rewards and no id of a prompt", "write objects of the form {id, prompt, rewards}."
        raise ScoreColumnError(table.source, problem, table.frame.columns, hint)
    texts = [None] * table.frame.height if prompt is None else table.texts(prompt)
    objects = zip(table.texts(key), texts, table.frame[column], strict=True)
    for number, (prompt_id, text, values) in enumerate(objects, start=1):
        if prompt_id is None:
            raise RewardsError(table.source, number, prompt_id, "has no id")
        rewards = [as_number(reward) for reward in _as_list(values)]
        if not rewards:
            raise RewardsError(table.source, number, prompt_id, "has no rewards")
        for reward in rewards:
            if reward is not None and as_float(reward) is None:
                problem = f"has the reward {quoted(reward)}, not a number"
                raise RewardsError(table.source, number, prompt_id, problem)
        yield Rewards(number, prompt_id, text, [as_float(reward) for reward in rewards])


def _as_list(values: Any) -> list[Any]:  # noqa: ANN401 - any value of JSON
    """Return rewards as a list; those of one image are a number."""
    if isinstance(values, pl.Series):
        return values.to_list()
    return [] if values is None else values if isinstance(values, list) else [values]


class Rewards(NamedTuple):
    """The rewards of one object in a file, numbered from 1."""

    number: int
    prompt_id: str
    prompt: str | None
    rewards: list[float | None]
