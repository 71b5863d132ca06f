"""The sample of the layout hpdv2: choices of two images in train.json, ranks of several images in test.json."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, ClassVar

from irdb_sql.sources.sample.layouts.base import LayoutSample, SampleOptions, image_path, object_writer
from irdb_sql.sources.sample.layouts.groups import Group, annotator_of, divide, judge, make_groups, repeatable

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator
    from pathlib import Path

_ANNOTATORS = (2, 3, 4)  # of a ranking; of few, many averages are tied
_NOISE = 0.8


class Hpdv2Sample(LayoutSample):
    """An object of train.json is what one annotator said, one of test.json what several did."""

    layout: ClassVar[str] = "hpdv2"

    def write(self, folder: Path, options: SampleOptions) -> Iterator[Group]:
        """Write `train.json` and `test.json`."""
        numbers = itertools.count()
        for split, pairs in zip(("train", "test"), divide(options.pairs, (0.7, 0.3)), strict=True):
            rng = repeatable(options.seed, self.layout, split)
            describe = _describe_choices if split == "train" else _describe_ranking
            with object_writer(folder / f"{split}.json") as write:
                for group in make_groups(rng, split, pairs, numbers):
                    for each in describe(rng, group):
                        write(each)
                    yield group


def _describe_choices(rng: random.Random, group: Group) -> Iterator[dict[str, Any]]:
    for place, (first, second) in enumerate(group.pairs):
        two = group.images[first], group.images[second]
        is_first = int(judge(rng, *two, ties=False))
        yield {
            "prompt": group.prompt,
            "file_path": [image_path(group.split, image.name) for image in two],
            "human_preference": [is_first, 1 - is_first],
            "user_hash": f"{annotator_of(group, place):08x}",
        }


def _describe_ranking(rng: random.Random, group: Group) -> Iterator[dict[str, Any]]:
    ranks = [_rank(rng, group) for _ in range(rng.choice(_ANNOTATORS))]
    yield {
        "prompt": group.prompt,
        "image_path": [image_path(group.split, image.name) for image in group.images],
        "rank": [sum(of_image) / len(ranks) for of_image in zip(*ranks, strict=True)],
        "raw_annotations": [
            {"rank": rank, "user_hash": f"{annotator_of(group, place):08x}"} for place, rank in enumerate(ranks)
        ],
    }


def _rank(rng: random.Random, group: Group) -> list[int]:
    """Return an annotator's rank of each image: 1 is the best, and no two are the same."""
    seen = [image.quality + _NOISE * (2 * rng.random() - 1) for image in group.images]
    order = sorted(range(len(seen)), key=lambda place: -seen[place])
    return [order.index(place) + 1 for place in range(len(seen))]
