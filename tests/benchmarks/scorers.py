"""Measures judging scorers against what one would write by hand.

    python tests/benchmarks/scorers.py

Measured are 10 scorers of 62,000 images, all metrics with intervals, and 1,000 exchanges of every two scorers, as a process of
its own, whose peak memory is measured too, against acc_micro alone with Polars and NumPy and 1,000 resamples; both on a file
of scores, in interleaved runs, and the values of both are checked equal before. The same for the test split alone. Nothing
here is a test.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

import irdb_sql
from irdb_sql.sources.sample.dataset import SUBSETS, write_sample

SCORERS, RUNS = 10, 5
IMAGES = 62_000

OURS = """
import json, resource, sys, time
began = time.perf_counter()
import irdb_sql
folder, scores, split = sys.argv[1], sys.argv[2], sys.argv[3] or None
with irdb_sql.connect(folder) as db:
    opened = time.perf_counter()
    found = db.evaluate(scores, split=split)
ended = time.perf_counter()
micro = found.filter(metric="acc_micro", split="test").sort("scorer")["value"].to_list()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
print(json.dumps({"seconds": ended - opened, "whole": ended - began, "peak": peak, "micro": micro}))
"""

BY_HAND = """
import json, resource, sys, time
began = time.perf_counter()
import numpy as np
import polars as pl
folder, scores, split = sys.argv[1], sys.argv[2], sys.argv[3] or None
opened = time.perf_counter()
splits = [split] if split else ["train", "validation", "test"]
images = pl.concat(
    pl.read_parquet(f"{folder}/metadata-{name}.parquet", columns=["image_path", "prompt_id", "rank"]).with_columns(split=pl.lit(name))
    for name in splits
)
table = pl.read_parquet(scores)
names = [name for name in table.columns if name != "image_path"]
images = images.join(table, on="image_path").with_row_index()
pairs = images.join(images, on=["split", "prompt_id"]).filter(pl.col("rank") < pl.col("rank_right"))
counts = pairs.group_by("split", "prompt_id").agg(
    *((pl.col(name) > pl.col(f"{name}_right")).sum().alias(name) for name in names), pl.len().alias("pairs")
)
micro = []
for name in splits:
    of = counts.filter(split=name).sort("prompt_id")
    matrix = of.select(*sorted(names), "pairs").to_numpy().astype(float)
    random = np.random.default_rng(0)
    draws = np.array([matrix[random.integers(0, len(matrix), len(matrix))].sum(axis=0) for _ in range(1000)])
    np.quantile(draws[:, :-1] / draws[:, -1:], [0.025, 0.975], axis=0)
    micro = (matrix[:, :-1].sum(axis=0) / matrix[:, -1].sum()).tolist()
ended = time.perf_counter()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
print(json.dumps({"seconds": ended - opened, "whole": ended - began, "peak": peak, "micro": micro}))
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "large"
        shape = SUBSETS["8k"]
        more = tuple(round(prompts * 1.141) for prompts in shape["train"].prompts)
        write_sample(folder, {**shape, "train": replace(shape["train"], prompts=more)})
        speed(folder)


def speed(folder: Path) -> dict[str, dict[str, float]]:
    """Print what both take of each choice of splits, and return it: seconds of ours and by hand."""
    times: dict[str, dict[str, float]] = {}
    with irdb_sql.connect(folder) as db:
        images = db.images().select("image_path", "rank")
    images = images.head(IMAGES) if images.height > IMAGES else images
    noise = np.random.default_rng(0)
    ranks = images["rank"].to_numpy()
    table = images.select("image_path").with_columns(
        pl.Series(f"scorer {number}", -ranks + noise.normal(0, 1 + number, images.height)) for number in range(SCORERS)
    )
    with irdb_sql.connect(folder) as db:
        table = db.images().select("image_path").join(table, on="image_path", how="left").fill_null(0.0)
    scores = folder / "scores.parquet"
    table.write_parquet(scores)
    print(f"{SCORERS} scorers, {table.height:,} images, medians of {RUNS} interleaved runs")
    for split in ("", "test"):
        runs: dict[str, list[dict[str, float]]] = {OURS: [], BY_HAND: []}
        for _ in range(RUNS):
            for script, found in runs.items():
                command = [sys.executable, "-c", script, str(folder), str(scores), split]
                found.append(json.loads(subprocess.run(command, check=True, capture_output=True).stdout))
        assert np.allclose(runs[OURS][0]["micro"], runs[BY_HAND][0]["micro"], rtol=1e-12), "the two disagree"
        ours, by_hand = (
            {name: statistics.median(run[name] for run in runs[script]) for name in ("seconds", "whole", "peak")}
            for script in (OURS, BY_HAND)
        )
        times[split or "all splits"] = {"ours": ours["seconds"], "by hand": by_hand["seconds"]}
        print(
            f"{split or 'all splits'}: evaluate, 26 metrics: {ours['seconds']:.2f} s ({ours['whole']:.2f} s from start, peak "
            f"{ours['peak']:.0f} MB); acc_micro alone by hand: {by_hand['seconds']:.2f} s ({by_hand['peak']:.0f} MB); "
            f"ratio {ours['seconds'] / by_hand['seconds']:.2f}"
        )
    return times


if __name__ == "__main__":
    main()
