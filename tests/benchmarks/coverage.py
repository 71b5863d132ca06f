"""Counts how often an interval holds the truth, and prints a table in Markdown, which stands in docs/scorers.md.

    python tests/benchmarks/coverage.py

Samples of 20, 100 and 400 prompts are drawn from the train split of a made-up 8k dataset, and the interval of each sample is
asked whether it holds the metric of the whole split. There are four scorers, from nearly right to nearly random: ranks with
noise of three sizes, and people's fidelity rating, which has many ties. A cell is the smallest and the largest share among
the scorers, or among the six differences of two. Nothing here is a test.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import polars as pl

import irdb_sql
from irdb_sql.scorers.intervals import metric_intervals
from irdb_sql.sources.sample.dataset import SUBSETS, write_sample

SAMPLES, DRAWN, CONFIDENCE = 2000, (20, 100, 400), 0.95
NOISE = {"strong": 0.5, "fair": 2.0, "weak": 8.0}


def main() -> None:
    names, lowest, table, roles = population()
    truth = values(table, roles)
    shares = {drawn: held_shares(table, roles, lowest, truth, drawn) for drawn in DRAWN}
    print(f"| metric | {' | '.join(f'{n} prompts' for n in DRAWN)} | {' | '.join(f'difference, {n}' for n in DRAWN)} |")
    print(f"|---|{'---|' * 2 * len(DRAWN)}")
    for place, name in enumerate(names):
        cells = [spelled(shares[drawn][part][place]) for part in (0, 1) for drawn in DRAWN]
        print(f"| {name} | {' | '.join(cells)} |")


def population() -> tuple[list[str], np.ndarray, np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """Return names of metrics, whether each is signed, the terms of all prompts, and which are numerators and denominators."""
    with tempfile.TemporaryDirectory() as temporary:
        write_sample(Path(temporary) / "8k", SUBSETS["8k"])
        with irdb_sql.connect(Path(temporary) / "8k") as db:
            images = db.images(split="train")
            random = np.random.default_rng(0)
            ranks = images["rank"].to_numpy()
            scores = images.select("image_path", fidelity="fidelity_rating").with_columns(
                pl.Series(name, -ranks + random.normal(0, size, ranks.size)) for name, size in NOISE.items()
            )
            with irdb_sql.connect(db.source.folder, scores=scores.drop_nulls(), missing="drop") as scored:
                rows = scored.sql("FROM prompt_terms('train')")
            metrics = db.query("evaluated_metrics")
    terms = sorted({*metrics["numerator"], *metrics["denominator"]})
    table = np.stack([part.sort("prompt_id").select(terms).to_numpy() for part in rows.partition_by("scorer")], axis=2)
    place = {term: number for number, term in enumerate(terms)}
    roles = tuple(np.array([place[term] for term in metrics[role]]) for role in ("numerator", "denominator"))
    return metrics["metric"].to_list(), metrics["lowest"].cast(pl.Float64).to_numpy(), table, (roles[0], roles[1])


def values(table: np.ndarray, roles: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    sums = table.sum(axis=0)
    with np.errstate(invalid="ignore"):
        return np.asarray(sums[roles[0]] / sums[roles[1]])


def held_shares(
    table: np.ndarray, roles: tuple[np.ndarray, np.ndarray], lowest: np.ndarray, truth: np.ndarray, drawn: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return how often intervals of metrics and of differences hold the truth: arrays of metrics by scorers, or by two."""
    random = np.random.default_rng(drawn)
    scorers = table.shape[2]
    first, second = np.triu_indices(scorers, k=1)
    none = np.zeros((scorers, scorers), bool)
    held, held_differences = np.zeros(truth.shape), np.zeros((len(truth), len(first)))
    for _ in range(SAMPLES):
        sample = table[random.integers(0, len(table), drawn)]
        sums = sample.sum(axis=0)
        made = metric_intervals(
            sample, roles, (sums[roles[0]], sums[roles[1]]), lowest=lowest,
            are_certain=np.zeros(truth.shape, bool), are_same=none, confidence=CONFIDENCE,
        )  # fmt: skip
        held += (made.lower <= truth) & (truth <= made.upper)
        bounds = [
            np.concatenate(parts, axis=1) for parts in zip(*(both for _, _, *both in made.differences()), strict=True)
        ]
        difference = truth[:, first] - truth[:, second]
        held_differences += (bounds[0] <= difference) & (difference <= bounds[1])
    return held / SAMPLES, held_differences / SAMPLES


def spelled(shares: np.ndarray) -> str:
    return f"{100 * shares.min():.1f}–{100 * shares.max():.1f} %"


if __name__ == "__main__":
    main()
