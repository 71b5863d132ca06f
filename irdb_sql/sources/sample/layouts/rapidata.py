"""The sample of the layout rapidata: pairs with numbers of votes, and the images in columns, in Parquet."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any, ClassVar

from irdb_sql.core.late import late
from irdb_sql.sources.sample.layouts.base import EXTENSION, LayoutSample, SampleOptions, image_path
from irdb_sql.sources.sample.layouts.groups import Group, divide, judge, make_groups, repeatable
from irdb_sql.sources.sample.layouts.pictures import PICTURES, draw_picture

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator
    from pathlib import Path

    import pyarrow as pa
    import pyarrow.parquet as pq

    from irdb_sql.sources.sample.layouts.groups import SampleImage
else:
    pa = late("pyarrow")
    pq = late("pyarrow.parquet")

_VOTES = (4, 6, 9, 26)  # of a pair; half of an even number may be for either image
_ROWS = 5_000  # of a row group, whose bytes are held while they are written
_COUNTRIES = ("CH", "IN", "BR", "NG")


class RapidataSample(LayoutSample):
    """A row is what many people said of a pair."""

    layout: ClassVar[str] = "rapidata"
    has_bytes_columns: ClassVar[bool] = True

    def write(self, folder: Path, options: SampleOptions) -> Iterator[Group]:
        """Write a file of train and one of test."""
        (folder / "data").mkdir()
        schema = _schema(has_bytes=options.has_bytes)
        numbers = itertools.count()
        for split, pairs in zip(("train", "test"), divide(options.pairs, (0.8, 0.2)), strict=True):
            rng = repeatable(options.seed, self.layout, split)
            rows: list[dict[str, Any]] = []
            with pq.ParquetWriter(folder / "data" / f"{split}-00000-of-00001.parquet", schema) as writer:
                for group in make_groups(rng, split, pairs, numbers):
                    rows += [_describe_pair(rng, group, *pair, has_bytes=options.has_bytes) for pair in group.pairs]
                    if len(rows) >= _ROWS:
                        writer.write_table(pa.Table.from_pylist(rows, schema))
                        rows = []
                    yield group
                writer.write_table(pa.Table.from_pylist(rows, schema))


def _schema(*, has_bytes: bool) -> pa.Schema:
    image = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    names = ("prompt", "image1", "image2", "votes_image1", "votes_image2", "model1", "model2", "detailed_results",
             "image1_path", "image2_path")  # fmt: skip
    types = {"image1": image, "image2": image, "votes_image1": pa.int64(), "votes_image2": pa.int64()}
    fields = [(name, types.get(name, pa.string())) for name in names]
    return pa.schema([field for field in fields if has_bytes or field[1] != image])


def _describe_pair(rng: random.Random, group: Group, first: int, second: int, *, has_bytes: bool) -> dict[str, Any]:
    two = group.images[first], group.images[second]
    shares = [int(judge(rng, *two, ties=False)) for _ in range(rng.choice(_VOTES))]
    details = [{"userDetails": {"country": rng.choice(_COUNTRIES)}, "votedFor": 2 - share} for share in shares[:3]]
    row = {
        "prompt": group.prompt,
        "votes_image1": sum(shares),
        "votes_image2": len(shares) - sum(shares),
        "model1": two[0].generator,
        "model2": two[1].generator,
        "detailed_results": json.dumps(details),
        "image1_path": image_path(group.split, two[0].name),
        "image2_path": image_path(group.split, two[1].name),
    }
    images = {"image1": _describe_image(two[0]), "image2": _describe_image(two[1])} if has_bytes else {}
    return row | images


def _describe_image(image: SampleImage) -> dict[str, Any]:
    return {"bytes": draw_picture(image.number % PICTURES), "path": f"{image.name}.{EXTENSION}"}
