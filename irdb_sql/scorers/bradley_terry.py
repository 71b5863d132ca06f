"""Bradley-Terry strengths of generators, with intervals from resamples of prompts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from irdb_sql.core.late import late
from irdb_sql.scorers.errors import FewGeneratorsError, UnidentifiedError
from irdb_sql.scorers.intervals import rank_ranges

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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


def strengths_frame(pairs: pl.DataFrame, names: pl.Series, resampling: Resampling) -> pl.DataFrame:
    """Fit Bradley-Terry strengths to the generators' wins on each prompt.

    Args:
        pairs: The rows of the macro `generator_pairs`.
        names: The names of all generators.
        resampling: Number of resamples, seed and confidence of the intervals.

    Returns:
        One row per generator with the columns of `SCHEMA`, strongest first.

    Raises:
        FewGeneratorsError: There are fewer than two generators.
        UnidentifiedError: No finite strengths fit.
        MissingPackageError: evalica is not installed.
    """
    generators = sorted(names)
    model = _Model(pairs, generators)
    observed = model.counts(np.ones((1, model.prompts)))[0]
    model.check_identified(observed)
    strengths = model.fit(observed)
    resampled = np.array([
        model.fit(counts) if model.is_identified(counts) else np.full(len(generators), np.nan)
        for weights in _prompt_weights(model.prompts, resampling.resamples, resampling.seed)
        for counts in model.counts(weights)
    ])  # fmt: skip
    identified = ~np.isnan(resampled[:, 0])
    # A resample without finite strengths counts as beyond a bound; too many of them leave no interval.
    is_bounded = model.prompts > 1 and (~identified).mean() <= (1 - resampling.confidence) / 2
    finite, none = resampled[identified], [None] * len(generators)
    shares = ((1 - resampling.confidence) / 2, (1 + resampling.confidence) / 2)
    lower, upper = np.quantile(finite, shares, axis=0) if is_bounded else np.full((2, len(generators)), np.nan)
    differences = _difference_intervals(finite, shares) if is_bounded else ()
    best, worst = rank_ranges(differences, (len(generators),), _FIT_ERROR) if is_bounded else (none, none)
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


def _prompt_weights(prompts: int, resamples: int, seed: int) -> Iterator[Floats]:
    """Draw prompts with replacement, and yield blocks of how often each is drawn: a row per resample."""
    # NumPy keeps the numbers of RandomState the same for ever; those of its newer generators may change.
    random = np.random.RandomState(seed)
    rows = max(1, _BLOCK // max(prompts, 1))
    for start in range(0, resamples, rows):
        weights = np.empty((min(rows, resamples - start), prompts))
        for row in weights:
            row[:] = np.bincount(random.randint(0, prompts, size=prompts), minlength=prompts)
        yield weights


_BLOCK = 2_000_000
"""Number of weights in a block, which takes 16 MB."""


def _difference_intervals(
    strengths: Floats, shares: tuple[float, float]
) -> Iterator[tuple[int, slice, Floats, Floats]]:
    """Compare each generator with all later ones, on the same resamples."""
    for first in range(strengths.shape[1] - 1):
        others = slice(first + 1, None)
        lower, upper = np.quantile(strengths[:, [first]] - strengths[:, others], shares, axis=0)
        yield first, others, lower, upper


class _Model:
    """Bradley-Terry model of the outcomes of generator pairs on each prompt.

    Args:
        pairs: The rows of the macro `generator_pairs`.
        generators: Names of all generators, sorted.
    """

    def __init__(self, pairs: pl.DataFrame, generators: Sequence[str]) -> None:
        self._generators = generators
        self._first, self._second = np.triu_indices(len(generators), k=1)
        # Prompts are numbered in the order of their ids, so that the order of rows changes no interval.
        prompt = (pairs["prompt_id"].rank("dense").cast(pl.Int64) - 1).to_numpy()
        number = {name: place for place, name in enumerate(generators)}
        first, second = (np.array([number[name] for name in pairs[column]], dtype=np.int64) for column in _NAMES)
        pair = first * len(generators) - first * (first + 1) // 2 + second - first - 1  # the index in np.triu_indices
        self.prompts = pairs["prompt_id"].n_unique()
        outcomes = np.full((self.prompts, len(self._first)), np.nan)
        outcomes[prompt, pair] = pairs["outcome"].to_numpy()
        self._outcomes = np.hstack([outcomes == 1, outcomes == -1, outcomes == 0]).astype(np.float64)
        self._shared = ~np.isnan(outcomes)

    def counts(self, weights: Floats) -> Floats:
        """Count wins, losses and ties: an array of resamples, outcomes and pairs."""
        return (weights @ self._outcomes).reshape(len(weights), 3, -1)

    def totals(self) -> tuple[list[int], list[int], list[int], list[int]]:
        """Count each generator's wins, ties, losses, and prompts shared with another."""
        wins, losses, ties = self._outcomes.sum(axis=0).reshape(3, -1).astype(np.int64)
        totals = []
        for place in range(len(self._generators)):
            first, second = self._first == place, self._second == place
            shared = self._shared[:, first | second].any(axis=1).sum()
            totals.append((
                wins[first].sum() + losses[second].sum(), ties[first | second].sum(),
                losses[first].sum() + wins[second].sum(), shared,
            ))  # fmt: skip
        columns = [[int(number) for number in column] for column in zip(*totals, strict=True)]
        return columns[0], columns[1], columns[2], columns[3]

    def _beaten(self, counts: Floats) -> Flags:
        """Return whom each generator won or tied against, directly or through others."""
        size = len(self._generators)
        wins, losses, ties = counts
        beaten = np.eye(size, dtype=bool)
        beaten[self._first, self._second] = wins + ties > 0
        beaten[self._second, self._first] = losses + ties > 0
        for middle in range(size):
            beaten |= np.outer(beaten[:, middle], beaten[middle])
        return beaten

    def is_identified(self, counts: Floats) -> bool:
        """Return whether finite strengths fit the counts."""
        # Ford 1957: they do if each generator won or tied against each other one, directly or through others.
        return bool(self._beaten(counts).all())

    def check_identified(self, counts: Floats) -> None:
        """Raise an error that names generators whose strengths cannot be compared."""
        if len(self._generators) < 2:  # noqa: PLR2004 - a pair
            raise FewGeneratorsError(self._generators)
        beaten = self._beaten(counts)
        for below in beaten:
            if not below.all():
                # No generator of this set won or tied against one outside of it, which would then be in the set.
                weak, strong = (list(np.array(self._generators)[members]) for members in (below, ~below))
                raise UnidentifiedError(strong, weak, met=bool(beaten[np.ix_(~below, below)].any()))

    def fit(self, counts: Floats) -> Floats:
        """Fit strengths: natural logarithms whose mean is 0."""
        names = self._generators
        comparisons = [
            (names[int(first)], names[int(second)], winner, float(count))
            for winner, row in zip((evalica.Winner.X, evalica.Winner.Y, evalica.Winner.Draw), counts, strict=True)
            for first, second, count in zip(self._first, self._second, row, strict=True)
            if count > 0
        ]
        xs, ys, winners, weights = map(list, zip(*comparisons, strict=True))
        fitted = evalica.bradley_terry(xs, ys, winners, weights=weights, tolerance=_TOLERANCE, limit=_STEPS)
        logs = np.log(fitted.scores.loc[list(names)].to_numpy())
        return np.asarray(logs - logs.mean())


_TOLERANCE, _STEPS = 1e-10, 100_000
_FIT_ERROR = 1e-6
"""Strengths that differ by less are equal: fits of the same outcomes, in another order of generators, do so."""
