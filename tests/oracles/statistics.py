"""The numbers of irdb_sql in plain Python, written from their definitions; imports nothing of ours.

Every function takes rows: dictionaries of the published columns and `split`.
"""

from __future__ import annotations

import itertools
import math
import statistics
from collections import Counter, defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Row = dict[str, Any]
Answer = dict[tuple[Any, ...], tuple[Any, ...]]
SUBSET_PARTS = {"1k": 4, "2k": 8, "4k": 16, "8k": 32}
KINDS = {
    "overall": "overall_rating",
    "alignment": "image_text_alignment_rating",
    "fidelity": "fidelity_rating",
}


def plain_path(path: str) -> str:
    if "\\" not in path and not path.startswith("./"):
        return path
    path = path.replace("\\", "/")
    while path.startswith("./"):
        path = path[1:].lstrip("/")
    return path


def part_of(row: Row) -> int | None:
    folders = plain_path(row["image_path"]).split("/")
    if len(folders) < 3 or "_" not in folders[2]:
        return None
    number = folders[2].split("_")[1]
    return int(number) if number.isdigit() else None


def image_id_of(row: Row) -> str:
    name: str = plain_path(row["image_path"]).split("/")[-1]
    return name.split(".", maxsplit=1)[0]


def in_subset(rows: Iterable[Row], subset: str | None) -> list[Row]:
    if subset is None:
        return list(rows)
    limit = SUBSET_PARTS[subset]
    whole = max(SUBSET_PARTS.values())

    def part(row: Row) -> int:
        found = part_of(row)
        return whole if found is None else found

    return [row for row in rows if row["split"] != "train" or part(row) <= limit]


def prompts_of(rows: Iterable[Row]) -> dict[tuple[str, str], list[Row]]:
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        groups[row["split"], row["prompt_id"]].append(row)
    return groups


def pairs(rows: Iterable[Row], *, keep_ties: bool = False, min_rank_gap: int = 1) -> list[tuple[Row, Row]]:
    found = []
    for images in prompts_of(rows).values():
        ranked = [image for image in images if image["rank"] is not None]
        for one, other in itertools.combinations(ranked, 2):
            if one["rank"] == other["rank"]:
                if keep_ties:
                    found.append((one, other) if one["image_path"] <= other["image_path"] else (other, one))
            elif abs(one["rank"] - other["rank"]) >= min_rank_gap:
                found.append((one, other) if one["rank"] < other["rank"] else (other, one))
    return found


