"""The sample of the layout mmrb2: pairs of responses with three annotations each, in one JSON object."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, ClassVar

from irdb_sql.sources.sample.layouts.base import LayoutSample, SampleOptions, image_path, object_writer
from irdb_sql.sources.sample.layouts.groups import Group, make_groups, repeatable

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator
    from pathlib import Path

    from irdb_sql.sources.sample.layouts.groups import SampleImage

_SPLIT = "test"
_ANNOTATIONS = 3
_LOWEST, _HIGHEST, _MIDDLE = 1, 6, 3.5
_SPREAD = 4.0  # between an annotation and what the images' qualities differ by
_UNNAMED_SHARE = 0.05  # of prompts whose text is not in the file
_SAME_SHARE = 0.5  # of prompts whose images are all by one model


class Mmrb2Sample(LayoutSample):
    """A pair is what three annotators said of two responses, from 1 for the second to 6 for the first one."""

    layout: ClassVar[str] = "mmrb2"

    def write(self, folder: Path, options: SampleOptions) -> Iterator[Group]:
        """Write `t2i.json`."""
        rng = repeatable(options.seed, self.layout, _SPLIT)
        with object_writer(folder / "t2i.json", '{"pairs": [', "]}") as write:
            for group in make_groups(rng, _SPLIT, options.pairs, itertools.count()):
                has_text = rng.random() >= _UNNAMED_SHARE
                model = group.images[0].generator if rng.random() < _SAME_SHARE else None
                for place, pair in enumerate(group.pairs):
                    two = [group.images[each] for each in pair]
                    names = {"id": f"t2i-{group.number:05d}-{place:02d}"}
                    text = {"prompt_content": [["text", group.prompt]]} if has_text else {}
                    write(names | text | _describe_pair(rng, group, two, model))
                yield group


def _describe_pair(rng: random.Random, group: Group, two: list[SampleImage], model: str | None) -> dict[str, Any]:
    difference = two[0].quality - two[1].quality
    drawn = [_MIDDLE + difference + _SPREAD * (rng.random() - 0.5) for _ in range(_ANNOTATIONS)]
    annotations = [max(_LOWEST, min(_HIGHEST, int(value + 0.5))) for value in drawn]
    return {
        "response_a": _describe_response(group, two[0], model),
        "response_b": _describe_response(group, two[1], model),
        "chosen": "a" if sum(value > _MIDDLE for value in annotations) > _ANNOTATIONS / 2 else "b",
        "human_annotations": annotations,
        "prompt_source": group.classification,
        "prompt_metadata": {},
    }


def _describe_response(group: Group, image: SampleImage, model: str | None) -> dict[str, Any]:
    content = [["text", "Here is the image."], ["image", image_path(group.split, image.name)]]
    return {"model_name": model or image.generator, "response_content": content}
