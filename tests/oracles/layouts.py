"""Layouts with votes in plain Python, written from their definitions; imports nothing of ours.

A reader turns the files of a folder into images and votes, and functions count these with fractions.
"""

from __future__ import annotations

import csv
import hashlib
import itertools
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from pyarrow import parquet

HALF = Fraction(1, 2)
_LABELS = {"first": (1, 0, 0), "second": (0, 1, 0), "tie": (0, 0, 1)}


@dataclass(frozen=True)
class Vote:
    split: str
    prompt_id: str
    first: str
    second: str
    annotator: str | None
    first_votes: int
    second_votes: int
    tied_votes: int
    strength: float | None = None
    weight: Fraction = Fraction(1)


@dataclass
class Labels:
    """Votes, and by split, prompt and path of each image its rank and generator."""

    votes: list[Vote] = field(default_factory=list)
    images: dict[tuple[str, str, str], tuple[int | None, str | None]] = field(default_factory=dict)

    def add_image(
        self, split: str, prompt_id: str, path: str, generator: str | None = None, rank: int | None = None
    ) -> None:
        self.images.setdefault((split, prompt_id, path), (rank, generator))

    def add_vote(self, vote: Vote, generators: tuple[str | None, str | None] = (None, None)) -> None:
        for path, generator in zip((vote.first, vote.second), generators, strict=True):
            self.add_image(vote.split, vote.prompt_id, path, generator)
        if vote.first_votes + vote.second_votes + vote.tied_votes > 0:
            self.votes.append(vote)


