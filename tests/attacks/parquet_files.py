"""Opens files of metadata, verifications and scores with changed bytes: each answers in one voice, or is an error of ours.

Run it as `python tests/attacks/parquet_files.py [NUMBER [SEED]]`. Each of so many files of a kind has one to eight bytes changed, or its end
cut, half of them in the footer. An answer contradicts itself where pairs that are counted and those that are expanded
by SQL and by Python differ.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

from damage import damaged, outcome

import irdb_sql
from irdb_sql.sources.sample.dataset import embedded_sample

NAME = "metadata-test.parquet"
NUMBER = 400


def ask_metadata(path: Path) -> str:
    """Ask metadata in as many ways as count pairs."""
    with irdb_sql.connect(path) as db:
        counts = db.pair_counts()
        counted = int(counts["pairs"].sum()), int(counts["strict_pairs"].sum())
        expanded = db.sql(
            "SELECT count(*) AS pairs, count(*) FILTER (WHERE rank_gap > 0) AS strict_pairs "
            "FROM preference_pairs(keep_ties := TRUE)"
        ).row(0)
        python = db.pairs(keep_ties=True).height, db.pairs().height
        db.query("rating_stats")
        db.images()
    return "answered" if counted == expanded == python else f"CONTRADICTS itself: {counted}, {expanded}, {python}"


def ask_verification(path: Path) -> str:
    """Use a verification of images."""
    with irdb_sql.connect(images=path) as db:
        db.pair_counts()
    return "answered"


def ask_scores(path: Path) -> str:
    """Judge scores."""
    with irdb_sql.connect() as db:
        db.score_coverage(path)
    return "answered"


def main(number: int, seed: int) -> int:
    """Try that many files, and return 1 if any does neither answer nor fail as it should."""
    source = random.Random(seed)  # noqa: S311 - repeatable
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name, irdb_sql.connect() as db:
        place = Path(name)
        db.image_files().write_parquet(place / "verified.parquet")
        db.images().select("image_path", score="rank").write_parquet(place / "scores.parquet")
        kinds: dict[str, tuple[Callable[[Path], str], bytes]] = {
            NAME: (ask_metadata, (embedded_sample() / NAME).read_bytes()),
            "verified.parquet": (ask_verification, (place / "verified.parquet").read_bytes()),
            "scores.parquet": (ask_scores, (place / "scores.parquet").read_bytes()),
        }
        for file, (ask, content) in kinds.items():
            for _ in range(number):
                directory = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
                (place / file).write_bytes(damaged(content, source, directory=directory, cut_share=0.05))
                found[f"{file}: {outcome(partial(ask, place / file))}"] += 1
    for what, times in found.most_common():
        print(f"{times:6,} {what}")
    return int(any(not what.endswith((": answered", ": an error of ours")) for what in found))


if __name__ == "__main__":
    sys.exit(main(*map(int, (sys.argv[1:] + [str(NUMBER), "0"][len(sys.argv) - 1 :]))))
