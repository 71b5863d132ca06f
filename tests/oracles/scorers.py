"""Every metric of a scorer in plain Python, from its definition: pairs in two loops, orders of ties by enumeration.

Imports nothing of ours. Rows are dictionaries of the published columns and `split`; scores map image paths to numbers, and an
image without one is left out, as if its prompt did not have it.
"""

from __future__ import annotations

import itertools
import math
import statistics
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

Row = dict[str, Any]
Scores = "Mapping[str, float]"
Image = tuple[int, float]  # rank and score


@dataclass(frozen=True)
class Figure:
    """What a prompt says of a metric: a share of something, and what random scores would say."""

    numerator: float
    denominator: float
    chance: float
    pairs: int | None = None


def sign(number: float) -> int:
    return (number > 0) - (number < 0)


def pairs_of(images: Sequence[Image], epsilon: float = 0.0) -> list[tuple[int, int, int]]:
    """What people, the scorer, and the scorer with ε say of each pair."""
    return [
        (
            sign(images[j][0] - images[i][0]),
            sign(images[i][1] - images[j][1]),
            0 if abs(images[i][1] - images[j][1]) <= epsilon else sign(images[i][1] - images[j][1]),
        )
        for i in range(len(images))
        for j in range(i + 1, len(images))
    ]


def gap_of(one: Image, other: Image) -> int:
    return abs(one[0] - other[0])


def pair_figures(pairs: Sequence[tuple[int, int, int]]) -> dict[str, Figure]:
    concordant = sum(human * scorer > 0 for human, scorer, _ in pairs)
    discordant = sum(human * scorer < 0 for human, scorer, _ in pairs)
    tied = sum(human != 0 and scorer == 0 for human, scorer, _ in pairs)
    strict = concordant + discordant + tied
    agreeing = sum(human == calibrated for human, _, calibrated in pairs)
    has = 1 if strict else 0
    return {
        "acc_micro": Figure(concordant, strict, strict / 2, strict),
        "acc_macro": Figure(concordant / strict if strict else 0, has, has / 2, strict),
        "acc_eq": Figure(agreeing, len(pairs), strict / 2, len(pairs)),
        "scorer_ties": Figure(tied, strict, 0, strict),
    }


def tau_b(pairs: Sequence[tuple[int, int, int]]) -> float | None:
    c = sum(human * scorer > 0 for human, scorer, _ in pairs)
    d = sum(human * scorer < 0 for human, scorer, _ in pairs)
    t_m = sum(human != 0 and scorer == 0 for human, scorer, _ in pairs)
    t_h = sum(human == 0 and scorer != 0 for human, scorer, _ in pairs)
    if c + d + t_m == 0 or c + d + t_h == 0:
        return None
    return (c - d) / math.sqrt((c + d + t_m) * (c + d + t_h))


def average_ranks(values: Sequence[float]) -> list[float]:
    return [sum(other < value for other in values) + (values.count(value) + 1) / 2 for value in values]


def spearman(images: Sequence[Image]) -> float | None:
    humans = average_ranks([-rank for rank, _ in images])
    scorers = average_ranks([score for _, score in images])
    if len(set(humans)) < 2 or len(set(scorers)) < 2:
        return None
    return statistics.correlation(humans, scorers)


def tops(scores: Sequence[float], k: int) -> list[set[int]]:
    """Every set of places that may be the k highest; each is as likely as any other."""
    ordered = sorted(scores, reverse=True)
    edge = ordered[min(k, len(ordered)) - 1]
    above = {place for place, score in enumerate(scores) if score > edge}
    block = [place for place, score in enumerate(scores) if score == edge]
    needed = min(k, len(scores)) - len(above)
    return [above | set(chosen) for chosen in itertools.combinations(block, needed)]


def mean(values: Iterable[float | Fraction]) -> Fraction:
    listed = [Fraction(value) for value in values]
    return sum(listed, Fraction(0)) / len(listed)


def place_figures(images: Sequence[Image]) -> dict[str, Figure]:
    ranks, scores = [rank for rank, _ in images], [score for _, score in images]
    best = {place for place, rank in enumerate(ranks) if rank == min(ranks)}
    worst = {place for place, rank in enumerate(ranks) if rank == max(ranks)}
    figures = {}
    for name, marked, ordered in (("recall", best, scores), ("filter", worst, [-score for score in scores])):
        for k in (1, 2, 4):
            found = tops(ordered, k)
            drawn = [set(chosen) for chosen in itertools.combinations(range(len(images)), min(k, len(images)))]
            share = mean(Fraction(len(marked & top), len(marked)) for top in found)
            random_share = mean(Fraction(len(marked & top), len(marked)) for top in drawn)
            hit, random_hit = mean(bool(marked & top) for top in found), mean(bool(marked & top) for top in drawn)
            figures[f"{name}@{k}"] = Figure(float(hit), 1, float(random_hit))
            figures[f"{name}_frac@{k}"] = Figure(float(share), 1, float(random_share))
            one = len(marked) == 1
            figures[f"{name}_unique@{k}"] = Figure(float(hit) * one, one, float(random_hit) * one)
    highest = {place for place, score in enumerate(scores) if score == max(scores)}
    random_best = len(best) / len(images)
    figures["best_of_n"] = Figure(1 / len(highest) if best & highest else 0, 1, random_best)
    return figures