def prompt_id_of(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def read_pairs(folder: Path) -> Labels:
    labels = Labels()
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if "label" in row:
                    counts = _LABELS[row["label"]]
                else:
                    counts = (int(row["first_votes"]), int(row["second_votes"]), int(row["tied_votes"] or 0))
                vote = Vote(
                    row.get("split") or "test",
                    prompt_id_of(row["prompt"]),
                    row["first"],
                    row["second"],
                    row.get("annotator") or None,
                    *counts,
                    weight=Fraction(row.get("weight") or 1),
                )
                labels.add_vote(vote, (row.get("first_model") or None, row.get("second_model") or None))
    return labels


def read_pickapic(folder: Path) -> Labels:
    labels = Labels()
    for path in sorted((folder / "data").iterdir()):
        split = path.name.split("-", maxsplit=1)[0].removesuffix("_unique")
        for row in _parquet_rows(path):
            counts = (0, 0, 0)
            if row["has_label"]:
                counts = {1.0: (1, 0, 0), 0.0: (0, 1, 0), 0.5: (0, 0, 1)}[row["label_0"]]
            two = row["image_0_uid"], row["image_1_uid"]
            vote = Vote(split, prompt_id_of(row["caption"]), *two, str(row["user_id"]), *counts)
            labels.add_vote(vote, (row["model_0"], row["model_1"]))
    return labels


def _parquet_rows(path: Path) -> Iterable[dict[str, Any]]:
    wide = {"jpg_0", "jpg_1", "image1", "image2"}
    names = [name for name in parquet.read_schema(path).names if name not in wide]
    rows: list[dict[str, Any]] = parquet.read_table(path, columns=names).to_pylist()
    return rows


def read_rapidata(folder: Path) -> Labels:
    labels = Labels()
    for path in sorted((folder / "data").iterdir()):
        for row in _parquet_rows(path):
            counts = row["votes_image1"], row["votes_image2"], 0
            two = row["image1_path"], row["image2_path"]
            vote = Vote(path.name.split("-", maxsplit=1)[0], prompt_id_of(row["prompt"]), *two, None, *counts)
            labels.add_vote(vote, (row["model1"], row["model2"]))
    return labels


def read_hpdv3(folder: Path) -> Labels:
    labels = Labels()
    for path in sorted(folder.glob("*.json")):
        for row in _read_json(path):
            counts = (1, 0) if row["choice_dist"] is None else row["choice_dist"]
            prompt_id, strength = prompt_id_of(row["prompt"]), row["confidence"]
            vote = Vote(path.stem, prompt_id, row["path1"], row["path2"], None, counts[0], counts[1], 0, strength)
            labels.add_vote(vote, (row["model1"], row["model2"]))
    return labels


def read_hpdv2(folder: Path) -> Labels:
    labels = Labels()
    for each in _read_json(folder / "test.json"):
        prompt_id, paths, ranks = prompt_id_of(each["prompt"]), each["image_path"], each["rank"]
        if any(rank != int(rank) or rank < 1 for rank in ranks):
            ranks = [1 + sum(other < rank for other in ranks) for rank in ranks]
        for path, rank in zip(paths, ranks, strict=True):
            labels.add_image("test", prompt_id, path, None, int(rank))
        for annotation in each["raw_annotations"]:
            for (first, rank), (second, other) in itertools.combinations(
                zip(paths, annotation["rank"], strict=True), 2
            ):
                counts = (int(rank < other), int(rank > other), int(rank == other))
                labels.add_vote(Vote("test", prompt_id, first, second, annotation["user_hash"], *counts))
    for each in _read_json(folder / "train.json"):
        (first, second), (first_votes, second_votes) = each["file_path"], each["human_preference"]
        prompt_id, annotator = prompt_id_of(each["prompt"]), each["user_hash"]
        labels.add_vote(Vote("train", prompt_id, first, second, annotator, first_votes, second_votes, 0))
    return labels


def read_mmrb2(folder: Path) -> Labels:
    labels = Labels()
    for pair in _read_json(folder / "t2i.json")["pairs"]:
        text = " ".join(text for kind, text in pair.get("prompt_content", []) if kind == "text")
        sides = [pair["response_a"], pair["response_b"]]
        paths = [next(name for kind, name in side["response_content"] if kind == "image") for side in sides]
        for value in pair["human_annotations"]:
            counts = (int(value > 3.5), int(value < 3.5), 0)
            prompt_id = prompt_id_of(text) if text else pair["id"]
            vote = Vote("test", prompt_id, paths[0], paths[1], None, *counts, abs(value - 3.5))
            labels.add_vote(vote, (sides[0]["model_name"], sides[1]["model_name"]))
    return labels


READERS: dict[str, Callable[[Path], Labels]] = {
    "hpdv2": read_hpdv2, "hpdv3": read_hpdv3, "mmrb2": read_mmrb2, "pairs": read_pairs, "pickapic": read_pickapic,
    "rapidata": read_rapidata,
}  # fmt: skip


@dataclass(frozen=True)
class VotedPair:
    split: str
    prompt_id: str
    better: str
    worse: str
    votes: int
    better_votes: int
    worse_votes: int
    tied_votes: int
    share: Fraction
    is_tied: bool


def vote_pairs(labels: Labels, min_votes: int | None = None, tie_margin: Fraction | None = None) -> list[VotedPair]:
    by_pair: dict[tuple[str, str, str, str], list[Vote]] = defaultdict(list)
    for vote in labels.votes:
        small, large = sorted((vote.first, vote.second))
        by_pair[vote.split, vote.prompt_id, small, large].append(vote)
    pairs = []
    for (split, prompt_id, small, large), votes in by_pair.items():
        counts: dict[str, int] = defaultdict(int)
        weights: dict[str, Fraction] = defaultdict(Fraction)
        for vote in votes:
            for path, count in (
                (vote.first, vote.first_votes),
                (vote.second, vote.second_votes),
                ("", vote.tied_votes),
            ):
                counts[path] += count
                weights[path] += vote.weight * count
        total = sum(weights.values())
        if sum(counts.values()) < max(min_votes or 1, 1) or total == 0:
            continue
        better, worse = (small, large) if weights[small] >= weights[large] else (large, small)
        share = (weights[better] + weights[""] * HALF) / total
        numbers = sum(counts.values()), counts[better], counts[worse], counts[""]
        pairs.append(VotedPair(split, prompt_id, better, worse, *numbers, share, share - HALF <= (tie_margin or 0)))
    return pairs


def preference_pairs(labels: Labels) -> Iterator[tuple[str, str, str, str, bool]]:
    """Yield split, prompt, better and worse path of each pair, and whether it is tied: of ranks, else of votes."""
    by_prompt: dict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
    for (split, prompt_id, path), (rank, _) in labels.images.items():
        if rank is not None:
            by_prompt[split, prompt_id].append((path, rank))
    for (split, prompt_id), ranked in by_prompt.items():
        for (first, rank), (second, other) in itertools.combinations(sorted(ranked), 2):
            better, worse = (second, first) if other < rank else (first, second)
            yield split, prompt_id, better, worse, rank == other
    for pair in vote_pairs(labels):
        ranks = [labels.images[pair.split, pair.prompt_id, path][0] for path in (pair.better, pair.worse)]
        if None in ranks:
            yield pair.split, pair.prompt_id, pair.better, pair.worse, pair.is_tied


def pair_counts(labels: Labels) -> dict[str, tuple[int, ...]]:
    """Count prompts, images, ranked images, pairs, strict and tied pairs of each split."""
    counted: dict[str, tuple[int, ...]] = {}
    pairs = list(preference_pairs(labels))
    for split in {split for split, _, _ in labels.images}:
        images = {key: value for key, value in labels.images.items() if key[0] == split}
        tied = [is_tied for of_split, *_, is_tied in pairs if of_split == split]
        prompts = {prompt_id for _, prompt_id, _ in images}
        ranked = sum(rank is not None for rank, _ in images.values())
        counted[split] = (len(prompts), len(images), ranked, len(tied), tied.count(False), tied.count(True))
    return counted


def generator_wins(labels: Labels) -> dict[tuple[str, str], tuple[int, int, int, int]]:
    """Return prompts, wins, ties and losses of each two generators, both ways; votes are summed per prompt, of all splits."""
    sums: dict[tuple[str, str, str], list[Fraction]] = defaultdict(lambda: [Fraction(0), Fraction(0)])
    for vote in labels.votes:
        sides = [(labels.images[vote.split, vote.prompt_id, path][1], count) for path, count in
                 ((vote.first, vote.first_votes), (vote.second, vote.second_votes))]  # fmt: skip
        (first, _), (second, _) = sides
        if first is None or second is None or first == second:
            continue
        for generator, other, (own, others) in ((first, second, (0, 1)), (second, first, (1, 0))):
            both = sums[vote.prompt_id, generator, other]
            both[0] += vote.weight * sides[own][1]
            both[1] += vote.weight * sides[others][1]
    results: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for (_, generator, other), (own_votes, other_votes) in sums.items():
        place = 1 if own_votes > other_votes else 2 if own_votes == other_votes else 3
        results[generator, other][0] += 1
        results[generator, other][place] += 1
    return {key: (row[0], row[1], row[2], row[3]) for key, row in results.items()}


def uncompared_pairs(labels: Labels) -> tuple[int, int, int]:
    """Count pairs with votes, those of one generator, and those of an image without a generator."""
    pairs = vote_pairs(labels)
    generators = [
        [labels.images[pair.split, pair.prompt_id, path][1] for path in (pair.better, pair.worse)] for pair in pairs
    ]
    same = sum(first is not None and first == second for first, second in generators)
    return len(pairs), same, sum(None in both for both in generators)
