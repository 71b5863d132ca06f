"""Bradley-Terry strengths of generators, with intervals from resamples of prompts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from irdb_sql.core.late import late
from irdb_sql.scorers.bootstrap import interval, prompt_weights, rank_ranges
from irdb_sql.scorers.errors import FewGeneratorsError, UnidentifiedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import evalica
    from numpy.typing import NDArray

    from irdb_sql.scorers.options import Resampling

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
else:
    evalica = late("evalica", extra="generators")

_NAMES = ("generator", "other_generator")

SCHEMA = pl.Schema({
    "generator": pl.String, "strength": pl.Float64, "lower": pl.Float64, "upper": pl.Float64, "rank_best": pl.Int64,
    "rank_worst": pl.Int64, "wins": pl.Int64, "ties": pl.Int64, "losses": pl.Int64, "prompts": pl.Int64,
})  # fmt: skip


def strengths_frame(pairs: pl.DataFrame, stats: pl.DataFrame, resampling: Resampling) -> pl.DataFrame:
    """Fit strengths to who has the better images on each prompt.

    Args:
        pairs: The rows of the macro `generator_pairs`.
        stats: Those of `generator_stats`, which names all generators.
        resampling: How intervals are made.

    Returns:
        Rows of `SCHEMA`, strongest first.

    Raises:
        FewGeneratorsError: There is nothing to compare.
        UnidentifiedError: No finite strengths fit.
        MissingPackageError: evalica is not installed.
    """
    generators = sorted(stats["generator"])
    model = _Model(pairs, generators)
    counted = model.counts(np.ones((1, model.prompts)))[0]
    model.refuse_unidentified(counted)
    strengths = model.fit(counted)
    draws = np.array([
        model.fit(counts) if model.is_identified(counts) else np.full(len(generators), np.nan)
        for _, weights in prompt_weights(model.prompts, resampling.resamples, resampling.seed)
        for counts in model.counts(weights)
    ])  # fmt: skip
    known = ~np.isnan(draws[:, 0])
    # Strengths that a resample does not tell lie beyond any bound.
    told = model.prompts > 1 and (~known).mean() <= (1 - resampling.confidence) / 2
    lower, upper = interval(draws[known], resampling.confidence) if told else np.full((2, len(generators)), np.nan)
    best, worst = rank_ranges(draws[known], resampling.confidence) if told else ([None] * len(generators),) * 2
    wins, ties, losses, shared = model.totals()
    return (
        pl.DataFrame(
            {
                "generator": generators, "strength": strengths, "lower": lower, "upper": upper, "rank_best": best,
                "rank_worst": worst, "wins": wins, "ties": ties, "losses": losses, "prompts": shared,
            },
            SCHEMA,
        )
        .with_columns(pl.col("lower", "upper").fill_nan(None))
        .sort("strength", "generator", descending=[True, False])
    )  # fmt: skip


class _Model:
    """Who wins on each prompt, for each two generators, and what strengths say of it.

    Args:
        pairs: The rows of the macro `generator_pairs`.
        generators: Names of all generators, in their order.
    """

    def __init__(self, pairs: pl.DataFrame, generators: Sequence[str]) -> None:
        self._generators = generators
        self._ones, self._others = np.triu_indices(len(generators), k=1)
        # By name, so that the order of rows changes no interval.
        prompt = (pairs["prompt_id"].rank("dense").cast(pl.Int64) - 1).to_numpy()
        number = {name: place for place, name in enumerate(generators)}
        one, other = (np.array([number[name] for name in pairs[column]], dtype=np.int64) for column in _NAMES)
        pair = one * len(generators) - one * (one + 1) // 2 + other - one - 1  # their place among all
        self.prompts = pairs["prompt_id"].n_unique()
        outcomes = np.full((self.prompts, len(self._ones)), np.nan)
        outcomes[prompt, pair] = pairs["outcome"].to_numpy()
        self._outcomes = np.hstack([outcomes == 1, outcomes == -1, outcomes == 0]).astype(np.float64)
        self._shared = ~np.isnan(outcomes)

    def counts(self, weights: Floats) -> Floats:
        """Count wins, losses and ties of each two: resamples, outcomes, pairs of generators."""
        return (weights @ self._outcomes).reshape(len(weights), 3, -1)

    def totals(self) -> tuple[list[int], list[int], list[int], list[int]]:
        """Count wins, ties and losses of each generator, and the prompts that it shares with another."""
        wins, losses, ties = self._outcomes.sum(axis=0).reshape(3, -1).astype(np.int64)
        numbers = []
        for place in range(len(self._generators)):
            first, second = self._ones == place, self._others == place
            shared = self._shared[:, first | second].any(axis=1).sum()
            numbers.append((
                wins[first].sum() + losses[second].sum(), ties[first | second].sum(),
                losses[first].sum() + wins[second].sum(), shared,
            ))  # fmt: skip
        rows = [[int(number) for number in column] for column in zip(*numbers, strict=True)]
        return rows[0], rows[1], rows[2], rows[3]

    def _reached(self, counts: Floats) -> Flags:
        """Tell which generators each one has won or tied against, by way of others, too."""
        size = len(self._generators)
        wins, losses, ties = counts
        reached = np.eye(size, dtype=bool)
        reached[self._ones, self._others] = wins + ties > 0
        reached[self._others, self._ones] = losses + ties > 0
        for middle in range(size):
            reached |= np.outer(reached[:, middle], reached[middle])
        return reached

    def is_identified(self, counts: Floats) -> bool:
        """Whether finite strengths fit: each generator has won or tied against each other one, if by way of others.

        Source: Ford 1957.
        """
        return bool(self._reached(counts).all())

    def refuse_unidentified(self, counts: Floats) -> None:
        """Raise an error that says between which generators there is nothing to tell strengths by."""
        if len(self._generators) < 2:  # noqa: PLR2004 - a pair
            raise FewGeneratorsError(self._generators)
        reached = self._reached(counts)
        for below in reached:
            if not below.all():
                # Nobody below has won or tied against anybody else, or the latter would be below, too.
                weak, strong = (list(np.array(self._generators)[chosen]) for chosen in (below, ~below))
                raise UnidentifiedError(strong, weak, met=bool(reached[np.ix_(~below, below)].any()))

    def fit(self, counts: Floats) -> Floats:
        """Fit strengths to counts that identify them; natural logarithms whose mean is 0."""
        names = self._generators
        seen = [
            (names[int(one)], names[int(other)], winner, float(count))
            for winner, row in zip((evalica.Winner.X, evalica.Winner.Y, evalica.Winner.Draw), counts, strict=True)
            for one, other, count in zip(self._ones, self._others, row, strict=True)
            if count > 0
        ]
        xs, ys, winners, weights = map(list, zip(*seen, strict=True))
        found = evalica.bradley_terry(xs, ys, winners, weights=weights, tolerance=_TOLERANCE, limit=_STEPS)
        logs = np.log(found.scores.loc[list(names)].to_numpy())
        return np.asarray(logs - logs.mean())


_TOLERANCE, _STEPS = 1e-10, 100_000
