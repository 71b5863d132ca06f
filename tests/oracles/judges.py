"""How well judges of two images agree with people, in plain Python from its definitions: one judgement after the other.

Imports nothing of ours. Rows are those of the view images; a judgement is (judge, first image, second image, prompt, verdict).
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

Judgement = tuple[str, "str | None", "str | None", "str | None", "str | None"]
Pairs = dict[tuple[str, int, int], dict[str, str]]
"""By judge and rows of the better and the worse image: what it said where the one or the other was shown first."""

WORDS = {
    **dict.fromkeys(("first", "a", "[[a]]", "a>b", "a>>b", "model_a"), "first"),
    **dict.fromkeys(("second", "b", "[[b]]", "b>a", "b>>a", "model_b"), "second"),
    **dict.fromkeys(("tie", "c", "[[c]]", "a=b", "tie (bothbad)"), "tie"),
}
USES = (
    "strict", "tied", "uncompared", "outside", "unknown", "same", "apart", "ambiguous", "unclear",
    "conflicting", "repeated",
)  # fmt: skip
"""What a judgement counts for; of several rows of its images, the first of these words."""


def uses(rows: Sequence[dict[str, Any]], judgements: Sequence[Judgement], split: str | None) -> tuple[list[str], Pairs]:
    """What each judgement counts for, and what judges said of pairs; split None is all."""
    of_path = defaultdict(list)
    for row in rows:
        of_path[row["image_path"]].append(row)
    words = [None if verdict is None else WORDS.get(verdict.strip().lower()) for *_, verdict in judgements]
    placed = [
        [
            (one, other)
            for one in of_path.get(first, [])
            for other in of_path.get(second, [])
            if first != second
            and (one["split"], one["prompt_id"]) == (other["split"], other["prompt_id"])
            and prompt in (None, one["prompt_id"])
        ]
        for _, first, second, prompt, _ in judgements
    ]
    are_ambiguous = list(map(is_ambiguous, judgements, placed))
    given = defaultdict(list)
    for number, (judge, *_) in enumerate(judgements):
        for one, other in placed[number] if words[number] is not None and not are_ambiguous[number] else ():
            given[judge, one["row_index"], other["row_index"]].append(number)
    found: list[str] = []
    pairs: Pairs = defaultdict(dict)
    for number, (judge, first, second, _, _) in enumerate(judgements):
        counts = set() if placed[number] else {name_fault(of_path, first, second)}
        for one, other in placed[number]:
            others = given[judge, one["row_index"], other["row_index"]]
            use = use_of_pair(one, other, split)
            if are_ambiguous[number] or words[number] is None:
                use = "ambiguous" if are_ambiguous[number] else "unclear"
            elif len({words[each] for each in others}) > 1:
                use = "conflicting"
            elif number != others[0]:
                use = "repeated"
            elif use in ("strict", "tied"):
                say(pairs, judge, one, other, str(words[number]))
            counts.add(use)
        found.append(min(counts, key=USES.index))
    return found, pairs


def is_ambiguous(judgement: Judgement, placed: Iterable[tuple[dict[str, Any], dict[str, Any]]]) -> bool:
    """Whether two images are together in several prompts, and the judgement does not say in which."""
    return judgement[3] is None and len({(one["split"], one["prompt_id"]) for one, _ in placed}) > 1


def name_fault(of_path: Container[str | None], first: str | None, second: str | None) -> str:
    if first not in of_path or second not in of_path:
        return "unknown"
    return "same" if first == second else "apart"


def say(pairs: Pairs, judge: str, one: dict[str, Any], other: dict[str, Any], word: str) -> None:
    better, worse = sorted((one, other), key=lambda row: (row["rank"], row["image_path"], row["row_index"]))
    said = "tie" if word == "tie" else "better" if (word == "first") == (better is one) else "worse"
    pairs[judge, better["row_index"], worse["row_index"]]["better" if better is one else "worse"] = said


def use_of_pair(one: dict[str, Any], other: dict[str, Any], split: str | None) -> str:
    if split not in (None, one["split"]):
        return "outside"
    if one["rank"] is None or other["rank"] is None:
        return "uncompared"
    return "tied" if one["rank"] == other["rank"] else "strict"


def accuracy(pairs: Iterable[dict[str, str]]) -> dict[str, Any]:
    """Accuracies, shares and counts of one judge on strict pairs."""
    listed = list(pairs)
    points = {"better": 1.0, "tie": 0.5, "worse": 0.0}
    better, worse = (mean([points[pair[order]] for pair in listed if order in pair]) for order in ("better", "worse"))
    both = [pair for pair in listed if len(pair) == 2]
    decided = [said == shown for pair in both for shown, said in pair.items() if said != "tie"]
    return {
        "accuracy": None if better is None or worse is None else (better + worse) / 2,
        "consistency": mean([pair["better"] == pair["worse"] for pair in both]),
        "first_share": mean(decided),
        "accuracy_better_first": better,
        "accuracy_worse_first": worse,
        "consistent_accuracy": mean([points[pair["better"]] for pair in both if pair["better"] == pair["worse"]]),
        "judgements": sum(map(len, listed)),
        "judge_ties": sum(said == "tie" for pair in listed for said in pair.values()),
        "pairs": len(listed),
        "both_orders": len(both),
    }


def mean(numbers: Sequence[float]) -> float | None:
    return math.fsum(numbers) / len(numbers) if numbers else None


def jackknife_error(prompts: Sequence[Sequence[dict[str, str]]]) -> float:
    """Standard error of the mean accuracy of both orders, by leaving out one prompt after the other (Tukey 1958)."""
    whole = accuracy(pair for prompt in prompts for pair in prompt)["accuracy"]
    without = [
        accuracy(pair for place, prompt in enumerate(prompts) if place != left for pair in prompt)["accuracy"]
        for left in range(len(prompts))
    ]
    return math.sqrt(math.fsum((value - whole) ** 2 for value in without))
