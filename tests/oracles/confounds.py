"""What scores have to do with measures of images and prompts, in plain Python with exact fractions; imports nothing of ours.

A unit is (score, what people say, covariate); a group is the units that are compared: images of a prompt, or prompts of a split.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Number = float | Fraction
Unit = tuple[Number, Number | None, Number]
Pixel = tuple[int, int, int]


def ranks(numbers: Sequence[Number]) -> list[Fraction]:
    """Average ranks from 1."""
    ordered = sorted(numbers)
    return [Fraction(2 * ordered.index(number) + ordered.count(number) + 1, 2) for number in numbers]


def scaled_ranks(numbers: Sequence[Number | None]) -> list[Fraction]:
    """Ranks minus their mean, by the number of ranks plus 1; all the same where nothing is known."""
    n = len(numbers)
    known = [number if number is not None else 0 for number in numbers]
    return [(rank - Fraction(n + 1, 2)) / (n + 1) for rank in ranks(known)]


def dot(one: Sequence[Fraction], other: Sequence[Fraction]) -> Fraction:
    return sum((a * b for a, b in zip(one, other, strict=True)), Fraction(0))


def root(square: Fraction) -> float:
    return math.sqrt(square.numerator) / math.sqrt(square.denominator)


def correlation(one: Sequence[Fraction], other: Sequence[Fraction]) -> float | None:
    """Pearson's, of numbers that are centred already."""
    product = dot(one, one) * dot(other, other)
    return float(dot(one, other)) / root(product) if product else None


def partial(x: Sequence[Fraction], y: Sequence[Fraction], z: Sequence[Fraction]) -> float | None:
    """Of what is left of x and of y after each is explained by z: by residuals, not by the formula of the macro."""
    if not dot(z, z):
        return None
    slope_x, slope_y = dot(x, z) / dot(z, z), dot(y, z) / dot(z, z)
    rest_x = [a - slope_x * c for a, c in zip(x, z, strict=True)]
    rest_y = [b - slope_y * c for b, c in zip(y, z, strict=True)]
    return correlation(rest_x, rest_y)


def pooled(groups: Sequence[Sequence[Unit]]) -> list[list[Fraction]]:
    """Scaled ranks of scores, of people and of the covariate, each within its group."""
    columns = [[scaled_ranks(column) for column in zip(*group, strict=True)] for group in groups]
    return [list(itertools.chain.from_iterable(group[place] for group in columns)) for place in range(3)]


def confounds(groups: Sequence[Sequence[Unit]]) -> tuple[float | None, float | None, float | None]:
    """Correlations of score and covariate, of people and covariate, and the partial one given people."""
    score, people, covariate = pooled(groups) if groups else ([], [], [])
    return correlation(score, covariate), correlation(people, covariate), partial(score, covariate, people)


def image_interval(groups: Sequence[Sequence[Unit]]) -> tuple[float, float] | None:
    """The 95 % interval of the partial correlation: leave out each prompt, and start from the beginning."""
    (_, _, whole), n = confounds(groups), len(groups)
    if n < 5 or whole is None or abs(whole) >= 1 - 1e-12:
        return None
    changes = []
    for left_out in range(n):
        _, _, without = confounds([group for place, group in enumerate(groups) if place != left_out])
        if without is None:
            return None
        changes.append(without - whole)
    error = math.sqrt((n - 1) / n * math.fsum(change * change for change in changes))
    normal = 1.959963984540054
    quantile = (
        normal
        + (normal**3 + normal) / (4 * (n - 1))
        + (5 * normal**5 + 16 * normal**3 + 3 * normal) / (96 * (n - 1) ** 2)
        + (3 * normal**7 + 19 * normal**5 + 17 * normal**3 - 15 * normal) / (384 * (n - 1) ** 3)
        + (79 * normal**9 + 776 * normal**7 + 1482 * normal**5 - 1920 * normal**3 - 945 * normal)
        / (92160 * (n - 1) ** 4)
    )
    half = quantile * error / (1 - whole * whole)
    return math.tanh(math.atanh(whole) - half), math.tanh(math.atanh(whole) + half)


def prompt_interval(whole: float | None, n: int) -> tuple[float, float] | None:
    if n < 5 or whole is None or abs(whole) >= 1 - 1e-12:
        return None
    half = 1.959963984540054 * math.sqrt((1 + whole * whole / 2) / (n - 4))
    return math.tanh(math.atanh(whole) - half), math.tanh(math.atanh(whole) + half)


def luma(pixel: Pixel) -> int:
    """Of ITU-R BT.601, rounded as Pillow does: of weights that are multiples of 1 / 65536."""
    red, green, blue = pixel
    return (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16


def measures(rows: Sequence[Sequence[Pixel]]) -> tuple[float, float, float | None, float]:
    """Brightness, saturation, sharpness and entropy of rows of pixels."""
    pixels = [pixel for row in rows for pixel in row]
    lumas = [[luma(pixel) for pixel in row] for row in rows]
    shares = [Fraction(count, len(pixels)) for count in Counter(itertools.chain.from_iterable(lumas)).values()]
    saturation = sum((Fraction(max(p) - min(p), max(p)) for p in pixels if max(p)), Fraction(0)) / len(pixels)
    inner = [
        lumas[y - 1][x] + lumas[y + 1][x] + lumas[y][x - 1] + lumas[y][x + 1] - 4 * lumas[y][x]
        for y in range(1, len(lumas) - 1)
        for x in range(1, len(lumas[0]) - 1)
    ]
    mean = Fraction(sum(inner), len(inner) or 1)
    return (
        float(Fraction(sum(map(sum, lumas)), 255 * len(pixels))),
        float(saturation),
        float(sum(((value - mean) ** 2 for value in inner), Fraction(0)) / len(inner)) if inner else None,
        -math.fsum(float(share) * math.log2(share) for share in shares),
    )
