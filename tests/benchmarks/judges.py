"""Measures the accuracy of judges against NumPy, and counts how often its intervals hold the truth.

    python tests/benchmarks/judges.py

Speed: two judges of every strict pair of the test split of a made-up 8k dataset in both orders, database open; reading, matching
and intervals of ours are measured, too, and values are checked equal before. Intervals: samples of 20, 100 and 400 prompts of 8,000,
of four judges that differ in how much they prefer the first place, in three designs; a cell is the smallest and the largest
share among the judges. Nothing here is a test.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

import irdb_sql
from irdb_sql.judges.intervals import HALVES, SHARES, with_intervals
from irdb_sql.sources.sample.dataset import SUBSETS, write_sample

if TYPE_CHECKING:
    from collections.abc import Callable

RUNS, SAMPLES, DRAWN, PROMPTS = 7, 2000, (20, 100, 400), 8000
JUDGES = {"fair": (0.75, 0.7), "biased": (0.9, 0.45), "nearly right": (0.99, 0.98), "nearly blind": (0.98, 0.02)}
"""How often each is right where the better image is shown first, and where the worse one is."""
DESIGNS = {
    "both orders of up to 30 pairs": (30, False), "both orders of one pair": (1, False),
    "one order of up to 30 pairs": (30, True),
}  # fmt: skip


def main() -> None:
    measure_speed()
    print(f"| design, share | {' | '.join(f'{n} prompts' for n in DRAWN)} |")
    print(f"|---|{'---|' * len(DRAWN)}")
    for design, (most_pairs, is_one_order) in DESIGNS.items():
        held = {
            (judge, drawn): held_shares(made_terms(*JUDGES[judge], most_pairs, is_one_order=is_one_order), drawn)
            for judge in JUDGES
            for drawn in DRAWN
        }
        for name in (*HALVES, *SHARES):
            shares = [[held[judge, drawn][name] for judge in JUDGES] for drawn in DRAWN]
            if not np.isnan(shares).all():
                cells = [f"{100 * min(of):.1f}–{100 * max(of):.1f} %" for of in shares]
                print(f"| {design}: {name} | {' | '.join(cells)} |")


def measure_speed() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "8k"
        write_sample(folder, SUBSETS["8k"])
        with irdb_sql.connect(folder) as db:
            pairs = db.pairs(split="test").select(first_path="better_path", second_path="worse_path")
            random = np.random.default_rng(0)
            shown = pl.concat([pairs, pairs.select(first_path="second_path", second_path="first_path")])
            right = np.repeat(["first", "second"], pairs.height)
            judgements = {
                name: shown.with_columns(verdict=pl.Series(np.where(random.random(right.size) < share, right, "first")))
                for name, share in (("one", 0.6), ("other", 0.8))
            }
            images = db.images(split="test").select("image_path", "rank")
            asked: list[Callable[[], list[float]]] = [
                lambda: [*db.judge_accuracy(judgements, split="test")["accuracy"]],
                lambda: [accuracy_by_hand(images, table) for table in judgements.values()],
            ]
            assert np.allclose(asked[0](), asked[1]()), "the two disagree"
            times: list[list[float]] = [[], []]
            for _ in range(RUNS):
                for place, ask in enumerate(asked):
                    began = time.perf_counter()
                    ask()
                    times[place].append(1000 * (time.perf_counter() - began))
            ours, by_hand = map(statistics.median, times)
            count = 2 * shown.height
            print(f"{count:,} judgements: ours {ours:.0f} ms, NumPy without matching and intervals {by_hand:.0f} ms")


def accuracy_by_hand(images: pl.DataFrame, judgements: pl.DataFrame) -> float:
    ranks = dict(images.iter_rows())
    first, second = (np.array([ranks[path] for path in judgements[name]]) for name in ("first_path", "second_path"))
    is_right = (judgements["verdict"].to_numpy() == "first") == (first < second)
    return float((is_right[first < second].mean() + is_right[first > second].mean()) / 2)


def made_terms(better_share: float, worse_share: float, most_pairs: int, *, is_one_order: bool) -> pl.DataFrame:
    """Terms of prompts, whose pairs are easy together or hard together."""
    random = np.random.default_rng(0)
    prompt = np.repeat(np.arange(PROMPTS), random.integers(1, most_pairs + 1, PROMPTS))
    size = prompt.size
    ease = random.choice([-1, 1], PROMPTS)[prompt] * (1 - better_share) * 0.9
    right = [random.random(size) < share + ease for share in (better_share, worse_share)]
    is_first = random.random(size) < 0.5
    shown = [is_first, ~is_first] if is_one_order else [np.ones(size, bool)] * 2
    both = shown[0] & shown[1]
    agree = both & (right[0] == right[1])
    numbers = {
        "better_first": shown[0], "better_first_right": shown[0] & right[0], "worse_first": shown[1],
        "worse_first_right": shown[1] & right[1], "both_orders": both, "consistent": agree,
        "consistent_right": agree & right[0], "decided": both * 2, "toward_first": 2 * (both & right[0] & ~right[1]),
        "toward_second": 2 * (both & ~right[0] & right[1]),
    }  # fmt: skip
    return pl.DataFrame({name: np.bincount(prompt, of, PROMPTS) for name, of in numbers.items()})


def held_shares(terms: pl.DataFrame, drawn: int) -> dict[str, float]:
    """Return how often intervals hold the value of all prompts, of samples that have an interval."""
    random = np.random.default_rng(drawn)
    sums: dict[str, float] = terms.sum().row(0, named=True)
    sums["worse_first_wrong"] = sums["worse_first"] - sums["worse_first_right"]

    def ratio(over: str, under: str) -> float:
        return sums[over] / sums[under] if sums[under] else np.nan

    truth = {name: ratio(*share) for name, share in SHARES.items()}
    truth |= {name: (1 + ratio(*one) - ratio(*other)) / 2 for name, (one, other) in HALVES.items()}
    row = pl.DataFrame({"judge": ["j"], "split": ["test"], **{name: [0.0] for name in truth}})
    held: dict[str, list[bool]] = {name: [] for name in truth}
    for _ in range(SAMPLES):
        sample = terms[random.integers(0, PROMPTS, drawn)].with_columns(
            judge=pl.lit("j"), split=pl.lit("test"), prompt_id=pl.lit("p")
        )
        bounds = with_intervals(row, sample, 0.95).row(0, named=True)
        for name, value in truth.items():
            if bounds[f"{name}_lower"] is not None:
                held[name].append(bounds[f"{name}_lower"] <= value <= bounds[f"{name}_upper"])
    return {name: float(np.mean(of)) if of else np.nan for name, of in held.items()}


if __name__ == "__main__":
    main()
