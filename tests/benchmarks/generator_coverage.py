"""Counts how often intervals of strengths and effects hold the truth, and prints a table, which stands in docs/generators.md.

    python tests/benchmarks/generator_coverage.py

Five generators, whose outcomes are drawn: by scores with a Gumbel distribution, whose differences make pairs of one prompt depend
on each other (Bradley and Terry's model), also with a covariate, and by Davidson's model with nu = 0.8. Nothing here is a test.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from irdb_sql.errors import IrdbError
from irdb_sql.scorers.bradley_terry import FittedStrengths, fit_strengths
from irdb_sql.scorers.options import Resampling

SAMPLES, RESAMPLES, SIZES = 300, 300, (20, 100, 400)
STRENGTHS, COEFFICIENT, NU = np.linspace(1, -1, 5), 0.7, 0.8
NAMES = [f"g{number}" for number in range(STRENGTHS.size)]
FIRST, SECOND = np.triu_indices(STRENGTHS.size, 1)
MODELS = {"half": "", "half, with a covariate": "covariate", "davidson": "ties"}


def main() -> None:
    random = np.random.default_rng(0)
    print(f"| model | interval of | {' | '.join(f'{size} prompts' for size in SIZES)} |")
    print("|---|---|" + "---|" * len(SIZES))
    for model, effect in MODELS.items():
        shares: dict[str, list[str]] = {"strengths": [], **({effect: []} if effect else {})}
        for size in SIZES:
            held: dict[str, list[bool]] = {name: [] for name in shares}
            for sample in range(SAMPLES):
                try:
                    fit = draw_fit(random, size, effect, Resampling(RESAMPLES, sample, 0.95))
                except IrdbError:  # no finite estimates, as rarely of 20 prompts
                    continue
                if not len(fit.resampled):
                    continue
                bounds = fit.strengths().sort("generator").select("lower", "upper").rows()
                held["strengths"] += [low <= at <= high for (low, high), at in zip(bounds, STRENGTHS, strict=True)]
                for _, kind, _, low, high in fit.effects().iter_rows():
                    held[kind] += [low <= (NU if kind == "ties" else COEFFICIENT) <= high]
            for name, each in held.items():
                shares[name].append(f"{np.mean(each):.1%}")
        for name, texts in shares.items():
            print(f"| {model} | {name} | {' | '.join(texts)} |", flush=True)


def draw_fit(random: np.random.Generator, size: int, effect: str, resampling: Resampling) -> FittedStrengths:
    covariate = random.normal(size=(size, STRENGTHS.size))
    if effect == "ties":
        gaps = STRENGTHS[FIRST] - STRENGTHS[SECOND]
        wins, losses = np.exp(gaps / 2), np.exp(-gaps / 2)
        drawn = random.random((size, gaps.size)) * (wins + losses + NU)
        outcomes = np.where(drawn < wins, 1, np.where(drawn < wins + losses, -1, 0))
    else:
        scores = STRENGTHS + random.gumbel(size=covariate.shape) + (COEFFICIENT * covariate if effect else 0)
        outcomes = np.sign(scores[:, FIRST] - scores[:, SECOND]).astype(int)
    names, prompts = np.array(NAMES), np.array([f"p{number:03}" for number in range(size)])
    pairs = pl.DataFrame(
        {
            "generator": np.tile(names[FIRST], size),
            "other_generator": np.tile(names[SECOND], size),
            "prompt_id": np.repeat(prompts, FIRST.size),
            "outcome": outcomes.ravel(),
        }
    )
    keys = {"generator": np.tile(names, size), "prompt_id": np.repeat(prompts, names.size)}
    table = pl.DataFrame({**keys, "x": covariate.ravel()}) if effect == "covariate" else None
    return fit_strengths(pairs, pl.Series(NAMES), resampling, has_ties=effect == "ties", covariates=table)


if __name__ == "__main__":
    main()
