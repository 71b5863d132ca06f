"""Measures questions about votes against what one would write by hand with Polars, from a file to the answer.

    python tests/benchmarks/votes.py [FOLDER] [--pairs 959040]

A synthetic sample of Pick-a-Pic with that many rows, as many as the train split that is published, is written to FOLDER
and kept there. Each contender runs in a process of its own, in turns, so that the peak of memory is its own; the answers
are compared. Nothing here is a test.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from irdb_sql import connect

if TYPE_CHECKING:
    from collections.abc import Callable

RUNS = 3
RESAMPLES = 1000
COLUMNS = ("caption", "image_0_uid", "image_1_uid", "label_0", "has_label")


def votes_by_hand(folder: str) -> pl.DataFrame:
    """Return one row per unordered pair of images of a caption: the share of the first in alphabetical order."""
    rows = pl.scan_parquet(f"{folder}/data/train-*.parquet").select(COLUMNS).filter("has_label")
    is_in_order = pl.col("image_0_uid") < pl.col("image_1_uid")
    return (
        rows.with_columns(
            one=pl.min_horizontal("image_0_uid", "image_1_uid"),
            other=pl.max_horizontal("image_0_uid", "image_1_uid"),
            share=pl.when(is_in_order).then("label_0").otherwise(1 - pl.col("label_0")),
        )
        .group_by("caption", "one", "other")
        .agg(pl.col("share").mean())
        .collect()
    )


def counts_by_hand(folder: str) -> list[int]:
    """Count pairs and strict pairs."""
    pairs = votes_by_hand(folder)
    return [pairs.height, pairs.filter(pl.col("share") != 0.5).height]


def counts(folder: str) -> list[int]:
    """Count pairs and strict pairs with irdb_sql."""
    with connect(folder, split="train") as db:
        return list(db.pair_counts().select("pairs", "strict_pairs").row(0))


def pairs_by_hand(folder: str) -> list[int]:
    """Make the table of strict pairs, better image first."""
    is_one = pl.col("share") > 0.5
    pairs = votes_by_hand(folder).filter(pl.col("share") != 0.5)
    better, worse = pl.when(is_one).then("one").otherwise("other"), pl.when(is_one).then("other").otherwise("one")
    return [pairs.select("caption", better=better, worse=worse).height]


def pairs(folder: str) -> list[int]:
    """Make the table of strict pairs with irdb_sql."""
    with connect(folder, split="train") as db:
        return [db.pairs().select("prompt", "better_path", "worse_path").height]


def scores_of(folder: str) -> Path:
    """Return a file with a score of each image, written if it is not there."""
    path = Path(folder) / "scores.parquet"
    if not path.exists():
        files = pl.scan_parquet(f"{folder}/data/train-*.parquet")
        paths = pl.concat([files.select(path=f"image_{side}_uid") for side in (0, 1)]).unique().collect()["path"].sort()
        numbers = np.random.default_rng(0).random(len(paths))
        pl.DataFrame({"scorer": "mine", "image_path": paths, "score": numbers}).write_parquet(path)
    return path


def accuracy_by_hand(folder: str) -> list[int]:
    """Judge scores: the share of strict pairs in order, with a bootstrap interval over captions."""
    scores = pl.read_parquet(scores_of(folder)).select("image_path", "score")
    is_one = pl.col("share") > 0.5
    judged = (
        votes_by_hand(folder)
        .filter(pl.col("share") != 0.5)
        .join(scores, left_on="one", right_on="image_path")
        .join(scores, left_on="other", right_on="image_path", suffix="_other")
        .with_columns(
            right=pl.when(is_one)
            .then(pl.col("score") > pl.col("score_other"))
            .otherwise(pl.col("score") < pl.col("score_other"))
        )
        .group_by("caption")
        .agg(pl.col("right").sum(), pl.len())
    )
    right, pairs_of = judged["right"].to_numpy(), judged["len"].to_numpy()
    generator = np.random.default_rng(0)
    for _ in range(RESAMPLES):
        weights = np.bincount(generator.integers(0, len(right), len(right)), minlength=len(right))
        (weights @ right) / (weights @ pairs_of)
    return [int(right.sum()), int(pairs_of.sum())]


def accuracy(folder: str) -> list[int]:
    """Judge scores with irdb_sql."""
    with connect(folder, split="train") as db:
        row = db.evaluate(str(scores_of(folder)), split="train", metric="acc_micro", missing="drop")
        value, of = row.select("value", "pairs").row(0)
        return [round(value * of), of]


JOBS: dict[str, tuple[Callable[[str], list[int]], Callable[[str], list[int]]]] = {
    "counts of pairs": (counts, counts_by_hand),
    "table of strict pairs": (pairs, pairs_by_hand),
    "accuracy of a scorer, 1,000 resamples": (accuracy, accuracy_by_hand),
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--pairs", type=int, default=959_040)
    parser.add_argument("--alone", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        job, who = options.alone
        begin = time.perf_counter()
        answer = JOBS[job][int(who)](str(options.folder))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        print(json.dumps({"seconds": time.perf_counter() - begin, "peak": peak, "answer": answer}))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = (options.folder or Path(temporary)) / f"pickapic-{options.pairs}"
        if not folder.exists():
            command = ["sample", str(folder), "--layout", "pickapic", "--pairs", str(options.pairs)]
            subprocess.run([sys.executable, "-m", "irdb_sql", *command], check=True)
        scores_of(str(folder))
        print(f"{options.pairs:,} rows of Pick-a-Pic, from the files to the answer; medians of {RUNS} runs in turns")
        for job in JOBS:
            found: list[list[dict[str, Any]]] = [[], []]
            for turn in range(2 * RUNS):
                found[turn % 2].append(alone(folder, job, turn % 2))
            ours, theirs = (statistics.median(run["seconds"] for run in runs) for runs in found)
            peaks = [max(run["peak"] for run in runs) / 1e9 for runs in found]
            same = "equal" if found[0][0]["answer"] == found[1][0]["answer"] else "DIFFERENT"
            print(
                f"{job}: {ours:.2f} s, {ours / theirs:.2f} of Polars ({theirs:.2f} s); "
                f"peak {peaks[0]:.2f} GB, Polars {peaks[1]:.2f} GB; answers {same} {found[0][0]['answer']}"
            )


def alone(folder: Path, job: str, who: int) -> dict[str, Any]:
    """Run one contender in a process of its own."""
    command = [sys.executable, __file__, str(folder), "--alone", job, str(who)]
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(run.stdout)
    return found


if __name__ == "__main__":
    main()
