"""Intervals and p-values of metrics and differences in plain Python, from their definitions, one number after the other.

Imports nothing of ours. A scorer's part of a metric is a list of (numerator, denominator), one per prompt, in the same order
for all scorers.
"""

from __future__ import annotations

import hashlib
import itertools
import math
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Parts = list[tuple[float, float]]


def bisect(function: Callable[[float], float], low: float, high: float) -> float:
    """Find where an increasing function is 0."""
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if function(middle) < 0 else (low, middle)
    return (low + high) / 2


def student(degrees: int, confidence: float) -> float:
    """The bound of |t|: the density of Student's distribution, integrated by Simpson's rule over the angle of t."""

    def probability(angle: float) -> float:
        steps = 2000
        width = angle / steps
        heights = [math.cos(width * step) ** (degrees - 1) for step in range(steps + 1)]
        area = width / 3 * (heights[0] + heights[-1] + 4 * sum(heights[1:-1:2]) + 2 * sum(heights[2:-1:2]))
        return 2 * area * math.exp(math.lgamma((degrees + 1) / 2) - math.lgamma(degrees / 2)) / math.sqrt(math.pi)

    return math.sqrt(degrees) * math.tan(bisect(lambda angle: probability(angle) - confidence, 0, math.pi / 2 - 1e-12))


def value(parts: Parts) -> float:
    below = math.fsum(denominator for _, denominator in parts)
    return math.fsum(numerator for numerator, _ in parts) / below if below else math.nan


def residuals(parts: Parts) -> list[float]:
    below, ratio = math.fsum(denominator for _, denominator in parts), value(parts)
    return [(numerator - ratio * denominator) / below for numerator, denominator in parts]


def trials(parts: Parts, lowest: int) -> float:
    """How many trials have the variance that the metric has, before the correction for few prompts."""
    share = (value(parts) - lowest) / (1 - lowest)
    prompts = sum(denominator > 0 for _, denominator in parts)
    if is_hit_or_miss(parts) or min(share, 1 - share) < 1e-9:
        return prompts
    variance = math.fsum(residual**2 for residual in residuals(parts)) / (1 - lowest) ** 2
    return share * (1 - share) / variance if variance else math.inf


def is_hit_or_miss(parts: Parts) -> bool:
    return all(denominator in (0, 1) and numerator in (0, denominator) for numerator, denominator in parts)


def interval(parts: Parts, lowest: int, confidence: float, *, is_certain: bool = False) -> tuple[float, float]:
    prompts = sum(denominator > 0 for _, denominator in parts)
    if prompts < 2:
        return math.nan, math.nan
    share = (value(parts) - lowest) / (1 - lowest)
    if is_certain:
        return value(parts), value(parts)
    share = round(share) if min(share, 1 - share) < 1e-9 else share
    z, n = NormalDist().inv_cdf((1 + confidence) / 2), trials(parts, lowest)
    is_hit = is_hit_or_miss(parts) or share in (0, 1)
    if not is_hit:
        z, n = student(prompts - 1, confidence), n * (prompts - 1) / prompts
    # The shares from which the observed one is z standard errors away, found by search.
    lower, upper = share, share
    if n < math.inf:
        if share > 0:
            lower = bisect(lambda p: p - share + z * math.sqrt(p * (1 - p) / n), 0, share)
        if share < 1:
            upper = bisect(lambda p: p - share - z * math.sqrt(p * (1 - p) / n), share, 1)
    if is_hit:
        hits = round(share * prompts)
        if hits in (1, 2, 3):
            lower = min(lower, poisson(hits, confidence) / prompts)
        if prompts - hits in (1, 2, 3):
            upper = max(upper, 1 - poisson(prompts - hits, confidence) / prompts)
    return lower * (1 - lowest) + lowest, upper * (1 - lowest) + lowest


def poisson(count: int, confidence: float) -> float:
    def above(mean: float) -> float:
        return confidence - sum(math.exp(-mean) * mean**k / math.factorial(k) for k in range(count))

    return bisect(above, 0, count)


def difference(both: Sequence[Parts], bounds: Sequence[tuple[float, float]], lowest: int) -> tuple[float, float]:
    """Bounds of a difference, by those of its two sides."""
    one, other = both
    if one == other and math.isnan(bounds[0][0]):
        return math.nan, math.nan
    first, second = residuals(one), residuals(other)
    product = math.sqrt(math.fsum(x * x for x in first) * math.fsum(y * y for y in second))
    correlation = math.fsum(x * y for x, y in zip(first, second, strict=True)) / product if product else 0.0
    if correlation > 0:
        spread = 1.0
        for parts in (one, other):
            share = (value(parts) - lowest) / (1 - lowest)
            spread *= trials(parts, lowest) * share * (1 - share)
        correlation = max(correlation - 1 / (2 * math.sqrt(spread)), 0.0) if spread > 0 else 0.0
    (low, high), (other_low, other_high) = bounds
    x, y = value(one), value(other)
    ends = []
    for near, far in ((x - low, other_high - y), (high - x, y - other_low)):
        ends.append(math.sqrt(max(near**2 + far**2 - 2 * correlation * near * far, 0.0)))
    return x - y - ends[0], x - y + ends[1]


def signs(prompts: Sequence[str], flips: int, seed: int) -> list[list[int]]:
    """One list of signs per flip: all ways for 12 prompts and fewer, else by bits of MD5, the lowest of each byte first."""
    if len(prompts) <= 12:
        return [list(way) for way in itertools.product((-1, 1), repeat=len(prompts))]

    def sign(flip: int, prompt: str) -> int:
        digest = hashlib.md5(f"{seed}:{flip // 128}:{prompt}".encode(), usedforsecurity=False).digest()
        return 2 * (digest[flip % 128 // 8] >> flip % 8 & 1) - 1

    return [[sign(flip, prompt) for prompt in prompts] for flip in range(flips)]


def p_value(both: Sequence[Parts], ways: Sequence[Sequence[int]]) -> float:
    """The share of ways to exchange the two on some prompts after which they differ at least as much."""
    one, other = both
    observed = abs(value(one) - value(other))
    as_large = 0
    for way in ways:
        exchanged = [(x, y) if sign > 0 else (y, x) for sign, x, y in zip(way, one, other, strict=True)]
        found = abs(value([x for x, _ in exchanged]) - value([y for _, y in exchanged]))
        as_large += not found < observed - 1e-9
    if len(one) <= 12:
        return as_large / len(ways)
    share = (as_large + 1) / (len(ways) + 1)
    squares = math.fsum((x[0] - y[0]) ** 2 for x, y in zip(one, other, strict=True))
    if [y for _, y in one] == [y for _, y in other] and squares:
        total = math.fsum(x[0] - y[0] for x, y in zip(one, other, strict=True))
        share = min(share, 2 * math.exp(-(total**2) / (2 * squares)))
    return share


def holm(p_values: Sequence[float]) -> list[float]:
    """Each p-value times the number of those that are not smaller, and no less than a smaller one's."""
    known = sorted(p for p in p_values if not math.isnan(p))
    corrected: dict[float, float] = {}
    largest = 0.0
    for place, p in enumerate(known):
        largest = max(largest, min(p * (len(known) - place), 1.0))
        corrected[p] = max(corrected.get(p, 0.0), largest)
    return [corrected.get(p, math.nan) for p in p_values]
