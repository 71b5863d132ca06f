"""Measures fits of strengths to 1,000 resamples of prompts, against what one would write otherwise, in turns in one run.

    python tests/benchmarks/strengths.py

Five generators on 400 prompts: beside evalica fitting one resample after the other, and beside Newton's method in NumPy where there
is a covariate, which evalica does not have. Bounds of both are checked equal before. Nothing here is a test.
"""

from __future__ import annotations

import statistics
import time
from functools import partial
from typing import TYPE_CHECKING

import evalica
import numpy as np
import polars as pl

from irdb_sql.scorers.bradley_terry import fit_strengths
from irdb_sql.scorers.options import Resampling

if TYPE_CHECKING:
    from collections.abc import Callable

RUNS, GENERATORS, PROMPTS, RESAMPLES = 7, 5, 400, 1000


def main() -> None:
    random = np.random.default_rng(0)
    latent = (np.linspace(1, -1, GENERATORS) + random.normal(0, 1, (PROMPTS, GENERATORS))).round()
    names = pl.Series([f"g{number}" for number in range(GENERATORS)])
    first, second = np.triu_indices(GENERATORS, 1)
    outcomes = np.sign(latent[:, first] - latent[:, second])
    place = random.normal(0, 1, (PROMPTS, GENERATORS))
    prompts = pl.Series([f"p{number:04}" for number in range(PROMPTS)])
    pairs = pl.DataFrame(
        {
            "generator": names.gather(np.tile(first, PROMPTS)),
            "other_generator": names.gather(np.tile(second, PROMPTS)),
            "prompt_id": prompts.gather(np.repeat(np.arange(PROMPTS), first.size)),
            "outcome": outcomes.ravel().astype(int),
        }
    )
    keys = pl.DataFrame(
        {
            "generator": names.gather(np.tile(np.arange(GENERATORS), PROMPTS)),
            "prompt_id": prompts.gather(np.repeat(np.arange(PROMPTS), GENERATORS)),
        }
    )
    covariates = keys.with_columns(place=place.ravel())

    def ours(covariates: pl.DataFrame | None = None, *, has_ties: bool = False) -> list[float]:
        fit = fit_strengths(pairs, names, Resampling(RESAMPLES, 0, 0.95), has_ties=has_ties, covariates=covariates)
        return fit.strengths().sort("generator")["lower"].to_list()

    def resample_by_resample(fit: Callable[[np.ndarray], np.ndarray]) -> list[float]:
        state = np.random.RandomState(0)
        drawn = [state.randint(0, PROMPTS, size=PROMPTS) for _ in range(RESAMPLES)]
        fits = [fit(np.bincount(places, minlength=PROMPTS)) for places in drawn]
        return list(np.quantile(fits, 0.025, axis=0))

    def by_evalica(weights: np.ndarray, *, has_ties: bool) -> np.ndarray:
        counts = [weights @ (outcomes == outcome) for outcome in (1, -1, 0)]
        winners = [winner for winner in (evalica.Winner.X, evalica.Winner.Y, evalica.Winner.Draw) for _ in first]
        fit = evalica.newman if has_ties else evalica.bradley_terry
        numbers = np.concatenate(counts).astype(float).tolist()
        found = fit([*first] * 3, [*second] * 3, winners, weights=numbers, tolerance=1e-10, limit=100_000)
        logs = np.log(found.scores.loc[[*range(GENERATORS)]].to_numpy())
        return np.asarray(logs - logs.mean())

    design = np.zeros((PROMPTS, first.size, GENERATORS))
    design[:, np.arange(first.size), first], design[:, np.arange(first.size), second] = 1, -1
    design[:, :, 0] = place[:, first] - place[:, second]  # the first strength is 0
    rows, targets = design.reshape(-1, GENERATORS), (1 + outcomes.ravel()) / 2

    def by_newton(weights: np.ndarray) -> np.ndarray:
        estimates, of_rows = np.zeros(GENERATORS), np.repeat(weights, first.size)
        for _ in range(8):
            chances = 1 / (1 + np.exp(-(rows @ estimates)))
            hessian = (rows.T * (of_rows * chances * (1 - chances))) @ rows
            estimates += np.linalg.solve(hessian, rows.T @ (of_rows * (targets - chances)))
        return np.asarray(np.append(0, estimates[1:]) - estimates[1:].sum() / GENERATORS)

    compare("strengths", "evalica", ours, lambda: resample_by_resample(partial(by_evalica, has_ties=False)))
    compare(
        "with ties",
        "evalica",
        partial(ours, has_ties=True),
        lambda: resample_by_resample(partial(by_evalica, has_ties=True)),
    )
    compare("with a covariate", "NumPy", lambda: ours(covariates), lambda: resample_by_resample(by_newton))


def compare(name: str, other: str, ours: Callable[[], list[float]], theirs: Callable[[], list[float]]) -> None:
    assert np.allclose(ours(), theirs(), atol=1e-6), "the two disagree"
    times: list[list[float]] = [[], []]
    for _ in range(RUNS):
        for place, ask in enumerate((ours, theirs)):
            began = time.perf_counter()
            ask()
            times[place].append(1000 * (time.perf_counter() - began))
    own, others = map(statistics.median, times)
    print(f"{name}: ours {own:.0f} ms, {other} {others:.0f} ms, ratio {own / others:.2f}")


if __name__ == "__main__":
    main()
