"""What scripts of published evaluations print, in plain Python by their definitions, from ranks and scores of prompts.

Imports nothing of ours, and is no copy of them. A prompt is a list of (rank, score) in the order of the data.
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Prompt = list[tuple[int, float]]


def sign(number: float) -> int:
    return (number > 0) - (number < 0)


def pairs_of(prompts: Sequence[Prompt]) -> list[tuple[int, int, float]]:
    """What people say of each pair, what the scorer says, and by how much: of the image that comes first in the data."""
    return [
        (sign(other[0] - one[0]), sign(one[1] - other[1]), abs(one[1] / 2 - other[1] / 2))
        for images in prompts
        for one, other in itertools.combinations(images, 2)
    ]


def imagereward(prompts: Sequence[Prompt]) -> float | None:
    strict = [human * said > 0 for human, said, _ in pairs_of(prompts) if human]
    return sum(strict) / len(strict) if strict else None


def hpsv2(prompts: Sequence[Prompt]) -> float:
    shares = []
    for images in prompts:
        order = sorted(range(len(images)), key=lambda place: (-images[place][1], place))
        places = {image: place for place, image in enumerate(order)}
        reversed_pairs = sum(
            sign(images[j][0] - images[i][0]) * sign(places[j] - places[i]) < 0
            for i, j in itertools.combinations(range(len(images)), 2)
        )
        shares.append(1 - reversed_pairs / math.comb(len(images), 2))
    return math.fsum(shares) / len(shares)


def hpsv2_imagereward(prompts: Sequence[Prompt]) -> float | None:
    shares = [imagereward([images]) for images in prompts]
    known = [share for share in shares if share is not None]
    return math.fsum(known) / len(known) if len(known) == len(shares) else None


def pickscore(tuning: Sequence[Prompt], prompts: Sequence[Prompt]) -> tuple[float, float] | None:
    """The score, and the threshold that is best on other prompts."""

    def score(of: Sequence[Prompt], threshold: float) -> float:
        points = []
        for human, said, half in pairs_of(of):
            says = 0 if math.tanh(half) <= threshold else said
            points.append(1.0 if says == human else 0.5 if 0 in (says, human) else 0.0)
        return sum(points) / len(points)

    if not pairs_of(tuning):
        return None
    best = max((tenths / 10 for tenths in range(11)), key=lambda threshold: (score(tuning, threshold), -threshold))
    return score(prompts, best), best


def mmrb2(prompts: Sequence[Prompt]) -> float | None:
    judged = [human * said > 0 for human, said, _ in pairs_of(prompts) if human and said for _ in range(2)]
    return sum(judged) / len(judged) if judged else None


def mended(prompts: Sequence[Prompt]) -> float:
    """The largest share of agreement, of all thresholds and of none."""
    pairs = pairs_of(prompts)
    thresholds = [-1.0, *(half for _, _, half in pairs)]
    return max(
        sum((0 if half <= of else said or 2) == human for human, said, half in pairs) for of in thresholds
    ) / len(pairs)


def editreward(prompts: Sequence[Prompt]) -> dict[int, float]:
    by_size: dict[int, list[bool]] = {}
    for images in prompts:
        by_size.setdefault(len(images), []).append(all(human == said for human, said, _ in pairs_of([images])))
    return {size: sum(of) / len(of) for size, of in by_size.items()}
