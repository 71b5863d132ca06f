"""The 26 metrics of scorers with intervals of resampled prompts, as one would write them with NumPy: an array a metric.

Prompts are rows of arrays that are as wide as the largest prompt, and all scorers are computed at once. Values are those of
`db.evaluate`; intervals are of other random draws.
"""

from __future__ import annotations

from math import comb
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

RESAMPLES = 1000
_CHOOSE = np.array([[comb(n, k) for k in range(65)] for n in range(65)], dtype=np.float64)


def evaluate(
    images: pl.DataFrame, scores: Mapping[str, NDArray[np.float64]]
) -> dict[str, dict[str, tuple[float, float, float]]]:
    """Return value, lower and upper bound of each metric of each scorer.

    Args:
        images: The columns prompt_id and rank of one split, of prompts in consecutive rows.
        scores: The scores of these images, by scorer.
    """
    sizes = images["prompt_id"].rle().struct.field("len").to_numpy().astype(np.int64)
    rows = np.repeat(np.arange(sizes.size), sizes)
    places = np.arange(images.height) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    width = int(sizes.max())
    has = np.zeros((sizes.size, width), dtype=bool)
    has[rows, places] = True
    ranks = np.full((sizes.size, width), 99.0)
    ranks[rows, places] = images["rank"].to_numpy()
    random = np.random.default_rng(0)
    weights = np.stack(
        [np.bincount(random.integers(0, sizes.size, sizes.size), minlength=sizes.size) for _ in range(RESAMPLES)]
    ).astype(np.float64)
    found = {}
    for name, values in scores.items():
        score = np.full((sizes.size, width), np.nan)
        score[rows, places] = values
        terms = _terms(ranks, score, has, sizes)
        numerators = np.stack([numerator for numerator, _ in terms.values()], axis=1)
        denominators = np.stack([denominator for _, denominator in terms.values()], axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            value = numerators.sum(axis=0) / denominators.sum(axis=0)
            lower, upper = np.nanquantile((weights @ numerators) / (weights @ denominators), [0.025, 0.975], axis=0)
        found[name] = {metric: (value[i], lower[i], upper[i]) for i, metric in enumerate(terms)}
    return found


def _terms(
    ranks: Array, score: Array, has: NDArray[np.bool_], sizes: NDArray[np.int64]
) -> dict[str, tuple[Array, Array]]:
    """Return numerator and denominator of each metric for each prompt."""
    one, other = np.triu_indices(ranks.shape[1], 1)
    both = has[:, one] & has[:, other]
    human = np.where(both, np.sign(ranks[:, other] - ranks[:, one]), 0)
    scorer = np.where(both, np.nan_to_num(np.sign(score[:, one] - score[:, other])), 0)
    n = both.sum(axis=1).astype(np.float64)
    concordant = (human * scorer > 0).sum(axis=1).astype(np.float64)
    discordant = (human * scorer < 0).sum(axis=1).astype(np.float64)
    tied = ((human != 0) & (scorer == 0)).sum(axis=1).astype(np.float64)
    human_tied = (both & (human == 0) & (scorer != 0)).sum(axis=1).astype(np.float64)
    strict = concordant + discordant + tied
    ones = np.ones_like(n)
    with np.errstate(invalid="ignore", divide="ignore"):
        tau = (concordant - discordant) / np.sqrt(strict * (concordant + discordant + human_tied))
        rho = _spearman(ranks, score, has)
        share = np.nan_to_num(concordant / strict)
        inverted = np.nan_to_num(discordant / n)
    terms = {
        "acc_micro": (concordant, strict),
        "acc_macro": (share, (strict > 0) * 1.0),
        "acc_eq": ((both & (human == scorer)).sum(axis=1).astype(np.float64), n),
        "scorer_ties": (tied, strict),
        "tau_b": (np.nan_to_num(tau), np.isfinite(tau) * 1.0),
        "spearman": (np.nan_to_num(rho), np.isfinite(rho) * 1.0),
        "inversion": ((1 - inverted) * (n > 0), (n > 0) * 1.0),
    }
    best = has & (ranks == ranks.min(axis=1, keepdims=True))
    worst = has & (ranks == np.where(has, ranks, -1).max(axis=1, keepdims=True))
    highest = has & (score == np.nanmax(score, axis=1, keepdims=True))
    terms["best_of_n"] = ((best & highest).any(axis=1) / highest.sum(axis=1), ones)
    for kind, marked, ordered in (("recall", best, score), ("filter", worst, -score)):
        down = -np.sort(-np.where(has, ordered, -np.inf), axis=1)
        only = (marked.sum(axis=1) == 1) * 1.0
        for k in (1, 2, 4):
            taken = np.minimum(k, sizes)
            edge = np.take_along_axis(down, (taken - 1)[:, None], axis=1)
            above, block = has & (ordered > edge), has & (ordered == edge)
            needed = taken - above.sum(axis=1)
            size, right = block.sum(axis=1), (marked & block).sum(axis=1)
            in_above = (marked & above).sum(axis=1)
            hit = np.where(in_above > 0, 1, 1 - _CHOOSE[size - right, needed] / _CHOOSE[size, needed])
            terms[f"{kind}@{k}"] = (hit, ones)
            terms[f"{kind}_frac@{k}"] = ((in_above + right * needed / size) / marked.sum(axis=1), ones)
            terms[f"{kind}_unique@{k}"] = (hit * only, only)
    return terms


def _spearman(ranks: Array, score: Array, has: NDArray[np.bool_]) -> Array:
    def average(values: Array) -> Array:
        below = (has[:, None, :] & (values[:, None, :] < values[:, :, None])).sum(axis=2)
        same = (has[:, None, :] & (values[:, None, :] == values[:, :, None])).sum(axis=2)
        return np.where(has, below + (same + 1) / 2, np.nan)

    one, other = average(-ranks), average(score)
    one, other = one - np.nanmean(one, axis=1, keepdims=True), other - np.nanmean(other, axis=1, keepdims=True)
    result: Array = np.nansum(one * other, axis=1) / np.sqrt(np.nansum(one**2, axis=1) * np.nansum(other**2, axis=1))
    return result
