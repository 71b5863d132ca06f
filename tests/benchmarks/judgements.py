"""Measures what is asked of scores beside the metrics, against what one would write by hand with NumPy, in turns in one run.

    python tests/benchmarks/judgements.py

Of four scorers of the test split of a made-up 8k dataset, database open and scores read: calibration with its ten bins, and picks
among n images. Values of both are checked equal before. Nothing here is a test.
"""

from __future__ import annotations

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
                assert np.allclose(both[0](), both[1]()), "the two disagree"
                times: list[list[float]] = [[], []]
                for _ in range(RUNS):
                    for place, ask in enumerate(both):
                        began = time.perf_counter()
                        ask()
                        times[place].append(1000 * (time.perf_counter() - began))
                ours, by_hand = map(statistics.median, times)
                print(f"{name}: ours {ours:.0f} ms, NumPy {by_hand:.0f} ms, ratio {ours / by_hand:.2f}")


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