def prompt_figures(images: Sequence[Image], epsilon: float = 0.0) -> dict[str, Figure]:
    pairs = pairs_of(images, epsilon)
    tau, rho = tau_b(pairs), spearman(images)
    strict = sum(human != 0 for human, _, _ in pairs)
    discordant = sum(human * scorer < 0 for human, scorer, _ in pairs)
    n = len(pairs)
    return {
        **pair_figures(pairs),
        "tau_b": Figure(tau or 0, tau is not None, 0, n if tau is not None else 0),
        "spearman": Figure(rho or 0, rho is not None, 0),
        "inversion": Figure(1 - discordant / n if n else 0, n > 0, 1 - strict / 2 / n if n else 0, n),
        **place_figures(images),
    }


Key = tuple[Any, ...]
Metric = tuple[float | None, float | None, int, int | None]


def prompts_of(rows: Iterable[Row]) -> dict[tuple[str, str], list[Row]]:
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        groups[row["split"], row["prompt_id"]].append(row)
    return groups


def scored_prompts(rows: Iterable[Row], scores: Mapping[str, float]) -> dict[tuple[str, str], list[Image]]:
    """The ranked and scored images of each prompt that has any."""
    found = {
        key: [
            (row["rank"], scores[row["image_path"]])
            for row in images
            if row["rank"] is not None and row["image_path"] in scores
        ]
        for key, images in prompts_of(rows).items()
    }
    return {key: images for key, images in found.items() if images}


def evaluated(
    rows: Sequence[Row],
    scores: Mapping[str, float],
    by: Callable[[tuple[str, str], list[Row]], Any] | None = None,
    epsilon: float = 0.0,
) -> dict[Key, Metric]:
    """Value, chance, prompts and pairs of each split, group and metric."""
    prompts = prompts_of(rows)
    parts: dict[Key, list[Figure]] = defaultdict(list)
    for key, images in scored_prompts(rows, scores).items():
        group = None if by is None else by(key, prompts[key])
        for metric, figure in prompt_figures(images, epsilon).items():
            parts[key[0], group, metric].append(figure)
    return {key: summed(figures) for key, figures in parts.items()}


def evaluated_by_gap(rows: Sequence[Row], scores: Mapping[str, float]) -> dict[Key, Metric]:
    parts: dict[Key, list[Figure]] = defaultdict(list)
    for (split, _), images in scored_prompts(rows, scores).items():
        pairs: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        for one, other in itertools.combinations(images, 2):
            pairs[gap_of(one, other)] += pairs_of([one, other])
        for gap, of_gap in pairs.items():
            for metric, figure in pair_figures(of_gap).items():
                parts[split, gap, metric].append(figure)
    return {key: summed(figures) for key, figures in parts.items()}


def summed(figures: Sequence[Figure]) -> Metric:
    weight = sum(figure.denominator for figure in figures)
    pairs = [figure.pairs for figure in figures]
    known = [number for number in pairs if number is not None]
    return (
        math.fsum(figure.numerator for figure in figures) / weight if weight else None,
        math.fsum(figure.chance for figure in figures) / weight if weight else None,
        sum(figure.denominator > 0 for figure in figures),
        sum(known) if len(known) == len(pairs) else None,
    )


def best_epsilon(rows: Sequence[Row], scores: Mapping[str, float], split: str) -> tuple[float, float] | None:
    """The smallest ε with the highest acc_eq on a split, and that acc_eq, by trying all."""
    prompts = [images for (of, _), images in scored_prompts(rows, scores).items() if of == split]
    pairs = [(one, other) for images in prompts for one, other in itertools.combinations(images, 2)]
    if not pairs:
        return None

    def acc_eq(epsilon: float) -> Fraction:
        agreeing = sum(human == with_ties for pair in pairs for human, _, with_ties in pairs_of(pair, epsilon))
        return Fraction(agreeing, len(pairs))

    candidates = sorted({0.0, *(abs(one[1] - other[1]) for one, other in pairs)})
    best = max(candidates, key=lambda epsilon: (acc_eq(epsilon), -epsilon))
    return best, float(acc_eq(best))
