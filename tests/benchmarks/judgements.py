"""Measures what is asked of scores beside the metrics, against what one would write by hand with NumPy, in turns in one run.

    python tests/benchmarks/judgements.py

Of four scorers of the test split of a made-up 8k dataset, database open and scores read: calibration with its ten bins, and picks
among n images. Of made-up votes on 30,000 pairs: human ceilings and Krippendorff's alpha. Values of both are checked equal
before. Nothing here is a test.
"""

from __future__ import annotations

import itertools
import statistics
import tempfile
import time
from math import comb
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

import irdb_sql
from irdb_sql.sources.sample.dataset import SUBSETS, write_sample

if TYPE_CHECKING:
    from collections.abc import Callable

RUNS, SCORERS = 7, 4
CHOOSE = np.array([[comb(n, k) for k in range(10)] for n in range(11)], dtype=np.float64)


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "8k"
        write_sample(folder, SUBSETS["8k"])
        with irdb_sql.connect(folder) as db:
            images = db.images(split="test").select("image_path", "prompt_id", "rank")
        random = np.random.default_rng(0)
        names = [f"scorer {number}" for number in range(SCORERS)]
        scores = images.select("image_path").with_columns(
            pl.Series(name, -images["rank"].to_numpy() + random.normal(0, 1 + 2 * number, images.height))
            for number, name in enumerate(names)
        )
        with irdb_sql.connect(folder, scores=scores, missing="drop") as db:

            def column(query: str, name: str) -> list[float]:
                return db.query(query, split="test")[name].to_list()

            asked: dict[str, tuple[Callable[[], list[float]], Callable[[], list[float]]]] = {
                "calibration": (
                    lambda: column("calibration", "log_loss"),
                    lambda: calibration_by_hand(images, scores, names),
                ),
                "picks among n": (
                    lambda: column("best_of_n_picks", "expected_rank"),
                    lambda: picks_by_hand(images, scores, names),
                ),
            }
            for name, both in asked.items():
                measure(name, *both)
        votes = random.multinomial(random.integers(2, 6, 30_000), [0.6, 0.3, 0.1])
        prompts = np.arange(30_000) // 3
        path = Path(temporary) / "votes.csv"
        pl.DataFrame(
            {"prompt": prompts, "image_1": [f"{row}/a" for row in range(30_000)]}
            | {"image_2": [f"{row}/b" for row in range(30_000)]}
            | dict(zip(("votes_1", "votes_2", "tied_votes"), votes.T, strict=True))
        ).write_csv(path)
        with irdb_sql.connect(path) as db:
            measure(
                "human ceilings",
                lambda: db.query("human_ceilings").select("accuracy", "lower", "upper").to_numpy().ravel().tolist(),
                lambda: ceilings_by_hand(votes, prompts),
            )
            measure(
                "Krippendorff's alpha",
                lambda: list(db.query("krippendorff_alpha")["alpha"]),
                lambda: alpha_by_hand(votes),
            )


def measure(name: str, ask: Callable[[], list[float]], ask_by_hand: Callable[[], list[float]]) -> None:
    """Print the medians of both, and their ratio."""
    assert np.allclose(ask(), ask_by_hand(), rtol=1e-4), "the two disagree"
    times: list[list[float]] = [[], []]
    for _ in range(RUNS):
        for place, contender in enumerate((ask, ask_by_hand)):
            began = time.perf_counter()
            contender()
            times[place].append(1000 * (time.perf_counter() - began))
    ours, by_hand = map(statistics.median, times)
    print(f"{name}: ours {ours:.0f} ms, NumPy {by_hand:.0f} ms, ratio {ours / by_hand:.2f}")


