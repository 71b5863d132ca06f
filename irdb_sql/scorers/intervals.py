"""Confidence intervals of metrics and of their paired differences, in closed form; prompts are what was drawn.

A metric is a share of prompts, or a ratio of sums over prompts, whose variance over prompts is known by linearisation.
Its interval is that of Wilson for the share, with as many trials as would give this variance (Dean and Pagano 2015,
10.1093/jssam/smv024), so that it is not empty where every prompt is right. The interval of a difference is made of the
two intervals and their correlation (Zou and Donner 2008, 10.1002/sim.3095; for pairs of shares Newcombe 1998, method
10). `docs/scorers.md` says how often they hold the truth; `tests/benchmarks/coverage.py` counts it.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Wholes = NDArray[np.int64]
    Flags = NDArray[np.bool_]

TOLERANCE = 1e-9
"""Numbers that differ by less are equal. Rounding changes a metric by less than 1e-11, and metrics of up to a million
prompts that differ at all differ by more than 1e-8, which is 1 / 36 pairs of a prompt and 1 / 1,000,000 prompts."""


@dataclass(frozen=True)
class MetricIntervals:
    """Intervals of metrics of scorers on the same prompts: arrays of metrics by scorers, and by scorers again.

    Attributes:
        values: The metrics; NaN where the denominator is 0.
        lower: Lower bound of each.
        upper: Upper bound of each; both are NaN where fewer than two prompts have a denominator.
        correlations: Correlation over prompts of the errors of every two scorers, as Newcombe corrects it.
        are_same: Which two scorers are the same on every prompt.
    """

    values: Floats
    lower: Floats
    upper: Floats
    correlations: Floats
    are_same: Flags

    def differences(self) -> Iterator[tuple[int, slice, Floats, Floats]]:
        """Yield the number of a scorer, those of all later ones, and bounds of differences, itself minus another."""
        for first in range(self.values.shape[1] - 1):
            others = slice(first + 1, None)
            one, other = self.values[:, first, np.newaxis], self.values[:, others]
            correlation = self.correlations[:, first, others]
            below = _distance(one - self.lower[:, [first]], self.upper[:, others] - other, correlation)
            above = _distance(self.upper[:, [first]] - one, other - self.lower[:, others], correlation)
            bounds = (one - other - below, one - other + above)
            same = self.are_same[first, others] & ~np.isnan(bounds[0])
            lower, upper = (np.where(same | (np.abs(bound) < TOLERANCE), 0.0, bound) for bound in bounds)
            yield first, others, lower, upper


def _distance(one: Floats, other: Floats, correlation: Floats) -> Floats:
    """Return the distance of a difference from its bound, by those of its two sides."""
    return np.sqrt(np.maximum(one**2 + other**2 - 2 * correlation * one * other, 0.0))


def metric_intervals(  # noqa: PLR0913 - all but three are keyword-only
    table: Floats,
    roles: tuple[Wholes, Wholes],
    sums: tuple[Floats, Floats],
    *,
    lowest: Floats,
    are_certain: Flags,
    are_same: Flags,
    confidence: float,
) -> MetricIntervals:
    """Make intervals of metrics.

    Args:
        table: What each prompt adds to each term: an array of prompts, terms and scorers.
        roles: The term that is the numerator of each metric, and that which is its denominator.
        sums: The sums of numerators and of denominators: arrays of metrics and scorers.
        lowest: For each metric the lowest value that it can have, 0 or -1, where the highest is 1; NaN where it has no
            bounds, and an interval of Student's.
        are_certain: For each metric and scorer, whether any scores would be right on every prompt.
        are_same: Which two scorers are the same on every prompt.
        confidence: Share of samples of prompts whose interval shall hold the metric of all prompts.

    Example:
        >>> right, first, no = np.ones((23, 1, 1)), np.array([0]), np.array([[False]])
        >>> made = metric_intervals(right, (first, first), (right.sum(axis=0),) * 2, lowest=np.zeros(1), are_certain=no,
        ...                         are_same=no, confidence=0.95)
        >>> round(made.lower.item(), 3), made.upper.item()
        (0.857, 1.0)
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        values = sums[0] / sums[1]
    lowest = lowest[:, np.newaxis]
    shares = (values - lowest) / (1 - lowest)
    is_edge = (shares < TOLERANCE) | (shares > 1 - TOLERANCE)
    shares = np.where(is_edge, np.rint(shares), shares)
    covariances, prompts, are_hits = _moments(table, roles, sums, values)
    variances = np.diagonal(covariances, axis1=1, axis2=2)
    is_hit = are_hits | is_edge
    with np.errstate(invalid="ignore", divide="ignore"):
        trials = np.where(is_hit, prompts, shares * (1 - shares) * (1 - lowest) ** 2 / variances)
        normal, student = NormalDist().inv_cdf((1 + confidence) / 2), _student_quantiles(prompts, confidence)
        quantiles = np.where(is_hit, normal, student)
        lower, upper = _wilson(shares, np.where(is_hit, trials, trials * (prompts - 1) / prompts), quantiles)
        half = student * np.sqrt(variances * prompts / (prompts - 1))
        correlations = _correlations(covariances, shares, trials)
        lower = np.minimum(lower, np.where(is_hit, _few_hits(shares * prompts, confidence) / prompts, np.inf))
        upper = np.maximum(upper, 1 - np.where(is_hit, _few_hits((1 - shares) * prompts, confidence) / prompts, np.inf))
    lower = np.where(are_certain | (shares == 0), shares, lower)
    upper = np.where(are_certain | (shares == 1), shares, upper)
    bounds = ((lower, values - half), (upper, values + half))
    lower, upper = (
        np.where(prompts > 1, np.where(np.isnan(lowest), unbounded, share * (1 - lowest) + lowest), np.nan)
        for share, unbounded in bounds
    )
    return MetricIntervals(values, lower, upper, correlations, are_same)


