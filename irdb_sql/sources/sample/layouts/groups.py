"""Makes prompts with images of several generators, and the pairs of them that people compare."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from irdb_sql.sources.sample.prompts import CLASSIFICATIONS, make_prompt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

GENERATORS = ("dawn-diffusion-xl", "gouache-2.1", "lantern-turbo", "moth v3", "tin-cup/base")
_STRENGTHS = dict(zip(GENERATORS, (0.6, 0.2, 0.0, -0.2, -0.6), strict=True))
_IMAGES = (3, 4, 5, 6)  # of a prompt
_PAIRS = (2, 3, 4, 5, 6)  # that are compared, both orders of two images being two
_REPEATS = (1, 1, 2, 3)  # how often one pair is compared
NOISE = 0.8
"""The largest difference that an annotator sees where there is none."""
TIE = 0.12
"""The difference below which an annotator prefers neither image."""
_ANNOTATORS = 60  # more than the comparisons of a prompt, each of which is by another one


@dataclass(frozen=True, slots=True)
class SampleImage:
    """An image.

    Attributes:
        number: Its number among all of the sample.
        name: A UUID.
        generator: The model that made it.
        quality: How good it is; people mostly prefer the higher one.
    """

    number: int
    name: str
    generator: str
    quality: float


@dataclass(frozen=True, slots=True)
class Group:
    """A prompt, its images, and the pairs of them that are compared.

    Attributes:
        number: Its number among all of its split.
        split: Its split.
        prompt: The text of the prompt.
        classification: The class of the prompt.
        images: Its images.
        pairs: Places in `images` of the first and the second image of each comparison.
    """

    number: int
    split: str
    prompt: str
    classification: str
    images: Sequence[SampleImage]
    pairs: Sequence[tuple[int, int]]


def repeatable(seed: int, *names: str) -> random.Random:
    """Return random numbers that are the same on every machine."""
    return random.Random(f"irdb-sql layouts {seed} {' '.join(names)}")  # noqa: S311 - repeatable, not secret


def make_groups(rng: random.Random, split: str, pairs: int, numbers: Iterator[int]) -> Iterator[Group]:
    """Yield prompts that have a number of pairs in all.

    Args:
        rng: Random numbers.
        split: Their split.
        pairs: The number of pairs.
        numbers: The numbers of their images, which tell the pictures of one split from those of another.

    Example:
        >>> import itertools
        >>> groups = list(make_groups(repeatable(0, "example"), "test", 20, itertools.count()))
        >>> sum(len(group.pairs) for group in groups)
        20
    """
    classes, shares = list(CLASSIFICATIONS), list(CLASSIFICATIONS.values())
    number = 0
    while pairs > 0:
        classification = rng.choices(classes, shares)[0]
        prompt = make_prompt(rng, classification)
        names = [_make_name(rng) for _ in range(rng.choice(_IMAGES))]
        of_group = [_make_image(rng, next(numbers), name) for name in names]
        compared = _make_pairs(rng, len(names))[:pairs]
        yield Group(number, split, prompt, classification, of_group, compared)
        number += 1
        pairs -= len(compared)


def _make_name(rng: random.Random) -> str:
    digits = f"{rng.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"


def _make_image(rng: random.Random, number: int, name: str) -> SampleImage:
    generator = rng.choice(GENERATORS)
    return SampleImage(number, name, generator, _STRENGTHS[generator] + 2 * rng.random() - 1)


def _make_pairs(rng: random.Random, images: int) -> list[tuple[int, int]]:
    ordered = [(first, second) for first in range(images) for second in range(images) if first != second]
    distinct = rng.sample(ordered, min(rng.choice(_PAIRS), len(ordered)))
    return [pair for pair in distinct for _ in range(rng.choice(_REPEATS))]


def judge(rng: random.Random, first: SampleImage, second: SampleImage, *, ties: bool = True) -> float:
    """Return what an annotator says of two images: 1 prefers the first one, 0 the second one, 0.5 neither."""
    difference = first.quality - second.quality + NOISE * (2 * rng.random() - 1)
    if ties and abs(difference) < TIE:
        return 0.5
    return 1.0 if difference > 0 else 0.0


def annotator_of(group: Group, place: int) -> int:
    """Return the number of the annotator of a comparison; nobody compares the images of a prompt twice."""
    return (group.number * 7 + place) % _ANNOTATORS


def divide(total: int, shares: Sequence[float]) -> list[int]:
    """Divide a number by shares; the first one takes what is left.

    Example:
        >>> divide(10, (0.75, 0.25))
        [8, 2]
    """
    parts = [int(total * share) for share in shares[1:]]
    return [total - sum(parts), *parts]
