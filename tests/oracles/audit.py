"""The checks of the labels in plain Python, written from their definitions; imports nothing of ours.

Every check takes rows, dictionaries of the published columns and `split`, and the split and subset that are selected_rows for,
and returns its findings: the columns of the macro of its name, but for places in the source.
"""

from __future__ import annotations

import itertools
import math
import unicodedata
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from oracles import statistics as oracle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Row = dict[str, Any]
Findings = Counter[tuple[Any, ...]]
SPLITS = ("train", "validation", "test")
CLASSES = {
    "Abstract", "Animals", "Artifacts", "Arts", "Food", "Illustrations", "Indoor Scenes", "Outdoor Scenes", "People",
    "Plants", "Vehicles", "World Knowledge",
}  # fmt: skip


def keyed(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row["image_path"] is not None and row["prompt_id"] is not None]


def selected_rows(rows: Iterable[Row], split: str | None, subset: str | None) -> list[Row]:
    return oracle.in_subset([row for row in keyed(rows) if split in (None, row["split"])], subset)


def values(rows: Iterable[Row], column: str) -> set[Any]:
    return {row[column] for row in rows} - {None}


def text_of(rows: Iterable[Row]) -> str | None:
    return min(values(rows, "prompt"), default=None)


def keyless_rows(rows: list[Row], split: str | None, subset: str | None) -> Findings:
    def is_asked(row: Row) -> bool:
        return bool(oracle.in_subset([row | {"image_path": row["image_path"] or ""}], subset))

    return Counter(
        (row["split"], row["image_path"], row["prompt_id"], row["prompt"])
        for row in rows
        if None in (row["image_path"], row["prompt_id"]) and split in (None, row["split"]) and is_asked(row)
    )


def mixed_prompts(rows: list[Row], split: str | None, subset: str | None) -> Findings:
    found: Findings = Counter()
    for key, images in oracle.prompts_of(selected_rows(rows, split, subset)).items():
        parts = {oracle.part_of(image) for image in images} - {None}
        counts = (len(values(images, "prompt")), len(values(images, "classification")), len(parts))
        if max(counts) > 1:
            found[*key, len(images), *counts] += 1
    return found


def wrong_amounts(rows: list[Row], split: str | None, subset: str | None) -> Findings:
    found: Findings = Counter()
    whole = oracle.prompts_of(keyed(rows))
    for key in oracle.prompts_of(selected_rows(rows, split, subset)):
        amounts = values(whole[key], "image_amount_in_total")
        if amounts - {len(whole[key])}:
            found[*key, text_of(whole[key]), len(whole[key]), len(amounts), min(amounts), max(amounts)] += 1
    return found


def wrong_ranks(rows: list[Row], split: str | None, subset: str | None) -> Findings:
    return Counter(
        (row["split"], row["prompt_id"], row["prompt"], row["image_path"], row["rank"])
        for row in selected_rows(rows, split, subset)
        if row["rank"] not in (None, 1, 2, 3, 4, 5)
    )


def wrong_ratings(rows: list[Row], split: str | None, subset: str | None) -> Findings:
    return Counter(
        (row["split"], row["prompt_id"], row["image_path"], kind, row[column])
        for row in selected_rows(rows, split, subset)
        for kind, column in oracle.KINDS.items()
        if row[column] not in (None, 1, 2, 3, 4, 5, 6, 7)
    )


def repeated_images(rows: list[Row], split: str | None, subset: str | None) -> Findings:
    paths: dict[str, list[Row]] = defaultdict(list)
    for row in selected_rows(rows, split, subset):
        paths[row["image_path"]].append(row)
    return Counter(
        (path, len(same), *(len(values(same, column)) for column in ("split", "prompt_id", "rank")))
        for path, same in paths.items()
        if len(same) > 1
    )


def in_two_splits(groups: dict[str, list[Row]], split: str | None) -> dict[str, list[Row]]:
    return {
        name: rows
        for name, rows in groups.items()
        if len(values(rows, "split")) > 1 and (split is None or split in values(rows, "split"))
    }


def shared_images(rows: list[Row], split: str | None, subset: str | None) -> Findings:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in selected_rows(rows, None, subset):
        if oracle.image_id_of(row):
            groups[oracle.image_id_of(row)].append(row)
    return Counter(
        (name, len(values(same, "split")), len(values(same, "prompt_id")), *(
            sum(row["split"] == one for row in same) for one in SPLITS
        ))
        for name, same in in_two_splits(groups, split).items()
    )  # fmt: skip


