"""Fits Davidson's model of wins and ties to many weightings of the same outcomes at once, by Newton's method.

Generator i beats j with probability p_i / D, loses with p_j / D and ties with nu sqrt(p_i p_j) / D, where D = p_i + p_j
+ nu sqrt(p_i p_j) (Davidson 1970, 10.1080/01621459.1970.10481082). With nu = 0 it is the model of Bradley and Terry
(1952, 10.1093/biomet/39.3-4.324), where a tie counts as half a win for both. log(p_i / p_j) is the difference of
strengths plus that of covariates, each times its coefficient.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from irdb_sql.scorers.outcomes import Counts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from irdb_sql.scorers.outcomes import Outcomes

    Floats = NDArray[np.float64]
    Wholes = NDArray[np.int64]
    Flags = NDArray[np.bool_]


class Fits(NamedTuple):
    """Estimates for each vector of weights.

    Attributes:
        parameters: Strengths with mean 0, coefficients, and log(nu), -inf without ties: an array of weights and these.
        are_finite: Whether the likelihood has a maximum, which these are; others are no estimates.
    """

    parameters: Floats
    are_finite: Flags


class DavidsonModel:
    """Davidson's model of outcomes in cells.

    Args:
        outcomes: The outcomes.
        covariates: Differences of covariates in each cell: an array of cells and covariates.
        generators: Number of generators.
        has_ties: Whether nu is fitted, and not 0.
    """

    def __init__(self, outcomes: Outcomes, covariates: Floats, generators: int, *, has_ties: bool) -> None:
        self._has_ties = has_ties
        self._covariates = covariates
        keys = np.column_stack([outcomes.first, outcomes.second])
        is_new = np.any(keys[1:] != keys[:-1], axis=1)
        self._starts = np.flatnonzero(np.concatenate([np.ones(min(len(keys), 1), bool), is_new]))
        self._repeats = np.diff(np.append(self._starts, len(keys)))
        # +1 for the first and -1 for the second generator: an array of pairs and generators.
        first, second = (np.eye(generators)[of[self._starts]] for of in (outcomes.first, outcomes.second))
        self._sides = first - second
        self._products = self._sides[:, :, np.newaxis] * self._sides[:, np.newaxis, :]
        self._size = generators

    def fit(self, counts: Counts, start: Floats | None = None) -> Fits:
        """Maximise the likelihood for each row of counts.

        Args:
            counts: The counted outcomes.
            start: Parameters that are near the maximum.
        """
        rows = max(1, _BLOCK // max(len(self._covariates), 1))
        fits = [
            self._fit_block(Counts(*(of[place : place + rows] for of in counts)), start)
            for place in range(0, len(counts.total), rows)
        ]
        return Fits(*map(np.concatenate, zip(*fits, strict=True)))

    def _fit_block(self, counts: Counts, start: Floats | None) -> Fits:
        rows, width = len(counts.total), self._size + self._covariates.shape[1] + 1
        parameters = np.tile(np.zeros(width) if start is None else start, (rows, 1))
        if start is None:
            parameters[:, -1] = np.log((2 * counts.ties + 1) / (counts.total - counts.ties + 1))
        parameters[(counts.ties == 0) | (not self._has_ties), -1] = -np.inf
        units, reaches = self._units(counts)
        are_finite, active = np.zeros(rows, dtype=bool), np.arange(rows)
        for _ in range(_STEPS):
            gradient, hessian = self._derivatives(counts, parameters[active])
            step, is_sure = self._newton_step(gradient, hessian, units[active], reaches[active])
            change = self._largest_change(step, reaches[active])
            parameters[active] = self._climb(
                counts, parameters[active], step, (gradient * step).sum(axis=1), change > 1
            )
            is_done = change <= np.where(is_sure, _SMALL_CHANGE, _NO_CHANGE)
            are_finite[active] = is_done & is_sure
            active = active[~is_done]
            if not active.size:
                break
            counts = Counts(*(of[~is_done] for of in counts))
        return Fits(parameters, are_finite)

    def _climb(self, counts: Counts, parameters: Floats, step: Floats, slope: Floats, may_fall: Flags) -> Floats:
        """Return parameters after a step, halved until it raises the likelihood where it may not (Armijo 1966)."""
        length = np.ones((len(step), 1))
        before = self._log_likelihood(counts, parameters) if may_fall.any() else slope
        while may_fall.any():
            after = self._log_likelihood(counts, parameters + length * step)
            may_fall &= (after < before + length[:, 0] * slope / 4) & (length[:, 0] > _SHORTEST)
            length[may_fall] /= 2
        return np.asarray(parameters + length * step)

    def _log_likelihood(self, counts: Counts, parameters: Floats) -> Floats:
        odds, log_nu = self._log_odds(parameters), parameters[:, [-1]]
        half = np.abs(odds) / 2
        total = half + np.log(1 + np.exp(-2 * half) + np.exp(log_nu - half))
        ties = counts.ties * np.where(counts.ties > 0, log_nu[:, 0], 0.0) if self._has_ties else 0.0
        return np.asarray((counts.balance * odds - counts.met * total).sum(axis=1) + ties)

    def _derivatives(self, counts: Counts, parameters: Floats) -> tuple[Floats, Floats]:
        """Return the gradient of the log-likelihood, and its Hessian times -1."""
        size, known, nu = self._size, self._covariates, np.exp(parameters[:, [-1]])
        odds, has_ties = self._log_odds(parameters), nu[:, 0] > 0
        no_tie: Floats | float = 1.0  # probability of either to win
        if has_ties.any():
            small = np.exp(np.abs(odds) / -2)
            no_tie = 1 / (1 + nu * small / (1 + small * small))
        balance = np.tanh(odds / 2) / 2 * no_tie  # half of what either is more likely to win
        spread = counts.met * (no_tie / 4 - balance * balance)
        balance *= counts.met
        gradient, hessian = np.zeros_like(parameters), np.zeros((*parameters.shape, parameters.shape[1]))
        residual = counts.balance - balance
        gradient[:, :size], gradient[:, size:-1] = self._side_sums(residual), residual @ known
        hessian[:, :size, :size] = np.tensordot(self._pair_sums(spread), self._products, 1)
        for place, column in enumerate(known.T, start=size):
            weighted = spread * column
            hessian[:, place, :size] = hessian[:, :size, place] = self._side_sums(weighted)
            hessian[:, place, size:-1] = weighted @ known
        hessian[:, -1, -1] = 1.0
        if has_ties.any():
            joint, tie = balance * (no_tie - 1), counts.met * (1 - no_tie)
            hessian[:, -1, :size] = hessian[:, :size, -1] = self._side_sums(joint)
            hessian[:, -1, size:-1] = hessian[:, size:-1, -1] = joint @ known
            gradient[:, -1] = np.where(has_ties, counts.ties - tie.sum(axis=1), 0.0)
            hessian[:, -1, -1] = np.where(has_ties, (tie * no_tie).sum(axis=1), 1.0)
        return gradient, hessian

    def _log_odds(self, parameters: Floats) -> Floats:
        """Return log(p_i / p_j) of each cell."""
        of_pairs = parameters[:, : self._size] @ self._sides.T
        of_covariates = parameters[:, self._size : -1] @ self._covariates.T
        return np.asarray(np.repeat(of_pairs, self._repeats, axis=1) + of_covariates)

    def _side_sums(self, cells: Floats) -> Floats:
        """Sum cells of each generator, where it is first, minus those where it is second."""
        return np.asarray(self._pair_sums(cells) @ self._sides)

    def _pair_sums(self, cells: Floats) -> Floats:
        return np.add.reduceat(cells, self._starts, axis=1)

    def _units(self, counts: Counts) -> tuple[Floats, Floats]:
        """Return units of parameters in which it is no matter how rare or how large something is.

        Also returned is the largest value of each covariate, in cells that occur.
        """
        generators = self._pair_sums(counts.met) @ np.abs(self._sides)
        squares = np.column_stack([generators, counts.met @ self._covariates**2, counts.total])
        occurs, reaches = counts.met > 0, np.zeros((len(counts.met), self._covariates.shape[1]))
        for place, column in enumerate(np.abs(self._covariates).T):
            reaches[:, place] = (occurs * column).max(axis=1)
        return 2 / np.sqrt(np.where(squares > 0, squares, 1.0)), reaches

    def _newton_step(self, gradient: Floats, hessian: Floats, units: Floats, reaches: Floats) -> tuple[Floats, Flags]:
        """Return Newton's step, and whether a maximum is sure to be near."""
        size = self._size
        slopes = gradient * units
        scaled = hessian * units[:, :, np.newaxis] * units[:, np.newaxis, :]
        # All strengths may grow by the same: without curvature in this direction, the Hessian would have no inverse.
        same = 1 / (units[:, :size] * np.sqrt((units[:, :size] ** -2).sum(axis=1, keepdims=True)))
        scaled[:, :size, :size] += same[:, :, np.newaxis] * same[:, np.newaxis, :]
        inverse = np.linalg.inv(scaled + _RIDGE * np.eye(units.shape[1]))
        steps = np.einsum("rij,rj->ri", inverse, slopes)
        # The smallest eigenvalue is at least this, less a second ridge for the rounding of the inverse.
        curvature = 1 / np.sqrt((inverse**2).sum(axis=(1, 2))) - 2 * _RIDGE
        # The square of what two outcomes of a cell differ by, at most, in what the parameters multiply.
        widths = (
            2 * units[:, :size].max(axis=1) ** 2 + ((units[:, size:-1] * reaches) ** 2).sum(axis=1) + units[:, -1] ** 2
        )
        # Bach 2010, proposition 2: there is a maximum if the decrement of a step is this small.
        is_sure = (curvature > 0) & ((slopes * steps).sum(axis=1) <= curvature / (4 * widths))
        steps *= units
        steps[:, :size] -= steps[:, :size].mean(axis=1, keepdims=True)
        return steps, is_sure

    def _largest_change(self, step: Floats, reaches: Floats) -> Floats:
        """Return a bound of how much a step changes the log-odds of two outcomes of a cell that occurs."""
        odds = np.abs(step[:, : self._size] @ self._sides.T).max(axis=1, initial=0.0)
        odds += (np.abs(step[:, self._size : -1]) * reaches).sum(axis=1)
        return np.asarray(np.maximum(odds, odds / 2 + np.abs(step[:, -1])))


_BLOCK = 32_000
"""Number of cells, of all resamples, that are taken at a time and fit into a processor's cache."""
_STEPS, _SHORTEST = 100, 1e-9
_SMALL_CHANGE, _NO_CHANGE = 1e-6, 1e-12
"""Changes of log-odds after which the next one is of the size of their squares, as steps converge quadratically."""
_RIDGE = 1e-13
"""Added to the diagonal of a scaled Hessian, so that it has an inverse where there is no maximum."""