def _moments(
    table: Floats, roles: tuple[Wholes, Wholes], sums: tuple[Floats, Floats], values: Floats
) -> tuple[Floats, Wholes, Flags]:
    """Return covariances of every two scorers, numbers of prompts, and whether each prompt is a hit or a miss."""
    scorers = table.shape[2]
    covariances = np.empty((*values.shape, scorers))
    counts, are_hits = np.empty(values.shape, np.int64), np.empty(values.shape, bool)
    for some, numerators, denominators in metric_blocks(table, roles):
        counts[some] = (denominators > 0).sum(axis=0)
        is_hit = ((numerators == 0) | (numerators == denominators)) & ((denominators == 0) | (denominators == 1))
        are_hits[some] = is_hit.all(axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            residuals = np.nan_to_num((numerators - values[some] * denominators) / sums[1][some], nan=0.0)
        for first in range(scorers):
            # Prompt after prompt, so that the sums are the same on every machine.
            products = (residuals[:, :, [first]] * residuals[:, :, first:]).sum(axis=0)
            covariances[some, first, first:] = covariances[some, first:, first] = products
    return covariances, counts, are_hits


def metric_blocks(table: Floats, roles: tuple[Wholes, Wholes]) -> Iterator[tuple[slice, Floats, Floats]]:
    """Yield numerators and denominators of a few metrics at a time: arrays of prompts, metrics and scorers.

    Args:
        table: What each prompt adds to each term: an array of prompts, terms and scorers.
        roles: The term that is the numerator of each metric, and that which is its denominator.
    """
    prompts, _, scorers = table.shape
    size = max(1, _BLOCK // max(prompts * scorers, 1))
    for start in range(0, len(roles[0]), size):
        some = slice(start, start + size)
        yield some, table[:, roles[0][some]], table[:, roles[1][some]]


_BLOCK = 4_000_000
"""Terms that are taken at a time, which take 32 MB."""


def rank_ranges(
    differences: Iterable[tuple[int, slice, Floats, Floats]], shape: tuple[int, ...], tolerance: float = TOLERANCE
) -> tuple[Wholes, Wholes]:
    """Return the best and worst rank of each competitor that intervals of differences allow.

    A competitor is better than another if the interval of their difference lies above 0. Its best rank comes after all
    competitors that are better than it, its worst rank before all that it is better than.

    Args:
        differences: The number of each competitor, those of all later ones, and bounds of the differences, itself minus
            another; higher is better, and NaN compares with none.
        shape: Number of competitors, after the axes that bounds have before theirs, such as one of metrics.
        tolerance: Bounds that are no further from 0 are 0.

    Example:
        >>> differences = [(0, slice(1, None), np.array([0.5, 0.2]), np.array([2.0, 1.0])),
        ...                (1, slice(2, None), np.array([-0.4]), np.array([0.3]))]
        >>> best, worst = rank_ranges(differences, (3,))
        >>> best.tolist(), worst.tolist()
        ([1, 2, 2], [1, 3, 3])
    """
    better = np.zeros((*shape, shape[-1]), dtype=bool)
    for first, others, lower, upper in differences:
        better[..., first, others] = lower > tolerance
        better[..., others, first] = upper < -tolerance
    return 1 + better.sum(axis=-2), shape[-1] - better.sum(axis=-1)


def _wilson(shares: Floats, trials: Floats, quantiles: Floats) -> tuple[Floats, Floats]:
    """Return the bounds of Wilson's interval (1927, 10.1080/01621459.1927.10502953)."""
    weight = quantiles**2 / trials
    center = (shares + weight / 2) / (1 + weight)
    half = np.sqrt(weight * np.maximum(shares * (1 - shares), 0.0) + weight**2 / 4) / (1 + weight)
    return center - half, center + half


def _few_hits(hits: Floats, confidence: float) -> Floats:
    """Return the lower bound of the expected number of hits where there are one to three, and infinity elsewhere.

    Wilson's bound is too close to a share near 0 or 1 (Brown, Cai and DasGupta 2001, 10.1214/ss/1009213286).
    """
    bounds = np.full(hits.shape, np.inf)
    for count in (1, 2, 3):
        bounds[np.rint(hits) == count] = _poisson_bound(count, confidence)
    return bounds


@functools.lru_cache(maxsize=64)
def _poisson_bound(count: int, confidence: float) -> float:
    """Return the mean of a Poisson distribution that is below a count with this probability."""
    low, high = 0.0, float(count)
    for _ in range(60):
        mean = (low + high) / 2
        below = math.exp(-mean) * math.fsum(mean**number / math.factorial(number) for number in range(count))
        low, high = (mean, high) if below > confidence else (low, mean)
    return low


def _correlations(covariances: Floats, shares: Floats, trials: Floats) -> Floats:
    """Correlate the errors of every two scorers, with Newcombe's correction of those above 0 for few trials."""
    spread = np.sqrt(np.diagonal(covariances, axis1=1, axis2=2))
    correlations = covariances / (spread[:, :, np.newaxis] * spread[:, np.newaxis, :])
    per_trial = np.sqrt(trials * shares * (1 - shares))
    correction = 1 / (2 * per_trial[:, :, np.newaxis] * per_trial[:, np.newaxis, :])
    is_corrected = (correlations > 0) & ~np.isnan(correction)
    corrected = np.where(is_corrected, np.maximum(correlations - correction, 0.0), correlations)
    return np.where(np.isnan(corrected), 0.0, corrected)


def _student_quantiles(prompts: Wholes, confidence: float) -> Floats:
    """Return the quantile of Student's distribution for each number of prompts; NaN below two."""
    counts, places = np.unique(prompts, return_inverse=True)
    quantiles = [student_quantile(int(count) - 1, confidence) if count > 1 else math.nan for count in counts]
    return np.array(quantiles)[places].reshape(prompts.shape)


@functools.lru_cache(maxsize=4096)
def student_quantile(degrees: int, confidence: float) -> float:
    """Return how far from 0 Student's t is at most, with a probability.

    Args:
        degrees: Degrees of freedom, at least 1.
        confidence: The probability.

    Example:
        >>> round(student_quantile(19, 0.95), 4), round(student_quantile(1, 0.5), 4)
        (2.093, 1.0)
    """
    if degrees >= _MANY_DEGREES:
        # Abramowitz and Stegun 26.7.5; the next term is below 1e-9.
        z = NormalDist().inv_cdf((1 + confidence) / 2)
        terms = (
            (z**3 + z) / 4,
            (5 * z**5 + 16 * z**3 + 3 * z) / 96,
            (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        )
        return z + math.fsum(term / degrees**power for power, term in enumerate(terms, start=1))
    low, high = 0.0, math.pi / 2
    for _ in range(60):  # halves the angle whose tangent is t / sqrt(degrees)
        middle = (low + high) / 2
        low, high = (middle, high) if _student_probability(middle, degrees) < confidence else (low, middle)
    return math.sqrt(degrees) * math.tan((low + high) / 2)


_MANY_DEGREES = 500


def _student_probability(angle: float, degrees: int) -> float:
    """Return the probability that Student's t is within an angle (Abramowitz and Stegun 26.7.3 and 26.7.4)."""
    cosine, is_odd = math.cos(angle), degrees % 2 == 1
    term, total = (cosine, cosine if degrees > 1 else 0.0) if is_odd else (1.0, 1.0)
    for power in range(3 if is_odd else 2, degrees - 1, 2):
        term *= cosine * cosine * (power - 1) / power
        total += term
    return 2 / math.pi * (angle + math.sin(angle) * total) if is_odd else math.sin(angle) * total