def normal_text(text: str) -> str:
    plain = "".join(
        " "
        if letter in "\t\n\f\r\x0b\x1c\x1d\x1e\x1f\x85" or unicodedata.category(letter)[0] == "Z"
        else letter.lower()
        for letter in text
    )
    return " ".join(filter(None, plain.split(" ")))


def shared_prompts(rows: list[Row], split: str | None, subset: str | None) -> Findings:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in selected_rows(rows, None, subset):
        if row["prompt"] is not None:
            groups[normal_text(row["prompt"])].append(row)
    return Counter(
        (text, len(values(same, "split")), len(values(same, "prompt")), *(
            len({row["prompt_id"] for row in same if row["split"] == one}) for one in SPLITS
        ))
        for text, same in in_two_splits(groups, split).items()
    )  # fmt: skip


IGNORABLE = {
    0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), *range(0x200B, 0x2010), *range(0x202A, 0x202F),
    *range(0x2060, 0x2070), 0x2800, 0x3164, *range(0xFE00, 0xFE10), 0xFEFF, 0xFFA0, *range(0xFFF0, 0xFFFC),
    *range(0x1BCA0, 0x1BCA4), 0x1D159, *range(0x1D173, 0x1D17B), *range(0xE0000, 0xE1000), *range(9), *range(0xE, 0x20),
    *range(0x7F, 0x85), *range(0x86, 0xA0),
}  # fmt: skip


def lookalike_prompts(rows: list[Row], split: str | None, subset: str | None) -> Findings:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in selected_rows(rows, split, subset):
        if row["prompt"] is not None:
            shown = (" " if unicodedata.category(letter) == "Zs" else letter for letter in row["prompt"])
            groups["".join(letter for letter in shown if ord(letter) not in IGNORABLE)].append(row)
    return Counter(
        (text, len(values(same, "prompt")), len(values(same, "prompt_id")))
        for text, same in groups.items()
        if len(values(same, "prompt")) > 1
    )


def misplaced_images(rows: list[Row], split: str | None, subset: str | None) -> Findings:
    found: Findings = Counter()
    for row in selected_rows(rows, split, subset):
        names = oracle.plain_path(row["image_path"]).split("/")
        if len(names) != 4 or names[0] != "images" or not names[3] or names[2].count("_") != 1:
            continue
        folder, part = names[2].split("_")
        if part.isdigit() and {names[1], folder} & set(SPLITS) and {names[1], folder} != {row["split"]}:
            found[row["split"], row["prompt_id"], row["image_path"], names[1], folder] += 1
    return found


def odd_paths(rows: list[Row], split: str | None, subset: str | None) -> Findings:
    def oddity(row: Row) -> str | None:
        plain = oracle.plain_path(row["image_path"])
        if plain.startswith("/") or (plain[:1].isascii() and plain[:1].isalpha() and plain[1:2] == ":"):
            return "an absolute path"
        if {"", ".", ".."} & {*plain.split("/")}:
            return "parts that are empty or dots"
        if "\\" in row["image_path"]:
            return "backslashes"
        if row["image_path"].startswith("./"):
            return "a dot at the start"
        return "no part" if row["split"] == "train" and oracle.part_of(row) is None else None

    return Counter(
        (row["split"], row["prompt_id"], row["image_path"], oddity(row))
        for row in selected_rows(rows, split, subset)
        if oddity(row) is not None
    )


def unranked_images(rows: list[Row], split: str | None, subset: str | None) -> Findings:
    return Counter(
        (row["split"], row["prompt_id"], row["prompt"], row["image_path"])
        for row in selected_rows(rows, split, subset)
        if row["rank"] is None
    )


def crowded_ranks(rows: list[Row], split: str | None, subset: str | None) -> Findings:
    ranks: dict[tuple[str, str, int], list[Row]] = defaultdict(list)
    for row in selected_rows(rows, split, subset):
        if row["rank"] is not None:
            ranks[row["split"], row["prompt_id"], row["rank"]].append(row)
    return Counter((*key[:2], text_of(images), key[2], len(images)) for key, images in ranks.items() if len(images) > 2)