def difference(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one - other


def pair_row(better: Row, worse: Row) -> tuple[Any, ...]:
    gaps = (difference(better[column], worse[column]) for column in KINDS.values())
    return (
        better["split"],
        part_of(better),
        better["prompt_id"],
        better["prompt"],
        better["classification"],
        better["image_path"],
        worse["image_path"],
        better["rank"],
        worse["rank"],
        worse["rank"] - better["rank"],
        *gaps,
    )


def prompt_rows(rows: Iterable[Row]) -> Answer:
    answer: Answer = {}
    for (split, prompt_id), images in prompts_of(rows).items():
        ranks = Counter(image["rank"] for image in images if image["rank"] is not None)
        ranked = sum(ranks.values())
        pair_number = ranked * (ranked - 1) // 2
        tied = sum(count * (count - 1) // 2 for count in ranks.values())
        best, worst = (min(ranks), max(ranks)) if ranks else (None, None)
        answer[split, prompt_id] = (
            images[0]["prompt"],
            images[0]["classification"],
            len(images),
            ranked,
            pair_number,
            pair_number - tied,
            tied,
            len(ranks),
            best,
            worst,
            ranks[best] if ranks else None,
            ranks[worst] if ranks else None,
        )
    return answer


def lists_of(rows: Iterable[Row]) -> Answer:
    columns = ("image_path", "rank", *KINDS.values())
    return {
        key: tuple([image[column] for image in images] for column in columns)
        for key, images in prompts_of(rows).items()
    }


def groups_of(rows: Iterable[Row], *, by_classification: bool) -> dict[tuple[str, str | None], list[Row]]:
    groups: dict[tuple[str, str | None], list[Row]] = defaultdict(list)
    for row in rows:
        groups[row["split"], row["classification"] if by_classification else None].append(row)
    return groups


def pair_counts(rows: Iterable[Row], *, by_classification: bool = False) -> Answer:
    answer: Answer = {}
    for group, members in groups_of(rows, by_classification=by_classification).items():
        every = pairs(members, keep_ties=True)
        tied = sum(better["rank"] == worse["rank"] for better, worse in every)
        ranked = sum(row["rank"] is not None for row in members)
        answer[group] = (len(prompts_of(members)), len(members), ranked, len(every), len(every) - tied, tied)
    return answer


def rating_counts(rows: Iterable[Row], *, by_classification: bool = False) -> Answer:
    groups = groups_of(rows, by_classification=by_classification)
    return {
        (*group, *ratings): (count,)
        for group, members in groups.items()
        for ratings, count in Counter(tuple(row[column] for column in KINDS.values()) for row in members).items()
    }


def quantile(ordered: list[int], share: Fraction) -> float | None:
    """Definition 7 of Hyndman and Fan 1996."""
    if not ordered:
        return None
    position = (len(ordered) - 1) * share
    low = math.floor(position)
    high = min(low + 1, len(ordered) - 1)
    return float(ordered[low] + (ordered[high] - ordered[low]) * (position - low))


def rating_stats(rows: Iterable[Row], *, by_classification: bool = False) -> Answer:
    answer: Answer = {}
    for group, members in groups_of(rows, by_classification=by_classification).items():
        for kind, column in KINDS.items():
            values = sorted(row[column] for row in members if row[column] is not None)
            counts = Counter(values)
            n = len(values)
            answer[(*group, kind)] = (
                n,
                len(members) - n,
                float(Fraction(sum(values), n)) if n else None,
                statistics.stdev(values) if n > 1 else None,
                *(quantile(values, Fraction(quarter, 4)) for quarter in (1, 2, 3)),
                min(value for value, count in counts.items() if count == max(counts.values())) if n else None,
                *(counts[value] / n if n else None for value in range(1, 8)),
            )
    return answer


def pearson(xs: list[float], ys: list[float]) -> float | None:
    if len(set(xs)) < 2 or len(set(ys)) < 2:
        return None
    return statistics.correlation(xs, ys)


def average_ranks(values: list[float]) -> list[float]:
    places: dict[float, list[int]] = defaultdict(list)
    for place, value in enumerate(sorted(values), start=1):
        places[value].append(place)
    return [statistics.fmean(places[value]) for value in values]


def tau_b(images: list[Row], column: str) -> float | None:
    concordant = discordant = tied_rank = tied_rating = 0
    for one, other in itertools.combinations(images, 2):
        if None in (one["rank"], other["rank"], one[column], other[column]):
            continue
        human = (other["rank"] > one["rank"]) - (other["rank"] < one["rank"])
        rating = (one[column] > other[column]) - (one[column] < other[column])
        concordant += human * rating > 0
        discordant += human * rating < 0
        tied_rank += human == 0 and rating != 0
        tied_rating += human != 0 and rating == 0
    strict_ranks = concordant + discordant + tied_rating
    strict_ratings = concordant + discordant + tied_rank
    if not strict_ranks or not strict_ratings:
        return None
    return (concordant - discordant) / math.sqrt(strict_ranks * strict_ratings)


def rating_correlations(rows: Iterable[Row], *, by_classification: bool = False) -> Answer:
    answer: Answer = {}
    for group, members in groups_of(rows, by_classification=by_classification).items():
        for first, second in itertools.combinations(KINDS, 2):
            both = [
                (float(row[KINDS[first]]), float(row[KINDS[second]]))
                for row in members
                if row[KINDS[first]] is not None and row[KINDS[second]] is not None
            ]
            xs, ys = [x for x, _ in both], [y for _, y in both]
            answer[(*group, "pearson", first, second)] = (pearson(xs, ys), len(both), "images")
            spearman = pearson(average_ranks(xs), average_ranks(ys))
            answer[(*group, "spearman", first, second)] = (spearman, len(both), "images")
        for kind, column in KINDS.items():
            taus = [tau for images in prompts_of(members).values() if (tau := tau_b(images, column)) is not None]
            mean = statistics.fmean(taus) if taus else None
            answer[(*group, "kendall_tau_b", "rank", kind)] = (mean, len(taus), "prompts")
    return answer


def rating_agreement(rows: Iterable[Row], *, by_classification: bool = False, min_rank_gap: int = 1) -> Answer:
    answer: Answer = {}
    for group, members in groups_of(rows, by_classification=by_classification).items():
        strict = pairs(members, min_rank_gap=min_rank_gap)
        for kind, column in KINDS.items():
            if not strict:
                continue
            gaps = [difference(better[column], worse[column]) for better, worse in strict]
            known = [gap for gap in gaps if gap is not None]
            counts = (sum(gap > 0 for gap in known), known.count(0), sum(gap < 0 for gap in known))
            shares = (count / len(known) if known else None for count in counts)
            answer[(*group, kind)] = (len(known), *counts, len(gaps) - len(known), *shares)
    return answer


GROUPED: dict[str, tuple[int, Callable[..., Answer]]] = {
    "pair_counts": (2, pair_counts),
    "rating_counts": (5, rating_counts),
    "rating_stats": (3, rating_stats),
    "rating_correlations": (5, rating_correlations),
    "rating_agreement": (3, rating_agreement),
}
"""Macros that answer by split and classification: number of key columns, and the oracle."""
