"""The sample of the layout hpdv3: pairs with counts of annotators, the preferred image first, in two JSON lists."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, ClassVar

from irdb_sql.sources.sample.layouts.base import LayoutSample, SampleOptions, image_path, object_writer
from irdb_sql.sources.sample.layouts.groups import Group, divide, judge, make_groups, repeatable

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator
    from pathlib import Path

_ANNOTATORS = (6, 9, 10, 14, 19)  # of a pair; of an even number, half may prefer either image
_UNCOUNTED_SHARE = 0.1  # of pairs without counts and confidence


class Hpdv3Sample(LayoutSample):
    """An object is what several annotators said of a pair."""

    layout: ClassVar[str] = "hpdv3"

    def write(self, folder: Path, options: SampleOptions) -> Iterator[Group]:
        """Write `train.json` and `test.json`."""
        numbers = itertools.count()
        for split, pairs in zip(("train", "test"), divide(options.pairs, (0.7, 0.3)), strict=True):
            rng = repeatable(options.seed, self.layout, split)
            with object_writer(folder / f"{split}.json") as write:
                for group in make_groups(rng, split, pairs, numbers):
                    for pair in group.pairs:
                        write(_describe_pair(rng, group, *pair))
                    yield group


def _describe_pair(rng: random.Random, group: Group, first: int, second: int) -> dict[str, Any]:
    annotators = rng.choice(_ANNOTATORS)
    two = [group.images[first], group.images[second]]
    votes = sum(int(judge(rng, *two, ties=False)) for _ in range(annotators))
    counts = [votes, annotators - votes]
    if counts[0] < counts[1]:
        two.reverse()
        counts.reverse()
    is_counted = rng.random() >= _UNCOUNTED_SHARE
    return {
        "prompt": group.prompt,
        "path1": image_path(group.split, two[0].name),
        "path2": image_path(group.split, two[1].name),
        "model1": two[0].generator,
        "model2": two[1].generator,
        "choice_dist": counts if is_counted else None,
        "confidence": round(counts[0] / annotators, 4) if is_counted else None,
    }