def rating_conflicts(rows: list[Row], split: str | None, subset: str | None) -> Findings:
    found: Findings = Counter()
    for better, worse in oracle.pairs(selected_rows(rows, split, subset)):
        gap = oracle.difference(better["overall_rating"], worse["overall_rating"])
        if gap is not None and gap < 0:
            paths, ranks = (better["image_path"], worse["image_path"]), (better["rank"], worse["rank"])
            key = (better["split"], better["prompt_id"], better["prompt"], *paths, *ranks, ranks[1] - ranks[0], gap)
            found[key] += 1
    return found


def unknown_classes(rows: list[Row], split: str | None, subset: str | None) -> Findings:
    return Counter(
        (row["split"], row["prompt_id"], row["image_path"], row["classification"])
        for row in selected_rows(rows, split, subset)
        if row["classification"] is not None and row["classification"] not in CLASSES
    )


def skipped_ranks(rows: list[Row], split: str | None, subset: str | None) -> Findings:
    found: Findings = Counter()
    for key, images in oracle.prompts_of(selected_rows(rows, split, subset)).items():
        ranks = values(images, "rank")
        if skipped := set(range(min({1} | ranks), max({1} | ranks) + 1)) - ranks if ranks else set():
            found[*key, text_of(images), len(images), len(ranks), min(ranks), max(ranks), len(skipped)] += 1
    return found


def repeated_prompts(rows: list[Row], split: str | None, subset: str | None) -> Findings:
    annotations = oracle.prompts_of(selected_rows(rows, split, subset))
    numbers = oracle.prompt_rows(selected_rows(rows, split, subset))
    ranked = {key: ranks_by_image(images) for key, images in annotations.items()}
    found: Findings = Counter()
    for key, images in annotations.items():
        same = [other for other in annotations if text_of(annotations[other]) == text_of(images)]
        prompt_ids = {prompt_id for _, prompt_id in same}
        if text_of(images) is None or len(prompt_ids) < 2:
            continue
        shared, pairs, opposite = 0, 0, 0
        for other in same:
            both = sorted(ranked[key].keys() & ranked[other].keys()) if other != key else []
            shared += len(both)
            for one, two in itertools.combinations(both, 2):
                here, there = ranked[key], ranked[other]
                if None not in (here[one], here[two], there[one], there[two]):
                    pairs += 1
                    opposite += (here[one] - here[two]) * (there[one] - there[two]) < 0
        _, _, count, _, _, strict, tied, ranks, best, worst, _, _ = numbers[key]
        counts = (count, strict, tied, best, worst, ranks)
        found[text_of(images), len(prompt_ids), *key, *counts, shared, pairs, opposite] += 1
    return found


def predictive_places(rows: list[Row], split: str | None, subset: str | None) -> Findings:
    best: dict[tuple[str, int], list[bool]] = defaultdict(list)
    chances: dict[tuple[str, int], list[float]] = defaultdict(list)
    for (name, _), images in oracle.prompts_of(selected_rows(rows, split, subset)).items():
        ranks = [image["rank"] for image in images if image["rank"] is not None]
        for place, image in enumerate(images, start=1):
            if image["rank"] is not None:
                best[name, place].append(image["rank"] == min(ranks))
                chances[name, place].append(ranks.count(min(ranks)) / len(ranks))
    found: Findings = Counter()
    for key, flags in best.items():
        n, share, z = len(flags), sum(flags) / len(flags), 3.290526731491926
        bound = (share + z * z / (2 * n) - z * math.sqrt(share * (1 - share) / n + (z / n / 2) ** 2)) / (1 + z * z / n)
        if bound > math.fsum(chances[key]) / n:
            found[*key, n, sum(flags)] += 1
    return found


def ranks_by_image(images: list[Row]) -> dict[str, Any]:
    """Return the rank of each image by its id; none where it has several."""
    ranks: dict[str, set[int]] = defaultdict(set)
    for image in images:
        if oracle.image_id_of(image):
            ranks[oracle.image_id_of(image)] |= {image["rank"]} - {None}
    return {name: next(iter(found)) if len(found) == 1 else None for name, found in ranks.items()}


CHECKS: dict[str, Callable[[list[Row], str | None, str | None], Findings]] = {
    check.__name__: check
    for check in (
        keyless_rows, mixed_prompts, wrong_amounts, wrong_ranks, wrong_ratings, repeated_images, shared_images,
        misplaced_images, unranked_images, crowded_ranks, rating_conflicts, shared_prompts, lookalike_prompts, unknown_classes,
        odd_paths, skipped_ranks, repeated_prompts, predictive_places,
    )
}  # fmt: skip
"""Every check but that of image files."""