def ceilings_by_hand(votes: np.ndarray, prompts: np.ndarray) -> list[float]:
    """Accuracy and bounds of annotator_label, annotator_others, annotator_pairs and split_halves."""
    more, fewer, tied = votes[:, :2].max(axis=1), votes[:, :2].min(axis=1), votes[:, 2]
    lead, all_votes, one = more - fewer, votes.sum(axis=1), np.ones(len(votes))
    results, places = np.unique(votes, axis=0, return_inverse=True)
    halves = np.array([half_agreement(result) for result in results.tolist()])[places.ravel()]
    others = np.where(lead == 0, more + fewer, np.where(lead == 1, fewer + tied, all_votes))
    others_right = np.where(lead > 1, more, 0) + np.where(lead > 0, tied / 2, 0)
    pairs_right = (more * (more - 1) + fewer * (fewer - 1) + (more + fewer) * tied / 2) / (all_votes - 1)
    found = []
    for judged, right in (
        (np.where(lead > 0, all_votes, 0), np.where(lead > 0, more + tied / 2, 0)),
        (others, others_right),
        (more + fewer, pairs_right),
        (np.where(np.isnan(halves), 0, one), np.nan_to_num(halves)),
    ):
        numbers, rights = np.bincount(prompts, judged), np.bincount(prompts, right)
        clusters, share = (numbers > 0).sum(), rights.sum() / numbers.sum()
        variance = (((rights - share * numbers) / numbers.sum()) ** 2).sum()
        trials, z = share * (1 - share) / variance * (clusters - 1) / clusters, 1.959963984540054
        center = (share + z * z / (2 * trials)) / (1 + z * z / trials)
        width = z * np.sqrt(share * (1 - share) / trials + z * z / (4 * trials**2)) / (1 + z * z / trials)
        found += [share, center - width, center + width]
    return found


def half_agreement(result: list[int]) -> float:
    """How often two halves agree, over all orders of the voters; NaN where no half has a majority."""
    voters = [1] * result[0] + [-1] * result[1] + [0] * result[2]
    size, found = len(voters) // 2, []
    for order in itertools.permutations(voters):
        one, other = np.sign(sum(order[:size])), np.sign(sum(order[size : 2 * size]))
        if one:
            found.append((one * other + 1) / 2)
    return float(np.mean(found)) if found else np.nan


def alpha_by_hand(votes: np.ndarray) -> list[float]:
    sizes = votes.sum(axis=1)
    values, (first, second, tied) = sizes.sum(), votes.T
    observed = ((sizes**2 - (votes**2).sum(axis=1)) / (sizes - 1)).sum() / values
    strict = first.sum() + second.sum()
    same = tied.sum() * (tied.sum() - 1) + (strict**2 + ((first - second) ** 2).sum()) / 2 - strict
    return [float(1 - observed / (1 - same / (values * (values - 1))))]


def prompts_of(images: pl.DataFrame) -> list[np.ndarray]:
    return [
        rows.to_numpy()
        for rows in images.with_row_index().group_by("prompt_id", maintain_order=True).agg("index")["index"]
    ]


def calibration_by_hand(images: pl.DataFrame, scores: pl.DataFrame, names: list[str]) -> list[float]:
    ranks, found = images["rank"].to_numpy(), []
    pairs = [
        np.stack([rows[one], rows[other]])
        for rows in prompts_of(images)
        for one, other in [np.triu_indices(rows.size, 1)]
    ]
    one, other = np.concatenate(pairs, axis=1)
    better = np.where(ranks[one] < ranks[other], one, other)[ranks[one] != ranks[other]]
    worse = np.where(ranks[one] < ranks[other], other, one)[ranks[one] != ranks[other]]
    for name in names:
        values = scores[name].to_numpy()
        odds = values[better] - values[worse]
        sure = 1 / (1 + np.exp(-np.abs(odds)))
        bins = np.minimum(((sure - 0.5) * 20).astype(int), 9)
        np.bincount(bins, odds > 0), np.bincount(bins, sure)
        found.append(float(np.logaddexp(0, -odds).mean()))
    return found


def picks_by_hand(images: pl.DataFrame, scores: pl.DataFrame, names: list[str]) -> list[float]:
    ranks, prompts, found = images["rank"].to_numpy(), prompts_of(images), []
    for name in names:
        values = scores[name].to_numpy()
        sums, counts = np.zeros(10), np.zeros(10)
        for rows in prompts:
            below = (values[rows][None, :] < values[rows][:, None]).sum(axis=1)
            size = rows.size
            share = (CHOOSE[below + 1] - CHOOSE[below]) / np.where(CHOOSE[size] > 0, CHOOSE[size], np.inf)
            sums += share.T @ ranks[rows]
            counts += np.arange(10) <= size
        found += [float(sums[n] / counts[n]) for n in range(1, 10) if counts[n]]
    return found


if __name__ == "__main__":
    main()
