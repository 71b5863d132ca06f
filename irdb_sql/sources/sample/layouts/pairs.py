"""The sample of the layout pairs: one CSV file of one's own labels, with a column of splits."""

from __future__ import annotations

import csv
import itertools
from typing import TYPE_CHECKING, ClassVar

from irdb_sql.sources.sample.layouts.base import LayoutSample, SampleOptions, image_path
from irdb_sql.sources.sample.layouts.groups import Group, annotator_of, divide, judge, make_groups, repeatable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_COLUMNS = ("prompt", "first", "second", "label", "annotator", "first_model", "second_model", "category", "split")
_LABELS = {1.0: "first", 0.0: "second", 0.5: "tie"}


class PairsSample(LayoutSample):
    """A row is what one annotator said."""

    layout: ClassVar[str] = "pairs"

    def write(self, folder: Path, options: SampleOptions) -> Iterator[Group]:
        """Write `pairs.csv`."""
        numbers = itertools.count()
        sizes = zip(("train", "validation", "test"), divide(options.pairs, (0.6, 0.2, 0.2)), strict=True)
        with (folder / "pairs.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(_COLUMNS)
            for split, pairs in sizes:
                rng = repeatable(options.seed, self.layout, split)
                for group in make_groups(rng, split, pairs, numbers):
                    for place, (first, second) in enumerate(group.pairs):
                        two = group.images[first], group.images[second]
                        writer.writerow([
                            group.prompt,
                            *(image_path(split, image.name) for image in two),
                            _LABELS[judge(rng, *two)],
                            f"user {annotator_of(group, place)}",
                            *(image.generator for image in two),
                            group.classification,
                            split,
                        ])  # fmt: skip
                    yield group
