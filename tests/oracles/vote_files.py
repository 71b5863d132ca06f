"""Small files of every layout with votes, written by hand, and in plain Python the votes and pairs that they hold."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

CAT, DOG = 'a "cat", in fog\nand a new line, ünïcode', "a dog"


class Vote(NamedTuple):
    """A vote, in the order of what is compared."""

    prompt: str
    first: str
    second: str
    votes: tuple[int, int, int]
    annotator: str | None = None
    generators: tuple[str | None, str | None] = (None, None)
    strength: float | None = None


FIRST, SECOND, TIE = (1, 0, 0), (0, 1, 0), (0, 0, 1)

EXPECTED: dict[str, list[Vote]] = {
    "pairs": [
        Vote(CAT, "x/a.png", "x/b.png", FIRST, "ann", ("m1", "m2"), 0.5),
        Vote(DOG, "x/a.png", "x/b.png", SECOND, "ann", ("m1", "m1"), 2.0),
        Vote(CAT, "x/b.png", "x/a.png", SECOND, "bob", ("m2", "m1")),
        Vote(CAT, "x/a.png", "x/c.png", TIE, "bob", ("m1", "m3"), 1.0),
        Vote(DOG, "x/c.png", "x/d.png", FIRST, None, ("m3", None)),
    ],
    "pickapic": [
        Vote(CAT, "u1", "u2", FIRST, "7", ("sd", "xl")),
        Vote(CAT, "u1", "u2", TIE, "8", ("sd", "xl")),
        Vote(DOG, "u3", "u4", SECOND, "7", ("xl", "xl")),
    ],
    "hpdv2": [
        Vote(CAT, "1.jpg", "2.jpg", FIRST, "ha"),
        Vote(DOG, "3.jpg", "4.jpg", SECOND, "hb"),
        Vote(DOG, "3.jpg", "4.jpg", FIRST, "hc"),
    ],
    "hpdv2 ranks": [
        Vote(CAT, "1.jpg", "2.jpg", SECOND, "ha"),
        Vote(CAT, "1.jpg", "3.jpg", FIRST, "ha"),
        Vote(CAT, "2.jpg", "3.jpg", FIRST, "ha"),
        Vote(CAT, "1.jpg", "2.jpg", TIE, "hb"),
        Vote(CAT, "1.jpg", "3.jpg", FIRST, "hb"),
        Vote(CAT, "2.jpg", "3.jpg", FIRST, "hb"),
    ],
    "hpdv3": [
        Vote(CAT, "p1", "p2", (9, 3, 0), None, ("flux", "sd"), 0.97),
        Vote(DOG, "p3", "p4", (4, 4, 0), None, ("flux", "flux"), None),
    ],
    "rapidata": [Vote(CAT, "r1", "r2", (3, 5, 0), None, ("flux", "sd")), Vote(DOG, "r3", "r4", (2, 0, 0), None, ("a", "b"))],
    "mmrb2": [
        Vote(CAT, "a.png", "b.png", FIRST, None, ("g1", "g2"), 2.5),
        Vote(CAT, "a.png", "b.png", SECOND, None, ("g1", "g2"), 0.5),
        Vote(CAT, "a.png", "b.png", FIRST, None, ("g1", "g2"), 0.5),
    ],
}  # fmt: skip
"""The votes of the files that `write_votes` writes, by the name of the layout."""


def write_votes(folder: Path, name: str) -> Path:
    """Write the file of a layout, and return its path."""
    votes = EXPECTED[name]
    folder.mkdir(exist_ok=True)
    if name == "pairs":
        rows: list[dict[str, Any]] = [
            {
                "caption": each.prompt, "img_a": each.first, "img_b": each.second, "user": each.annotator,
                "label": {FIRST: "first", SECOND: "B", TIE: "0.5"}[each.votes], "confidence": each.strength,
                "model_a": each.generators[0], "model_b": each.generators[1],
            }
            for each in votes
        ]  # fmt: skip
        pl.DataFrame(rows).write_csv(folder / "mine.csv")
        return folder / "mine.csv"
    if name == "pickapic":
        shares = {FIRST: 1.0, SECOND: 0.0, TIE: 0.5}
        rows = [
            {
                "caption": each.prompt, "image_0_uid": each.first, "image_1_uid": each.second, "has_label": True,
                "label_0": shares[each.votes], "label_1": 1 - shares[each.votes], "user_id": int(each.annotator or 0),
                "model_0": each.generators[0], "model_1": each.generators[1],
                "jpg_0": f"image {each.first}".encode(), "jpg_1": f"image {each.second}".encode(),
            }
            for each in votes
        ]  # fmt: skip
        return _parquet(folder / "test-00000-of-00001.parquet", rows)
    if name == "rapidata":
        rows = [
            {
                "prompt": each.prompt, "image1_path": each.first, "image2_path": each.second,
                "votes_image1": each.votes[0], "votes_image2": each.votes[1], "model1": each.generators[0],
                "model2": each.generators[1], "image1": {"bytes": f"image {each.first}".encode(), "path": each.first},
                "image2": {"bytes": f"image {each.second}".encode(), "path": each.second}, "detailed_results": "[]",
            }
            for each in votes
        ]  # fmt: skip
        return _parquet(folder / "rapid.parquet", rows)
    return _json(folder / ("train.json" if name == "hpdv2" else "test.json"), _objects(name, votes))


def _objects(name: str, votes: list[Vote]) -> object:
    if name == "hpdv2":
        return [
            {
                "prompt": each.prompt, "file_path": [each.first, each.second],
                "human_preference": [each.votes[0], each.votes[1]], "user_hash": each.annotator,
            }
            for each in votes
        ]  # fmt: skip
    if name == "hpdv2 ranks":
        annotations = [{"rank": [2, 1, 3], "user_hash": "ha"}, {"rank": [1, 1, 2], "user_hash": "hb"}]
        paths = ["1.jpg", "2.jpg", "3.jpg"]
        return [{"prompt": CAT, "image_path": paths, "rank": [1.5, 1.0, 2.5], "raw_annotations": annotations}]
    if name == "hpdv3":
        return [
            {
                "prompt": each.prompt, "path1": each.first, "path2": each.second, "choice_dist": list(each.votes[:2]),
                "confidence": each.strength, "model1": each.generators[0], "model2": each.generators[1],
            }
            for each in votes
        ]  # fmt: skip
    responses = {
        f"response_{side}": {"model_name": model, "response_content": [["text", "so"], ["image", f"{side}.png"]]}
        for side, model in (("a", "g1"), ("b", "g2"))
    }
    pair = {"id": "1", "prompt_content": [["text", CAT]], **responses, "chosen": "a", "human_annotations": [6, 3, 4]}
    return {"pairs": [pair]}


def _parquet(path: Path, rows: list[dict[str, Any]]) -> Path:
    pl.DataFrame(rows).write_parquet(path)
    return path


def _json(path: Path, content: object) -> Path:
    path.write_text(json.dumps(content))
    return path


class Pair(NamedTuple):
    """A pair with votes, its better image first."""

    prompt: str
    better: str
    worse: str
    counts: tuple[int, int, int]
    is_tied: bool
    strengths: tuple[float | None, ...]


def pairs_of(votes: Iterable[Vote]) -> list[Pair]:
    """Count votes of each unordered pair; the image with more votes is better, of as many the one of the smaller path."""
    rows: dict[tuple[str, str, str], list[tuple[int, int, int]]] = defaultdict(list)
    strengths: dict[tuple[str, str, str], list[float | None]] = defaultdict(list)
    for each in votes:
        first, second, tied = each.votes
        early, late = sorted((each.first, each.second))
        rows[each.prompt, early, late].append((first, second, tied) if each.first == early else (second, first, tied))
        strengths[each.prompt, early, late].append(each.strength)
    pairs = []
    for (prompt, early, late), counted in rows.items():
        first, second, tied = (sum(counts) for counts in zip(*counted, strict=True))
        better, worse, counts = (
            (late, early, (second, first, tied)) if second > first else (early, late, (first, second, tied))
        )
        pairs.append(Pair(prompt, better, worse, counts, first == second, tuple(strengths[prompt, early, late])))
    return pairs
