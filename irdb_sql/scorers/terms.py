"""Counts what each prompt adds to each term of the metrics of a scorer, in NumPy.

`queries/metrics/prompt_terms.sql` defines the terms. This module computes the same to the last bit in a fraction of the
time: prompts of as many images are rows of one array, where the engine sorts and expands lists.
Prompts of more images than published ones are left to the engine. `tests/scorers/test_terms.py` tests that both return
the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import polars as pl

from irdb_sql.core.thread_pool import CORES, in_order

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from irdb_sql.engine.protocol import Session

    Floats: TypeAlias = NDArray[np.float64]
    Wholes: TypeAlias = NDArray[np.int64]
    Flags: TypeAlias = NDArray[np.bool_]

MOST_IMAGES = 9
"""Images of a prompt; the exact means below are sums of as many numbers, which 64 bits can hold."""
_MOST_GAPS = 64  # different rank gaps, of which each prompt has an array
_BATCH_PROMPTS = 1 << 15
_CONCORDANT, _DISCORDANT, _SCORER_TIED, _HUMAN_TIED, _BOTH_TIED = range(5)
_AT_K = (1, 2, 4)
_UNIT = 10**18  # exact_mean.sql rounds to 18 decimal places
_ORDER_TERMS = (
    "spearman", "has_spearman", "best_of_n", "chance_best_of_n",
    *(f"best_any_{k}" for k in _AT_K), *(f"chance_best_any_{k}" for k in _AT_K), *(f"best_frac_{k}" for k in _AT_K),
    *(f"worst_any_{k}" for k in _AT_K), *(f"chance_worst_any_{k}" for k in _AT_K), *(f"worst_frac_{k}" for k in _AT_K),
    *(f"chance_frac_{k}" for k in _AT_K),
    "one_best", *(f"only_best_{k}" for k in _AT_K), *(f"chance_only_best_{k}" for k in _AT_K),
    "one_worst", *(f"only_worst_{k}" for k in _AT_K), *(f"chance_only_worst_{k}" for k in _AT_K),
)  # fmt: skip


class LargePromptError(Exception):
    """A prompt has more images, or more different rank gaps, than are counted here."""


@dataclass(frozen=True)
class _Prompts:
    """A batch of prompts of as many images with a rank and a score, a row each.

    Attributes:
        ranks: The ranks.
        scores: The scores.
    """

    ranks: NDArray[np.int16]
    scores: Floats


def count_terms(
    session: Session, images: Sequence[object], epsilons: Mapping[str, float | None], *, by_rank_gap: bool
) -> pl.DataFrame:
    """Return the rows of prompt_terms of every scorer, scorer by scorer.

    Args:
        session: The session with the scores.
        images: The split and the subset whose prompts are counted; None for all.
        epsilons: The scorers, and the largest difference of two of its scores that is a tie for acc_eq; None is 0.
        by_rank_gap: Whether each rank gap has a row; the terms of the order of images are NULL then.

    Raises:
        LargePromptError: The engine has to count.
    """
    prompts = session.call("scored_prompts", images).sort("first_row")
    counts = (
        partial(
            count_scorer, scorer, session.call("ranked_scores", [scorer, *images]), prompts, epsilon or 0.0,
            by_rank_gap=by_rank_gap,
        )
        for scorer, epsilon in epsilons.items()
    )  # fmt: skip
    return pl.concat(in_order(counts, CORES))


def count_scorer(
    scorer: str, scores: pl.DataFrame, prompts: pl.DataFrame, epsilon: float, *, by_rank_gap: bool
) -> pl.DataFrame:
    """Return the rows of prompt_terms of one scorer, in no order.

    Args:
        scorer: The name of the scorer.
        scores: The scores of ranked images: first_row of the prompt, rank and score.
        prompts: The prompts, sorted by first_row, and what prompt_terms has of each.
        epsilon: The largest difference of two scores that is a tie for acc_eq.
        by_rank_gap: Whether each rank gap has a row; the terms of the order of images are NULL then.

    Raises:
        LargePromptError: The engine has to count.
    """
    first_rows = prompts["first_row"].to_numpy()
    numbers = np.searchsorted(first_rows, scores["first_row"].to_numpy())
    is_selected = numbers < first_rows.size
    is_selected[is_selected] = first_rows[numbers[is_selected]] == scores["first_row"].to_numpy()[is_selected]
    order = np.argsort(numbers[is_selected], kind="stable")
    numbers = numbers[is_selected][order]
    ranks = scores["rank"].to_numpy()[is_selected][order].astype(np.int16)
    values = scores["score"].to_numpy()[is_selected][order]
    sizes = np.bincount(numbers, minlength=first_rows.size)
    if sizes.max(initial=0) > MOST_IMAGES:
        raise LargePromptError
    begins = np.cumsum(sizes) - sizes
    frames = []
    for size in range(1, int(sizes.max(initial=1)) + 1):
        of_size = np.flatnonzero(sizes == size)
        for begin in range(0, of_size.size, _BATCH_PROMPTS):
            batch = of_size[begin : begin + _BATCH_PROMPTS]
            rows = begins[batch][:, np.newaxis] + np.arange(size)
            scored = _Prompts(ranks[rows], values[rows])
            frames.append(_batch_terms(scorer, scored, prompts[pl.Series(batch)], epsilon, by_rank_gap=by_rank_gap))
    if not frames:
        empty = _Prompts(np.empty((0, 1), np.int16), np.empty((0, 1)))
        return _batch_terms(scorer, empty, prompts.clear(), epsilon, by_rank_gap=by_rank_gap)
    return pl.concat(frames)


def _batch_terms(
    scorer: str, scored: _Prompts, prompts: pl.DataFrame, epsilon: float, *, by_rank_gap: bool
) -> pl.DataFrame:
    counts, agreeing = _count_pairs(scored, epsilon, by_rank_gap=by_rank_gap)
    gaps = counts.shape[1]
    counts, agreeing = counts.reshape(-1, 5), agreeing.reshape(-1)
    rows = np.arange(counts.shape[0])
    if by_rank_gap:
        rows = rows[counts.sum(axis=1) > 0]
    columns = prompts[pl.Series(rows // gaps)]
    order = {} if by_rank_gap else _order_terms(scored)
    terms = _pair_terms(counts[rows], agreeing[rows]) | order
    gap = pl.Series(rows % gaps, dtype=pl.Int16) if by_rank_gap else pl.lit(None, pl.Int16)
    return columns.select(
        pl.lit(scorer).alias("scorer"),
        "split", "part", "prompt_id", "classification", "images",
        rank_gap=gap,
        **terms,
        **{name: pl.lit(None, pl.Float64) for name in _ORDER_TERMS if name not in order},
        first_row="first_row",
    )  # fmt: skip


def _count_pairs(prompts: _Prompts, epsilon: float, *, by_rank_gap: bool) -> tuple[Wholes, Wholes]:
    """Count the pairs of each prompt and rank gap: by what people and the scorer say, and those on which both agree."""
    one, other = np.triu_indices(prompts.ranks.shape[1], 1)
    ranks_of_one, ranks_of_other = prompts.ranks[:, one].ravel(), prompts.ranks[:, other].ravel()
    rows = np.repeat(np.arange(len(prompts.ranks)), one.size)
    gaps = np.abs(ranks_of_other - ranks_of_one) if by_rank_gap else np.zeros(rows.size, np.int16)
    width = int(gaps.max(initial=0)) + 1
    if width > _MOST_GAPS:
        raise LargePromptError
    human = np.sign(ranks_of_other - ranks_of_one)
    first, second = prompts.scores[:, one].ravel(), prompts.scores[:, other].ravel()
    said = (first > second).astype(np.int16) - (first < second)
    with np.errstate(over="ignore"):  # a difference that is infinite is no tie
        said_with_ties = np.where(np.abs(first - second) <= epsilon, 0, said)
    kinds = np.where(human == 0, np.where(said == 0, _BOTH_TIED, _HUMAN_TIED), _SCORER_TIED)
    kinds[human * said > 0] = _CONCORDANT
    kinds[human * said < 0] = _DISCORDANT
    keys = rows * width + gaps
    shape = (len(prompts.ranks), width)
    counts = np.bincount(keys * 5 + kinds, minlength=shape[0] * width * 5).reshape(*shape, 5)
    agreeing = np.bincount(keys[human == said_with_ties], minlength=shape[0] * width).reshape(shape)
    return counts, agreeing


def _pair_terms(counts: Wholes, agreeing: Wholes) -> dict[str, pl.Series]:
    """Return the terms of pairs, by the formulas of prompt_terms.sql; prompts without a pair add 0."""
    concordant, discordant, scorer_tied, human_tied, both_tied = counts.T.astype(np.float64)
    strict = concordant + discordant + scorer_tied
    pairs = strict + human_tied + both_tied
    has_strict, has_pair = (strict > 0) * 1.0, (pairs > 0) * 1.0
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(strict > 0, concordant / strict, 0.0)
        product = (concordant + discordant + human_tied) * (concordant + discordant + scorer_tied)
        has_tau = product > 0
        tau = np.where(has_tau, (concordant - discordant) / np.sqrt(product), 0.0)
        not_inverted = np.where(pairs > 0, 1 - discordant / pairs, 0.0)
        chance = np.where(pairs > 0, 1 - strict / (2 * pairs), 0.0)
    terms = {
        "prompts": np.ones_like(strict),
        "zero": np.zeros_like(strict),
        "concordant": concordant,
        "concordant_share": share,
        "agreeing": agreeing.astype(np.float64),
        "scorer_tied": scorer_tied,
        "strict_pairs": strict,
        "half_strict_pairs": strict / 2,
        "all_pairs": pairs,
        "has_strict": has_strict,
        "half_has_strict": has_strict * 0.5,
        "has_pair": has_pair,
        "tau": tau,
        "has_tau": has_tau * 1.0,
        "tau_pairs": np.where(has_tau, pairs, 0.0),
        "not_inverted": not_inverted,
        "chance_not_inverted": chance,
    }
    return {name: pl.Series(values) for name, values in terms.items()}


def _order_terms(prompts: _Prompts) -> dict[str, pl.Series]:
    """Return the terms of the order of images, by the formulas of prompt_order.sql and prompt_terms.sql."""
    ranks, scores = prompts.ranks, prompts.scores
    images = ranks.shape[1]
    below = np.count_nonzero(scores[:, None, :] < scores[:, :, None], axis=2)
    is_same = scores[:, None, :] == scores[:, :, None]
    block = np.count_nonzero(is_same, axis=2)
    above = images - below - block
    better = np.count_nonzero(ranks[:, None, :] < ranks[:, :, None], axis=2)
    same_rank = np.count_nonzero(ranks[:, None, :] == ranks[:, :, None], axis=2)
    is_best, is_worst = better == 0, better + same_rank == images
    n, best, worst = np.full(len(ranks), images), is_best.sum(axis=1), is_worst.sum(axis=1)
    spearman, has_spearman = _correlate(2 * below + block, 2 * (images - better) - same_rank)
    one_best, one_worst = (best == 1) * 1.0, (worst == 1) * 1.0
    with np.errstate(divide="ignore", invalid="ignore"):
        terms: dict[str, Floats] = {
            "spearman": spearman,
            "has_spearman": has_spearman,
            "best_of_n": np.where(is_best & (above == 0), 1.0 / block, 0.0).max(axis=1, initial=0.0),
            "chance_best_of_n": best / n,
        }
        for name, marked, number, only, left in (
            ("best", is_best, best, one_best, above), ("worst", is_worst, worst, one_worst, below),
        ):  # fmt: skip
            in_block = np.count_nonzero(is_same & marked[:, None, :], axis=2)
            for k in _AT_K:
                chance = np.minimum(k, n) / n
                taken = np.maximum(np.minimum(k - left, block), 0)
                found = 1 - _miss(block, in_block, taken).min(axis=1, initial=1.0)
                terms[f"{name}_any_{k}"] = found
                terms[f"chance_{name}_any_{k}"] = 1 - _miss(n, number, np.full_like(n, k))
                terms[f"{name}_frac_{k}"] = _exact_mean(taken / block, marked)
                terms[f"only_{name}_{k}"] = only * found
                terms[f"chance_only_{name}_{k}"] = only * chance
                terms[f"chance_frac_{k}"] = chance
    terms |= {"one_best": one_best, "one_worst": one_worst}
    return {name: pl.Series(terms[name]) for name in _ORDER_TERMS}


def _miss(images: Wholes, marked: Wholes, drawn: Wholes) -> Floats:
    """Return the chance that images drawn without replacement include no marked one, as hypergeometric_miss.sql."""
    others = images - marked
    chance: Floats = np.where(drawn >= 1, others / images, 1.0)
    for already in (1, 2, 3):
        chance = chance * np.where(drawn > already, (others - already) / (images - already), 1.0)
    return np.where(others < drawn, 0.0, chance)


def _exact_mean(values: Floats, marked: Flags) -> Floats:
    """Return the mean of the marked values of each prompt, as exact_mean.sql does."""
    rounded = np.where(marked, np.rint(np.where(marked, values, 0.0) * _UNIT), 0.0).astype(np.int64)
    total = rounded.sum(axis=1)
    # The nearest float, as the engine converts decimals: Python divides whole numbers so, NumPy rounds them before.
    different, places = np.unique(total, return_inverse=True)
    sums = np.array([number / _UNIT for number in different.tolist()], np.float64)
    result: Floats = sums[places.reshape(total.shape)] / marked.sum(axis=1)
    return result


def _correlate(x: Wholes, y: Wholes) -> tuple[Floats, Floats]:
    """Return Pearson's correlation of whole numbers of each prompt, 0 where there is none, and where there is one."""
    n, sum_x, sum_y = x.shape[1], x.sum(axis=1), y.sum(axis=1)
    covariance = (n * (x * y).sum(axis=1) - sum_x * sum_y).astype(np.float64)
    spread_x = (n * (x * x).sum(axis=1) - sum_x * sum_x).astype(np.float64)
    spread_y = (n * (y * y).sum(axis=1) - sum_y * sum_y).astype(np.float64)
    root = np.sqrt(spread_x * spread_y)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(root > 0, covariance / root, 0.0), (root > 0) * 1.0
