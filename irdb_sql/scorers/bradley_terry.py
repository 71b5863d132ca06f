"""Strengths of generators and effects of ties and covariates, with intervals from resamples of prompts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from irdb_sql.scorers.covariates import pair_covariates, separate_covariates
from irdb_sql.scorers.davidson import DavidsonModel
from irdb_sql.scorers.errors import UnidentifiedError, first_names
from irdb_sql.scorers.intervals import rank_ranges, student_quantile
from irdb_sql.scorers.outcomes import Outcomes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from irdb_sql.scorers.options import Resampling
    from irdb_sql.scorers.tables import ScoreSource

    Floats = NDArray[np.float64]

STRENGTHS = pl.Schema({
    "generator": pl.String, "strength": pl.Float64, "lower": pl.Float64, "upper": pl.Float64, "rank_best": pl.Int64,
    "rank_worst": pl.Int64, "wins": pl.Int64, "ties": pl.Int64, "losses": pl.Int64, "prompts": pl.Int64,
})  # fmt: skip
EFFECTS = pl.Schema({
    "effect": pl.String, "kind": pl.String, "estimate": pl.Float64, "lower": pl.Float64, "upper": pl.Float64,
})  # fmt: skip


@dataclass(frozen=True)
class FittedStrengths:
    """Strengths and effects that were fitted to outcomes, and again to each resample of prompts.

    Attributes:
        generators: Names of the generators.
        covariates: Names of the covariates.
        has_ties: Whether ties have a parameter.
        outcomes: The outcomes.
        estimates: Strengths with mean 0, coefficients of covariates, and the parameter of ties.
        resampled: The same of each resample that has finite estimates; none where they give no interval.
        confidence: Share of intervals that shall hold the truth.
    """

    generators: list[str]
    covariates: tuple[str, ...]
    has_ties: bool
    outcomes: Outcomes
    estimates: Floats
    resampled: Floats
    confidence: float

    def strengths(self) -> pl.DataFrame:
        """Return one row per generator with the columns of `STRENGTHS`, strongest first."""
        size = len(self.generators)
        bounds, ranks = np.full((2, size), np.nan), None
        if len(self.resampled):
            bounds = np.quantile(self.resampled[:, :size], self._shares, axis=0)
            ranks = rank_ranges(self._differences(), (size,), _FIT_ERROR)
        # Rounding shall not order equal generators; adding 0 leaves no -0.
        strength, lower, upper = np.round([self.estimates[:size], *bounds], _DIGITS) + 0.0
        best, worst = ranks or ([None] * size, [None] * size)
        wins, ties, losses, prompts = self.outcomes.totals()
        columns = {
            "generator": self.generators, "strength": strength, "lower": lower, "upper": upper, "rank_best": best,
            "rank_worst": worst, "wins": wins, "ties": ties, "losses": losses, "prompts": prompts,
        }  # fmt: skip
        frame = pl.DataFrame(columns, STRENGTHS).with_columns(pl.col("lower", "upper").fill_nan(None))
        return frame.sort("strength", "generator", descending=[True, False])

    def effects(self) -> pl.DataFrame:
        """Return one row per covariate, and one for ties, with the columns of `EFFECTS`."""
        effects = slice(len(self.generators), None if self.has_ties else -1)
        estimates, kinds = self.estimates[effects], ["covariate"] * len(self.covariates) + ["ties"] * self.has_ties
        distances = np.full(len(kinds), np.nan)
        if len(self.resampled):
            # Quantiles of resamples of few prompts would hold the truth too rarely.
            quantile = student_quantile(self.outcomes.prompts - 1, self.confidence)
            distances = quantile * self.resampled[:, effects].std(axis=0)
        least = np.where(np.array(kinds) == "ties", 0.0, -np.inf)
        columns = {
            "effect": [*self.covariates, *["ties"] * self.has_ties], "kind": kinds, "estimate": estimates,
            "lower": np.maximum(estimates - distances, least), "upper": estimates + distances,
        }  # fmt: skip
        return pl.DataFrame(columns, EFFECTS).with_columns(pl.col("lower", "upper").fill_nan(None))

    @property
    def _shares(self) -> tuple[float, float]:
        """Share of resamples below the lower, and below the upper bound."""
        return (1 - self.confidence) / 2, (1 + self.confidence) / 2

    def _differences(self) -> Iterator[tuple[int, slice, Floats, Floats]]:
        """Compare each generator with all later ones, on the same resamples."""
        strengths = self.resampled[:, : len(self.generators)]
        for first in range(strengths.shape[1] - 1):
            others = slice(first + 1, None)
            lower, upper = np.quantile(strengths[:, [first]] - strengths[:, others], self._shares, axis=0)
            yield first, others, lower, upper


_DIGITS = 13
"""Decimals of strengths, the last ones of which are rounded."""
_FIT_ERROR = 1e-6
"""Strengths that differ by less are equal: fits of the same outcomes, in another order of generators, do so."""


def fit_strengths(
    pairs: pl.DataFrame,
    names: pl.Series,
    resampling: Resampling,
    *,
    has_ties: bool = False,
    covariates: ScoreSource | None = None,
) -> FittedStrengths:
    """Fit strengths and effects to the outcomes of generator pairs on each prompt.

    Args:
        pairs: The rows of the macro `generator_pairs`.
        names: The names of all generators.
        resampling: Number of resamples, seed and confidence of the intervals.
        has_ties: Whether ties have a parameter; otherwise one is half a win for both.
        covariates: A file or table with the columns generator, prompt_id, and a number per covariate.

    Raises:
        FewGeneratorsError: There are fewer than two generators.
        UnidentifiedError: No finite strengths or effects fit.
        ScoreColumnError, CovariateError: The covariates cannot be used.
    """
    generators = sorted(names)
    given = pair_covariates(covariates, pairs, generators)
    outcomes = Outcomes(pairs, generators, given.differences)
    outcomes.check_identified()
    separated = separate_covariates(outcomes, given, len(generators))
    model = DavidsonModel(outcomes, separated.residuals, len(generators), has_ties=has_ties)
    observed = outcomes.counts(np.ones((1, outcomes.prompts)))
    fitted = model.fit(observed)
    if not fitted.are_finite[0]:
        without_ties = DavidsonModel(outcomes, separated.residuals, len(generators), has_ties=False).fit(observed)
        raise _unidentified(() if without_ties.are_finite[0] else given.names)
    resamples = [
        model.fit(outcomes.counts(weights), fitted.parameters[0])
        for weights in _prompt_weights(outcomes, resampling.resamples, resampling.seed)
    ]  # fmt: skip
    finite = np.concatenate([resample.parameters[resample.are_finite] for resample in resamples])
    # A resample without finite estimates counts as beyond a bound; too many of them leave no interval.
    failed = 1 - len(finite) / resampling.resamples
    has_few_failed = failed <= (1 - resampling.confidence) / 2
    is_bounded = outcomes.prompts > 1 and has_few_failed and resampling.resamples >= resampling.fewest
    parameters = separated.untangle(np.concatenate([fitted.parameters, finite if is_bounded else finite[:0]]))
    parameters[:, -1] = np.exp(parameters[:, -1])
    return FittedStrengths(
        generators, given.names, has_ties, outcomes, parameters[0], parameters[1:], resampling.confidence
    )


def _unidentified(covariates: Sequence[str]) -> UnidentifiedError:
    """Return the error about covariates, or without any about ties, that have no finite effect."""
    if covariates:
        names = first_names(covariates)
        return UnidentifiedError(
            f" with the covariates {names}: some sum of these and of strengths predicts each win",
            f"leave out {names}, correct values that are far from all others, or pass more prompts.",
        )
    return UnidentifiedError(
        " with a probability of ties: there are only ties, or too few losses beside wins to tell how likely a tie is",
        "count a tie as half a win for both: ties='half' (--ties half).",
    )


def _prompt_weights(outcomes: Outcomes, resamples: int, seed: int) -> Iterator[Floats]:
    """Draw prompts with replacement, and yield blocks of how often each is drawn: a row per resample."""
    # NumPy keeps the numbers of RandomState the same for ever; those of its newer generators may change.
    random, prompts = np.random.RandomState(seed), outcomes.prompts
    rows = max(1, _BLOCK // outcomes.width)
    for start in range(0, resamples, rows):
        weights = np.empty((min(rows, resamples - start), prompts))
        for row in weights:
            row[:] = np.bincount(random.randint(0, prompts, size=prompts), minlength=prompts)
        yield weights


_BLOCK = 1_000_000
"""Number of values that a block of resamples takes at a time, which are 8 MB."""
